use super::setting::{Setting, is, unset};

pub(super) const NOTIFICATIONS: &[Setting] = &[
    is(
        "delay_secs",
        "30",
        "how long a user has to read what was said after quiet, up to a day; 0: they are told of it at once",
    )
    .number("NOTIFICATION_DELAY_SECS"),
    is(
        "concurrency",
        "4",
        "in how many dialogs users are told at once; 1 to 256. Waiting takes none of them",
    )
    .number("NOTIFICATION_CONCURRENCY"),
];

pub(super) const WEBHOOKS: &[Setting] = &[
    unset("url", "\"https://shop.example/webhooks\"", "", "where it takes its requests").text("WEBHOOK_URL"),
    is("secrets", "[]", "requests are signed with each of them; `X-Webhook-Signature` with the first").single("WEBHOOK_SECRET").list("WEBHOOK_SECRETS"),
    is("events", "[\"message.new\", \"participant.joined\", \"participant.left\", \"notification.pending\"]", "what it is told; `*`: everything").list("WEBHOOK_EVENTS"),
    is("allow_private", "false", "endpoints may be on this machine or in a private network, at any port, and without TLS. Otherwise they are `https` at a public address, port 443 or above 1023; in development `http` as well").flag("WEBHOOK_ALLOW_PRIVATE"),
    is("concurrency", "16", "most requests at once to one endpoint; 1 to 256 ([how to choose](webhooks.md#how-many-at-once))").number("WEBHOOK_CONCURRENCY"),
    is("disable_after_secs", "432000", "an endpoint that takes nothing for so long, although it is asked, is switched off").number("WEBHOOK_DISABLE_AFTER_SECS"),
];

pub(super) const WORKER: &[Setting] = &[
    is("host", "\"0.0.0.0\"", "the address of health and metrics").text("BIND_HOST"),
    is("port", "8081", "health and metrics; 0 takes a free one").number("WORKER_PORT"),
    is("roles", "[\"archiver\", \"fanout\", \"indexer\", \"notifier\", \"projector\", \"sweeper\", \"webhooks\"]", "`projector` (log to Postgres), `fanout` (log to live path), `indexer` (words of messages, for search), `notifier` ([notifications](#notifications)), `archiver` (dialogs in which nothing is said), `sweeper` (what is done later: forgetting people), `webhooks` ([webhooks](webhooks.md))").list("WORKER_ROLES"),
    is("archive_cron", "\"0 */5 * * * *\"", "when the archiver looks: six fields as cron has them (second, minute, hour, day, month, day of the week), in UTC. Anything else is an error (78)").text("ARCHIVE_CRON"),
    is("archive_after_secs", "259200", "after how long without a message (creation counts as one) a dialog is [archived for everybody](api.md#ones-own-state); 0 switches archiving off").which_is("3 days").number("ARCHIVE_AFTER_SECS"),
    is("log_keep_secs", "604800", "how long facts stay in the log at least, for endpoints and services that were away; 0: for ever. What goes from it stays in Postgres, and nothing goes that our own readers have not passed").which_is("7 days").number("LOG_KEEP_SECS"),
];
