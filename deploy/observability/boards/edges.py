from panels import GREEN, TROUBLE, Row, graph, stat, table

TITLE = "MTChat edges"
ABOUT = "Requests by route, sockets, resumes, appends, limits and files of the edges."


def quantiles(metric, chosen, *keep):
    by = ", ".join(("le", *keep))
    return [
        (f"histogram_quantile(0.{q}, sum by ({by}) (rate({metric}_bucket{{@{chosen}}}[$__rate_interval])))", f"p{q}")
        for q in (50, 90, 99)
    ]


def rate(metric, by="", chosen=""):
    grouped = f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}{{@{chosen}}}[$__rate_interval]))"


def processes():
    """What each process takes of its machine."""
    return [
        Row("Processes"),
        graph(
            "Processor",
            "rate(process_cpu_seconds_total{@}[$__rate_interval])",
            "Cores that each process keeps busy.",
            width=6,
            legend="{{instance}}",
        ),
        graph("Memory", "process_resident_memory_bytes{@}", "What each process holds.", "bytes", 6, legend="{{instance}}"),
        graph(
            "Open files",
            [("process_open_fds{@}", "{{instance}}"), ("min(process_max_fds{@})", "limit")],
            "Every socket is one.",
            width=6,
            alert="OpenFiles",
            steps=[{"color": GREEN, "value": None}],
        ),
        graph(
            "Runs since",
            "time() - process_start_time_seconds{@}",
            "Falls to nothing with every start.",
            "s",
            6,
            legend="{{instance}}",
        ),
    ]


FAILURES = ',status="5xx"'
ROUTES = "sum by (route, method) (rate(mtchat_http_requests_total{@}[$__range]))"
FAILED = 'sum by (route, method) (rate(mtchat_http_requests_total{@,status="5xx"}[$__range]))'
OF_ROUTES = "histogram_quantile(0.%s, sum by (route, method, le) (rate(mtchat_http_request_seconds_bucket{@}[$__range])))"

PANELS = [
    stat("Requests", rate("mtchat_http_requests_total"), "A second.", "reqps"),
    stat(
        "Failed",
        f"{rate('mtchat_http_requests_total', chosen=FAILURES)} / {rate('mtchat_http_requests_total')} or vector(0)",
        "Share of the requests that were answered with 5xx.",
        "percentunit",
        alert="Errors",
        decimals=2,
    ),
    stat("p99", quantiles("mtchat_http_request_seconds", "")[2][0], "Of all routes.", "s", alert="SendsSlow"),
    stat("Sockets", "sum(mtchat_gateway_sockets{@})", "Open sockets."),
    stat(
        "Come back whole",
        'sum(increase(mtchat_gateway_attached_total{@,resumed="recovered"}[$__range])) / sum(increase(mtchat_gateway_attached_total{@,resumed=~"recovered|lost"}[$__range]))',
        "Of the sockets that came back in the time shown, those that got all that they missed.",
        "percentunit",
        alert="Reloads",
        decimals=1,
        steps=[{"color": "orange", "value": None}, {"color": GREEN, "value": 0.75}],
    ),
    stat(
        "Panics",
        "sum(increase(mtchat_http_panics_total{@}[$__range])) or vector(0)",
        "In the time shown; any is a defect.",
        alert="Panic",
    ),
    Row("Requests"),
    graph(
        "Requests by route",
        f"topk(12, {rate('mtchat_http_requests_total', 'route, method')})",
        "The twelve busiest.",
        "reqps",
        12,
        legend="{{method}} {{route}}",
    ),
    graph(
        "Failures by route",
        f"topk(12, {rate('mtchat_http_requests_total', 'route, method', FAILURES)} > 0)",
        "Answered with 5xx.",
        "reqps",
        12,
        legend="{{method}} {{route}}",
        alert="Errors",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Time",
        quantiles("mtchat_http_request_seconds", ""),
        "Of all routes together; a WebSocket counts until it is open.",
        "s",
        12,
    ),
    graph(
        "By status",
        rate("mtchat_http_requests_total", "status"),
        "All requests by the class of their status.",
        "reqps",
        12,
        stack=True,
        legend="{{status}}",
    ),
    table(
        "Routes",
        [ROUTES, f"({FAILED} or {ROUTES} * 0) / {ROUTES}", OF_ROUTES % 50, OF_ROUTES % 99],
        "Over the time shown.",
        "route",
        [("Requests", "reqps"), ("Failed", "percentunit"), ("p50", "s"), ("p99", "s")],
    ),
    Row("Sockets"),
    graph(
        "Open", "sum by (instance) (mtchat_gateway_sockets{@})", "Open sockets of each edge.", stack=True, legend="{{instance}}"
    ),
    graph(
        "Began",
        rate("mtchat_gateway_attached_total", "resumed"),
        "`recovered` got all that they missed, `lost` were told to reload.",
        "ops",
        stack=True,
        legend="{{resumed}}",
        alert="Reloads",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Ended",
        rate("mtchat_gateway_closed_total", "reason"),
        "In the words of the close codes. Many «reads too slowly»: clients or their networks.",
        "ops",
        stack=True,
        legend="{{reason}}",
    ),
    graph(
        "Refused",
        rate("mtchat_gateway_refused_total", "code"),
        "Handshakes.",
        "ops",
        legend="{{code}}",
        alert="SocketsRefused",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Frames",
        [(rate("mtchat_gateway_frames_total"), "queued"), (rate("mtchat_gateway_skipped_total"), "left out")],
        "To sockets. Typing and presence are left out where a socket's queue is half full.",
        "ops",
    ),
    graph(
        "Kept for clients that come back",
        "mtchat_gateway_ring_bytes{@}",
        "The ring of each edge (`gateway.ring_bytes`).",
        "bytes",
        legend="{{instance}}",
    ),
    graph(
        "Users online",
        "max by (instance) (mtchat_presence_online{@})",
        "As each edge knows it: they should agree within 30 s.",
        legend="{{instance}}",
    ),
    graph(
        "Live path",
        "mtchat_gateway_tail_lag_seconds{@}",
        "Age of the newest fact when the edge read it. It stands still while nothing is said.",
        "s",
        legend="{{instance}}",
    ),
    graph(
        "Live path in trouble",
        [
            (rate("mtchat_gateway_tail_failures_total"), "begun again"),
            (rate("mtchat_gateway_undecodable_total"), "not readable"),
            (rate("mtchat_gateway_resets_total"), "clients told to reload"),
            (rate("mtchat_presence_untold_total"), "presence not told"),
            (rate("mtchat_gateway_typing_dropped_total"), "typing dropped"),
        ],
        "Should be nothing.",
        "ops",
        alert="LivePathFails",
        steps=TROUBLE,
    ),
    Row("Appends"),
    graph(
        "Time of an append",
        quantiles("mtchat_append_seconds", ""),
        "With the dialog's state, the wait for its turn, and rounds against other writers.",
        "s",
    ),
    graph(
        "Appends by outcome",
        rate("mtchat_append_seconds_count", "outcome"),
        "`repeated`: known already; `rejected`: may not be; `failed`: the broker.",
        "ops",
        stack=True,
        legend="{{outcome}}",
    ),
    graph(
        "Wait until it is stored",
        quantiles("mtchat_stored_wait_seconds", ""),
        "Of requests that wait for Postgres, a second at most.",
        "s",
    ),
    graph(
        "Not stored in time",
        rate("mtchat_stored_wait_seconds_count", "outcome", ',outcome="late"'),
        "Waits that were given up.",
        "ops",
        legend="late",
        alert="ProjectorBehind",
        steps=TROUBLE,
    ),
    graph(
        "How far Postgres is, as edges hear it",
        "max by (shard) (mtchat_projector_log_seq) - on (shard) group_right () max by (instance, shard) (mtchat_watermark_log_seq{@})",
        "Facts between what the projector has done and what each edge knows of: a few at most.",
        legend="{{instance}}",
    ),
    graph(
        "Last heard of Postgres",
        "time() - max by (instance) (mtchat_watermark_heard_timestamp_seconds{@})",
        "A second while a projector is at work.",
        "s",
        legend="{{instance}}",
    ),
    graph(
        "Overtaken",
        rate("mtchat_append_conflicts_total", "instance"),
        "Appends that another edge overtook, tried again.",
        "ops",
        12,
        legend="{{instance}}",
        alert="AppendsConflict",
        steps=TROUBLE,
    ),
    graph(
        "Without an answer in time",
        rate("mtchat_append_unanswered_total", "instance"),
        "Looked up in the log, so that none is doubled.",
        "ops",
        12,
        legend="{{instance}}",
        alert="AppendsUnanswered",
        steps=TROUBLE,
    ),
    Row("Limits and identity"),
    graph(
        "Refused for a limit",
        rate("mtchat_limited_total", "of"),
        "By the limit; 429 was the answer.",
        "ops",
        legend="too many {{of}}",
        alert="Limited",
        steps=TROUBLE,
    ),
    graph("Counted", "mtchat_limit_buckets{@}", "Users, dialogs and addresses that are being counted.", legend="{{instance}}"),
    graph(
        "Revoked and banned",
        "max by (instance) (mtchat_revocations{@})",
        "Users whose tokens are not good, as each edge knows them: they should agree within 5 s.",
        legend="{{instance}}",
    ),
    graph(
        "Published keys",
        rate("mtchat_jwks_reads_total", "outcome"),
        "Readings of JWKS documents.",
        "ops",
        legend="{{outcome}}",
        alert="KeysUnread",
        steps=TROUBLE,
    ),
    graph(
        "Requests on the broker",
        rate("mtchat_service_requests_total", "service, status"),
        "Of services of hosts.",
        "reqps",
        legend="{{service}} {{status}}",
    ),
    graph(
        "Connections not taken",
        rate("mtchat_http_accept_failures_total", "instance"),
        "Mostly for want of open files.",
        "ops",
        legend="{{instance}}",
        alert="AcceptFails",
        steps=TROUBLE,
    ),
    Row("Files", folded=True),
    graph(
        "Calls of the store",
        rate("mtchat_files_call_seconds_count", "call, outcome"),
        "By what it is asked and what came of it.",
        "ops",
        legend="{{call}} {{outcome}}",
        alert="FilesDown",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Time of a call, p99",
        "histogram_quantile(0.99, sum by (le, call) (rate(mtchat_files_call_seconds_bucket{@}[$__rate_interval])))",
        "How long the store takes, by what it is asked.",
        "s",
        legend="{{call}}",
    ),
    graph(
        "Thumbnails",
        rate("mtchat_pictures_total", "outcome"),
        "Each is made in a process of its own.",
        "ops",
        stack=True,
        legend="{{outcome}}",
    ),
    graph("Time of a thumbnail", quantiles("mtchat_picture_seconds", ""), "With the wait for its turn.", "s"),
    *processes(),
]
