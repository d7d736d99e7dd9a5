use super::metric::{Label, Metric, Of, Values};

const fn outcome(values: &'static [&'static str]) -> Label {
    Label {
        name: "outcome",
        values: Values::Listed(values),
    }
}

const OF_SHARD: Label = Label {
    name: "shard",
    values: Values::Shard,
};
const SHARD: &[Label] = &[OF_SHARD];

const ROLE: Label = Label {
    name: "role",
    values: Values::Listed(&[
        "archiver",
        "fanout",
        "indexer",
        "notifier",
        "projector",
        "sweeper",
        "webhooks",
    ]),
};

const fn counter(name: &'static str, help: &'static str) -> Metric {
    Metric::counter(Of::Worker, name, help)
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    Metric::gauge(Of::Worker, name, help)
}

const fn histogram(name: &'static str, help: &'static str) -> Metric {
    Metric::histogram(Of::Worker, name, help)
}

pub(super) const METRICS: &[Metric] = &[
    gauge(
        "mtchat_projector_lag",
        "facts in the log that are not yet in Postgres",
    )
    .by(SHARD),
    gauge("mtchat_projector_log_seq", "how far Postgres is").by(SHARD),
    gauge(
        "mtchat_projector_oldest_seconds",
        "how old the first fact is that is not yet in Postgres; 0 when all are",
    )
    .in_seconds()
    .by(SHARD),
    histogram("mtchat_projector_batch_size", "facts in one transaction").by(SHARD),
    histogram("mtchat_projector_apply_seconds", "how long one took")
        .in_seconds()
        .by(SHARD),
    histogram(
        "mtchat_projector_stored_seconds",
        "how old facts are, by the edge's clock, when Postgres has them: from accepted to stored",
    )
    .in_seconds()
    .by(SHARD),
    counter("mtchat_projector_retries_total", "transactions tried again"),
    counter(
        "mtchat_projector_dead_letters_total",
        "entries that are no fact this version can apply, set aside; any needs a look",
    ),
    gauge(
        "mtchat_dead_letters",
        "entries that are set aside at this moment; counted every 10 s, as the next four are",
    )
    .by(SHARD),
    gauge(
        "mtchat_timers_pending",
        "dialogs whose timer is set and was not answered",
    )
    .by(SHARD),
    gauge(
        "mtchat_timers_oldest_seconds",
        "how long ago the oldest of them was set",
    )
    .in_seconds()
    .by(SHARD),
    gauge(
        "mtchat_webhook_dead_letters",
        "events of all endpoints that are given up at this moment",
    )
    .by(SHARD),
    gauge(
        "mtchat_webhook_oldest_seconds",
        "how old the first fact is that some endpoint was not told of yet; those that are paused or switched off do not count",
    )
    .in_seconds()
    .by(SHARD),
    counter(
        "mtchat_projector_epochs_total",
        "times that the log had lost its tail; clients reload",
    )
    .by(SHARD),
    gauge(
        "mtchat_fanout_lag",
        "facts in the log that are not yet on the live path",
    )
    .by(SHARD),
    gauge("mtchat_fanout_log_seq", "how far the live path is").by(SHARD),
    gauge(
        "mtchat_fanout_oldest_seconds",
        "how old the first fact is that is not yet on the live path",
    )
    .in_seconds()
    .by(SHARD),
    gauge(
        "mtchat_indexer_lag",
        "facts in the log that search does not know yet",
    )
    .by(SHARD),
    gauge("mtchat_indexer_log_seq", "how far search is").by(SHARD),
    gauge(
        "mtchat_indexer_oldest_seconds",
        "how old the first fact is that search does not know yet",
    )
    .in_seconds()
    .by(SHARD),
    gauge(
        "mtchat_notifier_lag",
        "facts in the log that the notifier has not looked at",
    )
    .by(SHARD),
    gauge("mtchat_notifier_log_seq", "how far it is").by(SHARD),
    gauge(
        "mtchat_notifier_oldest_seconds",
        "how old the first fact is that it has not looked at",
    )
    .in_seconds()
    .by(SHARD),
    counter(
        "mtchat_notifier_timers_total",
        "timers of dialogs: set; set already; no room for it; answered; found late; set again, because somebody has the dialog on the screen",
    )
    .by(&[outcome(&[
        "set", "pending", "full", "answered", "lost", "put_off",
    ])]),
    counter(
        "mtchat_notifications_total",
        "notifications written into the log, repetitions included",
    ),
    counter(
        "mtchat_archiver_runs_total",
        "runs of the [archiver](#worker)",
    )
    .by(&[outcome(&["done", "partly", "failed", "stopped"])]),
    counter("mtchat_archiver_dialogs_total", "dialogs that it archived"),
    gauge(
        "mtchat_archiver_last_success_timestamp_seconds",
        "when a run was `done` last",
    )
    .in_seconds(),
    counter(
        "mtchat_worker_fenced_total",
        "times that another worker had taken a role over",
    )
    .by(&[ROLE]),
    gauge(
        "mtchat_role_failing",
        "1 while the role should be at work and can not be: the worker's `/health/ready` says since when and why",
    )
    .by(&[ROLE, OF_SHARD]),
    gauge(
        "mtchat_webhook_lag",
        "facts in the log that the slowest endpoint was not told of yet",
    )
    .by(SHARD),
    gauge("mtchat_webhook_log_seq", "how far the slowest endpoint is").by(SHARD),
    counter("mtchat_webhook_deliveries_total", "tries").by(&[outcome(&[
        "delivered",
        "failed",
        "rejected",
        "busy",
        "silent",
        "unreachable",
        "gone",
    ])]),
    histogram(
        "mtchat_webhook_delivery_seconds",
        "how long endpoints take to answer",
    )
    .in_seconds(),
    gauge("mtchat_webhook_endpoints", "endpoints that are told"),
    gauge(
        "mtchat_webhook_endpoints_untold",
        "endpoints that should be and are not: beyond the 256 of a worker, or with an address that is not allowed any more",
    ),
    counter(
        "mtchat_webhook_endpoints_disabled_total",
        "endpoints that were switched off, for [410 or for taking nothing](webhooks.md#when-it-fails)",
    ),
    gauge(
        "mtchat_webhook_pending",
        "events that failed or wait behind one that did",
    ),
    counter("mtchat_webhook_dead_letters_total", "events that were given up"),
    gauge("mtchat_log_bytes", "the log's size")
        .in_bytes()
        .by(SHARD),
    gauge("mtchat_log_used_ratio", "how much of its room that is")
        .as_ratio()
        .by(SHARD),
    counter(
        "mtchat_log_purged_total",
        "facts that went from the log because they were old",
    )
    .by(SHARD),
    counter(
        "mtchat_log_look_failures_total",
        "looks at what may go that failed and are made again",
    ),
    counter(
        "mtchat_files_deleted_total",
        "files that the sweeper deleted: of what was deleted; that no message names; uploads in parts that were never put together",
    )
    .by(&[Label {
        name: "why",
        values: Values::Listed(&["unneeded", "orphaned", "unfinished"]),
    }]),
    counter(
        "mtchat_files_sweep_failures_total",
        "looks at the store that failed and are done again",
    ),
];
