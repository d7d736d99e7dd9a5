use std::collections::HashMap;

use mtchat_nats::{Broker, LogState, ReadError, entered_at, fanout_position, log_state};
use mtchat_protocol::{ShardId, Timestamp};
use mtchat_storage::{EndpointStanding, PastRun, Storage};
use serde::Serialize;

use super::Limits;
use crate::{
    Failure,
    operate::{Deployment, SHARDS},
};

/// How everything stands at a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Report {
    pub(super) at: Timestamp,
    pub(super) shards: Vec<Shard>,
    /// The newest run of each.
    pub(super) jobs: Vec<Job>,
}

/// A shard's log, and who reads it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Shard {
    pub(super) shard: ShardId,
    pub(super) log: Log,
    pub(super) readers: Vec<Reader>,
    /// What the projector set aside.
    pub(super) dead_letters: u64,
    pub(super) timers: Timers,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Log {
    pub(super) epoch: String,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
    pub(super) bytes: u64,
    pub(super) most_bytes: u64,
    pub(super) used_percent: f64,
}

/// Somebody who reads the log from a place of their own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Reader {
    /// A role, or `webhooks` with app and endpoint.
    pub(super) reader: String,
    pub(super) position: u64,
    /// How many entries are behind that.
    pub(super) behind: u64,
    /// Since when the oldest thing waits for it that is not done.
    pub(super) oldest: Option<Timestamp>,
    pub(super) age_secs: Option<f64>,
    /// Events that failed or wait behind one that did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pending: Option<u64>,
    /// What it gave up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) dead: Option<u64>,
    /// Why it is slow or stands still, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<String>,
    /// It stands still because somebody wants it to: nobody is to be woken.
    pub(super) stands_still: bool,
}

/// Timers of dialogs with something unread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Timers {
    pub(super) pending: u64,
    pub(super) oldest: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Job {
    pub(super) job: String,
    pub(super) scheduled_at: Timestamp,
    pub(super) began_at: Timestamp,
    pub(super) finished_at: Option<Timestamp>,
    pub(super) outcome: Option<String>,
    pub(super) done: u64,
}

impl Report {
    pub(super) async fn of(deployment: &Deployment) -> Result<Self, Failure> {
        let mut shards = Vec::with_capacity(SHARDS.len());
        for shard in SHARDS {
            shards.push(Shard::of(deployment, shard).await?);
        }
        let jobs = deployment.storage.newest_runs().await?;
        Ok(Self {
            at: Timestamp::now(),
            shards,
            jobs: jobs.into_iter().map(Job::from).collect(),
        })
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }

    pub(super) fn is_within(&self, limits: Limits) -> bool {
        let mut readers = self.shards.iter().flat_map(|shard| &shard.readers);
        readers.all(|reader| !reader.is_too_far(limits))
    }
}

impl Shard {
    /// First the readers, then the log: nobody is further than it.
    async fn of(deployment: &Deployment, shard: ShardId) -> Result<Self, Failure> {
        let Deployment { broker, storage } = deployment;
        let roles = roles(broker, storage, shard).await?;
        let endpoints = storage.endpoint_standings(shard).await?;
        let backlog = storage.backlog(shard).await?;
        let log = log_state(broker, shard).await?;
        let mut ages = Ages {
            broker,
            shard,
            last_seq: log.last_seq,
            known: HashMap::new(),
        };
        let mut readers = Vec::with_capacity(roles.len() + endpoints.len());
        for (role, position) in roles {
            let oldest = ages.at(position + 1).await?;
            readers.push(Reader::new(role.to_owned(), position, log.last_seq, oldest));
        }
        for endpoint in endpoints {
            let waits = endpoint.oldest_pending.unwrap_or(u64::MAX);
            let oldest = ages.at(waits.min(endpoint.log_seq + 1)).await?;
            readers.push(Reader::of_endpoint(&endpoint, log.last_seq, oldest));
        }
        Ok(Self {
            shard,
            log: Log::from(log),
            readers,
            dead_letters: backlog.dead_letters,
            timers: Timers {
                pending: backlog.timers,
                oldest: backlog.oldest_timer,
            },
        })
    }
}

/// The roles that follow the log. Where nobody ever indexed or notified, nobody is behind.
async fn roles(
    broker: &Broker,
    storage: &Storage,
    shard: ShardId,
) -> Result<Vec<(&'static str, u64)>, Failure> {
    let projected = storage.projection(shard).await?;
    let mut roles = vec![
        ("projector", projected.map_or(0, |projection| projection.log_seq)),
        ("fanout", fanout_position(broker, shard).await?),
    ];
    roles.extend(
        storage
            .indexed(shard)
            .await?
            .map(|position| ("indexer", position)),
    );
    roles.extend(
        storage
            .notifying(shard)
            .await?
            .map(|position| ("notifier", position)),
    );
    Ok(roles)
}

/// When entries came into the log. Many readers stand at one place.
struct Ages<'a> {
    broker: &'a Broker,
    shard: ShardId,
    last_seq: u64,
    known: HashMap<u64, Option<Timestamp>>,
}

impl Ages<'_> {
    async fn at(&mut self, log_seq: u64) -> Result<Option<Timestamp>, ReadError> {
        if log_seq > self.last_seq {
            return Ok(None);
        }
        if let Some(known) = self.known.get(&log_seq) {
            return Ok(*known);
        }
        let at = entered_at(self.broker, self.shard, log_seq).await?;
        self.known.insert(log_seq, at);
        Ok(at)
    }
}

impl Reader {
    pub(super) fn new(reader: String, position: u64, last_seq: u64, oldest: Option<Timestamp>) -> Self {
        Self {
            reader,
            position,
            behind: last_seq.saturating_sub(position),
            oldest,
            age_secs: oldest.map(seconds_since),
            pending: None,
            dead: None,
            state: None,
            stands_still: false,
        }
    }

    fn of_endpoint(endpoint: &EndpointStanding, last_seq: u64, oldest: Option<Timestamp>) -> Self {
        let place = &endpoint.place;
        let name = format!("webhooks {}/{}", place.app, place.endpoint);
        let state = match (&endpoint.disabled, endpoint.paused, endpoint.failing_since) {
            (Some(why), _, _) => Some(format!("switched off: {why}")),
            (None, true, _) => Some("paused".to_owned()),
            (None, false, Some(since)) => Some(format!("failing since {}", short(since))),
            (None, false, None) => None,
        };
        Self {
            pending: Some(endpoint.pending),
            dead: Some(endpoint.dead),
            state,
            stands_still: endpoint.paused || endpoint.disabled.is_some(),
            ..Self::new(name, endpoint.log_seq, last_seq, oldest)
        }
    }

    pub(super) fn is_too_far(&self, limits: Limits) -> bool {
        let behind = limits.behind.is_some_and(|most| self.behind > most);
        let old = limits
            .age
            .is_some_and(|most| self.age_secs.is_some_and(|age| age > most.as_secs_f64()));
        !self.stands_still && (behind || old)
    }
}

pub(super) fn seconds_since(at: Timestamp) -> f64 {
    let micros = Timestamp::now().micros().saturating_sub(at.micros()).max(0);
    micros as f64 / 1_000_000.0
}

/// For people a second is exact enough.
pub(super) fn short(at: Timestamp) -> String {
    let text = at.to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

impl From<LogState> for Log {
    fn from(log: LogState) -> Self {
        Self {
            epoch: log.epoch.0,
            first_seq: log.first_seq,
            last_seq: log.last_seq,
            bytes: log.bytes,
            most_bytes: log.most_bytes,
            used_percent: log.bytes as f64 * 100.0 / log.most_bytes.max(1) as f64,
        }
    }
}

impl From<PastRun> for Job {
    fn from(run: PastRun) -> Self {
        Self {
            job: run.job,
            scheduled_at: run.scheduled_at,
            began_at: run.began_at,
            finished_at: run.finished_at,
            outcome: run.outcome,
            done: run.done,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_reader_is_too_far_by_entries_or_by_age() {
        let long_ago = Timestamp::from_micros(Timestamp::now().micros() - 60_000_000);
        let reader = Reader::new("projector".to_owned(), 90, 100, Some(long_ago));
        let of = |behind, secs: Option<u64>| Limits {
            behind,
            age: secs.map(Duration::from_secs),
        };
        assert!(!reader.is_too_far(Limits::default()));
        assert!(!reader.is_too_far(of(Some(10), Some(3_600))));
        assert!(reader.is_too_far(of(Some(9), None)));
        assert!(reader.is_too_far(of(None, Some(59))));
        let wanted = Reader {
            stands_still: true,
            ..reader
        };
        assert!(!wanted.is_too_far(of(Some(0), Some(0))));
    }

    #[test]
    fn moments_are_shown_to_the_second() {
        assert_eq!(short(Timestamp::from_micros(1_500_000)), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn whoever_is_at_the_end_has_nothing_that_waits() {
        let reader = Reader::new("fanout".to_owned(), 100, 100, None);
        assert_eq!((reader.behind, reader.age_secs), (0, None));
        assert!(!reader.is_too_far(Limits {
            behind: Some(0),
            age: Some(Duration::ZERO),
        }));
    }
}
