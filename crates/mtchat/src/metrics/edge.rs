use super::metric::{Label, Metric, Of, Values};

const fn listed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label {
        name,
        values: Values::Listed(values),
    }
}

const METHODS: &[&str] = &[
    "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "other",
];
const CLASSES: &[&str] = &["1xx", "2xx", "3xx", "4xx", "5xx"];
const REQUEST: &[Label] = &[
    Label {
        name: "route",
        values: Values::Route,
    },
    listed("method", METHODS),
    listed("status", CLASSES),
];
const CODE: &[Label] = &[Label {
    name: "code",
    values: Values::ErrorCode,
}];
const SHARD: &[Label] = &[Label {
    name: "shard",
    values: Values::Shard,
}];
const REASON: &[Label] = &[Label {
    name: "reason",
    values: Values::Words,
}];

const fn counter(name: &'static str, help: &'static str) -> Metric {
    Metric::counter(Of::Edge, name, help)
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    Metric::gauge(Of::Edge, name, help)
}

const fn seconds(name: &'static str, help: &'static str) -> Metric {
    Metric::histogram(Of::Edge, name, help).in_seconds()
}

pub(super) const METRICS: &[Metric] = &[
    counter("mtchat_http_requests_total", "requests answered").by(REQUEST),
    seconds("mtchat_http_request_seconds", "how long they took").by(REQUEST),
    counter("mtchat_http_panics_total", "handlers that panicked; any is a defect"),
    counter(
        "mtchat_http_accept_failures_total",
        "connections that could not be taken, mostly for want of open files",
    ),
    counter(
        "mtchat_service_requests_total",
        "[requests on the broker](nats.md#say-something) answered",
    )
    .by(&[listed("service", &["notices.post"]), listed("status", CLASSES)]),
    gauge("mtchat_part_available", "1 or 0: whether the edge can use it")
        .by(&[listed("part", &["log", "database"])]),
    counter("mtchat_limited_total", "what was refused for a [limit](#limits)").by(&[listed(
        "of",
        &[
            "expensive reads of this user",
            "messages to this dialog",
            "new connections",
            "new connections from this address",
            "new dialogs",
            "requests from this address",
            "requests of this app",
            "requests of this user",
        ],
    )]),
    gauge(
        "mtchat_limit_buckets",
        "users, dialogs and addresses that are being counted",
    ),
    counter(
        "mtchat_jwks_reads_total",
        "readings of [published keys](#published-keys)",
    )
    .by(&[listed(
        "outcome",
        &[
            "read",
            "malformed",
            "redirect",
            "status",
            "timeout",
            "too_large",
            "too_many_keys",
            "unreachable",
        ],
    )]),
    gauge(
        "mtchat_revocations",
        "users with revoked tokens or banned, known to this edge",
    ),
    gauge("mtchat_gateway_sockets", "open sockets"),
    counter(
        "mtchat_gateway_attached_total",
        "how sockets began or resumed; many `lost` mean reloads",
    )
    .by(&[listed("resumed", &["fresh", "recovered", "lost"])]),
    counter("mtchat_gateway_refused_total", "handshakes refused").by(CODE),
    counter("mtchat_gateway_closed_total", "how sockets ended").by(REASON),
    counter("mtchat_gateway_frames_total", "live frames queued to sockets"),
    counter(
        "mtchat_gateway_skipped_total",
        "frames that nobody misses (typing, presence) and that were left out because a socket's queue was half full",
    ),
    counter(
        "mtchat_gateway_typing_dropped_total",
        "notices of typing that were not passed on because too many were under way",
    ),
    counter(
        "mtchat_gateway_resets_total",
        "times that clients were told to reload",
    )
    .by(&[listed("of", &["everybody", "app"])]),
    gauge("mtchat_gateway_ring_bytes", "kept for clients that come back").in_bytes(),
    gauge(
        "mtchat_gateway_tail_lag_seconds",
        "age of the newest fact when this edge read it",
    )
    .in_seconds(),
    counter(
        "mtchat_gateway_tail_failures_total",
        "the live path could not be read and was begun again",
    ),
    counter(
        "mtchat_gateway_undecodable_total",
        "live entries that could not be read; clients were told to reload",
    ),
    gauge(
        "mtchat_presence_online",
        "users online, on all edges, as this one knows it",
    ),
    counter(
        "mtchat_presence_untold_total",
        "times that changes of presence were not told because the database did not answer",
    ),
    gauge(
        "mtchat_watermark_log_seq",
        "how far Postgres is, as this edge knows it: reads that ask for more wait",
    )
    .by(SHARD),
    gauge(
        "mtchat_watermark_heard_timestamp_seconds",
        "when a projector or Postgres said so last; every second while a projector is at work",
    )
    .in_seconds()
    .by(SHARD),
    seconds(
        "mtchat_stored_wait_seconds",
        "how long requests had to wait until what they wrote, or ask for, is in Postgres; those that need not wait do not count",
    )
    .by(&[listed("outcome", &["stored", "late"])]),
    gauge(
        "mtchat_files_up",
        "1 while the store of files answers this edge, otherwise 0",
    ),
    counter("mtchat_pictures_total", "thumbnails").by(&[listed(
        "outcome",
        &[
            "made",
            "needless",
            "broken",
            "busy",
            "killed",
            "no_child",
            "timeout",
            "too_large",
            "too_long",
            "unsupported",
        ],
    )]),
    seconds(
        "mtchat_picture_seconds",
        "how long one took, with the wait for its turn",
    ),
];
