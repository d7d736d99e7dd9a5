from panels import TROUBLE, Row, gauge, graph, stat, states

from .edges import rate

TITLE = "MTChat log and broker"
ABOUT = "How full the log is, how fast it grows, and how the broker does. The last row needs prometheus-nats-exporter beside nats-server."
SHARDED = True

S = ',shard=~"$shard"'
N = "gnatsd_varz_"

PANELS = [
    stat("Log", f"max(mtchat_log_bytes{{@{S}}})", "Its size.", "bytes", 6),
    stat(
        "Facts",
        f"sum(max by (shard) (rate(mtchat_fanout_log_seq{{@{S}}}[$__rate_interval])))",
        "Appended a second, as the fan-out sees them.",
        "ops",
        6,
    ),
    stat(
        "Full in",
        f"(1 - max(mtchat_log_used_ratio{{@{S}}})) / (max(deriv(mtchat_log_used_ratio{{@{S}}}[6h])) > 0)",
        "If it goes on as in the last 6 hours; empty while it does not grow.",
        "s",
        6,
        alert="LogFullSoon",
        steps=[{"color": "red", "value": None}, {"color": "orange", "value": 86400}, {"color": "green", "value": 604800}],
    ),
    stat(
        "Broker",
        'min(mtchat_part_available{@,part="log"})',
        "Whether every edge can append.",
        width=6,
        alert="PartUnavailable",
        mappings=[{"type": "value", "options": {"0": {"text": "away", "index": 0}, "1": {"text": "available", "index": 1}}}],
        steps=[{"color": "red", "value": None}, {"color": "green", "value": 1}],
    ),
    Row("The log"),
    gauge("Used", f"max(mtchat_log_used_ratio{{@{S}}})", "At 100 % writes are refused with 503.", width=6, alert="LogFull"),
    graph("Size", f"max by (shard) (mtchat_log_bytes{{@{S}}})", "Falls when old facts go.", "bytes", 9, legend="shard {{shard}}"),
    graph(
        "Used, and in a day",
        [
            (f"max by (shard) (mtchat_log_used_ratio{{@{S}}})", "shard {{shard}}"),
            (f"max by (shard) (predict_linear(mtchat_log_used_ratio{{@{S}}}[6h], 86400))", "shard {{shard}} in a day"),
        ],
        "As it is, and as it will be if it goes on like in the last 6 hours.",
        "percentunit",
        9,
        alert="LogFull",
        lines=True,
    ),
    graph(
        "Facts appended",
        f"max by (shard) (rate(mtchat_fanout_log_seq{{@{S}}}[$__rate_interval]))",
        "As the fan-out sees them.",
        "ops",
        legend="shard {{shard}}",
    ),
    graph(
        "Facts purged",
        rate("mtchat_log_purged_total", "shard", S),
        "Older than `LOG_KEEP_SECS`, and passed by every reader.",
        "ops",
        legend="shard {{shard}}",
    ),
    graph(
        "Looks that failed",
        rate("mtchat_log_look_failures_total"),
        "Of the sweeper at the log; they are made again.",
        "ops",
        legend="looks",
        alert="SweeperFails",
        steps=TROUBLE,
    ),
    Row("The broker, as MTChat sees it"),
    states(
        "Connected",
        [("mtchat_nats_connected{@}", "{{job}} {{instance}}")],
        "Whether each process has its connection.",
        alert="BrokerDisconnected",
        good="connected",
        bad="away",
    ),
    graph(
        "Connected again",
        rate("mtchat_nats_reconnects_total", "instance"),
        "After a connection was lost.",
        "ops",
        12,
        legend="{{instance}}",
        alert="BrokerDisconnected",
        steps=TROUBLE,
    ),
    graph(
        "Appends in trouble",
        [(rate("mtchat_append_conflicts_total"), "overtaken"), (rate("mtchat_append_unanswered_total"), "no answer in time")],
        "Judged and tried again; or looked up in the log whether they succeeded.",
        "ops",
        alert="AppendsUnanswered",
        steps=TROUBLE,
    ),
    graph(
        "Readers made anew",
        rate("mtchat_reader_replaced_total", "stream"),
        "They were behind and silent.",
        "ops",
        legend="{{stream}}",
        alert="ReaderReplaced",
        steps=TROUBLE,
    ),
    graph(
        "Live path gone, messages not read in time",
        [
            (rate("mtchat_live_recreated_total"), "live path made again"),
            (rate("mtchat_nats_slow_consumer_total"), "not read in time"),
        ],
        "The broker was restarted; a process was too slow.",
        "ops",
        alert="LivePathLost",
        steps=TROUBLE,
    ),
    Row("nats-server, by prometheus-nats-exporter (optional)", folded=True),
    graph("Connections", f"{N}connections", "To each node, of MTChat and of services.", legend="{{server_id}}"),
    graph("Memory", f"{N}mem", "Of each node, the live path in it.", "bytes", legend="{{server_id}}"),
    graph("Processor", f"{N}cpu", "Per cent of one core.", "percent", legend="{{server_id}}"),
    graph(
        "Messages",
        [
            (f"rate({N}in_msgs[$__rate_interval])", "in {{server_id}}"),
            (f"rate({N}out_msgs[$__rate_interval])", "out {{server_id}}"),
        ],
        "Through each node, in and out.",
        "ops",
    ),
    graph(
        "Slow consumers",
        f"increase({N}slow_consumers[$__rate_interval])",
        "Connections that were cut off.",
        legend="{{server_id}}",
        alert="SlowConsumer",
        steps=TROUBLE,
    ),
    graph(
        "Streams",
        'max by (stream_name) (jetstream_stream_total_bytes{stream_name=~"MTCHAT_.*|KV_MTCHAT_.*"})',
        "Bytes of each.",
        "bytes",
        legend="{{stream_name}}",
    ),
    graph(
        "Consumers of hosts",
        'max by (consumer_name) (jetstream_consumer_num_pending{stream_name=~"MTCHAT_LOG_.*",consumer_name=~".+:.+"})',
        "What services on NATS have not read: `<app>:<name>`.",
        "short",
        24,
        legend="{{consumer_name}}",
    ),
]
