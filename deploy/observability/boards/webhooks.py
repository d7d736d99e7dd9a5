from panels import GREEN, TROUBLE, Row, graph, stat

from .edges import quantiles, rate

TITLE = "MTChat webhooks"
ABOUT = "What hosts' endpoints are told. Endpoints are not named here, for there may be many: `mtchat lag` names them."
SHARDED = True

S = ',shard=~"$shard"'
DELIVERED = ',outcome="delivered"'

PANELS = [
    stat("Endpoints", "max(mtchat_webhook_endpoints{@})", "That are told."),
    stat("Not told", "max(mtchat_webhook_endpoints_untold{@})", "That should be and are not.", alert="WebhooksUntold"),
    stat(
        "Switched off",
        "sum(increase(mtchat_webhook_endpoints_disabled_total{@}[$__range])) or vector(0)",
        "In the time shown.",
        alert="WebhookDisabled",
    ),
    stat(
        "Oldest event",
        f"max(mtchat_webhook_oldest_seconds{{@{S}}})",
        "That some endpoint was not told of.",
        "s",
        alert="WebhookBehind",
    ),
    stat("Waiting", "max(mtchat_webhook_pending{@})", "Events that failed, or wait behind one that did."),
    stat(
        "Given up",
        f"max(mtchat_webhook_dead_letters{{@{S}}})",
        "Events of all endpoints that are given up at this moment.",
        alert="WebhookDeadLetters",
    ),
    Row("Deliveries"),
    graph(
        "Tries by outcome",
        rate("mtchat_webhook_deliveries_total", "outcome"),
        "`failed`: 5xx and the like; `rejected`: the endpoint does not want it; `silent`: no answer in time; `gone`: 410.",
        "ops",
        12,
        stack=True,
        legend="{{outcome}}",
    ),
    graph(
        "Share that succeed",
        f"{rate('mtchat_webhook_deliveries_total', chosen=DELIVERED)} / {rate('mtchat_webhook_deliveries_total')}",
        "Of all tries.",
        "percentunit",
        12,
        legend="delivered",
        max=1,
        steps=[{"color": GREEN, "value": None}],
    ),
    graph("Time of an answer", quantiles("mtchat_webhook_delivery_seconds", ""), "An endpoint has 15 s.", "s", 12),
    graph(
        "Events that wait",
        [
            (f"max by (shard) (mtchat_webhook_lag{{@{S}}})", "of the slowest endpoint, shard {{shard}}"),
            ("max(mtchat_webhook_pending{@})", "after a failure"),
        ],
        "Behind the slowest endpoint; and those that failed or wait behind one that did.",
        "short",
        12,
    ),
    graph(
        "The oldest event",
        f"max by (shard) (mtchat_webhook_oldest_seconds{{@{S}}})",
        "Endpoints that are paused or switched off do not count.",
        "s",
        12,
        legend="shard {{shard}}",
        alert="WebhookBehind",
        lines=True,
    ),
    graph(
        "Given up",
        rate("mtchat_webhook_dead_letters_total"),
        "`mtchat dead-letters list` names them.",
        "ops",
        12,
        legend="events",
        alert="WebhookDeadLetters",
        steps=TROUBLE,
    ),
    Row("Notifications"),
    graph(
        "Notifications",
        rate("mtchat_notifications_total"),
        "Facts `notification_pending` for hosts.",
        "ops",
        12,
        legend="notifications",
    ),
    graph(
        "Facts told",
        f"max by (shard) (rate(mtchat_webhook_log_seq{{@{S}}}[$__rate_interval]))",
        "How fast the slowest endpoint goes on.",
        "ops",
        12,
        legend="shard {{shard}}",
    ),
]
