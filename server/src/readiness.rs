use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use mtchat_nats::Broker;
use mtchat_storage::Storage;
use serde::Serialize;
use tokio::{
    select,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::gateway::Hub;

/// How often the parts are asked.
const PERIOD: Duration = Duration::from_millis(500);
/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Whether this process can take work; looked after in the background, so asking costs nothing.
#[derive(Clone)]
pub struct Readiness {
    state: Arc<State>,
}

struct State {
    broker: Broker,
    hub: Hub,
    log: AtomicBool,
    database: AtomicBool,
    draining: AtomicBool,
}

/// What a load balancer needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Sends go on, reads do not.
    Degraded,
    /// Starting, leaving, or unable to append.
    NotReady,
    /// Takes everything.
    Ready,
}

/// The verdict and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Report {
    status: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checks>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
struct Checks {
    database: Check,
    live: Check,
    log: Check,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Check {
    Ok,
    Unavailable,
}

impl Readiness {
    /// Not ready until the parts have answered.
    pub fn new(broker: Broker, hub: Hub) -> Self {
        let [log, database, draining] = [const { AtomicBool::new(false) }; 3];
        Self {
            state: Arc::new(State {
                broker,
                hub,
                log,
                database,
                draining,
            }),
        }
    }

    /// Not ready from now on: this process leaves.
    pub fn drain(&self) {
        self.state.draining.store(true, Relaxed);
    }

    /// The verdict at this moment.
    pub fn verdict(&self) -> Verdict {
        verdict(self.checks(), self.state.draining.load(Relaxed))
    }

    /// Whether the database answered when it was last asked.
    pub(crate) fn database(&self) -> bool {
        self.state.database.load(Relaxed)
    }

    pub(crate) fn report(&self) -> Report {
        let checks = self.checks();
        let status = verdict(checks, self.state.draining.load(Relaxed));
        Report {
            status,
            checks: (status != Verdict::Ready).then_some(checks),
        }
    }

    /// Ask the parts, again and again, until told to stop.
    pub async fn run(self, storage: Storage, stop: CancellationToken) {
        let mut connected = self.state.broker.connected();
        loop {
            let (log, database) = tokio::join!(
                timeout(PATIENCE, self.state.broker.check()),
                timeout(PATIENCE, storage.ping())
            );
            note(&self.state.log, matches!(log, Ok(Ok(()))), "log");
            note(&self.state.database, matches!(database, Ok(Ok(()))), "database");
            select! {
                () = stop.cancelled() => return,
                () = sleep(PERIOD) => {}
                // Whatever the broker's connection does, it is looked at right away.
                changed = connected.changed() => if changed.is_err() {
                    sleep(PERIOD).await;
                },
            }
        }
    }

    fn checks(&self) -> Checks {
        let check = |well: bool| if well { Check::Ok } else { Check::Unavailable };
        let connected = *self.state.broker.connected().borrow();
        Checks {
            database: check(self.state.database.load(Relaxed)),
            live: check(self.state.hub.caught_up()),
            log: check(connected && self.state.log.load(Relaxed)),
        }
    }
}

impl Report {
    pub(crate) fn takes_work(&self) -> bool {
        self.status != Verdict::NotReady
    }
}

fn note(check: &AtomicBool, well: bool, part: &'static str) {
    if check.swap(well, Relaxed) != well {
        let says = if well {
            "a part is available"
        } else {
            "a part is not available"
        };
        tracing::info!(part, well, "{says}");
    }
    metrics::gauge!("mtchat_part_available", "part" => part).set(f64::from(u8::from(well)));
}

fn verdict(checks: Checks, draining: bool) -> Verdict {
    match checks {
        _ if draining => Verdict::NotReady,
        Checks {
            log: Check::Unavailable,
            ..
        }
        | Checks {
            live: Check::Unavailable,
            ..
        } => Verdict::NotReady,
        Checks {
            database: Check::Unavailable,
            ..
        } => Verdict::Degraded,
        Checks {
            database: Check::Ok,
            live: Check::Ok,
            log: Check::Ok,
        } => Verdict::Ready,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(log: Check, live: Check, database: Check, draining: bool) -> Verdict {
        verdict(Checks { database, live, log }, draining)
    }

    #[test]
    fn without_the_database_sends_go_on_and_without_the_log_nothing_does() {
        use Check::{Ok, Unavailable};
        assert_eq!(says(Ok, Ok, Ok, false), Verdict::Ready);
        assert_eq!(says(Ok, Ok, Unavailable, false), Verdict::Degraded);
        assert_eq!(says(Unavailable, Ok, Ok, false), Verdict::NotReady);
        assert_eq!(says(Ok, Unavailable, Ok, false), Verdict::NotReady);
        assert_eq!(says(Ok, Ok, Ok, true), Verdict::NotReady);
    }

    #[test]
    fn the_words_are_those_of_the_wire() {
        let checks = Checks {
            database: Check::Unavailable,
            live: Check::Ok,
            log: Check::Ok,
        };
        let report = Report {
            status: Verdict::Degraded,
            checks: Some(checks),
        };
        let json = serde_json::to_value(report).unwrap();
        let expected = serde_json::json!({
            "status": "degraded", "checks": { "database": "unavailable", "live": "ok", "log": "ok" }
        });
        assert_eq!(json, expected);
        let ready = serde_json::to_string(&Report {
            status: Verdict::Ready,
            checks: None,
        })
        .unwrap();
        assert_eq!(ready, r#"{"status":"ready"}"#);
    }
}
