use super::setting::{Setting, is, unset};

pub(super) const GENERAL: &[Setting] = &[is(
    "environment",
    "\"production\"",
    "`development` lets weak secrets and the default database through",
)
.text("MTCHAT_ENVIRONMENT")];

pub(super) const DATABASE: &[Setting] = &[
    is("url", "\"postgres://postgres:postgres@localhost:5432/multitenancy_chat\"", "Postgres, with role and password; the default is for development only").text("DATABASE_URL"),
    is("max_connections", "20", "most connections of one process for what is asked about an app; at least 1. Up to four more serve what belongs to no app").number("DATABASE_MAX_CONNECTIONS"),
    is("min_connections", "5", "connections kept open while idle").number("DATABASE_MIN_CONNECTIONS"),
    is("acquire_timeout_secs", "30", "how long a request waits for a connection").number("DATABASE_ACQUIRE_TIMEOUT_SECS"),
    is("idle_timeout_secs", "600", "an idle connection is closed after this").number("DATABASE_IDLE_TIMEOUT_SECS"),
    is("max_lifetime_secs", "1800", "any connection is replaced after this").number("DATABASE_MAX_LIFETIME_SECS"),
    is("statement_timeout_secs", "5", "Postgres gives a statement up after this"),
    is("migrate_on_start", "true", "edges and workers bring the tables up to date when they start: once, however many start together").flag("MIGRATE_ON_START"),
];

pub(super) const NATS: &[Setting] = &[
    is(
        "url",
        "\"nats://127.0.0.1:4222\"",
        "the broker, with credentials; several servers of a cluster separated by commas",
    )
    .text("NATS_URL"),
    is(
        "replicas",
        "1",
        "copies of every stream: 1, 3 or 5; 3 in a cluster",
    ),
    is(
        "log_max_bytes",
        "8589934592",
        "most bytes of the log. At the limit writes are refused (503); nothing is dropped",
    )
    .which_is("8 GiB"),
    is(
        "live_max_bytes",
        "134217728",
        "most bytes of the live path, in the broker's memory. At the limit the oldest go",
    )
    .which_is("128 MiB"),
    is(
        "duplicate_window_secs",
        "120",
        "how long the broker recognises a repeated id; at least 1",
    ),
];

pub(super) const FILES: &[Setting] = &[
    unset("endpoint", "\"http://127.0.0.1:8333\"", "", "where edges and workers reach the store, such as `https://s3.eu-central-1.amazonaws.com`").text("S3_ENDPOINT"),
    unset("bucket", "\"mtchat\"", "", "everything is kept in this one; 3 to 63 small letters, digits, dots and hyphens").text("S3_BUCKET"),
    unset("access_key_id", "\"...\"", "", "who signs; `S3_ACCESS_KEY` is an older name").text("S3_ACCESS_KEY").text("S3_ACCESS_KEY_ID"),
    unset("secret_access_key", "\"...\"", "", "what is signed with; `S3_SECRET_KEY` is an older name").text("S3_SECRET_KEY").text("S3_SECRET_ACCESS_KEY"),
    unset("public_endpoint", "\"https://files.example\"", "the endpoint", "where browsers reach the store: the host in links. A proxy there must pass `Host` on as it came, for it is signed").text("S3_PUBLIC_ENDPOINT"),
    is("region", "\"us-east-1\"", "which region requests are signed for").text("S3_REGION"),
    is("path_style", "true", "the bucket stands in the path; false: in the host's name").flag("S3_PATH_STYLE"),
    is("create_bucket", "true", "a missing bucket is made, and its CORS rules are kept up to date; false: both are yours").flag("S3_CREATE_BUCKET"),
    is("upload_expiry_secs", "300", "how long a link for an upload is good; 1 to 3600").number("S3_PRESIGN_UPLOAD_EXPIRY"),
    is("download_expiry_secs", "3600", "how long a link to a file is good; 60 to 604800").number("S3_PRESIGN_DOWNLOAD_EXPIRY"),
    is("max_bytes", "104857600", "the largest file; at most the default").which_is("100 MiB").number("S3_MAX_FILE_BYTES"),
    is("upload_keep_secs", "86400", "how long what was uploaded and never sent is kept; at least `S3_PRESIGN_UPLOAD_EXPIRY`").number("UPLOAD_KEEP_SECS"),
];

pub(super) const TELEMETRY: &[Setting] = &[
    unset("otlp_endpoint", "\"http://127.0.0.1:4318\"", "", "a collector of OpenTelemetry, without `/v1/traces`; switches [traces](#traces) on").text("OTEL_EXPORTER_OTLP_ENDPOINT"),
    unset("otlp_traces_endpoint", "\"http://127.0.0.1:4318/v1/traces\"", "", "the same with the whole path; wins").text("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    is("otlp_protocol", "\"http/protobuf\"", "how it is spoken to; nothing else is spoken").text("OTEL_EXPORTER_OTLP_PROTOCOL"),
    unset("otlp_headers", "\"authorization=Bearer%20...\"", "", "what each request to it carries besides, as `name=value`, separated by commas, with values percent-encoded").text("OTEL_EXPORTER_OTLP_HEADERS"),
    is("otlp_timeout_ms", "10000", "how long a batch of spans may take, with everything that is tried again, in milliseconds").number("OTEL_EXPORTER_OTLP_TIMEOUT"),
    unset("service_name", "\"chat\"", "`mtchat-edge`, `mtchat-worker` or `mtchat`", "as what the process is known in traces").text("OTEL_SERVICE_NAME"),
    unset("resource_attributes", "\"deployment.environment.name=blue\"", "", "what else is said of it, as `key=value`, separated by commas, with values percent-encoded").text("OTEL_RESOURCE_ATTRIBUTES"),
    is("traces_sampler", "\"parentbased_always_on\"", "which traces are recorded: `always_on`, `always_off`, `traceidratio`, or one of them after `parentbased_`: then who began a trace elsewhere decides").text("OTEL_TRACES_SAMPLER"),
    unset("traces_sampler_arg", "\"0.1\"", "1", "what part of them, from 0 to 1, where the sampler is by ratio").text("OTEL_TRACES_SAMPLER_ARG"),
    unset("sentry_dsn", "\"https://key@sentry.example/1\"", "", "where [reports of errors](#error-reports) go, as Sentry gives it; switches them on").text("SENTRY_DSN"),
];
