"""Dashboards and rules against a running MTChat that a real Prometheus scrapes; check.py --live calls it.

It starts `mtchat up` and prometheus in a directory of its own, on free ports of this machine, uses the chat like its people and hosts do, and then
asks for every expression. What is asked must be understood, and show something unless it counts what only trouble brings.
"""

import contextlib
import functools
import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import dashboards
import rules
import traffic
from alerts import ALERTS
from expressions import EXPORTER, named
from recordings import RECORDINGS, SEND

HERE = Path(__file__).resolve().parent
STARTED_WITHIN = 180
SEEN_WITHIN = 90
# What appears only in trouble, or with what the traffic here does not do. Everything else must be there.
QUIET = {
    "mtchat_append_conflicts_total", "mtchat_append_unanswered_total", "mtchat_files_deleted_total", "mtchat_files_sweep_failures_total",
    "mtchat_gateway_resets_total", "mtchat_gateway_tail_failures_total", "mtchat_gateway_typing_dropped_total", "mtchat_gateway_undecodable_total",
    "mtchat_http_accept_failures_total", "mtchat_http_panics_total", "mtchat_jwks_reads_total", "mtchat_live_recreated_total",
    "mtchat_log_look_failures_total", "mtchat_log_purged_total", "mtchat_nats_slow_consumer_total", "mtchat_picture_seconds", "mtchat_pictures_total",
    "mtchat_presence_untold_total", "mtchat_projector_dead_letters_total", "mtchat_projector_epochs_total", "mtchat_projector_retries_total",
    "mtchat_reader_replaced_total", "mtchat_service_requests_total", "mtchat_webhook_dead_letters_total", "mtchat_webhook_endpoints_disabled_total",
    "mtchat_worker_fenced_total", "mtchat_limited_total",
}  # fmt: skip
# The same for values of labels; and a growth that is no growth.
QUIET_PARTS = ['status="5xx"', 'resumed="lost"', 'outcome="late"', "deriv("]
# An id, or something as long and as various: it would make a series of everything that it names.
UNBOUNDED = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16,}|@|^\d{4,}$")
MOST_SERIES = 400
SAMPLE = re.compile(r"^(\w+)(?:\{(.*)\})? ([^ ]+)$", re.MULTILINE)


def check(catalogue, mtchat, prometheus, promtool):
    if not mtchat or not prometheus:
        print(
            "FAILED live: "
            + (
                "build mtchat, or name it in MTCHAT_BIN"
                if not mtchat
                else "prometheus is missing (Debian's package prometheus, or PROMETHEUS_BIN_DIR)"
            )
        )
        return 1
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mtchat-observability-")))
        place.chmod(0o755)
        receiver = stack.enter_context(traffic.Receiver())
        port = stack.enter_context(running_mtchat(mtchat, place, receiver))
        address = f"127.0.0.1:{port}"
        asked = stack.enter_context(running_prometheus(prometheus, place, address))
        first = f'mtchat_http_requests_total{{route="{SEND}"}} and on () mtchat_webhook_deliveries_total and on () mtchat_notifications_total'
        seen = functools.partial(until, lambda: ask(asked, first)[1], SEEN_WITHIN, "Prometheus did not see the traffic")
        names = traffic.play(address, place / "data", receiver, seen)
        text = fetch(f"http://{address}/metrics")
        failed = report("names, labels and bounds of /metrics", scrape_troubles(text, catalogue, names))
        failed += lint(promtool, text)
        failed += queries(asked, catalogue)
    return failed


def report(name, found):
    print(f"{'FAILED' if found else 'ok':7}live: {name}", flush=True)
    for line in found:
        print(f"       - {line}")
    return bool(found)


# Servers -------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def running_mtchat(mtchat, place, receiver):
    environment = traffic.environment(receiver)
    port_file = place / "port"
    command = [mtchat, "up", "--data", str(place / "data"), "--port", "0", "--port-file", str(port_file)]
    with (
        open(place / "mtchat.log", "w") as log,
        stopped(subprocess.Popen(command, env=environment, stdout=log, stderr=log)) as process,
    ):
        until(
            lambda: port_file.exists() and port_file.read_text().strip(),
            STARTED_WITHIN,
            "mtchat did not start",
            process,
            place / "mtchat.log",
        )
        yield int(port_file.read_text())


@contextlib.contextmanager
def running_prometheus(prometheus, place, target):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(HERE / "alerts.yaml")],
        "scrape_configs": [{"job_name": "mtchat", "static_configs": [{"targets": [target]}]}],
    }
    # JSON is YAML.
    (place / "prometheus.yml").write_text(json.dumps(configuration))
    command = [
        prometheus,
        f"--config.file={place / 'prometheus.yml'}",
        f"--storage.tsdb.path={place / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    base = f"http://127.0.0.1:{port}"
    with open(place / "prometheus.log", "w") as log, stopped(subprocess.Popen(command, stdout=log, stderr=log)) as process:
        until(lambda: answers(f"{base}/-/ready"), STARTED_WITHIN, "prometheus did not start", process, place / "prometheus.log")
        yield base


@contextlib.contextmanager
def stopped(process):
    """Ends it at the end, kindly first."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(condition, seconds, complaint, process=None, log=None):
    """Asks until it is so; it may be false for a while, and for no longer than the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or (process and process.poll() is not None):
            told = log.read_text()[-2000:] if log else ""
            sys.exit(f"{complaint}\n{told}")
        time.sleep(0.2)


def answers(url):
    try:
        return bool(fetch(url) or True)
    except (urllib.error.URLError, OSError):
        return False


def fetch(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.read().decode()


# What is scraped -----------------------------------------------------------------------------------------------------


def scrape_troubles(text, catalogue, names):
    found, series = set(), {}
    for name, labels, _ in SAMPLE.findall(text):
        known = catalogue.labels_of(name)
        if known is None:
            found.add(f"{name} is exported and not documented")
            continue
        pairs = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
        series[name] = series.get(name, 0) + 1
        found |= {f"{name} has a label {label} that is not documented" for label in set(pairs) - known}
        for label, value in pairs.items():
            if UNBOUNDED.search(value) or any(one in value for one in names):
                found.add(f"{name} has a value of {label} that is somebody's or something's name: {value}")
    found |= {f"{name} has {number} series" for name, number in series.items() if number > MOST_SERIES}
    return sorted(found)


def lint(promtool, text):
    """What promtool says of names and help. It is shown; what it calls an error is a failure."""
    if not promtool:
        return report("promtool check metrics", ["promtool is missing"])
    told = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True, timeout=60)
    lines = (told.stdout + told.stderr).strip().splitlines()
    # No help text is one sentence for all of them.
    helpless = [line for line in lines if line.endswith("no help text")]
    others = [line for line in lines if line not in helpless]
    failed = report("promtool check metrics", [line for line in others if "error" in line.lower()])
    for line in others:
        print(f"       {line}")
    if helpless:
        print(f"       {len(helpless)} metrics have no help text")
    return failed


# What is asked -------------------------------------------------------------------------------------------------------


def everything():
    """Every expression with where it stands."""
    for _, board in dashboards.written():
        for panel in dashboards.panels(board):
            for target in panel.get("targets", []):
                yield board["title"], panel["title"], plain(target["expr"])
    for rows in RECORDINGS.values():
        for name, expr, *_ in rows:
            yield "rules", name, expr
    for alert in ALERTS:
        for level in alert.levels:
            yield "alerts", f"{alert.name} ({level.severity})", rules.expression(alert, level)


def plain(expr):
    for name, value in {"$__rate_interval": "30s", "$__range": "5m", "$job": ".*", "$instance": ".*", "$shard": ".*"}.items():
        expr = expr.replace(name, value)
    return expr


def queries(base, catalogue):
    until(lambda: ask(base, "mtchat:http_sends_failed:ratio_rate3d")[1], SEEN_WITHIN, "the rules did not record the traffic")
    found, rows, firing = [], {}, ask(base, 'ALERTS{alertstate="firing"}')[1]
    for board, title, expr in everything():
        error, result = ask(base, expr)
        rows.setdefault(board, []).append((title, len(result)))
        if error:
            found.append(f"{board}, {title}: {error}")
        elif not result and board != "alerts" and not silent(expr, catalogue):
            found.append(f"{board}, {title} shows nothing: {expr}")
    print(f"       {'':24} asked  with data  without")
    for board, asked in rows.items():
        empty = dict.fromkeys(title for title, series in asked if not series)
        shown = len(asked) - sum(1 for _, series in asked if not series)
        named_ones = "" if board == "alerts" else ", ".join(empty)
        print(f"       {board:24} {len(asked):5}  {shown:9}  {named_ones or '–'}")
    found += [f"{alert['metric'].get('alertname')} fires, and all is well" for alert in firing]
    return report("every expression, and no alert while all is well", found)


def silent(expr, catalogue):
    """Whether it may show nothing while all is well: the exporter of nats-server does not run here, and trouble there is none."""
    metrics = [name for name, _ in named(expr)]
    bases = {name if name in catalogue.metrics else re.sub(r"_(bucket|sum|count)$", "", name) for name in metrics}
    return bool(bases & QUIET or any(EXPORTER.match(name) for name in metrics) or any(part in expr for part in QUIET_PARTS))


def ask(base, expr):
    """The error, if there is one, and the series."""
    url = f"{base}/api/v1/query?{urllib.parse.urlencode({'query': expr})}"
    try:
        return None, json.loads(fetch(url))["data"]["result"]
    except urllib.error.HTTPError as error:
        return json.loads(error.read()).get("error", str(error)), []
