use std::time::Duration;

use fastrand::Rng;
use mtchat_protocol::{DialogId, MessageId, PageQuery};

use crate::{Moment, RequestId, backoff::Backoff};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(15);
/// The same where the server looks at files first, for which it allows itself 20 s: whoever gives up before begins it anew each time.
const ANSWER_WITH_FILES: Duration = Duration::from_secs(40);

/// What a request is for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Purpose {
    /// The next page of the list of dialogs.
    Dialogs(Option<String>),
    /// The next page of the dialogs that one may join.
    Available(Option<String>),
    /// One dialog of the list.
    Dialog(DialogId),
    /// Everybody in a dialog.
    Participants(DialogId),
    /// A page of messages.
    Page(DialogId, PageQuery),
    /// A message on its way.
    Send(MessageId),
    /// A receipt.
    Read(DialogId, MessageId),
}

impl Purpose {
    /// Whether the answer is a part of what is shown, and so has to fit to where the socket stands.
    pub(crate) fn loads(&self) -> bool {
        match self {
            Self::Dialogs(_)
            | Self::Available(_)
            | Self::Dialog(_)
            | Self::Participants(_)
            | Self::Page(..) => true,
            Self::Send(_) | Self::Read(..) => false,
        }
    }
}

/// Something that is asked until there is an answer.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) purpose: Purpose,
    due: Moment,
    backoff: Backoff,
    flight: Option<Flight>,
}

#[derive(Debug, Clone, Copy)]
struct Flight {
    request: RequestId,
    until: Moment,
    /// Where the socket stood when it was asked.
    from: u64,
}

/// Everything that is being asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tasks {
    tasks: Vec<Task>,
    requests: u32,
}

impl Tasks {
    /// Ask this, unless it waits to be asked already. What is on its way may be older than what is wanted now.
    pub(crate) fn add(&mut self, purpose: Purpose, now: Moment) {
        let waits = |task: &Task| task.purpose == purpose && (task.flight.is_none() || !purpose.loads());
        if !self.tasks.iter().any(waits) {
            self.tasks.push(Task {
                purpose,
                due: now,
                backoff: Backoff::default(),
                flight: None,
            });
        }
    }

    /// Give up everything that is like this; requests on their way are named.
    pub(crate) fn give_up(&mut self, which: impl Fn(&Purpose) -> bool) -> Vec<RequestId> {
        let mut cancelled = Vec::new();
        self.tasks.retain(|task| {
            let gone = which(&task.purpose);
            if gone {
                cancelled.extend(task.flight.map(|flight| flight.request));
            }
            !gone
        });
        cancelled
    }

    pub(crate) fn any(&self, which: impl Fn(&Purpose) -> bool) -> bool {
        self.tasks.iter().any(|task| which(&task.purpose))
    }

    /// What is to be asked now, each with the name of its request. `from` is where the socket stands; without it nothing is loaded.
    /// `has_files`: whether a message on its way has some.
    pub(crate) fn start(
        &mut self,
        now: Moment,
        from: Option<u64>,
        has_files: impl Fn(MessageId) -> bool,
    ) -> Vec<(RequestId, Purpose)> {
        let mut started = Vec::new();
        for index in 0..self.tasks.len() {
            let task = &self.tasks[index];
            let may = task.flight.is_none() && task.due <= now && !self.is_busy(&task.purpose);
            if !may || (task.purpose.loads() && from.is_none()) {
                continue;
            }
            self.requests = self.requests.wrapping_add(1);
            let request = RequestId(self.requests);
            let task = &mut self.tasks[index];
            let answer = match task.purpose {
                Purpose::Send(id) if has_files(id) => ANSWER_WITH_FILES,
                _ => ANSWER,
            };
            task.flight = Some(Flight {
                request,
                until: now + answer,
                from: from.unwrap_or(0),
            });
            started.push((request, task.purpose.clone()));
        }
        started
    }

    /// Whether the same is on its way already.
    fn is_busy(&self, purpose: &Purpose) -> bool {
        let mut flying = self.tasks.iter().filter(|task| task.flight.is_some());
        flying.any(|task| task.purpose == *purpose)
    }

    /// The task of an answer, which is done with; `None` when nobody waits for it.
    pub(crate) fn take(&mut self, request: RequestId) -> Option<Task> {
        let is = |task: &Task| task.flight.is_some_and(|flight| flight.request == request);
        let place = self.tasks.iter().position(is)?;
        Some(self.tasks.remove(place))
    }

    /// Ask it again, after a while.
    pub(crate) fn again(&mut self, mut task: Task, now: Moment, after: Option<Duration>, rng: &mut Rng) {
        let wait = task.backoff.next(rng);
        task.due = now + after.map_or(wait, |after| after + wait);
        task.flight = None;
        // The same may wait already.
        if !task.purpose.loads() || !self.tasks.iter().any(|other| other.purpose == task.purpose) {
            self.tasks.push(task);
        }
    }

    /// Requests that took too long.
    pub(crate) fn overdue(&self, now: Moment) -> Vec<RequestId> {
        let flights = self.tasks.iter().filter_map(|task| task.flight);
        flights
            .filter(|flight| flight.until <= now)
            .map(|flight| flight.request)
            .collect()
    }

    /// Whoever waits need not wait any longer.
    pub(crate) fn hurry(&mut self, now: Moment) {
        for task in &mut self.tasks {
            task.due = task.due.min(now);
        }
    }

    /// From where on what happens must be remembered, for pages that are on their way.
    pub(crate) fn oldest(&self) -> Option<u64> {
        let loading = self.tasks.iter().filter(|task| task.purpose.loads());
        loading
            .filter_map(|task| task.flight)
            .map(|flight| flight.from)
            .min()
    }

    pub(crate) fn next_timeout(&self, may_ask: bool, may_load: bool) -> Option<Moment> {
        let times = self.tasks.iter().filter_map(|task| match task.flight {
            Some(flight) => Some(flight.until),
            None if may_ask && (may_load || !task.purpose.loads()) && !self.is_busy(&task.purpose) => {
                Some(task.due)
            }
            None => None,
        });
        times.min()
    }
}
