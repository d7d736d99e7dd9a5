"""What is computed once for alerts and dashboards: the objective of sends, and how far each reader is."""

# The route of a send, as edges tell it.
SEND = "/api/v1/dialogs/{dialog}/messages"
# Of a thousand sends one may fail.
BUDGET = 0.001
# Of every pair the long window says that it matters, the short one that it still goes on; the factor is how many times faster than allowed the
# budget burns. 14.4 for an hour is 2 % of the budget of 30 days, 6 for six hours 5 %, 3 for a day and 1 for three days 10 %.
BURNS = {"page": [("1h", "5m", 14.4), ("6h", "30m", 6)], "warn": [("1d", "2h", 3), ("3d", "6h", 1)]}
READERS = ["projector", "fanout", "indexer", "notifier"]


def windows():
    every = {window for pairs in BURNS.values() for long, short, _ in pairs for window in (long, short)}
    return sorted(every, key=length)


def burns(severity):
    """The budget burns too fast in both windows of a pair, and not because of a handful of sends in a quiet night."""
    pairs = [
        f"(\n  mtchat:http_sends_failed:ratio_rate{long} > {factor * BUDGET:g}\n"
        f"  and mtchat:http_sends_failed:ratio_rate{short} > {factor * BUDGET:g}\n"
        f"  and mtchat:http_sends_failed:rate{long} * {length(long)} >= 5\n)"
        for long, short, factor in BURNS[severity]
    ]
    return "\nor\n".join(pairs)


def length(window):
    return int(window[:-1]) * {"m": 60, "h": 3600, "d": 86400}[window[-1]]


def sends():
    """Every window by itself: the ratio of rates, not a mean of ratios."""
    chosen = f'route="{SEND}",method="POST"'
    for window in windows():
        total = f"sum by (cell, namespace) (rate(mtchat_http_requests_total{{{chosen}}}[{window}]))"
        # While nothing fails there is no series with 5xx: then it is 0 of what there is.
        failed = f'sum by (cell, namespace) (rate(mtchat_http_requests_total{{{chosen},status="5xx"}}[{window}]))'
        yield f"mtchat:http_sends:rate{window}", total
        yield f"mtchat:http_sends_failed:rate{window}", f"{failed}\nor mtchat:http_sends:rate{window} * 0"
        yield (
            f"mtchat:http_sends_failed:ratio_rate{window}",
            f"mtchat:http_sends_failed:rate{window} / (mtchat:http_sends:rate{window} > 0)",
        )


def readers():
    for reader in READERS:
        yield "mtchat:reader_log_seq:max", f"max by (cell, namespace, shard) (mtchat_{reader}_log_seq)", {"reader": reader}


RECORDINGS = {"mtchat-sends": list(sends()), "mtchat-readers": list(readers())}
