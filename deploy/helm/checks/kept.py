"""Secrets that the chart makes are made once: an upgrade takes them from the cluster. A small API server stands in for the cluster."""

import base64
import contextlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .chart import NAMESPACE, RELEASE, Failure, examples, objects, render

SECRETS = re.compile(rf"^/api/v1/namespaces/{NAMESPACE}/secrets/([\w.-]+)$")
# As helm leaves what it has installed.
OWNED = {
    "namespace": NAMESPACE,
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": RELEASE, "meta.helm.sh/release-namespace": NAMESPACE},
}
VERSION = {"major": "1", "minor": "34", "gitVersion": "v1.34.0"}


def check():
    path = examples()["minimal"]
    with cluster(objects(render(path))) as (address, kept):
        first = made(path, address)
        if made(path, address) == first:
            raise Failure("the secrets are the same although the cluster has none")
        kept.update(first)
        again = made(path, address)
        if again != first:
            changed = [f"{name}/{key}" for name in first for key in first[name] if again.get(name, {}).get(key) != first[name][key]]
            raise Failure(f"an upgrade makes these anew: {', '.join(changed)}")
        # One that is given wins, and the others stay.
        given = made(path, address, {"secret": {"ADMIN_API_TOKEN": "a1" * 16}})
        if given["chat-mtchat"] != first["chat-mtchat"] | {"ADMIN_API_TOKEN": "a1" * 16}:
            raise Failure("a secret that is given does not win, or changes the others")
    short = [f"{name}/{key}" for name, keys in first.items() for key, value in keys.items() if key != "rootUser" and len(value) < 32]
    if short:
        raise Failure(f"these are too short: {', '.join(short)}")
    return f"{sum(map(len, first.values()))} secrets outlive an upgrade"


def made(path, address, values=None):
    """What stands in every Secret of a rendering that may ask the cluster."""
    found = objects(render(path, values=values, more=["--dry-run=server", "--disable-openapi-validation", "--kube-apiserver", address]))
    return {item["metadata"]["name"]: item["stringData"] for item in found if item["kind"] == "Secret"}


def discovery(found):
    """What a cluster says of itself that knows these kinds of objects."""
    kinds = {}
    for item in found:
        kinds.setdefault(item["apiVersion"], set()).add(item["kind"])
    groups = {}
    for version in kinds:
        group = version.rpartition("/")[0]
        if group:
            groups[group] = {"groupVersion": version, "version": version.rpartition("/")[2]}
    said = {"/version": VERSION, "/api": {"kind": "APIVersions", "versions": ["v1"]}}
    listed = [{"name": group, "versions": [version], "preferredVersion": version} for group, version in groups.items()]
    said["/apis"] = {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
    for version, names in kinds.items():
        resources = [{"name": f"{kind.lower()}s", "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": ["get"]} for kind in sorted(names)]
        said[f"/apis/{version}" if "/" in version else f"/api/{version}"] = {"kind": "APIResourceList", "groupVersion": version, "resources": resources}
    return said


@contextlib.contextmanager
def cluster(found):
    """An API server that knows the kinds of these objects, and of objects nothing but Secrets that it is given."""
    kept = {}
    known = discovery(found)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            path = self.path.partition("?")[0]
            asked = SECRETS.match(path)
            if path in known:
                return self.say(200, known[path])
            if asked and asked[1] in kept:
                data = {key: base64.b64encode(value.encode()).decode() for key, value in kept[asked[1]].items()}
                return self.say(200, {"apiVersion": "v1", "kind": "Secret", "metadata": OWNED | {"name": asked[1]}, "data": data})
            return self.say(404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})

        def say(self, status, answer):
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Silence: helm says what goes wrong."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", kept
        finally:
            server.shutdown()
