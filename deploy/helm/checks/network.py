"""NetworkPolicies let through what the pods are told to reach: out of the one, and into the other where it is bundled."""

from urllib.parse import urlsplit

from .chart import Failure, examples, objects, render
from .manifests import WITH_PODS, containers_of
from .running import environment

ADDRESSES = ("DATABASE_URL", "NATS_URL", "S3_ENDPOINT", "MTCHAT_URL")
DEFAULT_PORTS = {"http": 80, "https": 443, "nats": 4222, "tls": 4222, "postgres": 5432, "postgresql": 5432}


def check():
    checked = 0
    for name, path in examples().items():
        # Examples without policies are looked at with them, too.
        found = objects(render(path, values={"networkPolicy": {"enabled": True}}))
        for item in found:
            if item["kind"] in WITH_PODS:
                for container in containers_of(item):
                    for address in addresses(environment(found, container)):
                        checked += 1
                        problem = held_up(address, Pod(item), found)
                        if problem:
                            raise Failure(f"{name}: {item['kind']} {item['metadata']['name']} is told of {address[0]}:{address[1]}, and {problem}")
    if checked < 50:
        raise Failure(f"only {checked} addresses were found")
    return f"{checked} ways"


def addresses(told):
    for variable in ADDRESSES:
        for address in filter(None, told.get(variable, "").split(",")):
            parts = urlsplit(address)
            yield parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]


class Pod:
    """Labels and named ports."""

    def __init__(self, item):
        self.labels = item["metadata"]["labels"] if item["kind"] == "Pod" else item["spec"]["template"]["metadata"]["labels"]
        self.ports = {port["name"]: port["containerPort"] for container in containers_of(item) for port in container.get("ports", [])}

    def selected(self, selector):
        return selector.get("matchLabels", {}).items() <= self.labels.items()

    def policies(self, found):
        return [item["spec"] for item in found if item["kind"] == "NetworkPolicy" and self.selected(item["spec"]["podSelector"])]


def held_up(address, pod, found):
    """Why it does not get there; nothing when it does."""
    host, port = address
    service = next((item for item in found if item["kind"] == "Service" and item["metadata"]["name"] in host.split(".")), None)
    target = None
    if service:
        target = next(Pod(item) for item in found if item["kind"] in WITH_PODS and Pod(item).selected({"matchLabels": service["spec"]["selector"]}))
        # Policies know pods, not Services.
        port = target.ports[next(entry["targetPort"] for entry in service["spec"]["ports"] if entry["port"] == port)]
    policies = pod.policies(found)
    rules = [rule for policy in policies for rule in policy["egress"]]
    if not policies or not any(lets(rule, "to", port, target, target) for rule in rules):
        return "no rule lets it out"
    if target:
        policies = target.policies(found)
        rules = [rule for policy in policies for rule in policy["ingress"]]
        if not policies or not any(lets(rule, "from", port, pod, target) for rule in rules):
            return "no rule lets it in"
    return None


def lets(rule, direction, port, other, owner):
    """Whether a rule lets through to, or from, this pod; `owner` is whose ports have the names."""
    named = owner.ports if owner else {}
    if "ports" in rule and port not in [named.get(entry["port"], entry["port"]) for entry in rule["ports"]]:
        return False
    if direction not in rule:
        return True
    peers = rule[direction]
    if other is None:
        # Outside of the release, anything that the values name may be it.
        return any(set(peer) != {"podSelector"} for peer in peers)
    return any("podSelector" in peer and "namespaceSelector" not in peer and other.selected(peer["podSelector"]) for peer in peers)
