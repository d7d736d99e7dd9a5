//! Facts that are appended together with a reservation: something that may be there only once in an app.

use std::{sync::Arc, time::Duration};

use async_nats::{
    HeaderMap,
    jetstream::{
        message::StreamMessage,
        stream::{LastRawMessageErrorKind, RawMessageErrorKind},
    },
};
use bytes::Bytes;
use futures_util::future;
use mtchat_domain::{Decision, Dialog, Rejection};
use mtchat_protocol::{DialogId, Fact, FactId, Position, ShardId};
use serde::{Deserialize, Serialize};
use tokio::time::{sleep, timeout};

use super::{AppendError, AppendRequest, Appended, Known, Log};
use crate::{broker::QUESTION, headers, publish::Published, subject};

/// What is to be reserved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reserve {
    /// The name: one token of a subject, so a hash.
    pub name: String,
    /// What was asked for, as a hash: kept with the reservation, for whoever finds it taken to compare.
    pub request: String,
    /// The name is free again once the dialog of the fact is deleted.
    pub until_deleted: bool,
}

/// How an append with a reservation went well.
#[derive(Debug, Clone, PartialEq)]
pub enum Reserved {
    /// The name was free, and the fact was appended with it. An append that changes nothing reserves nothing.
    Appended(Appended),
    /// The name was taken; nothing was appended.
    Taken {
        /// What was asked for then.
        request: String,
        /// The fact that was appended with it.
        fact: Arc<Fact>,
        /// Where it stands.
        position: Position,
    },
}

/// A reservation as it stands in the log, right before its fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    dialog: DialogId,
    fact: FactId,
    request: String,
}

/// What stands behind a reservation.
enum Companion {
    /// Its fact, at this sequence of the log.
    Fact(Arc<Fact>, u64),
    /// Something else: the log lost its tail between the two, so the reservation stands for nothing.
    Lost,
    /// Nothing: the batch is being written.
    NotYet,
}

/// A reservation on its way.
pub(super) struct Claim {
    reserve: Reserve,
    /// The log sequence of the reservation that it replaces; 0 for none.
    expected: u64,
}

impl Claim {
    /// Begin the batch that the fact, whose headers are `head`, ends. `Some`: the broker can not be reached.
    pub(super) async fn begin(
        &self,
        log: &Log,
        shard: ShardId,
        fact: &Fact,
        round: u32,
        head: &mut HeaderMap,
    ) -> Result<Option<Published>, AppendError> {
        // What is published while the connection is down is sent long after its sender gave up.
        if !*log.broker.connected().borrow() {
            let reason = "the broker is not connected".to_owned();
            return Ok(Some(Published::Unavailable(reason)));
        }
        let batch = format!("{}-{round}", fact.id);
        let mut own = HeaderMap::new();
        own.insert(headers::BATCH_ID, batch.as_str());
        own.insert(headers::BATCH_SEQUENCE, "1");
        own.insert(headers::EXPECTED_SUBJECT_SEQ, self.expected.to_string());
        head.insert(headers::BATCH_ID, batch.as_str());
        head.insert(headers::BATCH_SEQUENCE, "2");
        head.insert(headers::BATCH_COMMIT, "1");
        let entry = Entry {
            dialog: fact.dialog,
            fact: fact.id,
            request: self.reserve.request.clone(),
        };
        let payload = serde_json::to_vec(&entry).map_err(AppendError::Encode)?;
        let subject = subject::reservation(shard, &fact.app, &self.reserve.name);
        // Without an answer of its own: the one to the last message is that of the batch.
        let sent = log
            .broker
            .client
            .publish_with_headers(subject, own, Bytes::from(payload));
        let refused = match timeout(QUESTION, sent).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Published::Unavailable(error.to_string())),
            Err(_) => Some(Published::Unavailable("the broker takes nothing".to_owned())),
        };
        Ok(refused)
    }
}

impl Log {
    /// Decide and append as [`append`](Self::append) does, and take a name in the same breath: both or neither, in the whole
    /// system once. Whoever finds the name taken learns with which fact.
    pub async fn append_reserved<F>(
        &self,
        request: AppendRequest,
        reserve: &Reserve,
        mut decide: F,
    ) -> Result<Reserved, AppendError>
    where
        F: FnMut(Option<&Dialog>) -> Result<Decision, Rejection> + Send,
    {
        self.append_reserved_with(request, reserve, |known| {
            let decision = decide(known.as_ref().map(|known| &known.dialog));
            future::ready(decision.map_err(AppendError::from))
        })
        .await
    }

    /// The same for decisions that need a look elsewhere.
    pub async fn append_reserved_with<F, D, E>(
        &self,
        request: AppendRequest,
        reserve: &Reserve,
        mut decide: F,
    ) -> Result<Reserved, E>
    where
        F: FnMut(Option<Known>) -> D + Send,
        D: Future<Output = Result<Decision, E>> + Send,
        E: From<AppendError>,
    {
        let (app, own, shard) = (request.app.clone(), request.id, self.shard(request.dialog));
        let mut rounds = self.rounds(request).await?;
        loop {
            let known = rounds.state().await?;
            let mut expected = 0;
            if let Some(message) = self.reservation(shard, &app, &reserve.name).await? {
                expected = message.sequence;
                let entry: Entry = serde_json::from_slice(&message.payload)
                    .map_err(|error| AppendError::Unavailable(error.to_string()))?;
                match self.companion(shard, &entry, message.sequence).await? {
                    Companion::NotYet => {
                        sleep(Duration::from_millis(fastrand::u64(5..20))).await;
                        continue;
                    }
                    Companion::Lost => {}
                    Companion::Fact(fact, log_seq) => {
                        let position = rounds.position(log_seq);
                        if entry.fact == own {
                            // A try of ours whose answer was lost.
                            return Ok(Reserved::Appended(Appended::Repeated { fact, position }));
                        }
                        let free = reserve.until_deleted && self.is_deleted(shard, &fact).await?;
                        if !free {
                            let request = entry.request;
                            return Ok(Reserved::Taken {
                                request,
                                fact,
                                position,
                            });
                        }
                    }
                }
            }
            let decision = match decide(known).await {
                Err(_) if rounds.look_again() => continue,
                decision => decision?,
            };
            let reserve = reserve.clone();
            rounds.claim(Claim { reserve, expected });
            if let Some(appended) = rounds.append(decision).await? {
                return Ok(Reserved::Appended(appended));
            }
        }
    }

    /// The leader is asked: a replica may not have the newest reservation yet.
    async fn reservation(
        &self,
        shard: ShardId,
        app: &mtchat_protocol::AppId,
        name: &str,
    ) -> Result<Option<StreamMessage>, AppendError> {
        let stream = self.stream(shard).await?;
        let subject = subject::reservation(shard, app, name);
        let asked = timeout(QUESTION, stream.get_last_raw_message_by_subject(&subject)).await;
        match asked {
            Ok(Ok(message)) => Ok(Some(message)),
            Ok(Err(error)) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Ok(Err(error)) => Err(AppendError::Unavailable(error.to_string())),
            Err(_) => Err(AppendError::Unavailable(
                "the log does not answer in time".to_owned(),
            )),
        }
    }

    /// What was appended with a reservation: the next message in the log.
    async fn companion(
        &self,
        shard: ShardId,
        entry: &Entry,
        reserved_at: u64,
    ) -> Result<Companion, AppendError> {
        let stream = self.stream(shard).await?;
        let log_seq = reserved_at + 1;
        let asked = timeout(QUESTION, stream.get_raw_message(log_seq)).await;
        let message = match asked {
            Ok(Ok(message)) => message,
            Ok(Err(error)) if matches!(error.kind(), RawMessageErrorKind::NoMessageFound) => {
                return Ok(Companion::NotYet);
            }
            Ok(Err(error)) => return Err(AppendError::Unavailable(error.to_string())),
            Err(_) => {
                return Err(AppendError::Unavailable(
                    "the log does not answer in time".to_owned(),
                ));
            }
        };
        let fact = Fact::decode(&message.payload).ok();
        let own = fact.filter(|fact| fact.id == entry.fact && fact.dialog == entry.dialog);
        Ok(own.map_or(Companion::Lost, |fact| Companion::Fact(Arc::new(fact), log_seq)))
    }

    /// Asks the log and not the cache, which may be behind another edge's deletion.
    async fn is_deleted(&self, shard: ShardId, fact: &Fact) -> Result<bool, AppendError> {
        let last = self.last_fact(shard, &(fact.app.clone(), fact.dialog)).await?;
        Ok(last.is_some_and(|(last, _)| last.head.deleted))
    }
}
