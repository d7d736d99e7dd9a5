from recordings import SEND, burns
from rule import Alert, page, warn

from .series import BY, HOUR, TARGETS, always, answers, counted, gauge, happened, open_files, waits

EDGES = [
    Alert(
        "MTChatNoEdge",
        "mtchat-edges",
        "no edge answers `/metrics`",
        f'(count {BY} (up{{job=~".*mtchat.*"}}) unless count {BY} (mtchat_part_available)) > 0\nor absent(mtchat_part_available)',
        "nobody can send, read or connect",
        "No edge of MTChat can be seen",
        (
            page(
                None,
                "2m",
                {TARGETS["edge"]: always(0)},
                {'mtchat_part_available{part="log"}': always(1), TARGETS["edge"]: always(1)},
            ),
        ),
    ),
    Alert(
        "MTChatTargetDown",
        "mtchat-edges",
        '`up{job=~".*mtchat.*"}` is 0',
        'up{job=~".*mtchat.*"} == 0',
        "a process is gone or does not answer; the others take its work",
        "{{ $labels.job }} on {{ $labels.instance }} is down",
        (warn(None, "5m", {TARGETS["worker"]: always(0), "early": "4m"}, {TARGETS["worker"]: always(1)}),),
    ),
    Alert(
        "MTChatPartUnavailable",
        "mtchat-edges",
        "`mtchat_part_available` is 0",
        "min by (cell, namespace, job, instance, part) (mtchat_part_available) == 0",
        "an edge can not reach the broker (`log`) or Postgres (`database`)",
        "{{ $labels.instance }} can not reach the {{ $labels.part }}",
        (gauge('mtchat_part_available{instance="e1",part="log"}', 0, 1, page, None, "1m"),),
    ),
    Alert(
        "MTChatSendsFail",
        "mtchat-edges",
        "share of sends answered with 5xx, by burn rate",
        {"page": burns("page"), "warn": burns("warn")},
        "users see messages that were not sent; of 1,000 sends one may fail in 30 days",
        "Sends fail: the error budget of 99.9 % burns",
        (
            page(None, "2m", answers(98, 2), answers(1000, 0)),
            warn(None, "15m", answers(995, 5), answers(10000, 5)),
        ),
    ),
    Alert(
        "MTChatSendsSlow",
        "mtchat-edges",
        "p99 of sends, in seconds",
        f"""histogram_quantile(
  0.99,
  sum by (cell, namespace, le) (rate(mtchat_http_request_seconds_bucket{{route="{SEND}",method="POST"}}[5m]))
) > {{threshold}}""",
        "senders wait",
        "Sends take {{ $value | humanizeDuration }} (p99)",
        (warn(0.75, "10m", waits(90, 10), waits(1000, 0)), page(2, "10m", waits(90, 10), waits(1000, 0))),
    ),
    Alert(
        "MTChatErrors",
        "mtchat-edges",
        "share of all requests answered with 5xx",
        f'sum {BY} (rate(mtchat_http_requests_total{{status="5xx"}}[5m])) / sum {BY} (rate(mtchat_http_requests_total[5m])) > {{threshold}}\n'
        f'and sum {BY} (rate(mtchat_http_requests_total{{status="5xx"}}[5m])) > 0.05',
        "reads, lists or uploads fail",
        "{{ $value | humanizePercentage }} of the requests fail",
        (warn(0.01, "10m", answers(960, 40), answers(1000, 4)), page(0.1, "10m", answers(800, 200), answers(960, 40))),
    ),
    Alert(
        "MTChatPanic",
        "mtchat-edges",
        "`mtchat_http_panics_total`",
        happened("mtchat_http_panics_total", "15m"),
        "a handler panicked: a defect; that request was answered with 500",
        "A handler of an edge panicked",
        (counted('mtchat_http_panics_total{instance="e1"}', 0, "0m"),),
    ),
    Alert(
        "MTChatAcceptFails",
        "mtchat-edges",
        "`mtchat_http_accept_failures_total`",
        happened("mtchat_http_accept_failures_total", "10m"),
        "an edge can not take connections, mostly for want of open files",
        "Connections can not be taken",
        (counted('mtchat_http_accept_failures_total{instance="e1"}', 0, "0m"),),
    ),
    Alert(
        "MTChatOpenFiles",
        "mtchat-edges",
        "`process_open_fds` of `process_max_fds`",
        'max by (cell, namespace, job, instance) (process_open_fds{job=~".*mtchat.*"} / process_max_fds) > {threshold}',
        "a process will soon have as many files open as it may; every socket is one",
        "{{ $labels.instance }} has {{ $value | humanizePercentage }} of its files open",
        (warn(0.8, "10m", open_files(850), open_files(790)), page(0.95, "2m", open_files(960), open_files(940))),
    ),
    Alert(
        "MTChatDatabaseWaits",
        "mtchat-edges",
        "`mtchat_database_waiting`",
        "max by (cell, namespace, job, instance) (min_over_time(mtchat_database_waiting[3m])) > {threshold}",
        "all connections to Postgres are in use, and requests wait for one",
        "{{ $value }} requests of {{ $labels.instance }} wait for a connection to Postgres",
        (gauge('mtchat_database_waiting{instance="e1"}', 3, 0, warn, 0, "5m", "4m"),),
    ),
    Alert(
        "MTChatSocketsRefused",
        "mtchat-edges",
        'handshakes a second answered with 503 (`code="SERVICE_UNAVAILABLE"`)',
        f'sum {BY} (rate(mtchat_gateway_refused_total{{code="SERVICE_UNAVAILABLE"}}[5m])) > {{threshold}}',
        "edges are full, starting or stopping, or more clients come back at once than are let in",
        "{{ $value | humanize }} sockets a second are refused",
        (
            warn(
                1,
                "10m",
                {'mtchat_gateway_refused_total{code="SERVICE_UNAVAILABLE"}': f"0+120{HOUR}"},
                {'mtchat_gateway_refused_total{code="SERVICE_UNAVAILABLE"}': f"0+30{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatReloads",
        "mtchat-edges",
        'share of sockets that come back and are told to reload (`resumed="lost"`)',
        f"""sum {BY} (rate(mtchat_gateway_attached_total{{resumed="lost"}}[10m]))
/ sum {BY} (rate(mtchat_gateway_attached_total{{resumed=~"lost|recovered"}}[10m])) > {{threshold}}
and sum {BY} (rate(mtchat_gateway_attached_total{{resumed="lost"}}[10m])) > 0.1""",
        "clients are away for longer than the ring reaches back; each reload costs reads of Postgres",
        "{{ $value | humanizePercentage }} of the clients that come back reload",
        (
            warn(
                0.25,
                "15m",
                {
                    'mtchat_gateway_attached_total{resumed="lost"}': f"0+60{HOUR}",
                    'mtchat_gateway_attached_total{resumed="recovered"}': f"0+60{HOUR}",
                },
                {
                    'mtchat_gateway_attached_total{resumed="lost"}': f"0+60{HOUR}",
                    'mtchat_gateway_attached_total{resumed="recovered"}': f"0+600{HOUR}",
                },
            ),
        ),
    ),
    Alert(
        "MTChatLimited",
        "mtchat-edges",
        "requests a second refused for a limit",
        f"sum by (cell, namespace, of) (rate(mtchat_limited_total[5m])) > {{threshold}}",
        "somebody asks for more than a limit allows, or a limit is too low",
        "{{ $value | humanize }} a second are refused: too many {{ $labels.of }}",
        (
            warn(
                5,
                "15m",
                {'mtchat_limited_total{of="requests of this app"}': f"0+600{HOUR}"},
                {'mtchat_limited_total{of="requests of this app"}': f"0+60{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatLivePathFails",
        "mtchat-edges",
        "`mtchat_gateway_tail_failures_total` and `mtchat_gateway_undecodable_total` in 10 minutes",
        f"sum {BY} (increase(mtchat_gateway_tail_failures_total[10m])) > {{threshold}}\nor sum {BY} (increase(mtchat_gateway_undecodable_total[10m])) > {{threshold}}",
        "an edge can not follow the live path: messages arrive late, clients reload",
        "The live path fails again and again",
        (
            warn(
                3,
                "0m",
                {'mtchat_gateway_tail_failures_total{instance="e1"}': f"0+1{HOUR}"},
                {'mtchat_gateway_tail_failures_total{instance="e1"}': f"4+0{HOUR}"},
            ),
        ),
    ),
    Alert(
        "MTChatFilesDown",
        "mtchat-edges",
        "`mtchat_files_up` is 0",
        f"max {BY} (mtchat_files_up) == 0",
        "uploads and links answer 503; text goes on",
        "The store of files does not answer",
        (gauge('mtchat_files_up{instance="e1"}', 0, 1, warn, None, "5m", "4m"),),
    ),
    Alert(
        "MTChatKeysUnread",
        "mtchat-edges",
        "published keys (JWKS): failed readings and no good one in 30 minutes",
        f'sum {BY} (increase(mtchat_jwks_reads_total{{outcome!="read"}}[30m])) > 0\nunless sum {BY} (increase(mtchat_jwks_reads_total{{outcome="read"}}[30m])) > 0',
        "tokens go on to be taken with the keys known before, for at most 24 hours",
        "Published keys can not be read",
        (
            warn(
                None,
                "30m",
                {'mtchat_jwks_reads_total{outcome="timeout"}': f"0+1{HOUR}", "early": "20m"},
                {
                    'mtchat_jwks_reads_total{outcome="timeout"}': f"0+1{HOUR}",
                    'mtchat_jwks_reads_total{outcome="read"}': f"0+1{HOUR}",
                },
            ),
        ),
    ),
]
