"""What is worth being told, from which value on, and the series by which it is tested. rules.py writes it down.

Every number of MTChat that belongs to a shard is shown by each worker, and one that stands by shows 0: so the maximum counts. What is summed or
compared keeps `cell` and `namespace`, labels that your Prometheus may add, so that several deployments in one Prometheus stay apart.
"""

from .broker import BROKER
from .edges import EDGES
from .webhooks import WEBHOOKS
from .workers import WORKERS

ALERTS = EDGES + WORKERS + BROKER + WEBHOOKS
