from panels import GREEN, TROUBLE, Row, graph, stat, states

from .edges import processes, quantiles, rate

TITLE = "MTChat workers"
ABOUT = "How far each reader of the log is, what waits, and what the roles that follow no log do."
SHARDED = True

S = ',shard=~"$shard"'
READERS = ["projector", "fanout", "indexer", "notifier"]


def each(suffix, function="max by (shard) (%s)"):
    return [(function % f"mtchat_{reader}_{suffix}{{@{S}}}", reader) for reader in READERS]


PANELS = [
    stat(
        "Postgres behind",
        f"max(mtchat_projector_oldest_seconds{{@{S}}})",
        "Age of the first fact that is not stored.",
        "s",
        alert="ProjectorBehind",
    ),
    stat(
        "Live path behind",
        f"max(mtchat_fanout_oldest_seconds{{@{S}}})",
        "Age of the first fact that edges were not told of.",
        "s",
        alert="FanoutBehind",
    ),
    stat(
        "Search behind",
        f"max(mtchat_indexer_oldest_seconds{{@{S}}})",
        "Age of the first fact that search does not know.",
        "s",
        alert="IndexerBehind",
    ),
    stat(
        "Notifier behind",
        f"max(mtchat_notifier_oldest_seconds{{@{S}}})",
        "Age of the first fact that it did not look at.",
        "s",
        alert="NotifierBehind",
    ),
    stat(
        "Set aside",
        f"max(mtchat_dead_letters{{@{S}}})",
        "Facts that could not be applied.",
        alert="DeadLetters",
        steps=[{"color": GREEN, "value": None}, {"color": "red", "value": 1}],
    ),
    stat(
        "New lives of the log",
        "sum(increase(mtchat_projector_epochs_total{@}[$__range])) or vector(0)",
        "In the time shown.",
        alert="NewEpoch",
        steps=[{"color": GREEN, "value": None}, {"color": "red", "value": 1}],
    ),
    Row("Readers of the log"),
    graph(
        "Age of what waits",
        each("oldest_seconds"),
        "Says more than numbers: a thousand facts are half a second when the log is busy and a day when it is not.",
        "s",
    ),
    graph("Facts that wait", each("lag"), "Of the log, for each reader."),
    graph(
        "Facts done",
        each("log_seq", "max by (shard) (rate(%s[$__rate_interval]))"),
        "How fast each position moves. All should move alike.",
        "ops",
        alert="ReaderStuck",
        steps=[{"color": GREEN, "value": None}],
    ),
    Row("Projector"),
    graph(
        "From accepted to stored",
        quantiles("mtchat_projector_stored_seconds", S),
        "How old facts are when Postgres has them.",
        "s",
        6,
        alert="ProjectorBehind",
        steps=[{"color": GREEN, "value": None}],
    ),
    graph("Time of a transaction", quantiles("mtchat_projector_apply_seconds", S), "With its commit.", "s", 6),
    graph(
        "Facts in one",
        f"sum by (shard) (rate(mtchat_projector_batch_size_sum{{@{S}}}[$__rate_interval])) / sum by (shard) (rate(mtchat_projector_batch_size_count{{@{S}}}[$__rate_interval]))",
        "The mean; it grows by itself when there is more to do.",
        width=6,
        legend="shard {{shard}}",
    ),
    graph(
        "In trouble",
        [
            (rate("mtchat_projector_retries_total"), "made again"),
            (rate("mtchat_projector_dead_letters_total"), "set aside"),
        ],
        "Should be nothing.",
        "ops",
        6,
        alert="ProjectorRetries",
        steps=TROUBLE,
    ),
    Row("Notifications"),
    graph(
        "Timers",
        [
            (f"max by (shard) (mtchat_timers_pending{{@{S}}})", "set, shard {{shard}}"),
        ],
        "Dialogs whose timer is set and was not answered.",
    ),
    graph(
        "The oldest timer",
        f"max by (shard) (mtchat_timers_oldest_seconds{{@{S}}})",
        "Set so long ago; the delay is `NOTIFICATION_DELAY_SECS`.",
        "s",
        legend="shard {{shard}}",
        alert="TimersLate",
        lines=True,
    ),
    graph(
        "What became of timers",
        rate("mtchat_notifier_timers_total", "outcome"),
        "`full`: there was no room; `lost`: found late.",
        "ops",
        stack=True,
        legend="{{outcome}}",
    ),
    graph(
        "Notifications",
        rate("mtchat_notifications_total"),
        "Written into the log, repetitions included.",
        "ops",
        24,
        legend="notifications",
    ),
    Row("Who does what"),
    states("Workers", [("up{@}", "{{job}} {{instance}}")], "Whether each answers.", alert="TargetDown"),
    states(
        "Roles that can not work",
        [("1 - max by (role) (mtchat_role_failing{@})", "{{role}}")],
        "The worker's `/health/ready` says since when, and why.",
        good="works",
        bad="fails",
        alert="RoleFailing",
    ),
    graph(
        "Roles taken over by another worker",
        rate("mtchat_worker_fenced_total", "role"),
        "Once at a crash is right; steadily is not.",
        "ops",
        12,
        legend="{{role}}",
        alert="RoleFenced",
        steps=TROUBLE,
    ),
    graph(
        "Readers made anew",
        rate("mtchat_reader_replaced_total", "stream"),
        "They were behind and silent.",
        "ops",
        12,
        legend="{{stream}}",
        alert="ReaderReplaced",
        steps=TROUBLE,
    ),
    graph(
        "Webhooks",
        [(f"max by (shard) (mtchat_webhook_lag{{@{S}}})", "behind"), ("max(mtchat_webhook_pending{@})", "failed or waiting")],
        "The slowest endpoint; more on its own dashboard.",
        "short",
        24,
    ),
    Row("Archiver and sweeper"),
    graph(
        "Runs of the archiver",
        rate("mtchat_archiver_runs_total", "outcome"),
        "`partly`: some dialogs could not be archived.",
        "ops",
        legend="{{outcome}}",
    ),
    graph(
        "Dialogs archived",
        rate("mtchat_archiver_dialogs_total"),
        "For everybody, because nothing is said in them any more.",
        "ops",
        legend="dialogs",
    ),
    graph(
        "Since the last good run",
        "time() - max(mtchat_archiver_last_success_timestamp_seconds{@})",
        "Of the archiver.",
        "s",
        legend="archiver",
        alert="ArchiverStale",
        lines=True,
    ),
    graph("Files deleted", rate("mtchat_files_deleted_total", "why"), "By why.", "ops", 12, stack=True, legend="{{why}}"),
    graph(
        "Sweeper in trouble",
        [(rate("mtchat_log_look_failures_total"), "log"), (rate("mtchat_files_sweep_failures_total"), "files")],
        "Looks that failed and are made again.",
        "ops",
        12,
        alert="SweeperFails",
        steps=TROUBLE,
    ),
    *processes(),
]
