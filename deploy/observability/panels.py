"""Panels of Grafana from a line each, laid out on a grid: what all dashboards have in common."""

import re

from alerts import ALERTS
from rules import RUNBOOKS

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24
GREEN, YELLOW, ORANGE, RED, BLUE, PURPLE, GREY = "green", "yellow", "orange", "red", "blue", "purple", "#8e8e8e"
# Levels of the same thing are shades of one colour; what failed is red wherever it stands.
COLOURS = {
    "p50": "light-blue", "p90": "blue", "p99": "dark-purple",
    "2xx": GREEN, "1xx": "light-green", "3xx": "light-blue", "4xx": ORANGE, "5xx": RED,
    "fresh": BLUE, "recovered": GREEN, "lost": RED, "delivered": GREEN,
}  # fmt: skip
# Rates of what should not be there.
TROUBLE = [{"color": GREEN, "value": None}, {"color": ORANGE, "value": 1}]


def select(expr, scope):
    """`{@}` is what is chosen above, `{@,a="b"}` that and more."""
    return expr.replace("{@}", f"{{{scope}}}").replace("{@,", f"{{{scope},")


def alert_named(name):
    return next(alert for alert in ALERTS if alert.name == f"MTChat{name}")


def steps_of(alert):
    """The colours of an alert's thresholds: what is warned of is orange, what wakes somebody is red."""
    colours = {"warn": ORANGE, "page": RED}
    told = [(level.threshold, colours[level.severity]) for level in alert.levels if level.threshold is not None]
    # An alert says «above 0»; a step of Grafana begins at its value.
    return [{"color": GREEN, "value": None}, *({"color": colour, "value": value or 1} for value, colour in sorted(told))]


class Panel:
    """One panel; where it stands is found out by the dashboard."""

    def __init__(self, kind, title, about, width, height, queries, unit="short", alert=None, steps=None, **more):
        self.width, self.height = width, height
        self.queries = queries
        alert = alert and alert_named(alert)
        if alert:
            about = f"{about}\n\nAlert {alert.name}: [runbook]({RUNBOOKS}/{alert.slug}.md)".strip()
        steps = steps or (steps_of(alert) if alert else [{"color": BLUE, "value": None}])
        self.model = {"type": kind, "title": title, "description": about, "datasource": DATASOURCE}
        self.defaults = {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps}, "mappings": more.pop("mappings", [])}
        # Courses have colours of their own; a single value has that of its threshold.
        self.defaults["color"] = {"mode": "palette-classic" if kind == "timeseries" else "thresholds"}
        for name in ("min", "max", "decimals", "noValue"):
            if name in more:
                self.defaults[name] = more.pop(name)
        if alert:
            self.model["links"] = [{"title": f"Runbook: {alert.name}", "url": f"{RUNBOOKS}/{alert.slug}.md", "targetBlank": True}]
        self.options = more.pop("options", {})
        self.custom = more.pop("custom", None)
        self.more = more

    def json(self, number, x, y, scope):
        targets = [
            {
                "datasource": DATASOURCE, "refId": chr(ord("A") + index), "expr": select(expr, scope), "legendFormat": legend,
                "editorMode": "code", "range": self.model["type"] != "table", "instant": self.model["type"] == "table",
                **({"format": "table"} if self.model["type"] == "table" else {}),
            }
            for index, (expr, legend) in enumerate(self.queries)
        ]  # fmt: skip
        defaults = dict(self.defaults, **({"custom": self.custom} if self.custom else {}))
        overrides = [
            coloured(name) for name in COLOURS if any(name == legend or legend.startswith("{{") for _, legend in self.queries)
        ]
        return {
            "id": number, **self.model, "gridPos": {"x": x, "y": y, "w": self.width, "h": self.height}, "targets": targets,
            "fieldConfig": {"defaults": defaults, "overrides": self.more.get("overrides", overrides if self.model["type"] == "timeseries" else [])},
            "options": self.options, **({"transformations": self.more["transformations"]} if "transformations" in self.more else {}),
        }  # fmt: skip


def coloured(name):
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": "color", "value": {"mode": "fixed", "fixedColor": COLOURS[name]}}],
    }


def stat(title, expr, about, unit="short", width=4, **more):
    """A number that stands on top, with its course below it."""
    options = {
        "colorMode": "value", "graphMode": "area", "justifyMode": "auto", "textMode": "auto", "wideLayout": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }  # fmt: skip
    more.setdefault("noValue", "–")
    return Panel("stat", title, about, width, 4, [(expr, "")], unit, options=options, **more)


def gauge(title, expr, about, unit="percentunit", width=4, **more):
    options = {
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
    }
    return Panel("gauge", title, about, width, more.pop("height", 8), [(expr, "")], unit, options=options, min=0, max=1, **more)


def graph(title, queries, about, unit="short", width=8, stack=False, lines=False, **more):
    """Courses over time. With `lines` the thresholds of the alert are drawn."""
    queries = [(queries, more.pop("legend", ""))] if isinstance(queries, str) else queries
    custom = {
        "drawStyle": "line", "lineInterpolation": "smooth", "lineWidth": 1.5, "fillOpacity": 30 if stack else 10, "gradientMode": "opacity",
        "showPoints": "never", "spanNulls": 120000, "stacking": {"mode": "normal" if stack else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if lines else "off"}, "axisSoftMin": 0,
    }  # fmt: skip
    options = {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return Panel("timeseries", title, about, width, more.pop("height", 8), queries, unit, options=options, custom=custom, **more)


def states(title, queries, about, width=12, good="up", bad="down", **more):
    """Whether something is well, over time, a line for each."""
    mappings = [
        {
            "type": "value",
            "options": {"0": {"text": bad, "color": RED, "index": 0}, "1": {"text": good, "color": GREEN, "index": 1}},
        }
    ]
    options = {
        "showValue": "never",
        "mergeValues": True,
        "rowHeight": 0.8,
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False},
    }
    custom = {"fillOpacity": 75, "lineWidth": 0}
    steps = [{"color": RED, "value": None}, {"color": GREEN, "value": 1}]
    return Panel("state-timeline", title, about, width, more.pop("height", 8), queries, "short", options=options, custom=custom, mappings=mappings,
                 steps=steps, **more)  # fmt: skip


def table(title, queries, about, key, columns, width=24, **more):
    """One row for each value of a label, one column for each query: its name and its unit."""
    names = {f"Value #{chr(ord('A') + index)}": name for index, (name, _) in enumerate(columns)}
    transformations = [
        {"id": "merge", "options": {}},
        {
            "id": "organize",
            "options": {"excludeByName": {"Time": True}, "renameByName": {**names, key: key.capitalize()}, "indexByName": {}},
        },
        {"id": "sortBy", "options": {"fields": {}, "sort": [{"field": columns[0][0], "desc": True}]}},
    ]
    overrides = [
        {"matcher": {"id": "byName", "options": name}, "properties": [{"id": "unit", "value": unit}]} for name, unit in columns
    ]
    options = {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}}
    return Panel("table", title, about, width, more.pop("height", 9), [(expr, "") for expr in queries], options=options,
                 overrides=overrides, transformations=transformations, **more)  # fmt: skip


class Row:
    """A heading; what follows it can be folded away."""

    def __init__(self, title, folded=False):
        self.title, self.folded = title, folded


def laid_out(items, scope):
    """All panels with their places: from left to right, a new line where one is full."""
    panels, number, x, y, height, fold = [], 0, 0, 0, 0, None
    for item in items:
        number += 1
        if isinstance(item, Row):
            y, x, height = y + height, 0, 0
            fold = {
                "id": number,
                "type": "row",
                "title": item.title,
                "collapsed": item.folded,
                "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1},
                "panels": [],
            }
            panels.append(fold)
            fold, y = (fold if item.folded else None), y + 1
            continue
        if x + item.width > COLUMNS:
            x, y, height = 0, y + height, 0
        panel = item.json(number, x, y, scope)
        (fold["panels"] if fold else panels).append(panel)
        x, height = x + item.width, max(height, item.height)
    return panels


def variable(name, label, query, **more):
    return {
        "name": name, "label": label, "type": "query", "datasource": DATASOURCE, "query": {"query": query, "refId": name}, "definition": query,
        "refresh": 2, "sort": 1, "multi": True, "includeAll": True, "allValue": ".*", "current": {"text": "All", "value": "$__all"}, **more,
    }  # fmt: skip


def dashboard(uid, title, about, items, sharded=False):
    variables = [
        {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "refresh": 1, "current": {}},
        variable("job", "Job", "label_values(up, job)", regex="/mtchat/"),
        variable("instance", "Instance", 'label_values(up{job=~"$job"}, instance)'),
    ]
    scope = 'job=~"$job",instance=~"$instance"'
    if sharded:
        variables.append(variable("shard", "Shard", 'label_values(mtchat_log_bytes{job=~"$job"}, shard)'))
    firing = {
        "name": "Alerts", "datasource": DATASOURCE, "enable": True, "iconColor": RED, "titleFormat": "{{alertname}}", "textFormat": "{{severity}}",
        "expr": 'ALERTS{alertname=~"MTChat.*",alertstate="firing"}', "step": "60s",
    }  # fmt: skip
    return {
        "uid": uid, "title": title, "description": about, "tags": ["mtchat"], "schemaVersion": 39, "version": 1, "editable": True,
        "graphTooltip": 1, "refresh": "30s", "time": {"from": "now-3h", "to": "now"}, "timezone": "browser", "fiscalYearStartMonth": 0,
        "annotations": {"list": [firing]}, "templating": {"list": variables},
        "links": [{"type": "dashboards", "title": "MTChat", "tags": ["mtchat"], "asDropdown": True, "includeVars": True, "keepTime": True}],
        "panels": laid_out(items, scope),
    }  # fmt: skip


def slug(title):
    return re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
