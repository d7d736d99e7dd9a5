use std::time::Duration;

use async_nats::jetstream::{
    self,
    consumer::{AckPolicy, DeliverPolicy, PullConsumer, ReplayPolicy, pull},
};
use futures_util::{FutureExt, StreamExt};
use mtchat_protocol::Timestamp;
use tokio::{
    sync::watch,
    time::{Instant, timeout, timeout_at},
};

use super::ReadError;
use crate::{Broker, broker::QUESTION};

/// How long a reader may be behind and get nothing before its consumer is made anew.
const STALL: Duration = Duration::from_secs(3);
/// How long a first message that is there may take to come.
const FIRST: Duration = Duration::from_secs(10);

/// Where reading starts.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Start {
    /// After this sequence.
    After(u64),
    /// At this moment.
    At(Timestamp),
}

/// How much of each message is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// All of it.
    Whole,
    /// Subject and headers; the payload is empty and never leaves the broker.
    Headers,
}

/// Reads a stream in order without acks, for ever: its position is kept here, and a consumer that dies, stalls, skips or is
/// forgotten by a restarted broker is replaced by one that goes on where this one stopped.
pub(crate) struct Tail {
    broker: Broker,
    stream: String,
    start: Start,
    depth: Depth,
    connected: watch::Receiver<bool>,
    messages: Option<Messages>,
    looked_at: Instant,
    subscriptions: u64,
}

struct Messages {
    stream: pull::Stream,
    /// How many there were to read when the consumer was made.
    waiting: u64,
    delivered: u64,
}

pub(crate) struct Delivered {
    pub(crate) sequence: u64,
    pub(crate) message: async_nats::Message,
}

impl Tail {
    pub(crate) fn new(broker: &Broker, stream: String, start: Start) -> Self {
        Self {
            broker: broker.clone(),
            stream,
            start,
            depth: Depth::Whole,
            connected: broker.connected(),
            messages: None,
            looked_at: Instant::now(),
            subscriptions: 0,
        }
    }

    /// Deliver so much of each message.
    pub(crate) fn of_depth(self, depth: Depth) -> Self {
        Self { depth, ..self }
    }

    /// The last sequence that was returned, when reading goes by sequence.
    pub(crate) fn position(&self) -> Option<u64> {
        match self.start {
            Start::After(sequence) => Some(sequence),
            Start::At(_) => None,
        }
    }

    /// How many consumers have been made so far.
    pub(crate) fn subscriptions(&self) -> u64 {
        self.subscriptions
    }

    /// Go on elsewhere.
    pub(crate) fn restart(&mut self, start: Start) {
        self.start = start;
        self.messages = None;
    }

    /// The first message, `None` when there is none now. Which of the two the broker says; how long it takes says nothing.
    pub(crate) async fn first(&mut self) -> Result<Option<Delivered>, ReadError> {
        let deadline = Instant::now() + FIRST;
        self.messages = None;
        while self.messages.is_none() {
            if !self.subscribe(deadline).await? && Instant::now() >= deadline {
                return Err(ReadError::late());
            }
        }
        if self
            .messages
            .as_ref()
            .is_some_and(|messages| messages.waiting == 0)
        {
            return Ok(None);
        }
        self.next(deadline).await?.map(Some).ok_or_else(ReadError::late)
    }

    /// Wait for the next message until `deadline`; `None` when there is none by then.
    pub(crate) async fn next(&mut self, deadline: Instant) -> Result<Option<Delivered>, ReadError> {
        loop {
            if self.messages.is_none() && !self.subscribe(deadline).await? {
                return Ok(None);
            }
            let Some(messages) = self.messages.as_mut() else {
                continue;
            };
            let until = deadline.min(self.looked_at + STALL);
            let received = tokio::select! {
                received = timeout_at(until, messages.stream.next()) => received,
                // A consumer in memory is gone after a restart of the broker; asking it would be silence.
                _ = reconnected(&mut self.connected) => { self.messages = None; continue }
            };
            match received {
                Ok(Some(Ok(message))) => {
                    if let Some(delivered) = self.accept(message) {
                        return Ok(Some(delivered));
                    }
                }
                Ok(Some(Err(error))) => self.replace(&error.to_string()),
                Ok(None) => self.replace("the consumer ended"),
                Err(_) if Instant::now() >= deadline => {
                    self.watch_over().await?;
                    return Ok(None);
                }
                Err(_) => self.watch_over().await?,
            }
        }
    }

    /// The next message if it is here already. Never waits: a timer, however short, would cost a millisecond and a wake-up.
    pub(crate) fn take_ready(&mut self) -> Option<Delivered> {
        loop {
            match self.messages.as_mut()?.stream.next().now_or_never()? {
                Some(Ok(message)) => {
                    if let Some(delivered) = self.accept(message) {
                        return Some(delivered);
                    }
                }
                Some(Err(error)) => self.replace(&error.to_string()),
                None => self.replace("the consumer ended"),
            }
        }
    }

    fn accept(&mut self, message: jetstream::Message) -> Option<Delivered> {
        let (sequence, delivered) = {
            let info = message.info().ok()?;
            (info.stream_sequence, info.consumer_sequence)
        };
        let messages = self.messages.as_mut()?;
        if delivered != messages.delivered + 1 {
            self.replace("the consumer skipped a message");
            return None;
        }
        messages.delivered = delivered;
        self.looked_at = Instant::now();
        if self.position().is_some_and(|position| sequence <= position) {
            return None;
        }
        self.start = Start::After(sequence);
        Some(Delivered {
            sequence,
            message: message.message,
        })
    }

    fn replace(&mut self, reason: &str) {
        metrics::counter!("mtchat_reader_replaced_total", "stream" => self.stream.clone()).increment(1);
        tracing::warn!(stream = %self.stream, reason, "the reader is made anew");
        self.messages = None;
    }

    /// Behind and silent: the deliveries of this consumer are stuck somewhere.
    async fn watch_over(&mut self) -> Result<(), ReadError> {
        if self.looked_at.elapsed() < STALL {
            return Ok(());
        }
        self.looked_at = Instant::now();
        let Some(position) = self.position() else {
            return Ok(());
        };
        let Ok(last_seq) = self.last_sequence().await else {
            return Ok(());
        };
        if last_seq > position {
            self.replace("behind without progress");
        }
        if last_seq < position {
            return Err(ReadError::TailLost { position, last_seq });
        }
        Ok(())
    }

    async fn last_sequence(&self) -> Result<u64, ReadError> {
        let asked = timeout(QUESTION, self.broker.jetstream.get_stream(&self.stream)).await;
        let stream = asked
            .map_err(|_| ReadError::late())?
            .map_err(|error| ReadError::Unavailable(error.to_string()))?;
        Ok(stream.cached_info().state.last_sequence)
    }

    /// Make a consumer; `false` when it did not come to be before the deadline.
    async fn subscribe(&mut self, deadline: Instant) -> Result<bool, ReadError> {
        if self.broker.wait_connected(deadline).await.is_err() {
            return Ok(false);
        }
        if let Some(position) = self.position() {
            match self.last_sequence().await {
                Ok(last_seq) if last_seq < position => {
                    return Err(ReadError::TailLost { position, last_seq });
                }
                Ok(_) => {}
                Err(error) => return self.pause(deadline, error).await,
            }
        }
        self.connected.mark_unchanged();
        match self.consumer().await {
            Ok(messages) => {
                self.looked_at = Instant::now();
                self.subscriptions += 1;
                self.messages = Some(messages);
                Ok(true)
            }
            Err(error) => self.pause(deadline, error).await,
        }
    }

    async fn pause(&self, deadline: Instant, error: ReadError) -> Result<bool, ReadError> {
        if Instant::now() >= deadline {
            return Err(error);
        }
        let pause = Duration::from_millis(fastrand::u64(50..150));
        tokio::time::sleep_until(deadline.min(Instant::now() + pause)).await;
        Ok(false)
    }

    async fn consumer(&self) -> Result<Messages, ReadError> {
        let deliver_policy = match self.start {
            Start::After(sequence) => DeliverPolicy::ByStartSequence {
                start_sequence: sequence + 1,
            },
            Start::At(at) => DeliverPolicy::ByStartTime {
                start_time: at.to_offset(),
            },
        };
        let config = pull::Config {
            deliver_policy,
            ack_policy: AckPolicy::None,
            replay_policy: ReplayPolicy::Instant,
            inactive_threshold: Duration::from_secs(30),
            headers_only: self.depth == Depth::Headers,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let unavailable = |error: String| ReadError::Unavailable(error);
        let create = self
            .broker
            .jetstream
            .create_consumer_on_stream(config, self.stream.as_str());
        let consumer: PullConsumer = timeout(QUESTION, create)
            .await
            .map_err(|_| unavailable("no answer in time".to_owned()))?
            .map_err(|error| unavailable(error.to_string()))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(1_000)
            .expires(Duration::from_secs(30))
            .heartbeat(Duration::from_secs(5))
            .messages();
        let stream = timeout(QUESTION, messages)
            .await
            .map_err(|_| unavailable("no answer in time".to_owned()))?
            .map_err(|error| unavailable(error.to_string()))?;
        Ok(Messages {
            stream,
            waiting: consumer.cached_info().num_pending,
            delivered: 0,
        })
    }
}

/// Resolves when the connection was lost and stands again.
async fn reconnected(connected: &mut watch::Receiver<bool>) {
    loop {
        if connected.changed().await.is_err() {
            // The client is gone, and with it everything that could be read.
            return std::future::pending().await;
        }
        if *connected.borrow_and_update() {
            return;
        }
    }
}
