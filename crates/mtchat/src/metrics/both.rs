use super::metric::{Label, Metric, Of, Values};

const fn listed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label {
        name,
        values: Values::Listed(values),
    }
}

const fn counter(name: &'static str, help: &'static str) -> Metric {
    Metric::counter(Of::Both, name, help)
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    Metric::gauge(Of::Both, name, help)
}

const fn seconds(name: &'static str, help: &'static str) -> Metric {
    Metric::histogram(Of::Both, name, help).in_seconds()
}

pub(super) const METRICS: &[Metric] = &[
    gauge("mtchat_build_info", "always 1; says which version runs").by(&[Label {
        name: "version",
        values: Values::Version,
    }]),
    seconds(
        "mtchat_append_seconds",
        "how long appends to the log took, with everything: the dialog's state, the wait for its turn, rounds against other writers",
    )
    .by(&[listed("outcome", &["accepted", "repeated", "unchanged", "rejected", "failed"])]),
    counter(
        "mtchat_append_conflicts_total",
        "appends that another writer of the same dialog overtook, tried again",
    ),
    counter(
        "mtchat_append_unanswered_total",
        "appends without an ack in time, looked up in the log",
    ),
    gauge(
        "mtchat_nats_connected",
        "1 while the broker is connected, otherwise 0",
    ),
    counter(
        "mtchat_nats_reconnects_total",
        "times that the connection to the broker stood again after it was lost",
    ),
    counter(
        "mtchat_nats_slow_consumer_total",
        "messages of the broker not read fast enough",
    ),
    counter(
        "mtchat_reader_replaced_total",
        "readers of a stream that were made anew",
    )
    .by(&[Label {
        name: "stream",
        values: Values::Stream,
    }]),
    counter(
        "mtchat_live_recreated_total",
        "the live path was gone (broker restart) and came back",
    ),
    gauge(
        "mtchat_database_connections",
        "connections to Postgres: for what is asked about an `app`, and for what belongs to no app (`common`)",
    )
    .by(&[
        listed("pool", &["app", "common"]),
        listed("state", &["used", "idle"]),
    ]),
    gauge(
        "mtchat_database_connections_max",
        "how many there may be at once",
    )
    .by(&[listed("pool", &["app", "common"])]),
    gauge(
        "mtchat_database_waiting",
        "who waits at this moment for a connection for what is asked about an app",
    ),
    seconds(
        "mtchat_files_call_seconds",
        "what the store of files was asked, and how long it took",
    )
    .by(&[
        listed(
            "call",
            &[
                "abort_parts",
                "allow_origins",
                "begin_parts",
                "complete_parts",
                "copy",
                "delete",
                "find_bucket",
                "list",
                "look",
                "make_bucket",
                "put",
                "read",
                "start_of",
                "unfinished_parts",
            ],
        ),
        listed(
            "outcome",
            &["ok", "changed", "missing", "refused", "too_large", "unavailable"],
        ),
    ]),
    counter(
        "mtchat_spans_total",
        "spans of [traces](#traces): taken by the collector; given up after it did not take them; dropped because too many waited",
    )
    .by(&[listed("outcome", &["exported", "failed", "dropped"])]),
    counter(
        "mtchat_error_reports_total",
        "[reports of errors](#error-reports): taken by Sentry; not taken; dropped because there were too many",
    )
    .by(&[listed("outcome", &["sent", "failed", "dropped"])]),
    counter(
        "process_cpu_seconds_total",
        "time of the processors that the process has used",
    )
    .in_seconds(),
    gauge("process_resident_memory_bytes", "memory that the process holds").in_bytes(),
    gauge("process_virtual_memory_bytes", "addresses that the process has taken").in_bytes(),
    gauge("process_open_fds", "open files, sockets included"),
    gauge("process_max_fds", "how many there may be"),
    gauge("process_threads", "threads"),
    gauge("process_start_time_seconds", "when the process began, since the beginning of 1970").in_seconds(),
];
