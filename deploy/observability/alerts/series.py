"""What alerts and their tests are put together from."""

from recordings import SEND
from rule import page, warn

BY = "by (cell, namespace)"
BY_SHARD = "by (cell, namespace, shard)"
HOUR = "x70"


def always(value):
    return f"{value}+0{HOUR}"


def happened(metric, window):
    """A counter went up in the window. Counters appear with their first value, so one that was not there before counts as well."""
    return f"""sum {BY} (
  increase({metric}[{window}]) > 0
  or
  ({metric} unless {metric} offset {window})
) > {{threshold}}"""


def counted(metric, threshold, wait, level=warn, value=5):
    """A level of an alert that `happened`: an hour of quiet, and a series that appears and one that stands still."""
    appears = f"_x60 {value}+0x30"
    return level(threshold, wait, {metric: appears, "at": "63m"}, {metric: f"{value}+0x100", "at": "90m"})


def gauge(series, value, good, level, threshold, wait, early=None):
    return level(threshold, wait, {series: always(value), "early": early}, {series: always(good)})


def age(reader, warn_at, warn_for, page_at, page_for):
    series = f'mtchat_{reader}_oldest_seconds{{shard="0",instance="w1"}}'
    return (
        gauge(series, warn_at + 1, warn_at - 1, warn, warn_at, warn_for),
        gauge(series, page_at + 1, page_at - 1, page, page_at, page_for),
    )


def oldest(reader):
    return f"max {BY_SHARD} (mtchat_{reader}_oldest_seconds) > {{threshold}}"


def answers(ok, failed):
    of = 'mtchat_http_requests_total{instance="e1",route="%s",method="POST",status="%s"}'
    return {of % (SEND, "2xx"): f"0+{ok}x130", of % (SEND, "5xx"): f"0+{failed}x130", "at": "2h"}


def waits(below, above):
    """Sends of an hour, by the buckets of their time: so many a minute under half a second, so many above two and a half."""
    name = 'mtchat_http_request_seconds_bucket{instance="e1",route="%s",method="POST",status="2xx",le="%%s"}' % SEND
    total = below + above
    return {
        name % "0.5": f"0+{below}{HOUR}",
        name % "2.5": f"0+{below}{HOUR}",
        name % "10": f"0+{total}{HOUR}",
        name % "+Inf": f"0+{total}{HOUR}",
    }


def open_files(number):
    of = '{job="mtchat-edge",instance="e1"}'
    return {f"process_open_fds{of}": always(number), f"process_max_fds{of}": always(1000)}


TARGETS = {job: f'up{{job="mtchat-{job}",instance="{job[0]}1"}}' for job in ("edge", "worker")}
READERS = {name: f'mtchat_{name}_log_seq{{shard="0",instance="w1"}}' for name in ("projector", "fanout", "indexer", "notifier")}
