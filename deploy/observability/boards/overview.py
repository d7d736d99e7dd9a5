from panels import GREEN, ORANGE, RED, Row, graph, stat, states
from recordings import BUDGET, SEND

TITLE = "MTChat overview"
ABOUT = "Is all well, and how much is going on? One look for everybody; what is red leads to its runbook."

SENT = f'route="{SEND}",method="POST"'
P = "histogram_quantile({q}, sum by (le) (rate(mtchat_http_request_seconds_bucket{{@,%s}}[$__rate_interval])))" % SENT.replace(
    "{", "{{"
).replace("}", "}}")

PANELS = [
    stat(
        "Alerts",
        'count(ALERTS{alertname=~"MTChat.*",alertstate="firing"}) or vector(0)',
        "Alerts that are firing.",
        width=3,
        steps=[{"color": GREEN, "value": None}, {"color": RED, "value": 1}],
    ),
    stat(
        "Messages",
        f'sum(rate(mtchat_http_requests_total{{@,{SENT},status="2xx"}}[$__rate_interval]))',
        "Messages that were accepted, a second.",
        "msg/s",
        3,
    ),
    stat(
        "Sends that succeed",
        "(1 - sum(mtchat:http_sends_failed:rate1h) / (sum(mtchat:http_sends:rate1h) > 0))",
        "Of the last hour. The objective is 99.9 %; refusals (4xx) are answers, not failures.",
        "percentunit",
        3,
        alert="SendsFail",
        decimals=3,
        steps=[{"color": RED, "value": None}, {"color": ORANGE, "value": 0.9856}, {"color": GREEN, "value": 1 - BUDGET}],
    ),
    stat(
        "Send p99",
        P.format(q="0.99"),
        "How long a send takes at most, for 99 of 100. By default it waits until Postgres has it.",
        "s",
        3,
        alert="SendsSlow",
    ),
    stat("Sockets", "sum(mtchat_gateway_sockets{@})", "Open sockets of all edges.", width=3),
    stat("Users online", "max(mtchat_presence_online{@})", "Users with a connection, on all edges.", width=3),
    stat(
        "Postgres behind",
        "max(mtchat_projector_oldest_seconds{@})",
        "How old the first fact is that is not stored yet.",
        "s",
        3,
        alert="ProjectorBehind",
    ),
    stat(
        "Log used",
        "max(mtchat_log_used_ratio{@})",
        "How full the log is; at 100 % writes are refused.",
        "percentunit",
        3,
        alert="LogFull",
        decimals=1,
    ),
    Row("Traffic"),
    graph(
        "Messages and frames",
        [
            (f'sum(rate(mtchat_http_requests_total{{@,{SENT},status="2xx"}}[$__rate_interval]))', "messages accepted"),
            ("sum(rate(mtchat_gateway_frames_total{@}[$__rate_interval]))", "frames to sockets"),
        ],
        "A message makes a frame for each socket of each member.",
        "ops",
    ),
    graph(
        "Time of a send",
        [(P.format(q=f"0.{q}"), f"p{q}") for q in (50, 90, 99)],
        "As the client waits for it.",
        "s",
        alert="SendsSlow",
        lines=True,
    ),
    graph(
        "Sockets",
        "sum by (instance) (mtchat_gateway_sockets{@})",
        "Open sockets of each edge.",
        stack=True,
        legend="{{instance}}",
    ),
    graph(
        "Requests",
        "sum by (status) (rate(mtchat_http_requests_total{@}[$__rate_interval]))",
        "All requests by the class of their status.",
        "reqps",
        stack=True,
        legend="{{status}}",
        alert="Errors",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Error budget",
        [
            (f"sum(mtchat:http_sends_failed:rate1h) / (sum(mtchat:http_sends:rate1h) > 0) / {BUDGET}", "1 h"),
            (f"sum(mtchat:http_sends_failed:rate6h) / (sum(mtchat:http_sends:rate6h) > 0) / {BUDGET}", "6 h"),
            (f"sum(mtchat:http_sends_failed:rate3d) / (sum(mtchat:http_sends:rate3d) > 0) / {BUDGET}", "3 d"),
        ],
        "How many times faster than allowed sends fail. At 1 the budget of 30 days lasts 30 days.",
        alert="SendsFail",
        lines=True,
        steps=[{"color": GREEN, "value": None}, {"color": ORANGE, "value": 1}, {"color": RED, "value": 14.4}],
    ),
    graph(
        "What waits, by age",
        [
            ("max(mtchat_projector_oldest_seconds{@})", "Postgres"),
            ("max(mtchat_fanout_oldest_seconds{@})", "live path"),
            ("max(mtchat_indexer_oldest_seconds{@})", "search"),
            ("max(mtchat_notifier_oldest_seconds{@})", "notifications"),
            ("max(mtchat_webhook_oldest_seconds{@})", "webhooks"),
        ],
        "How old the first fact is that each reader of the log has not done.",
        "s",
    ),
    Row("Health"),
    states(
        "Processes", [("up{@}", "{{job}} {{instance}}")], "Whether each edge and worker answers.", width=8, alert="TargetDown"
    ),
    states(
        "What edges need",
        [("min by (part) (mtchat_part_available{@})", "{{part}}"), ("min(mtchat_files_up{@})", "files")],
        "The broker, Postgres and the store of files, as the edge that fares worst sees them.",
        width=8,
        alert="PartUnavailable",
        good="available",
        bad="away",
    ),
    graph(
        "Versions",
        "count by (version) (mtchat_build_info{@})",
        "How many processes run each version; more than one during a roll.",
        stack=True,
        legend="{{version}}",
    ),
    Row("Hosts"),
    graph(
        "Deliveries of webhooks",
        "sum by (outcome) (rate(mtchat_webhook_deliveries_total{@}[$__rate_interval]))",
        "Tries by their outcome.",
        "ops",
        12,
        stack=True,
        legend="{{outcome}}",
        alert="WebhookBehind",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Notifications",
        "sum(rate(mtchat_notifications_total{@}[$__rate_interval]))",
        "Hosts are told that somebody has not read something.",
        "ops",
        12,
        legend="notifications",
    ),
]
