"""The real programs read what they would be told: MTChat its settings, three servers of NATS their configuration; and an edge makes its streams on them."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .chart import ROOT, Failure, examples, objects, render
from .manifests import containers_of

PATIENCE = 60
# For keys of Secrets that are the operator's own.
STANDINS = {
    "DATABASE_URL": "postgres://mtchat:standin@db.invalid/mtchat",
    "JWT_SECRETS": "0b6e2f9d4c8a51e37f60b2d8a9c4e715",
    "ADMIN_API_TOKEN": "d2a7c40f9e1b6835c0f4e7a19b3d5826",
    "S3_ACCESS_KEY_ID": "standin",
    "S3_SECRET_ACCESS_KEY": "standin-secret",
}
# The exit code where Postgres can not be used; for settings it is another one.
NO_SERVER = 69
NOWHERE = "postgres://mtchat:none@127.0.0.1:1/mtchat"


def check():
    wrong_settings_are_told()
    # Each waits for servers that are not there.
    with ThreadPoolExecutor() as pool:
        judged = list(pool.map(lambda example: settings_are_taken(*example), examples().items()))
    migrations_need_postgres_only(examples()["production"])
    streams = [a_cluster_holds_three_copies(examples()["bundled"], "nats"), a_cluster_holds_three_copies(examples()["production"], "tls")]
    return f"settings of {len(judged)} examples taken; {min(streams)} streams with three copies on bundled clusters, without TLS and with it"


def program(variable, *places):
    named = os.environ.get(variable)
    found = named or next((str(place) for pattern in places for place in sorted(ROOT.glob(pattern), reverse=True)), None)
    if not found or not shutil.which(found):
        raise Failure(f"{found or places[0]} is no program: build or fetch it, or name one in {variable}")
    return found


def mtchat():
    return program("MTCHAT_BIN", "target/debug/mtchat", "target/release/mtchat")


# What a container is told ----------------------------------------------------------------------------------------------


def environment(found, container):
    """The variables as a kubelet would hand them over."""
    by_name = {(item["kind"], item["metadata"]["name"]): item for item in found}

    def held(kind, name):
        item = by_name.get((kind, name), {})
        return item.get("data") or item.get("stringData") or STANDINS

    told = {}
    for source in container.get("envFrom", []):
        for kind, ref in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")):
            if ref in source:
                told.update(held(kind, source[ref]["name"]))
    for entry in container.get("env", []):
        source = entry.get("valueFrom", {})
        if "secretKeyRef" in source:
            value = held("Secret", source["secretKeyRef"]["name"]).get(source["secretKeyRef"]["key"], "standin")
        elif "fieldRef" in source:
            value = "pod-0"
        else:
            value = re.sub(r"\$\((\w+)\)", lambda part: told[part[1]], entry["value"])
        told[entry["name"]] = value
    return told


def container_of(found, component):
    for item in found:
        if item["kind"] in ("Deployment", "StatefulSet") and item["metadata"]["labels"]["app.kubernetes.io/component"] == component:
            return containers_of(item)[0]
    raise Failure(f"there is no {component}")


def config_map(found, ending):
    return next(item["data"] for item in found if item["kind"] == "ConfigMap" and item["metadata"]["name"].endswith(ending))


def settings_are_taken(name, path):
    """Edges and workers would start with what they are told; that nobody answers here is expected."""
    found = objects(render(path))
    with tempfile.TemporaryDirectory(prefix="mtchat-settings-") as place:
        file = Path(place) / "mtchat.toml"
        file.write_text(config_map(found, "-toml")["mtchat.toml"])
        for component in ("api", "worker"):
            told = environment(found, container_of(found, component)) | {"MTCHAT_CONFIG": str(file)}
            passwords_survive(name, told)
            # The hosts are names inside a cluster: nobody is to look for them here.
            told["NATS_URL"] = re.sub(r"@[^,]+", "@127.0.0.1:1", told["NATS_URL"])
            told["DATABASE_URL"] = re.sub(r"@[^/]+/", "@127.0.0.1:1/", told["DATABASE_URL"].split("&sslrootcert")[0])
            if "S3_ENDPOINT" in told:
                told["S3_ENDPOINT"] = "http://127.0.0.1:1"
            problems = problems_with(told)
            if problems:
                raise Failure(f"{name}: an {component} would not start: {problems}")
    return name


def problems_with(told):
    """What `mtchat doctor` says against the settings themselves."""
    done = subprocess.run([mtchat(), "doctor", "--json"], env=told, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if not done.stdout.startswith("{"):
        raise Failure(f"doctor says nothing: {done.stderr}")
    found = json.loads(done.stdout)["findings"]
    return [finding["says"] for finding in found if finding["subject"] == "configuration" and finding["verdict"] == "problem"]


def migrations_need_postgres_only(path):
    """The Job's settings are complete: what stops it here is that there is no Postgres."""
    found = objects(render(path))
    job = next(containers_of(item)[0] for item in found if item["kind"] == "Job")
    told = environment(found, job) | {"DATABASE_URL": NOWHERE}
    done = subprocess.run([mtchat(), *job["args"]], env=told, capture_output=True, text=True, timeout=PATIENCE, check=False)
    if done.returncode != NO_SERVER:
        raise Failure(f"`mtchat {' '.join(job['args'])}` ends with {done.returncode}: {done.stderr}")


def wrong_settings_are_told():
    """Otherwise the check above could not fail."""
    told = {"DATABASE_URL": NOWHERE, "NATS_URL": "nats://127.0.0.1:1", "JWT_AUTH_ENABLED": "true"}
    for wrong in ({}, {"JWT_SECRET": "short"}, {"JWT_SECRET": STANDINS["JWT_SECRETS"], "CORS_MAX_AGE": "soon"}):
        if not problems_with(told | wrong):
            raise Failure(f"doctor lets wrong settings through: {wrong}")


def passwords_survive(name, told):
    """In the addresses stand the passwords that were given, whatever characters they have."""
    for password, address in (("POSTGRES_PASSWORD", "DATABASE_URL"), ("NATS_PASSWORD", "NATS_URL")):
        if password in told and not re.fullmatch(r"[A-Za-z0-9_.~%-]+", told[password]):
            raise Failure(f"{name}: {password} would break {address}")


# NATS ------------------------------------------------------------------------------------------------------------------


def a_cluster_holds_three_copies(path, scheme):
    found = objects(render(path))
    told = environment(found, container_of(found, "api"))
    if not told["NATS_URL"].startswith(f"{scheme}://"):
        raise Failure(f"{path.stem}: edges are not told {scheme}:// of NATS")
    with tempfile.TemporaryDirectory(prefix="mtchat-nats-") as place, contextlib.ExitStack() as stack:
        servers = [Server(Path(place) / str(number), number) for number in range(3)]
        if scheme == "tls":
            make_certificates(Path(place))
        for server in servers:
            server.write(found, servers)
        for server in servers:
            stack.enter_context(server)
        for server in servers:
            server.wait(are_together, "the servers of NATS find each other")
        if scheme == "nats" and (servers[0].lets_in("mtchat", "wrong") or not servers[0].lets_in("mtchat", told["NATS_PASSWORD"])):
            raise Failure("NATS lets in who has a wrong password, or not who has the right one")
        return edge_makes_streams(found, told, servers, Path(place))


def make_certificates(place):
    """An authority, and a certificate of its for servers that are clients of each other."""
    own = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    authority = [*own, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt"]
    server = [
        *own, "-subj", "/CN=server", "-keyout", "tls.key", "-out", "tls.crt", "-CA", "ca.crt", "-CAkey", "ca.key",
        "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth,clientAuth",
    ]  # fmt: skip
    for command in (authority, server):
        subprocess.run(command, cwd=place, check=True, capture_output=True, timeout=PATIENCE)


def are_together(answer):
    cluster = answer.get("meta_cluster", {})
    return cluster.get("cluster_size") == 3 and cluster.get("leader")


class Server:
    """One server of NATS with what its pod would have: other ports, and directories of its own."""

    def __init__(self, place, number):
        self.place, self.number = place, number
        self.client, self.route, self.monitor = (free_port() for _ in range(3))
        self.process = None

    def write(self, found, servers):
        (self.place / "hosts").mkdir(parents=True)
        for name, text in config_map(found, "-nats").items():
            for port, own in ((4222, self.client), (6222, self.route), (8222, self.monitor)):
                text = text.replace(f"0.0.0.0:{port}", f"127.0.0.1:{own}")
            text = text.replace("/var/lib/nats", str(self.place / "data")).replace("/run/nats", str(self.place)).replace("/etc/nats-tls", str(self.place.parent))
            (self.place / name.replace("hosts-", "hosts/")).write_text(text)
        self.told = environment(found, container_of(found, "nats"))
        for server in servers:
            route = f"MTCHAT_NATS_ROUTE_{server.number}"
            self.told[route] = re.sub(r"@.*:6222", f"@127.0.0.1:{server.route}", self.told[route])
        self.told["MTCHAT_NATS_NAME"] = f'"pod-{self.number}"'

    def __enter__(self):
        command = [program("NATS_SERVER_BIN", ".tools/nats-server-*"), "--config", str(self.place / "nats.conf")]
        judged = subprocess.run([*command, "-t"], env=self.told, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if judged.returncode:
            raise Failure(f"nats-server refuses its configuration: {judged.stderr}")
        self.log = open(self.place / "log", "w+")
        self.process = subprocess.Popen(command, env=self.told, stdout=self.log, stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def jsz(self):
        return answer_of(f"http://127.0.0.1:{self.monitor}/jsz?accounts=true&streams=true&config=true")

    def wait(self, is_so, what):
        def look():
            if self.process.poll() is not None:
                raise Failure(f"{what}: a server ended: {(self.place / 'log').read_text()[-2000:]}")
            answer = self.jsz()
            return answer if answer and is_so(answer) else None

        return wait_for(look, what)

    def lets_in(self, user, password):
        with socket.create_connection(("127.0.0.1", self.client), timeout=PATIENCE) as connection:
            lines = connection.makefile("rb")
            lines.readline()
            connect = json.dumps({"user": user, "pass": password, "verbose": False, "pedantic": False})
            connection.sendall(f"CONNECT {connect}\r\nPING\r\n".encode())
            return lines.readline().startswith(b"PONG")


def edge_makes_streams(found, told, servers, place):
    """An edge with the rendered settings is ready, without Postgres, and its streams have the copies that the values say."""
    (place / "mtchat.toml").write_text(config_map(found, "-toml")["mtchat.toml"])
    password = told["NATS_PASSWORD"]
    told |= {
        "MTCHAT_CONFIG": str(place / "mtchat.toml"),
        "NATS_URL": ",".join(f"{told['NATS_URL'].partition(':')[0]}://mtchat:{password}@127.0.0.1:{server.client}" for server in servers),
        "DATABASE_URL": NOWHERE,
        "S3_ENDPOINT": "http://127.0.0.1:1",
    }
    if "SSL_CERT_FILE" in told:
        told["SSL_CERT_FILE"] = str(place / "ca.crt")
    port = place / "port"
    command = [mtchat(), "server", "--host", "127.0.0.1", "--port", "0", "--port-file", str(port)]
    with open(place / "edge.log", "w+") as log:
        edge = subprocess.Popen(command, env=told, stdout=log, stderr=subprocess.STDOUT)
        try:

            def ready():
                if edge.poll() is not None:
                    raise Failure("the edge ended")
                if "authorization violation" in (place / "edge.log").read_text():
                    raise Failure("the password in NATS_URL does not let an edge in")
                return port.exists() and port.read_text().strip() and answer_of(f"http://127.0.0.1:{port.read_text().strip()}/health/ready")

            wait_for(ready, "an edge with the rendered settings is ready")
            streams = servers[0].wait(lambda answer: len(streams_of(answer)) >= 4, "its streams are there")
            copies = {stream["name"]: stream["config"]["num_replicas"] for stream in streams_of(streams)}
            if set(copies.values()) != {3}:
                raise Failure(f"the streams have so many copies: {copies}")
            edge.send_signal(signal.SIGTERM)
            # The second one hurries.
            edge.send_signal(signal.SIGTERM)
            edge.wait(timeout=PATIENCE)
        except Failure as failure:
            raise Failure(f"{failure}\n{(place / 'edge.log').read_text()[-1000:]}") from failure
        finally:
            edge.kill()
            edge.wait()
    return len(copies)


def streams_of(answer):
    return [stream for account in answer.get("account_details", []) for stream in account.get("stream_detail", [])]


# Waiting ---------------------------------------------------------------------------------------------------------------


def wait_for(look, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise Failure(f"{what}: not within {PATIENCE} s")


def answer_of(url):
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return json.load(answer)
    except (urllib.error.URLError, ConnectionError, json.JSONDecodeError):
        return None


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
