use std::time::Duration;

use futures_util::future::try_join_all;
use metrics::counter;
use mtchat_nats::{
    Depth, Logged, TimerSet, set_timer,
    subject::{self, Class},
};
use mtchat_protocol::FactKind;
use mtchat_storage::{Notifying, Storage};

use super::{Pending, Place};
use crate::{
    departure::Departure,
    duty::Duty,
    follow::{Follower, Pace},
    projector::patiently,
};

/// Timers are seconds long: what comes in so short a time is taken together.
pub(super) const PACE: Pace = Pace {
    most: 500,
    linger: Duration::from_millis(50),
};
/// How many timers are set at once.
const AT_ONCE: usize = 64;

/// Sets the timers of dialogs in which something is said.
pub(super) struct Scheduler<'a> {
    storage: &'a Storage,
    duty: &'a Duty,
    pending: &'a Pending,
    notifying: Notifying,
}

impl<'a> Scheduler<'a> {
    pub(super) fn new(
        storage: &'a Storage,
        duty: &'a Duty,
        pending: &'a Pending,
        notifying: Notifying,
    ) -> Self {
        Self {
            storage,
            duty,
            pending,
            notifying,
        }
    }

    async fn set_timers(&self, awaited: &[(Place, u64)]) -> Result<(), Departure> {
        let delay = self.duty.options.notifications.delay;
        for some in awaited.chunks(AT_ONCE) {
            let setting = some
                .iter()
                .map(|((app, dialog), _)| set_timer(&self.duty.broker, app, *dialog, delay));
            for set in try_join_all(setting).await? {
                tell(set);
            }
        }
        Ok(())
    }
}

impl Follower for Scheduler<'_> {
    /// What messages say does not matter here.
    const DEPTH: Depth = Depth::Headers;

    fn position(&self) -> u64 {
        self.notifying.log_seq
    }

    /// First the timers, then the position: whoever dies in between leaves timers that are found set.
    async fn take(&mut self, batch: Vec<Logged>) -> Result<(), Departure> {
        let Some(reached) = batch.last().map(|logged| logged.log_seq) else {
            return Ok(());
        };
        let said = batch
            .iter()
            .filter_map(|logged| Some((said_in(&logged.subject)?, logged.log_seq)));
        let awaited: Vec<(Place, u64)> = said.filter(|(place, _)| self.pending.begin(place)).collect();
        self.set_timers(&awaited).await?;
        let moved = patiently(self.duty, || {
            self.storage.await_notices(&self.notifying, &awaited, reached)
        });
        self.notifying = moved.await?;
        Ok(())
    }

    async fn look_up(&mut self) {
        self.pending.forget_lost();
    }
}

/// Tell what became of a timer.
pub(super) fn tell(set: TimerSet) {
    let outcome = match set {
        TimerSet::Full => {
            tracing::warn!(
                "there is no room for timers: some users are told late of what they have not read"
            );
            "full"
        }
        TimerSet::Pending => "pending",
        TimerSet::Set => "set",
    };
    counter!("mtchat_notifier_timers_total", "outcome" => outcome).increment(1);
}

/// The dialog in which a user said something. What the message says does not matter here, so it is not read.
fn said_in(subject: &str) -> Option<Place> {
    let place = subject::parse(subject).ok()?;
    let said = place.class == Class::Ordered && FactKind::parse(place.kind) == FactKind::MessageCreated;
    said.then_some((place.app, place.dialog))
}

#[cfg(test)]
mod tests {
    use mtchat_protocol::{AppId, DialogId};

    use super::*;

    #[test]
    fn only_messages_of_users_set_timers() {
        let dialog = DialogId::fresh();
        let of = |rest: &str| said_in(&format!("mtchat.log.0.shop.{dialog}.{rest}"));
        assert_eq!(
            of("e.message_created"),
            Some((AppId::new("shop").unwrap(), dialog))
        );
        for other in [
            "e.notice_posted",
            "e.message_edited",
            "u.read",
            "n.message_created",
            "n.notification_pending",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_eq!(said_in("mtchat.log.0.shop.key.abc"), None);
    }
}
