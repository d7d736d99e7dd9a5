use std::{sync::Arc, time::Duration};

use async_nats::{HeaderMap, jetstream::stream::RawMessageErrorKind};
use bytes::Bytes;
use mtchat_domain::{Decided, Decision, Dialog};
use mtchat_protocol::{Fact, FactId, Position, limits};
use tokio::time::{Instant, sleep, timeout};

use super::{
    AppendError, AppendRequest, Appended, Known, Log, log::decode, queue::Place, reserved::Claim,
    timed::Timed,
};
use crate::{
    broker::QUESTION,
    headers,
    publish::{Published, publish},
    subject,
};

/// One append on its way: its turn in the dialog's line, its deadline, and what it knows.
pub struct Rounds {
    log: Log,
    request: AppendRequest,
    deadline: Instant,
    rounds: u32,
    /// Where the log stood before the first publish that got no answer: the fact may stand after it.
    unanswered_since: Option<u64>,
    trouble: String,
    known: Option<Known>,
    /// The state given last was the newest when it was read, and no other edge's append was overlooked.
    newest: bool,
    /// The next one has to be.
    wants_newest: bool,
    /// What is appended together with the fact.
    claim: Option<Claim>,
    timed: Timed,
    _place: Place,
}

impl Rounds {
    pub(super) fn new(
        log: Log,
        request: AppendRequest,
        place: Place,
        deadline: Instant,
        timed: Timed,
    ) -> Self {
        let trouble = "no answer within the deadline".to_owned();
        Self {
            log,
            request,
            deadline,
            rounds: 0,
            unanswered_since: None,
            trouble,
            known: None,
            newest: false,
            wants_newest: false,
            claim: None,
            timed,
            _place: place,
        }
    }

    /// The state to decide against; `None` when there is no such dialog. Deleted dialogs are told as such.
    pub async fn state(&mut self) -> Result<Option<Known>, AppendError> {
        let state = self.newest_state().await;
        self.timed
            .comes_to(if state.is_ok() { "rejected" } else { "failed" });
        state
    }

    async fn newest_state(&mut self) -> Result<Option<Known>, AppendError> {
        self.rounds += 1;
        if self.rounds > self.log.options.rounds || Instant::now() >= self.deadline {
            return Err(AppendError::Unavailable(std::mem::take(&mut self.trouble)));
        }
        if self.log.broker.wait_connected(self.deadline).await.is_err() {
            return Err(AppendError::Unavailable("the broker is not connected".to_owned()));
        }
        let key = self.key();
        self.newest = std::mem::take(&mut self.wants_newest);
        self.known = if self.newest {
            self.log.load_newest(&key).await?
        } else {
            self.log.known(&key).await?
        };
        Ok(self.known.clone())
    }

    /// To be asked before anything is refused, or left as it is, because of the state given last: whether that may be older than what
    /// another edge has appended and answered for. Then decide again; the next state is the newest. What is appended needs no such
    /// look: against an older state the log does not take it.
    pub fn look_again(&mut self) -> bool {
        self.wants_newest = !self.newest;
        self.wants_newest
    }

    /// Append this together with the fact, both or neither.
    pub(super) fn claim(&mut self, claim: Claim) {
        self.claim = Some(claim);
    }

    /// Append what was decided against the state given last. `None`: the state was not the newest; decide again.
    pub async fn append(&mut self, decision: Decision) -> Result<Option<Appended>, AppendError> {
        let appended = self.try_append(decision).await;
        self.timed.comes_to(match &appended {
            Ok(Some(Appended::New { .. })) => "accepted",
            Ok(Some(Appended::Repeated { .. })) => "repeated",
            Ok(Some(Appended::Unchanged { .. })) => "unchanged",
            Ok(None) | Err(_) => "failed",
        });
        appended
    }

    async fn try_append(&mut self, decision: Decision) -> Result<Option<Appended>, AppendError> {
        let Decision::Append(decided) = decision else {
            let known = self.known.clone().filter(|_| !self.look_again());
            return Ok(known.map(|known| Appended::Unchanged { known }));
        };
        let expected = self.known.as_ref().map_or(0, |known| known.log_seq);
        let fact = self.fact(&decided);
        match self.publish(&fact, expected).await? {
            Published::Stored(log_seq) => {
                self.log.remember(
                    self.key(),
                    Known {
                        dialog: decided.next,
                        log_seq,
                    },
                );
                Ok(Some(Appended::New {
                    fact: Arc::new(fact),
                    position: self.position(log_seq),
                }))
            }
            Published::Duplicate(log_seq) => self.repeated(log_seq).await.map(Some),
            Published::WrongSequence => self.conflict(Duration::ZERO).await,
            Published::InFlight => {
                self.conflict(Duration::from_micros(fastrand::u64(200..2_000)))
                    .await
            }
            Published::Full => Err(AppendError::LogFull),
            Published::Unknown => {
                self.unanswered_since.get_or_insert(expected);
                metrics::counter!("mtchat_append_unanswered_total").increment(1);
                self.look_for_own().await
            }
            Published::Unavailable(reason) => {
                self.trouble = reason;
                sleep(Duration::from_millis(fastrand::u64(10..50))).await;
                Ok(None)
            }
        }
    }

    async fn publish(&self, fact: &Fact, expected: u64) -> Result<Published, AppendError> {
        let AppendRequest {
            app,
            dialog,
            id,
            trace,
            ..
        } = &self.request;
        let shard = self.log.shard(*dialog);
        let mut head = HeaderMap::new();
        head.insert(headers::EXPECTED_SUBJECT_SEQ, expected.to_string());
        head.insert(
            headers::EXPECTED_SUBJECT,
            subject::ordered_facts(shard, app, *dialog),
        );
        head.insert(headers::MESSAGE_ID, message_id(fact, *id));
        headers::describe(&mut head, fact);
        if let Some(trace) = self.timed.trace().as_ref().or(trace.as_ref()) {
            head.insert(headers::TRACE, trace.as_str());
        }
        let payload = Bytes::from(fact.encode().map_err(AppendError::Encode)?);
        if payload.len() > limits::FACT_BYTES {
            return Err(AppendError::TooLarge(payload.len()));
        }
        let subject = subject::fact(shard, app, *dialog, fact.data.kind_str());
        if let Some(claim) = &self.claim
            && let Some(refused) = claim
                .begin(&self.log, shard, fact, self.rounds, &mut head)
                .await?
        {
            return Ok(refused);
        }
        let patience = self
            .log
            .options
            .ack_timeout
            .min(self.deadline.saturating_duration_since(Instant::now()));
        Ok(publish(&self.log.broker, subject, head, payload, patience).await)
    }

    /// Somebody else appended. If an earlier try of ours got no answer, it may have been ourselves.
    async fn conflict(&mut self, pause: Duration) -> Result<Option<Appended>, AppendError> {
        metrics::counter!("mtchat_append_conflicts_total").increment(1);
        self.trouble = "too many writers at once".to_owned();
        if !pause.is_zero() {
            sleep(pause).await;
        }
        if self.unanswered_since.is_some() {
            return self.look_for_own().await;
        }
        self.log.forget(&self.key());
        Ok(None)
    }

    /// Read what was appended after the last certain state: is our fact among it?
    async fn look_for_own(&mut self) -> Result<Option<Appended>, AppendError> {
        self.log.forget(&self.key());
        let Some(since) = self.unanswered_since else {
            return Ok(None);
        };
        while Instant::now() < self.deadline {
            let _ = self.log.broker.wait_connected(self.deadline).await;
            match self.find_own(since).await {
                Ok(found) => return Ok(found),
                Err(AppendError::Unavailable(reason)) => self.trouble = reason,
                Err(other) => return Err(other),
            }
            sleep(Duration::from_millis(fastrand::u64(20..80))).await;
        }
        Err(AppendError::Unavailable(std::mem::take(&mut self.trouble)))
    }

    async fn find_own(&self, since: u64) -> Result<Option<Appended>, AppendError> {
        let shard = self.log.shard(self.request.dialog);
        let stream = self.log.stream(shard).await?;
        let subject = subject::ordered_facts(shard, &self.request.app, self.request.dialog);
        let mut next = since + 1;
        loop {
            // The leader is asked: a replica may not have the newest facts yet.
            let asked = timeout(QUESTION, stream.get_first_raw_message_by_subject(&subject, next)).await;
            let asked =
                asked.map_err(|_| AppendError::Unavailable("the log does not answer in time".to_owned()))?;
            let message = match asked {
                Ok(message) => message,
                Err(error) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => return Ok(None),
                Err(error) => return Err(AppendError::Unavailable(error.to_string())),
            };
            let fact = decode(&message.payload)?;
            if fact.id == self.request.id {
                return Ok(Some(self.found(fact, message.sequence)));
            }
            next = message.sequence + 1;
        }
    }

    async fn repeated(&self, log_seq: u64) -> Result<Appended, AppendError> {
        let stream = self.log.stream(self.log.shard(self.request.dialog)).await?;
        let asked = timeout(QUESTION, stream.get_raw_message(log_seq)).await;
        let message = asked
            .map_err(|_| AppendError::Unavailable("the log does not answer in time".to_owned()))?
            .map_err(|error| AppendError::Unavailable(error.to_string()))?;
        Ok(self.found(decode(&message.payload)?, log_seq))
    }

    /// Our own fact, if its try got no answer; the same id from elsewhere otherwise. The caller compares the data.
    fn found(&self, fact: Fact, log_seq: u64) -> Appended {
        let newer = self
            .log
            .cached(&self.key())
            .is_none_or(|known| known.log_seq < log_seq);
        if let (true, Some(dialog)) = (newer, Dialog::from_head(&fact.head, None)) {
            self.log.remember(self.key(), Known { dialog, log_seq });
        }
        Appended::Repeated {
            fact: Arc::new(fact),
            position: self.position(log_seq),
        }
    }

    fn fact(&self, decided: &Decided) -> Fact {
        Fact {
            id: self.request.id,
            app: self.request.app.clone(),
            dialog: self.request.dialog,
            at: self.request.at,
            actor: self.request.actor.clone(),
            head: decided.next.head(),
            data: decided.data.clone(),
        }
    }

    fn key(&self) -> (mtchat_protocol::AppId, mtchat_protocol::DialogId) {
        (self.request.app.clone(), self.request.dialog)
    }

    pub(super) fn position(&self, log_seq: u64) -> Position {
        Position {
            shard: self.log.shard(self.request.dialog),
            log_seq,
        }
    }
}

/// Ids are stream-wide for the broker, so app and dialog are part of it: one app's id never answers for another's.
pub(crate) fn message_id(fact: &Fact, id: FactId) -> String {
    format!("{}.{}.{id}", fact.app, fact.dialog)
}
