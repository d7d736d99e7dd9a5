from panels import GREEN, TROUBLE, Row, graph, stat, states

from .edges import quantiles, rate

TITLE = "MTChat Postgres"
ABOUT = "Postgres as MTChat sees it: reads of the edges, transactions of the projector. For the server itself use an exporter of its own."
SHARDED = True

S = ',shard=~"$shard"'
READS = ',method="GET",route=~"/api/v1/.*",route!="/api/v1/ws"'
READS_FAILED = f'{READS},status="5xx"'

PANELS = [
    stat(
        "Postgres",
        'min(mtchat_part_available{@,part="database"})',
        "Whether every edge reaches it.",
        alert="PartUnavailable",
        mappings=[{"type": "value", "options": {"0": {"text": "away", "index": 0}, "1": {"text": "available", "index": 1}}}],
        steps=[{"color": "red", "value": None}, {"color": GREEN, "value": 1}],
    ),
    stat(
        "Behind the log",
        f"max(mtchat_projector_oldest_seconds{{@{S}}})",
        "Age of the first fact that is not stored.",
        "s",
        alert="ProjectorBehind",
    ),
    stat("Reads", rate("mtchat_http_requests_total", chosen=READS), "Requests a second that read.", "reqps"),
    stat("Read p99", quantiles("mtchat_http_request_seconds", READS)[2][0], "Of requests that read, whole.", "s"),
    stat(
        "Transactions",
        f"sum(rate(mtchat_projector_apply_seconds_count{{@{S}}}[$__rate_interval]))",
        "Of the projector, a second.",
        "ops",
    ),
    stat("Transaction p99", quantiles("mtchat_projector_apply_seconds", S)[2][0], "Of the projector.", "s"),
    Row("Reads"),
    graph("Time of reads", quantiles("mtchat_http_request_seconds", READS), "Requests that read, whole.", "s"),
    graph(
        "The slowest routes, p99",
        "topk(8, histogram_quantile(0.99, sum by (le, route) (rate(mtchat_http_request_seconds_bucket{@%s}[$__rate_interval]))))"
        % READS,
        "Of those that read.",
        "s",
        legend="{{route}}",
    ),
    graph(
        "Reads that fail",
        rate("mtchat_http_requests_total", "route", READS_FAILED),
        "503 while it is away; sending and receiving go on.",
        "reqps",
        legend="{{route}}",
        alert="Errors",
        steps=[{"color": GREEN, "value": None}],
    ),
    Row("Connections"),
    graph(
        "Used",
        [
            ('sum by (instance, pool) (mtchat_database_connections{@,state="used"})', "{{instance}} {{pool}}"),
            ('min(mtchat_database_connections_max{@,pool="app"})', "limit of app"),
        ],
        "`app`: for what is asked about an app; `common`: for what belongs to none.",
        width=12,
        alert="DatabaseWaits",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph(
        "Waiting for one",
        "mtchat_database_waiting{@}",
        "Requests that wait for a connection at this moment.",
        width=6,
        legend="{{instance}}",
        alert="DatabaseWaits",
        steps=TROUBLE,
    ),
    graph(
        "Idle",
        'sum by (pool) (mtchat_database_connections{@,state="idle"})',
        "Connections that are open and not in use.",
        width=6,
        stack=True,
        legend="{{pool}}",
    ),
    Row("Writes"),
    graph("Time of a transaction", quantiles("mtchat_projector_apply_seconds", S), "Of the projector, with its commit.", "s"),
    graph(
        "Facts stored",
        f"max by (shard) (rate(mtchat_projector_log_seq{{@{S}}}[$__rate_interval]))",
        "A second.",
        "ops",
        legend="shard {{shard}}",
    ),
    graph(
        "Transactions made again",
        rate("mtchat_projector_retries_total"),
        "Deadlocks, time-outs, restarts.",
        "ops",
        legend="transactions",
        alert="ProjectorRetries",
        steps=TROUBLE,
    ),
    graph(
        "Age of what is not stored",
        f"max by (shard) (mtchat_projector_oldest_seconds{{@{S}}})",
        "Of the first fact that Postgres does not have.",
        "s",
        12,
        legend="shard {{shard}}",
        alert="ProjectorBehind",
        lines=True,
    ),
    states(
        "As each edge sees it",
        [('mtchat_part_available{@,part="database"}', "{{instance}}")],
        "Looked at twice a second.",
        alert="PartUnavailable",
        good="available",
        bad="away",
    ),
    graph(
        "Presence that could not be told",
        rate("mtchat_presence_untold_total"),
        "Because Postgres did not answer.",
        "ops",
        24,
        legend="changes",
        steps=TROUBLE,
    ),
]
