from rule import Alert, warn

from .series import BY, BY_SHARD, always, gauge, happened

WEBHOOKS = [
    Alert(
        "MTChatWebhookBehind",
        "mtchat-webhooks",
        "`mtchat_webhook_oldest_seconds`",
        f"max {BY_SHARD} (mtchat_webhook_oldest_seconds) > {{threshold}}",
        "an endpoint takes nothing: tell its host",
        "An endpoint was not told what happened {{ $value | humanizeDuration }} ago",
        (gauge('mtchat_webhook_oldest_seconds{shard="0"}', 601, 599, warn, 600, "5m", "4m"),),
    ),
    Alert(
        "MTChatWebhookDeadLetters",
        "mtchat-webhooks",
        "`mtchat_webhook_dead_letters` grows in 30 minutes by",
        f"max {BY_SHARD} (delta(mtchat_webhook_dead_letters[30m])) > {{threshold}}",
        "events were given up: an endpoint refused them, or failed for three days",
        "{{ $value | humanize }} events were given up",
        (
            warn(
                0,
                "0m",
                {'mtchat_webhook_dead_letters{shard="0"}': "0+0x50 2+0x20", "at": "55m"},
                {'mtchat_webhook_dead_letters{shard="0"}': always(2)},
            ),
        ),
    ),
    Alert(
        "MTChatWebhookDisabled",
        "mtchat-webhooks",
        "`mtchat_webhook_endpoints_disabled_total`",
        happened("mtchat_webhook_endpoints_disabled_total", "1h"),
        "an endpoint was switched off, for 410 or for taking nothing: its host hears nothing any more",
        "An endpoint was switched off",
        (
            warn(
                0,
                "0m",
                {"mtchat_webhook_endpoints_disabled_total": "_x60 1+0x30", "at": "63m"},
                {"mtchat_webhook_endpoints_disabled_total": "1+0x200", "at": "150m"},
            ),
        ),
    ),
    Alert(
        "MTChatWebhooksUntold",
        "mtchat-webhooks",
        "`mtchat_webhook_endpoints_untold`",
        f"max {BY} (mtchat_webhook_endpoints_untold) > {{threshold}}",
        "more endpoints than a worker tells (256), or an address that is not allowed any more",
        "{{ $value }} endpoints should be told and are not",
        (gauge("mtchat_webhook_endpoints_untold", 1, 0, warn, 0, "10m", "9m"),),
    ),
]
