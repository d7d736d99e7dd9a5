from rule import Alert, page, warn

from .series import BY, BY_SHARD, HOUR, READERS, age, always, answers, gauge, happened, oldest

WORKERS = [
    Alert(
        "MTChatProjectorBehind",
        "mtchat-workers",
        "`mtchat_projector_oldest_seconds`",
        oldest("projector"),
        "Postgres is not kept up to date: reads are late, sends wait up to 1 s",
        "Postgres is {{ $value | humanizeDuration }} behind the log",
        age("projector", 10, "2m", 60, "2m"),
    ),
    Alert(
        "MTChatFanoutBehind",
        "mtchat-workers",
        "`mtchat_fanout_oldest_seconds`",
        oldest("fanout"),
        "messages arrive late: workers, or the broker's memory",
        "The live path is {{ $value | humanizeDuration }} behind the log",
        age("fanout", 5, "2m", 30, "2m"),
    ),
    Alert(
        "MTChatIndexerBehind",
        "mtchat-workers",
        "`mtchat_indexer_oldest_seconds`",
        oldest("indexer"),
        "new messages are not found; mostly a consequence of Postgres",
        "Search is {{ $value | humanizeDuration }} behind the log",
        age("indexer", 60, "5m", 600, "5m"),
    ),
    Alert(
        "MTChatNotifierBehind",
        "mtchat-workers",
        "`mtchat_notifier_oldest_seconds`",
        oldest("notifier"),
        "hosts are told late of what is unread",
        "The notifier is {{ $value | humanizeDuration }} behind the log",
        age("notifier", 60, "5m", 600, "5m"),
    ),
    Alert(
        "MTChatReaderStuck",
        "mtchat-workers",
        "facts between a reader that stands still for 10 minutes and the one furthest ahead",
        f"(max {BY_SHARD} (mtchat:reader_log_seq:max) - on (cell, namespace, shard) group_right () mtchat:reader_log_seq:max) > {{threshold}}\n"
        "and on (cell, namespace, shard, reader) changes(mtchat:reader_log_seq:max[10m]) == 0",
        "nobody holds the role, or it hangs without saying so",
        "The {{ $labels.reader }} of shard {{ $labels.shard }} does not move",
        (
            warn(
                10,
                "5m",
                {READERS["fanout"]: f"0+10{HOUR}", READERS["indexer"]: always(100)},
                {READERS["fanout"]: f"0+10{HOUR}", READERS["indexer"]: f"0+9{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatTimersLate",
        "mtchat-workers",
        "`mtchat_timers_oldest_seconds` (for a `NOTIFICATION_DELAY_SECS` of 30: delay + 120, delay + 600)",
        f"max {BY_SHARD} (mtchat_timers_oldest_seconds) > {{threshold}}",
        "timers are not answered: the notifier, or Postgres is behind",
        "The oldest timer was set {{ $value | humanizeDuration }} ago",
        (
            gauge('mtchat_timers_oldest_seconds{shard="0"}', 151, 100, warn, 150, "5m", "4m"),
            gauge('mtchat_timers_oldest_seconds{shard="0"}', 631, 151, page, 630, "5m", "4m"),
        ),
    ),
    Alert(
        "MTChatDeadLetters",
        "mtchat-workers",
        "`mtchat_dead_letters`",
        f"max {BY_SHARD} (mtchat_dead_letters) > {{threshold}}",
        "a fact was set aside: it was shown to whoever was online, and Postgres does not have it",
        "{{ $value }} facts are set aside",
        (gauge('mtchat_dead_letters{shard="0"}', 1, 0, page, 0, "1m"),),
    ),
    Alert(
        "MTChatProjectorRetries",
        "mtchat-workers",
        "`mtchat_projector_retries_total` a second",
        f"sum {BY} (rate(mtchat_projector_retries_total[5m])) > {{threshold}}",
        "transactions of the projector fail and are made again: locks, or a Postgres that comes and goes",
        "{{ $value | humanize }} transactions a second are made again",
        (warn(0.1, "10m", {"mtchat_projector_retries_total": f"0+60{HOUR}"}, {"mtchat_projector_retries_total": f"0+1{HOUR}"}),),
    ),
    Alert(
        "MTChatNewEpoch",
        "mtchat-workers",
        "`mtchat_projector_epochs_total`",
        happened("mtchat_projector_epochs_total", "1h"),
        "the log lost acknowledged facts (power cut, restore): a new life of the log",
        "The log has begun a new life",
        (
            page(
                0,
                "0m",
                {'mtchat_projector_epochs_total{shard="0"}': "_x60 1+0x30", "at": "63m"},
                {'mtchat_projector_epochs_total{shard="0"}': "1+0x200", "at": "150m"},
            ),
        ),
    ),
    Alert(
        "MTChatRoleFenced",
        "mtchat-workers",
        "`mtchat_worker_fenced_total` in 30 minutes",
        f"sum by (cell, namespace, role) (increase(mtchat_worker_fenced_total[30m])) > {{threshold}}",
        "two workers do not agree who is active: mostly a broker that answers slowly, or starved workers",
        "The role {{ $labels.role }} changes hands again and again",
        (
            warn(
                3,
                "0m",
                {'mtchat_worker_fenced_total{role="projector"}': f"0+1{HOUR}"},
                {'mtchat_worker_fenced_total{role="projector"}': f"2+0{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatRoleFailing",
        "mtchat-workers",
        "`mtchat_role_failing`",
        "max by (cell, namespace, role, shard) (mtchat_role_failing) > {threshold}",
        "a role should be at work and can not be; the worker's `/health/ready` says since when and why",
        "The role {{ $labels.role }} of shard {{ $labels.shard }} can not work",
        (
            warn(
                0,
                "1m",
                {'mtchat_role_failing{role="projector",shard="0"}': "1x60"},
                {'mtchat_role_failing{role="projector",shard="0"}': "0x60"},
            ),
            page(
                0,
                "5m",
                {'mtchat_role_failing{role="projector",shard="0"}': "1x60"},
                {'mtchat_role_failing{role="projector",shard="0"}': "0x60"},
            ),
        ),
    ),
    Alert(
        "MTChatReaderReplaced",
        "mtchat-workers",
        "`mtchat_reader_replaced_total` in 30 minutes",
        f"sum by (cell, namespace, stream) (increase(mtchat_reader_replaced_total[30m])) > {{threshold}}",
        "readers of a stream stall and are made anew: the broker, or the network to it",
        "Readers of {{ $labels.stream }} are made anew again and again",
        (
            warn(
                5,
                "0m",
                {'mtchat_reader_replaced_total{stream="MTCHAT_LOG_0"}': f"0+1{HOUR}"},
                {'mtchat_reader_replaced_total{stream="MTCHAT_LOG_0"}': f"3+0{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatArchiverStale",
        "mtchat-workers",
        "seconds since `mtchat_archiver_last_success_timestamp_seconds` (for the default `ARCHIVE_CRON`: three periods)",
        f"time() - max {BY} (mtchat_archiver_last_success_timestamp_seconds) > {{threshold}}",
        "runs of the archiver fail; the worker's log says why",
        "The archiver did its work {{ $value | humanizeDuration }} ago for the last time",
        (
            warn(
                900,
                "5m",
                {"mtchat_archiver_last_success_timestamp_seconds": always(0)},
                {"mtchat_archiver_last_success_timestamp_seconds": f"0+60{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatSweeperFails",
        "mtchat-workers",
        "`mtchat_log_look_failures_total` and `mtchat_files_sweep_failures_total` in 10 minutes",
        f"sum {BY} (increase(mtchat_log_look_failures_total[10m])) > {{threshold}}\nor sum {BY} (increase(mtchat_files_sweep_failures_total[10m])) > {{threshold}}",
        "old facts do not go from the log, or files that nobody needs stay",
        "The sweeper fails again and again",
        (
            # While Postgres is away for a minute every look fails: that has alerts of its own.
            warn(
                5,
                "20m",
                {"mtchat_log_look_failures_total": f"0+1{HOUR}", "early": "20m"},
                {"mtchat_log_look_failures_total": "0+0x39 0+20x5 100+0x30"},
            ),
        ),
    ),
]
