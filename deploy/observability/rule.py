"""What an alert is made of."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """From which value on, and after how long, somebody is told."""

    severity: str
    threshold: float | None
    wait: str
    # Series of a test: with the first ones this level fires, with the second ones it does not.
    fires: dict
    quiet: dict


@dataclass(frozen=True)
class Alert:
    """One alert: the same expression for all its levels, with {threshold} in it."""

    name: str
    group: str
    watch: str
    expr: str
    means: str
    summary: str
    levels: tuple

    @property
    def slug(self):
        """The name of its runbook: MTChatLogFull is log-full."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.name.removeprefix("MTChat")).lower()


def warn(threshold, wait, fires, quiet):
    return Level("warn", threshold, wait, fires, quiet)


def page(threshold, wait, fires, quiet):
    return Level("page", threshold, wait, fires, quiet)
