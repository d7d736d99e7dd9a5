from rule import Alert, page, warn

from .series import BY, BY_SHARD, HOUR, answers, counted, gauge, happened

BROKER = [
    Alert(
        "MTChatBrokerDisconnected",
        "mtchat-broker",
        "`mtchat_nats_connected` is 0",
        "min by (cell, namespace, job, instance) (mtchat_nats_connected) == 0",
        "an edge or worker has no connection to the broker; a worker's roles go to others",
        "{{ $labels.instance }} has no connection to the broker",
        (
            gauge('mtchat_nats_connected{instance="w1"}', 0, 1, warn, None, "1m"),
            gauge('mtchat_nats_connected{instance="w1"}', 0, 1, page, None, "5m", "4m"),
        ),
    ),
    Alert(
        "MTChatLogFull",
        "mtchat-broker",
        "`mtchat_log_used_ratio`",
        f"max {BY_SHARD} (mtchat_log_used_ratio) > {{threshold}}",
        "the log fills up; at 1 writes are refused",
        "The log is {{ $value | humanizePercentage }} full",
        (
            gauge('mtchat_log_used_ratio{shard="0"}', 0.71, 0.69, warn, 0.7, "5m", "4m"),
            gauge('mtchat_log_used_ratio{shard="0"}', 0.86, 0.84, page, 0.85, "1m"),
        ),
    ),
    Alert(
        "MTChatLogFullSoon",
        "mtchat-broker",
        "`mtchat_log_used_ratio`, as it will be in a day if it goes on like in the last 6 hours",
        f"max {BY_SHARD} (predict_linear(mtchat_log_used_ratio[6h], 86400)) > {{threshold}}\nand max {BY_SHARD} (mtchat_log_used_ratio) > 0.4",
        "the log will be full within a day",
        "The log will be full within a day",
        (
            warn(
                0.95,
                "30m",
                {'mtchat_log_used_ratio{shard="0"}': "0.41+0.001x130", "at": "2h"},
                {'mtchat_log_used_ratio{shard="0"}': "0.41+0x130", "at": "2h"},
            ),
        ),
    ),
    Alert(
        "MTChatAppendsConflict",
        "mtchat-broker",
        "appends that were overtaken, for each send",
        f"sum {BY} (rate(mtchat_append_conflicts_total[10m])) / sum {BY} (mtchat:http_sends:rate5m) > {{threshold}}\nand sum {BY} (rate(mtchat_append_conflicts_total[10m])) > 1",
        "many edges write to one dialog at once; each conflict costs a round to the broker",
        "{{ $value | humanize }} conflicts for each send",
        (
            warn(
                0.5,
                "15m",
                {"mtchat_append_conflicts_total": "0+120x130", **answers(100, 0)},
                {"mtchat_append_conflicts_total": "0+10x130", **answers(100, 0)},
            ),
        ),
    ),
    Alert(
        "MTChatAppendsUnanswered",
        "mtchat-broker",
        "`mtchat_append_unanswered_total` in 10 minutes",
        f"sum {BY} (increase(mtchat_append_unanswered_total[10m])) > {{threshold}}",
        "the broker answers too late: its disk, an election, or the network",
        "{{ $value | humanize }} appends had no answer in time",
        (warn(5, "0m", {"mtchat_append_unanswered_total": f"0+1{HOUR}"}, {"mtchat_append_unanswered_total": f"3+0{HOUR}"}),),
    ),
    Alert(
        "MTChatLivePathLost",
        "mtchat-broker",
        "`mtchat_live_recreated_total`",
        happened("mtchat_live_recreated_total", "15m"),
        "the broker was restarted or lost its memory; edges have what they need again by themselves",
        "The live path was gone and came back",
        (counted('mtchat_live_recreated_total{instance="e1"}', 0, "0m"),),
    ),
    Alert(
        "MTChatSlowConsumer",
        "mtchat-broker",
        "`mtchat_nats_slow_consumer_total`",
        happened("mtchat_nats_slow_consumer_total", "15m"),
        "a process does not read fast enough what the broker sends: it is starved of processor time",
        "{{ $value | humanize }} times a process did not read the broker's messages in time",
        (counted('mtchat_nats_slow_consumer_total{instance="e1"}', 0, "0m"),),
    ),
]
