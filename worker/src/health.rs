use std::{fmt, sync::Arc};

use mtchat_protocol::{ShardId, Timestamp};
use serde::Serialize;
use tokio::sync::watch;

use crate::{Role, backlog::age};

/// How a worker's roles do; for its health endpoint and for the doctor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct WorkerStatus {
    /// One for each role of each shard.
    pub roles: Vec<RoleStatus>,
}

/// How one role of one shard does in this worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoleStatus {
    /// The role.
    pub role: Role,
    /// The shard.
    pub shard: ShardId,
    /// What it is doing.
    #[serde(flatten)]
    pub state: RoleState,
    /// The log sequence up to which everything is done, as far as this worker knows.
    pub position: u64,
    /// How many entries of the log are behind that; told about once a second while it is active.
    pub lag: Option<u64>,
    /// Since when the first of them stands there; told likewise, and only while there are some.
    pub oldest: Option<Timestamp>,
    /// When it last did something.
    pub last_progress: Option<Timestamp>,
}

/// What a role is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum RoleState {
    /// At work, or waiting for work.
    Active,
    /// It should be at work and can not.
    Failing {
        /// Since when.
        since: Timestamp,
        /// What stands in its way.
        reason: String,
    },
    /// Another worker is active, or nobody yet.
    Standby,
    /// The worker was told to stop, and this role has.
    Stopped,
}

impl WorkerStatus {
    /// The roles that should be at work and are not.
    pub fn failing(&self) -> impl Iterator<Item = &RoleStatus> {
        self.roles
            .iter()
            .filter(|role| matches!(role.state, RoleState::Failing { .. }))
    }
}

impl fmt::Display for RoleStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of shard {}: ", self.role, self.shard)?;
        match &self.state {
            RoleState::Active => {
                write!(f, "active at {}", self.position)?;
                self.lag.map_or(Ok(()), |lag| write!(f, ", {lag} behind"))
            }
            RoleState::Failing { since, reason } => write!(f, "failing since {since}: {reason}"),
            RoleState::Standby => f.write_str("standing by"),
            RoleState::Stopped => f.write_str("stopped"),
        }
    }
}

/// Where one role reports how it does. The only place that logs a role's troubles: once when they begin, once when they end.
#[derive(Clone)]
pub(crate) struct Reporter {
    board: Arc<watch::Sender<WorkerStatus>>,
    role: Role,
    shard: ShardId,
}

impl Reporter {
    /// Add a role to the board.
    pub(crate) fn new(board: Arc<watch::Sender<WorkerStatus>>, role: Role, shard: ShardId) -> Self {
        let status = RoleStatus {
            role,
            shard,
            state: RoleState::Standby,
            position: 0,
            lag: None,
            oldest: None,
            last_progress: None,
        };
        board.send_modify(|worker| worker.roles.push(status));
        Self { board, role, shard }
    }

    /// The role waits for its lease.
    pub(crate) fn standby(&self) {
        self.change(|status| {
            status.state = RoleState::Standby;
            status.lag = None;
            status.oldest = None;
        });
        // Whoever takes over tells of it; a number that stays here would go on growing old.
        self.gauge(Gauge::Lag, 0.0);
        self.gauge(Gauge::Oldest, 0.0);
        self.gauge_failing(false);
        for name in counted_by(self.role) {
            metrics::gauge!(*name, "shard" => self.shard.to_string()).set(0.0);
        }
        for name in held_by(self.role) {
            metrics::gauge!(*name).set(0.0);
        }
    }

    /// The role has ended.
    pub(crate) fn stopped(&self) {
        self.change(|status| status.state = RoleState::Stopped);
        self.gauge_failing(false);
    }

    /// The role begins at a position. A role that was failing has to prove itself first.
    pub(crate) fn started(&self, position: u64) {
        self.gauge_position(position);
        self.change(|status| {
            status.position = position;
            if status.state == RoleState::Standby {
                status.state = RoleState::Active;
            }
        });
    }

    /// Something was done.
    pub(crate) fn progress(&self, position: u64) {
        self.gauge_position(position);
        self.active(|status| {
            let done = position.saturating_sub(status.position);
            status.lag = status.lag.map(|lag| lag.saturating_sub(done));
            status.position = position;
            status.last_progress = Some(Timestamp::now());
        });
    }

    /// The log ends here.
    pub(crate) fn seen(&self, position: u64, last_seq: u64) {
        let lag = last_seq.saturating_sub(position);
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        let shown = self.gauge(Gauge::Lag, lag as f64);
        if !shown {
            return;
        }
        self.active(|status| status.lag = Some(lag));
    }

    /// So far the log goes, and the first entry in it that is not done stands there since then; `None`: everything is done. Says nothing
    /// of whether the role works: a stuck one falls behind as well.
    pub(crate) fn behind(&self, position: u64, last_seq: u64, oldest: Option<Timestamp>) {
        let lag = last_seq.saturating_sub(position);
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        self.gauge(Gauge::Lag, lag as f64);
        self.gauge(Gauge::Oldest, age(oldest));
        self.change(|status| {
            status.lag = Some(lag);
            status.oldest = oldest;
        });
    }

    /// The role can not work.
    pub(crate) fn failing(&self, reason: &str) {
        let mut began = false;
        self.change(|status| match &mut status.state {
            RoleState::Failing { reason: known, .. } => reason.clone_into(known),
            RoleState::Active | RoleState::Standby | RoleState::Stopped => {
                began = true;
                status.state = RoleState::Failing {
                    since: Timestamp::now(),
                    reason: reason.to_owned(),
                };
            }
        });
        if began {
            self.gauge_failing(true);
            tracing::warn!(role = %self.role, shard = %self.shard, reason, "the role can not work and keeps trying");
        }
    }

    fn active(&self, set: impl FnOnce(&mut RoleStatus)) {
        let mut recovered = false;
        self.change(|status| {
            recovered = matches!(status.state, RoleState::Failing { .. });
            status.state = RoleState::Active;
            set(status);
        });
        if recovered {
            self.gauge_failing(false);
            tracing::info!(role = %self.role, shard = %self.shard, "the role works again");
        }
    }

    fn change(&self, set: impl FnOnce(&mut RoleStatus)) {
        self.board.send_modify(|worker| {
            let own = |status: &&mut RoleStatus| status.role == self.role && status.shard == self.shard;
            if let Some(status) = worker.roles.iter_mut().find(own) {
                set(status);
            }
        });
    }

    fn gauge_failing(&self, fails: bool) {
        let labels = [
            ("role", self.role.as_str().to_owned()),
            ("shard", self.shard.to_string()),
        ];
        metrics::gauge!("mtchat_role_failing", &labels).set(f64::from(u8::from(fails)));
    }

    fn gauge_position(&self, position: u64) {
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        self.gauge(Gauge::LogSeq, position as f64);
    }

    /// Show a number; `false`: the role follows no log.
    fn gauge(&self, gauge: Gauge, value: f64) -> bool {
        let Some(name) = gauge.name(self.role) else {
            return false;
        };
        metrics::gauge!(name, "shard" => self.shard.to_string()).set(value);
        true
    }
}

/// What a role counts besides, of its shard.
const fn counted_by(role: Role) -> &'static [&'static str] {
    match role {
        Role::Sweeper => &[
            "mtchat_dead_letters",
            "mtchat_log_bytes",
            "mtchat_log_used_ratio",
            "mtchat_timers_oldest_seconds",
            "mtchat_timers_pending",
            "mtchat_webhook_dead_letters",
            "mtchat_webhook_oldest_seconds",
        ],
        Role::Archiver | Role::Fanout | Role::Indexer | Role::Notifier | Role::Projector | Role::Webhooks => {
            &[]
        }
    }
}

/// What a role holds in the memory of whoever is active.
const fn held_by(role: Role) -> &'static [&'static str] {
    match role {
        Role::Webhooks => &[
            "mtchat_webhook_endpoints",
            "mtchat_webhook_endpoints_untold",
            "mtchat_webhook_pending",
        ],
        Role::Archiver | Role::Fanout | Role::Indexer | Role::Notifier | Role::Projector | Role::Sweeper => {
            &[]
        }
    }
}

/// What is shown of every role that follows the log.
#[derive(Clone, Copy)]
enum Gauge {
    Lag,
    LogSeq,
    Oldest,
}

impl Gauge {
    const fn name(self, role: Role) -> Option<&'static str> {
        let [lag, log_seq, oldest] = match role {
            Role::Fanout => [
                Some("mtchat_fanout_lag"),
                Some("mtchat_fanout_log_seq"),
                Some("mtchat_fanout_oldest_seconds"),
            ],
            Role::Indexer => [
                Some("mtchat_indexer_lag"),
                Some("mtchat_indexer_log_seq"),
                Some("mtchat_indexer_oldest_seconds"),
            ],
            Role::Notifier => [
                Some("mtchat_notifier_lag"),
                Some("mtchat_notifier_log_seq"),
                Some("mtchat_notifier_oldest_seconds"),
            ],
            Role::Projector => [
                Some("mtchat_projector_lag"),
                Some("mtchat_projector_log_seq"),
                Some("mtchat_projector_oldest_seconds"),
            ],
            // How old what waits for endpoints is shows the sweeper, for all of them.
            Role::Webhooks => [Some("mtchat_webhook_lag"), Some("mtchat_webhook_log_seq"), None],
            // They follow no log.
            Role::Archiver | Role::Sweeper => [None; 3],
        };
        match self {
            Self::Lag => lag,
            Self::LogSeq => log_seq,
            Self::Oldest => oldest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board() -> (Reporter, watch::Receiver<WorkerStatus>) {
        let (board, status) = watch::channel(WorkerStatus::default());
        let board = Arc::new(board);
        Reporter::new(board.clone(), Role::Fanout, ShardId(0));
        (Reporter::new(board, Role::Projector, ShardId(0)), status)
    }

    #[test]
    fn trouble_keeps_its_beginning_until_work_goes_on() {
        let (projector, status) = board();
        projector.started(4);
        projector.failing("the first reason");
        let since = |status: &watch::Receiver<WorkerStatus>| match &status.borrow().roles[1].state {
            RoleState::Failing { since, .. } => Some(*since),
            RoleState::Active | RoleState::Standby | RoleState::Stopped => None,
        };
        let began = since(&status).unwrap();
        projector.failing("the second reason");
        projector.started(4);
        assert_eq!(since(&status), Some(began));
        assert!(
            status.borrow().roles[1]
                .to_string()
                .ends_with("the second reason")
        );
        projector.progress(9);
        projector.seen(9, 12);
        projector.behind(9, 12, Some(began));
        assert_eq!(status.borrow().roles[1].oldest, Some(began));
        assert_eq!(status.borrow().failing().count(), 0);
        assert_eq!(
            status.borrow().roles[1].to_string(),
            "projector of shard 0: active at 9, 3 behind"
        );
    }

    #[test]
    fn roles_do_not_write_over_each_other() {
        let (projector, status) = board();
        projector.progress(3);
        projector.stopped();
        let roles = status.borrow().roles.clone();
        assert_eq!((&roles[0].state, roles[0].position), (&RoleState::Standby, 0));
        assert_eq!((&roles[1].state, roles[1].position), (&RoleState::Stopped, 3));
    }

    #[test]
    fn the_status_is_flat_enough_for_a_health_answer() {
        let (projector, status) = board();
        projector.seen(7, 7);
        let json = serde_json::to_value(&status.borrow().roles[1]).unwrap();
        assert_eq!(json["state"], "active");
        assert_eq!(
            (&json["role"], &json["lag"]),
            (&serde_json::json!("projector"), &serde_json::json!(0))
        );
    }
}
