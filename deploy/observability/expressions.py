"""What an expression names: metrics with the labels that are asked of them. No parser of PromQL: what it does not understand, promtool does."""

import re

TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|\S")
GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
WORDS = {"by", "without", "on", "ignoring", "group_left", "group_right", "and", "or", "unless", "offset", "bool", "inf", "nan"}
# What Prometheus and whoever installs it give to every series.
EVERYWHERE = {"job", "instance", "cell", "namespace", "__name__"}
# Metrics that are not of MTChat: of Prometheus itself, and of the exporter for nats-server.
OTHERS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
EXPORTER = re.compile(r"^(gnatsd_varz|jetstream_(server|stream|consumer))_\w+$")
EXPORTER_LABELS = {"server_id", "stream_name", "consumer_name"}


class Catalogue:
    """What the program exports: of each metric its kind and its labels; and what the rules record."""

    def __init__(self, metrics, recorded):
        self.metrics = metrics
        self.recorded = recorded

    def labels_of(self, name):
        """The labels of a series of this name, or None where there is no such series."""
        if name in OTHERS:
            return OTHERS[name]
        if EXPORTER.match(name):
            return EXPORTER_LABELS
        if name in self.recorded:
            return self.recorded[name]
        known = self.metrics.get(name)
        if known and known["kind"] != "histogram":
            return set(known["labels"]) | ({"quantile"} if known["kind"] == "summary" else set())
        base, _, suffix = name.rpartition("_")
        known = self.metrics.get(base)
        if known and (known["kind"], suffix) in {
            ("histogram", "bucket"),
            *((kind, end) for kind in ("histogram", "summary") for end in ("sum", "count")),
        }:
            return set(known["labels"]) | ({"le"} if suffix == "bucket" else set())
        return None

    def unknown_values(self, name, asked):
        """Values that no series can have, where the catalogue lists the values of a label. Patterns are taken for words between bars."""
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        listed = (self.metrics.get(name) or self.metrics.get(base) or {}).get("values") or {}
        for label in sorted(set(asked) & set(listed)):
            for value in asked[label].split("|"):
                if re.fullmatch(r"[\w .]+", value) and value not in listed[label]:
                    yield label, value


def named(expr):
    """Each metric with the labels that are asked of it, and the values."""
    tokens = TOKEN.findall(GROUPING.sub(" ", expr))
    while tokens:
        name = tokens.pop(0)
        following = tokens[0] if tokens else ""
        if not re.match(r"[a-zA-Z_:]", name) or name in WORDS or following == "(":
            continue
        asked = {}
        if following == "{":
            inside, tokens = tokens[1 : tokens.index("}")], tokens[tokens.index("}") + 1 :]
            names = [token for token in inside if re.match(r"[a-zA-Z_]", token)]
            asked = dict(zip(names, [token.strip('"') for token in inside if token.startswith('"')], strict=True))
        yield name, asked


def grouped(expr):
    return {label.strip() for found in GROUPING.findall(expr) for label in found.split(",") if label.strip()}


def troubles(expr, catalogue, legend=""):
    """What is wrong with an expression and its legend."""
    labels, found = set(EVERYWHERE), []
    for name, asked in named(expr):
        known = catalogue.labels_of(name)
        if known is None:
            found.append(f"{name} is not exported")
            continue
        labels |= known
        found += [f"{name} has no label {label}" for label in sorted(set(asked) - known - EVERYWHERE)]
        found += [f"{name} has no {label} {value}" for label, value in catalogue.unknown_values(name, asked)]
    for label in sorted((grouped(expr) | set(re.findall(r"\{\{\s*(\w+)\s*\}\}", legend))) - labels):
        found.append(f"nothing in it has a label {label}")
    return found
