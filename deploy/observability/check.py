#!/usr/bin/env python3
"""Checks dashboards, alerts and runbooks; exit code 1 when something is wrong.

    check.py            what needs no running system: everything generated is up to date, every name and label that is used is exported,
                        the rules pass their tests, every alert has its runbook, every command in one is real
    check.py --live     also against a real MTChat that is scraped by a real Prometheus (see live.py)

What the program exports says `$MTCHAT_BIN metrics`, or, where it does not know that verb, docs/configuration.md.
promtool and prometheus are the ones in .tools/checkers, in the directory PROMETHEUS_BIN_DIR, or on PATH.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Nothing is left beside the sources.
sys.dont_write_bytecode = True

import dashboards
import pages
import rules
from alerts import ALERTS
from expressions import Catalogue, troubles
from recordings import RECORDINGS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Of no use by the hour: threads and addresses are for whoever looks for a leak, the other two for whoever sets up a collector.
UNSHOWN = {"mtchat_error_reports_total", "mtchat_spans_total", "process_threads", "process_virtual_memory_bytes"}
ROW = re.compile(r"^\|(.+?)\| *(counter|gauge|histogram|summary) *\|(.*?)\|", re.MULTILINE)


def main():
    parser = argparse.ArgumentParser(description="Check dashboards, alerts and runbooks.")
    parser.add_argument("--live", action="store_true", help="also against a running system")
    live = parser.parse_args().live
    metrics, source = exported()
    catalogue = Catalogue(metrics, recorded())
    checks = [
        ("generated files", generated),
        (f"names and labels ({source})", lambda: expressions(catalogue)),
        ("every metric is shown", lambda: [f"no dashboard shows {name}" for name in sorted(unseen(metrics) - UNSHOWN)]),
        ("layout of the dashboards", layout),
        ("runbooks and pages", lambda: pages.check(catalogue, program())),
        ("rules (promtool)", lambda: promtool("check", "rules", "alerts.yaml")),
        ("tests of the rules (promtool)", lambda: promtool("test", "rules", "alerts_test.yaml")),
        ("prometheus.yml (promtool)", lambda: promtool("check", "config", "--syntax-only", "prometheus.yml")),
        ("alertmanager.yml", alertmanager),
        ("compose.yaml", compose),
    ]
    failed = 0
    for name, check in checks:
        found = check()
        print(f"{'FAILED' if found else 'ok':7}{name}", flush=True)
        for line in found:
            print(f"       - {line}")
        failed += bool(found)
    if live:
        import live as running

        failed += running.check(catalogue, program(), tool("prometheus"), tool("promtool"))
    return 1 if failed else 0


# What there is -------------------------------------------------------------------------------------------------------


def program():
    """The mtchat program, if there is one."""
    chosen = os.environ.get("MTCHAT_BIN") or ROOT / "target" / "debug" / "mtchat"
    return shutil.which(str(chosen))


def exported():
    """All metrics by name, and where that is from."""
    if program():
        told = subprocess.run([program(), "metrics", "--json"], capture_output=True, text=True, timeout=60)
        if told.returncode == 0:
            return {metric["name"]: metric for metric in json.loads(told.stdout)}, "mtchat metrics"
    return documented(), "docs/configuration.md"


def documented():
    metrics = {}
    text = (ROOT / "docs" / "configuration.md").read_text()
    for names, kind, labels in ROW.findall(text[text.index("## Metrics") :]):
        # `part`: `log`, `database` is one label with its values; `route`, `status` (`2xx` …) are two.
        before = [part.partition(":")[0] for part in labels.split(";")]
        labels = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", " ".join(before)))
        for name in re.findall(r"`(mtchat_\w+)`", names):
            metrics[name] = {"name": name, "kind": kind, "labels": labels}
    for name, metric in metrics.items():
        # «the same» stands for the row before.
        if name == "mtchat_http_request_seconds":
            metric["labels"] = metrics["mtchat_http_requests_total"]["labels"]
    others = {"fanout", "indexer", "notifier"}
    for reader in others:
        metrics.setdefault(f"mtchat_{reader}_oldest_seconds", {"kind": "gauge", "labels": ["shard"]})
    return metrics


def recorded():
    """What the rules record, with the labels that are left."""
    known = {}
    for rows in RECORDINGS.values():
        for name, expr, *labels in rows:
            grouping = re.search(r"by \(([^)]*)\)", expr)
            kept = {label.strip() for label in grouping[1].split(",")} if grouping else {"cell", "namespace"}
            known.setdefault(name, set()).update(kept, *labels)
    return known


def tool(name):
    places = [ROOT / ".tools" / "checkers" / name, ROOT / ".tools" / "checkers" / "bin" / name]
    if os.environ.get("PROMETHEUS_BIN_DIR"):
        places.insert(0, Path(os.environ["PROMETHEUS_BIN_DIR"]) / name)
    return next((str(place) for place in places if os.access(place, os.X_OK)), shutil.which(name))


# The checks: each gives the troubles that it found -------------------------------------------------------------------


def generated():
    stale = [
        path for path, text in {**rules.files(), **dashboards.files()}.items() if not path.exists() or path.read_text() != text
    ]
    return [f"{path.relative_to(ROOT)} is not up to date: run rules.py and dashboards.py" for path in stale]


def expressions(catalogue):
    found = []
    for name, board in dashboards.written():
        asked = [
            (panel["title"], target["expr"], target["legendFormat"])
            for panel in dashboards.panels(board)
            for target in panel.get("targets", [])
        ]
        asked += [
            (variable["name"], variable["definition"].removeprefix("label_values(").rpartition(",")[0], "")
            for variable in board["templating"]["list"]
            if "definition" in variable
        ]
        asked += [("annotations", note["expr"], "") for note in board["annotations"]["list"]]
        found += [f"{name}, {title}: {trouble}" for title, expr, legend in asked for trouble in troubles(expr, catalogue, legend)]
    for rows in RECORDINGS.values():
        found += [f"{name}: {trouble}" for name, expr, *_ in rows for trouble in troubles(expr, catalogue)]
    for alert in ALERTS:
        for level in alert.levels:
            told = f"{alert.summary} {alert.means}".replace("$labels.", "")
            found += [
                f"{alert.name}: {trouble}"
                for trouble in troubles(rules.expression(alert, level), catalogue, re.sub(r"\{\{ \$value[^}]*\}\}", "", told))
            ]
    return sorted(set(found))


def unseen(metrics):
    shown = " ".join(
        target["expr"]
        for _, board in dashboards.written()
        for panel in dashboards.panels(board)
        for target in panel.get("targets", [])
    )
    return {name for name in metrics if not re.search(rf"\b{name}(_bucket|_sum|_count)?\b", shown)}


def layout():
    found, uids = [], set()
    for name, board in dashboards.written():
        if board["uid"] in uids:
            found.append(f"{name}: the uid {board['uid']} is taken")
        uids.add(board["uid"])
        ids, taken = set(), set()
        variables = {variable["name"] for variable in board["templating"]["list"]}
        for panel in dashboards.panels(board):
            place = panel["gridPos"]
            cells = {
                (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
            }
            if cells & taken or place["x"] + place["w"] > 24:
                found.append(f"{name}: {panel['title']} lies over another panel")
            taken |= cells
            if panel["id"] in ids:
                found.append(f"{name}: the id {panel['id']} is taken")
            ids.add(panel["id"])
            if panel["type"] != "row" and not panel["description"]:
                found.append(f"{name}: {panel['title']} does not say what it shows")
            for target in panel.get("targets", []):
                if panel["type"] in ("timeseries", "state-timeline") and not target["legendFormat"]:
                    found.append(f"{name}: a course of {panel['title']} has no name")
                unknown = set(re.findall(r"\$(\w+)", target["expr"])) - variables - {"__rate_interval", "__range"}
                found += [f"{name}, {panel['title']}: there is no variable {one}" for one in unknown]
    return found


def promtool(*command):
    if not tool("promtool"):
        return ["promtool is missing: `tools/checkers.py`, or Debian's package prometheus"]
    told = subprocess.run([tool("promtool"), *command], cwd=HERE, capture_output=True, text=True, timeout=300)
    return [] if told.returncode == 0 else (told.stdout + told.stderr).strip().splitlines()


def alertmanager():
    """Alerts that it names are there, and receivers that it names."""
    text = (HERE / "alertmanager.yml").read_text()
    found = [
        f"there is no alert {name}" for name in sorted(set(re.findall(r"MTChat\w+", text)) - {alert.name for alert in ALERTS})
    ]
    receivers = set(re.findall(r"^  - name: (\S+)", text, re.MULTILINE))
    return found + [f"there is no receiver {name}" for name in sorted(set(re.findall(r"receiver: (\S+)", text)) - receivers)]


def compose():
    validator = ROOT / ".tools" / "checkers" / "bin" / "check-jsonschema"
    validator = str(validator) if validator.exists() else shutil.which("check-jsonschema")
    if not validator:
        return ["check-jsonschema is missing: `tools/checkers.py`"]
    told = subprocess.run(
        [validator, "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
        cwd=HERE,
        capture_output=True,
        text=True,
        timeout=120,
    )
    found = [] if told.returncode == 0 else (told.stdout + told.stderr).strip().splitlines()
    text = (HERE / "compose.yaml").read_text()
    found += [
        f"{image} has no exact tag" for image in re.findall(r"image: (\S+)", text) if not re.search(r":v?\d+\.\d+\.\d+", image)
    ]
    found += [
        f"{path} does not exist"
        for path in re.findall(r"- (\.\./\S+?):", text)
        if not (ROOT / "deploy" / "compose" / path).resolve().exists()
    ]
    return found


if __name__ == "__main__":
    sys.exit(main())
