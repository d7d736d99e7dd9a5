"""What is rendered with every example: valid for Kubernetes, complete in itself, and held to the restricted level of Pod Security."""

import re

import kubernetes_validate

from .chart import CHART, NAMESPACE, Failure, examples, objects, render, run_helm
from .documented import variables

# The oldest that Chart.yaml lets in, and the newest that there are schemas for.
VERSIONS = ["1.30.0", kubernetes_validate.latest_version()]
WITH_PODS = {"Deployment", "StatefulSet", "Job", "Pod"}
# Kinds of others: which fields they must have, by path, and what these are.
OTHERS = {
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): {"spec.parentRefs": list, "spec.rules": list},
    ("monitoring.coreos.com/v1", "ServiceMonitor"): {"spec.selector.matchLabels": dict, "spec.endpoints": list, "spec.namespaceSelector.matchNames": list},
    ("monitoring.coreos.com/v1", "PrometheusRule"): {"spec.groups": list},
}
# Names that OpenSSL and the standard of OpenTelemetry give, and what is only there to be put into another variable.
STANDARD = {"SSL_CERT_FILE", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
PARTS_OF_OTHERS = {"POSTGRES_PASSWORD", "NATS_PASSWORD"}
OURS = ("edge", "worker", "migrate", "doctor")


def check():
    run_helm("lint", CHART, "--strict", "--values", examples()["minimal"], "--kube-version", VERSIONS[0])
    documented = variables() | STANDARD
    count = 0
    for name, path in examples().items():
        run_helm("lint", CHART, "--strict", "--values", path)
        for notes in (False, True):
            # The second one has the notes, and has to be readable all the same.
            text = render(path, notes=notes)
        if "NOTES:" not in text or "<no value>" in text or "%!" in text:
            raise Failure(f"{name}: the notes are broken")
        found = objects(render(path))
        count += len(found)
        wrong = [problem for item in found for problem in problems_of(item, documented)] + problems_between(found)
        if wrong:
            raise Failure(f"{name}:\n  " + "\n  ".join(wrong))
    return f"{len(examples())} examples, {count} objects, Kubernetes {' and '.join(VERSIONS)}"


def problems_of(item, documented):
    """What is wrong with one object."""
    where = f"{item['kind']} {item['metadata']['name']}"
    yield from (f"{where}: {problem}" for problem in against_schema(item))
    if item["metadata"].get("namespace") != NAMESPACE:
        yield f"{where}: not in the namespace of the release"
    if len(item["metadata"]["name"]) > 63:
        yield f"{where}: its name is too long"
    for label, value in item["metadata"].get("labels", {}).items():
        if not re.fullmatch(r"([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?", str(value)):
            yield f"{where}: {value!r} is no value for the label {label}"
    if item["kind"] in WITH_PODS:
        yield from (f"{where}: {problem}" for problem in problems_of_pod(item, documented))


def against_schema(item):
    kind = (item["apiVersion"], item["kind"])
    if kind in OTHERS:
        for path, wanted in OTHERS[kind].items():
            here = item
            for part in path.split("."):
                here = here.get(part) if isinstance(here, dict) else None
            if not isinstance(here, wanted) or not here:
                yield f"{path} has to be a filled {wanted.__name__}"
        return
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"Kubernetes {version}: {error.message} at {'.'.join(map(str, error.path))}"
        except kubernetes_validate.SchemaNotFoundError:
            yield f"Kubernetes {version} knows no {kind[1]} of {kind[0]}"


def pod_of(item):
    return item["spec"] if item["kind"] == "Pod" else item["spec"]["template"]["spec"]


def containers_of(item):
    pod = pod_of(item)
    return [*pod.get("initContainers", []), *pod["containers"]]


def problems_of_pod(item, documented):
    pod = pod_of(item)
    if pod.get("automountServiceAccountToken") is not False or pod.get("enableServiceLinks") is not False:
        yield "it is given a token for the cluster, or the addresses of other services"
    context = pod.get("securityContext", {})
    if not (context.get("runAsNonRoot") and context.get("runAsUser") and context.get("seccompProfile", {}).get("type") == "RuntimeDefault"):
        yield "it may be root, or use any system call"
    volumes = {volume["name"] for volume in pod.get("volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in item["spec"].get("volumeClaimTemplates", [])}
    long_lived = item["kind"] in ("Deployment", "StatefulSet")
    for container in containers_of(item):
        name = container["name"]
        rights = container.get("securityContext", {})
        if rights.get("allowPrivilegeEscalation") is not False or not rights.get("readOnlyRootFilesystem") or rights.get("capabilities") != {"drop": ["ALL"]}:
            yield f"{name} has rights that it does not need"
        if not re.fullmatch(r"[a-z0-9][a-z0-9./-]*(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})", container["image"]):
            yield f"{name}: {container['image']} is no image with a fixed tag"
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get("requests", {})) or "memory" not in container["resources"].get("limits", {}):
            yield f"{name} does not say how much it needs, or takes as much memory as it likes"
        if long_lived and not {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container):
            yield f"{name} lacks a probe"
        ports = {port["name"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            port = container.get(probe, {}).get("httpGet", {}).get("port")
            if port and port not in ports:
                yield f"{name}: {probe} asks the port {port}, which it does not have"
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{name} mounts {mount['name']}, which is no volume"
        yield from problems_of_environment(container, documented)


def problems_of_environment(container, documented):
    """Variables are known to the program; what stands in another one's value comes before it and is used."""
    known = set()
    values = " ".join(str(entry.get("value", "")) for entry in container.get("env", []))
    for entry in container.get("env", []):
        name = entry["name"]
        unknown = set(re.findall(r"\$\(([A-Za-z_]\w*)\)", str(entry.get("value", "")))) - known
        if unknown:
            yield f"{container['name']}: {name} uses {', '.join(unknown)}, which is not set before it"
        known.add(name)
        if container["name"] not in OURS:
            continue
        if name in PARTS_OF_OTHERS:
            if f"$({name})" not in values:
                yield f"{container['name']}: {name} is set and used by nothing"
        elif name not in documented:
            yield f"{container['name']}: {name} is no variable of docs/configuration.md"


def problems_between(found):
    """What one object says about another is so."""
    by_name = {(item["kind"], item["metadata"]["name"]): item for item in found}
    wrong = []
    if len(by_name) != len(found):
        wrong.append("two objects of one kind have the same name")
    documented = variables() | STANDARD
    for (kind, name), item in by_name.items():
        if kind in WITH_PODS:
            wrong += missing_sources(item, by_name)
            for unknown in sorted(set(bulk_variables(item, by_name)) - documented):
                wrong.append(f"{kind} {name}: {unknown} is no variable of docs/configuration.md")
        selector = selector_of(item)
        if selector and not any(matches(selector, item, other) for other in found):
            wrong.append(f"{kind} {name} selects no pod")
        if kind == "Service":
            wrong += [f"Service {name}: {problem}" for problem in ports_of_service(item, found)]
        if kind == "Ingress":
            wrong += [f"Ingress {name}: {problem}" for problem in backends_of(item, by_name)]
    return wrong


def missing_sources(item, by_name):
    """ConfigMaps, Secrets and ServiceAccounts that a pod wants and that neither the chart makes nor the values name."""
    given = {"mtchat", "mtchat-nats", "db-ca", "chat-nats-tls"}
    wanted = set()
    pod = pod_of(item)
    if pod.get("serviceAccountName"):
        wanted.add(("ServiceAccount", pod["serviceAccountName"]))
    for volume in pod.get("volumes", []):
        if "configMap" in volume:
            wanted.add(("ConfigMap", volume["configMap"]["name"]))
        if "secret" in volume:
            wanted.add(("Secret", volume["secret"]["secretName"]))
    for container in containers_of(item):
        for source in container.get("envFrom", []):
            wanted |= {(kind, source[ref]["name"]) for kind, ref in (("ConfigMap", "configMapRef"), ("Secret", "secretRef")) if ref in source}
        for entry in container.get("env", []):
            ref = entry.get("valueFrom", {}).get("secretKeyRef")
            if ref:
                made = by_name.get(("Secret", ref["name"]))
                if made and ref["key"] not in made["stringData"]:
                    yield f"{item['kind']} {item['metadata']['name']}: the Secret {ref['name']} has no key {ref['key']}"
                wanted.add(("Secret", ref["name"]))
    for kind, name in sorted(wanted):
        if (kind, name) not in by_name and not (kind == "Secret" and name in given) and (kind, name) != ("ConfigMap", "roots"):
            yield f"{item['kind']} {item['metadata']['name']} wants the {kind} {name}, which nobody makes"
    early = "helm.sh/hook" in item["metadata"].get("annotations", {}) and "pre-install" in item["metadata"]["annotations"]["helm.sh/hook"]
    for kind, name in sorted(wanted):
        made = by_name.get((kind, name))
        if early and made and "pre-install" not in made["metadata"].get("annotations", {}).get("helm.sh/hook", ""):
            yield f"{item['kind']} {item['metadata']['name']} runs before the {kind} {name} is there"


def bulk_variables(item, by_name):
    for container in containers_of(item):
        for source in container.get("envFrom", []):
            for kind, ref, field in (("ConfigMap", "configMapRef", "data"), ("Secret", "secretRef", "stringData")):
                made = by_name.get((kind, source.get(ref, {}).get("name")))
                yield from (made or {}).get(field, {})


def selector_of(item):
    """The labels that an object looks for in pods."""
    spec = item.get("spec", {})
    if item["kind"] == "Service":
        return spec["selector"]
    if item["kind"] in ("PodDisruptionBudget", "Deployment", "StatefulSet", "ServiceMonitor"):
        return spec["selector"]["matchLabels"]
    if item["kind"] == "NetworkPolicy":
        return spec["podSelector"].get("matchLabels")
    return None


def matches(selector, item, other):
    if item["kind"] == "ServiceMonitor":
        return other["kind"] == "Service" and selector.items() <= other["metadata"]["labels"].items()
    if other["kind"] not in WITH_PODS:
        return False
    labels = other["metadata"]["labels"] if other["kind"] == "Pod" else other["spec"]["template"]["metadata"]["labels"]
    return selector.items() <= labels.items()


def ports_of_service(service, found):
    for other in found:
        if matches(service["spec"]["selector"], service, other):
            ports = {port["name"] for container in containers_of(other) for port in container.get("ports", [])}
            for port in service["spec"]["ports"]:
                if port["targetPort"] not in ports:
                    yield f"its pods have no port {port['targetPort']}"


def backends_of(ingress, by_name):
    for rule in ingress["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            service = by_name.get(("Service", backend["name"]))
            if not service or backend["port"]["name"] not in {port["name"] for port in service["spec"]["ports"]}:
                yield f"there is no port {backend['port']['name']} of the Service {backend['name']}"
