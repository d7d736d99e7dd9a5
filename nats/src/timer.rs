use std::time::Duration;

use async_nats::{
    HeaderMap,
    jetstream::{
        self,
        consumer::{AckPolicy, DeliverPolicy, PullConsumer, ReplayPolicy, pull},
    },
};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use mtchat_protocol::{AppId, DialogId, ShardId, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout, timeout_at};

use crate::{
    AppendError, Broker, ReadError,
    broker::QUESTION,
    headers,
    publish::{Published, publish},
    shard_of, streams, subject,
};

/// A timer that has gone off and was not answered for so long goes off again: whoever had it in hand has died.
const ANSWERED_WITHIN: Duration = Duration::from_secs(5);
/// How many timers are brought before they are asked for.
const AHEAD: usize = 256;

/// What became of a timer that was to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerSet {
    /// There is no room for timers.
    Full,
    /// One is set for this dialog and has not gone off yet: the first wins.
    Pending,
    /// It is set.
    Set,
}

/// What a timer says when it goes off.
#[derive(Serialize, Deserialize)]
struct Due {
    app: AppId,
    dialog: DialogId,
}

/// Set a dialog's timer, unless one is set. It goes off after the delay, a quarter of a second later at most, whatever is restarted
/// meanwhile; without a delay at once.
pub async fn set_timer(
    broker: &Broker,
    app: &AppId,
    dialog: DialogId,
    delay: Duration,
) -> Result<TimerSet, AppendError> {
    let shard = shard_of(dialog);
    let due = Due {
        app: app.clone(),
        dialog,
    };
    let payload = Bytes::from(serde_json::to_vec(&due).map_err(AppendError::Encode)?);
    let mut head = HeaderMap::new();
    let subject = if delay.is_zero() {
        subject::due(shard)
    } else {
        head.insert(headers::SCHEDULE, format!("@at {}", after(delay)));
        head.insert(headers::SCHEDULE_TARGET, subject::due(shard));
        head.insert(headers::EXPECTED_SUBJECT_SEQ, "0");
        subject::timer(shard, app, dialog)
    };
    match publish(broker, subject, head, payload, QUESTION).await {
        Published::Stored(_) | Published::Duplicate(_) => Ok(TimerSet::Set),
        Published::WrongSequence => Ok(TimerSet::Pending),
        Published::Full => Ok(TimerSet::Full),
        Published::Unavailable(reason) => Err(AppendError::Unavailable(reason)),
        // It may be set or not: whoever tries again is told.
        Published::InFlight | Published::Unknown => Err(AppendError::Unavailable("no answer".to_owned())),
    }
}

fn after(delay: Duration) -> Timestamp {
    let delay = i64::try_from(delay.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(Timestamp::now().micros().saturating_add(delay))
}

/// A timer that has gone off. Until it is answered it goes off again and again.
pub struct DueTimer {
    /// The app of its dialog.
    pub app: AppId,
    /// Whose it was.
    pub dialog: DialogId,
    message: jetstream::Message,
}

impl DueTimer {
    /// Everything that it was set for is done. An answer that is lost is given once more, when it has gone off again.
    pub async fn answered(self) {
        acknowledge(&self.message).await;
    }
}

/// The timers of a shard that go off. What is not answered survives whoever reads it, and the broker.
pub struct DueTimers {
    broker: Broker,
    shard: ShardId,
    consumer: PullConsumer,
    messages: pull::Stream,
}

impl DueTimers {
    /// Begin with what was not answered yet.
    pub async fn open(broker: &Broker, shard: ShardId) -> Result<Self, ReadError> {
        let config = pull::Config {
            durable_name: Some(format!("notifier-{shard}")),
            description: Some("MTChat: timers that have gone off".to_owned()),
            deliver_policy: DeliverPolicy::All,
            ack_policy: AckPolicy::Explicit,
            ack_wait: ANSWERED_WITHIN,
            filter_subject: subject::due(shard),
            replay_policy: ReplayPolicy::Instant,
            ..pull::Config::default()
        };
        let create = broker
            .jetstream
            .create_consumer_on_stream(config, streams::TIMERS);
        let consumer: PullConsumer = timeout(QUESTION, create)
            .await
            .map_err(|_| unavailable("no answer in time"))?
            .map_err(|error| unavailable(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(AHEAD)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(5))
            .messages();
        let messages = timeout(QUESTION, messages)
            .await
            .map_err(|_| unavailable("no answer in time"))?
            .map_err(|error| unavailable(&error))?;
        Ok(Self {
            broker: broker.clone(),
            shard,
            consumer,
            messages,
        })
    }

    /// Wait for a timer to go off, then take what else has, up to `most`. Empty after `patience`.
    pub async fn next_batch(&mut self, most: usize, patience: Duration) -> Result<Vec<DueTimer>, ReadError> {
        let deadline = Instant::now() + patience;
        let mut batch = Vec::new();
        let Ok(first) = timeout_at(deadline, self.messages.next()).await else {
            return Ok(batch);
        };
        let mut next = Some(first);
        while let Some(received) = next {
            let message = received.ok_or_else(|| unavailable("the consumer ended"))?;
            let message = message.map_err(|error| unavailable(&error))?;
            let due: Result<Due, _> = serde_json::from_slice(&message.payload);
            match due {
                Ok(Due { app, dialog }) => batch.push(DueTimer { app, dialog, message }),
                Err(error) => {
                    tracing::warn!(%error, "a timer that can not be read has gone off and is forgotten");
                    acknowledge(&message).await;
                }
            }
            // What was taken counts; trouble shows again at the next call.
            next = if batch.len() < most {
                self.messages
                    .next()
                    .now_or_never()
                    .filter(|next| matches!(next, Some(Ok(_))))
            } else {
                None
            };
        }
        Ok(batch)
    }

    /// Let the broker forget what is answered: the stream itself keeps everything.
    pub async fn forget_answered(&self) -> Result<(), ReadError> {
        let asked = timeout(QUESTION, self.consumer.get_info()).await;
        let info = asked
            .map_err(|_| unavailable("no answer in time"))?
            .map_err(|error| unavailable(&error))?;
        let answered = info.ack_floor.stream_sequence;
        if answered == 0 {
            return Ok(());
        }
        let stream = self.broker.jetstream.get_stream_no_info(streams::TIMERS).await;
        let stream = stream.map_err(|error| unavailable(&error))?;
        let due = subject::due(self.shard);
        let purged = timeout(QUESTION, async {
            stream.purge().filter(due).sequence(answered + 1).await
        });
        purged
            .await
            .map_err(|_| unavailable("no answer in time"))?
            .map_err(|error| unavailable(&error))?;
        Ok(())
    }
}

async fn acknowledge(message: &jetstream::Message) {
    if let Err(error) = message.ack().await {
        tracing::debug!(%error, "a timer was not acknowledged and goes off once more");
    }
}

fn unavailable(reason: &(impl ToString + ?Sized)) -> ReadError {
    ReadError::Unavailable(reason.to_string())
}
