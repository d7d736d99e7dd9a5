"""Each value has an effect: changed in some context, it changes what is installed, or what the notes say."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

from .chart import Failure, examples, leaves, objects, render, schema, schema_of, values

# How many helms at once.
AT_ONCE = 2
SECRET = "3f6d1c9a0b7e48d2a5c4f1908e7b6d35"
# Told only in the notes: accepted, and without effect by promise.
IN_NOTES = {"redis", "secret.REDIS_URL", "secret.redisUrl"}

EVERYTHING = {
    "environment": "development",
    "secret": {"JWT_SECRET": SECRET, "ADMIN_API_TOKEN": SECRET},
    "webhooks": {"allowPrivate": True},
    "nats": {"auth": {"password": "one", "routePassword": "two"}},
    "trustedRoots": {"configMap": "roots"},
    "postgresql": {"auth": {"password": "three"}},
    "minio": {"rootPassword": "four-four", "ingress": {"enabled": True, "host": "files.example", "tlsSecret": "tls"}},
    "api": {"autoscaling": {"enabled": True, "targetSockets": 1000}},
    "ingress": {"enabled": True, "hosts": [{"host": "chat.example"}]},
    "httpRoute": {"enabled": True, "parentRefs": [{"name": "public"}], "hostnames": ["chat.example"]},
    "demo": {"enabled": True, "ingress": {"enabled": True, "host": "demo.example", "tlsSecret": "tls"}},
    "networkPolicy": {"enabled": True},
    "metrics": {"serviceMonitor": {"enabled": True}},
    "tracing": {"endpoint": "http://collector:4318"},
}
OF_YOUR_OWN = {
    "environment": "development",
    "api": {"service": {"type": "NodePort"}},
    "secret": {"JWT_SECRET": SECRET, "S3_ACCESS_KEY_ID": "key", "S3_SECRET_ACCESS_KEY": "secret"},
    "networkPolicy": {"enabled": True},
    "nats": {"enabled": False, "auth": {"password": "one"}, "external": {"servers": ["nats.example"], "username": "mtchat"}},
    "postgresql": {"enabled": False, "auth": {"password": "three"}, "external": {"host": "db.internal", "sslMode": "verify-full", "caSecret": "ca"}},
    "minio": {"enabled": False, "external": {"endpoint": "https://s3.internal"}},
}
BY_ADDRESS = {
    "environment": "development",
    "secret": {
        "JWT_SECRET": SECRET, "DATABASE_URL": "postgres://db.example/one", "NATS_URL": "nats://nats.example", "WEBHOOK_SECRET": "one",
    },  # fmt: skip
    "webhooks": {"url": "https://host.example"},
    "nats": {"enabled": False},
    "postgresql": {"enabled": False},
    "minio": {"enabled": False},
}
SECRETS_OF_YOURS = {
    "existingSecret": "all",
    "nats": {"auth": {"existingSecret": "nats"}},
    "postgresql": {"auth": {"existingSecret": "postgres"}},
    "minio": {"existingSecret": "files"},
}
# Apart from the rest, because they are long.
ALERTS = SECRETS_OF_YOURS | {"metrics": {"prometheusRule": {"enabled": True}, "dashboards": {"enabled": True}}}
CONTEXTS = {
    "everything": EVERYTHING,
    "servers of your own": OF_YOUR_OWN,
    "by address": BY_ADDRESS,
    "secrets of yours": SECRETS_OF_YOURS,
    "alerts": ALERTS,
}
# Values whose change alone is refused, with what goes along.
ALONG = {
    "jwt.enabled": {"jwt": {"insecureAllowPublic": True}, "demo": {"enabled": False}},
    "cors.allowCredentials": {"cors": {"allowedOrigins": "https://shop.example"}},
    "webhooks.allowPrivate": {"demo": {"enabled": False}},
    "secret.generate": {"secret": {"ADMIN_API_TOKEN": ""}, "demo": {"enabled": False}},
    "webhooks.secret": {"webhooks": {"url": "https://host.example"}},
    "secret.WEBHOOK_SECRET": {"webhooks": {"url": "https://host.example"}},
    "secret.webhookSecret": {"webhooks": {"url": "https://host.example"}, "secret": {"WEBHOOK_SECRET": ""}},
    "secret.jwtSecret": {"secret": {"JWT_SECRET": ""}},
    "secret.adminApiToken": {"secret": {"ADMIN_API_TOKEN": ""}},
    "secret.databaseUrl": {"secret": {"DATABASE_URL": ""}},
    "secret.natsUrl": {"secret": {"NATS_URL": ""}},
    "secret.s3AccessKeyId": {"secret": {"S3_ACCESS_KEY_ID": ""}},
    "secret.s3SecretAccessKey": {"secret": {"S3_SECRET_ACCESS_KEY": ""}},
    "secret.existingSecret": {"existingSecret": ""},
    "postgresqlPassword": {"postgresql": {"auth": {"password": ""}}},
    "webhooks.url": {"secret": {"WEBHOOK_SECRET": SECRET}},
}


# Keys that existing installations set: they stay, with their meaning.
RELIED_ON = """
    api.replicaCount api.image.repository api.image.tag api.image.pullPolicy api.imagePullSecrets api.service.type api.service.port api.resources
    api.autoscaling.enabled api.autoscaling.minReplicas api.autoscaling.maxReplicas api.autoscaling.targetCPUUtilization
    api.autoscaling.targetMemoryUtilization api.nodeSelector api.tolerations api.affinity api.podAnnotations api.extraEnv ingress.enabled
    ingress.className ingress.annotations ingress.hosts ingress.tls serviceAccount.create serviceAccount.annotations serviceAccount.name
    postgresql.enabled postgresql.image.tag postgresql.auth.password postgresql.persistence.size postgresql.resources postgresql.external.host
    minio.enabled minio.rootUser minio.rootPassword minio.existingSecret minio.bucket minio.persistence.size minio.resources minio.external.endpoint
    nats.enabled nats.image.tag nats.auth.password nats.persistence.size nats.resources nats.external.servers redis secret.DATABASE_URL
    secret.REDIS_URL secret.JWT_SECRET secret.JWT_SECRETS secret.ADMIN_API_TOKEN secret.adminApiToken secret.existingSecret secret.WEBHOOK_SECRET
    secret.S3_ACCESS_KEY_ID secret.S3_SECRET_ACCESS_KEY existingSecret postgresqlPassword jwt.enabled jwt.userIdClaim cors.allowedOrigins
    cors.allowedMethods cors.allowedHeaders cors.allowCredentials cors.maxAge webhooks.url webhooks.secret jobs.notificationDelaySecs
    jobs.notificationConcurrency jobs.archiveCron jobs.archiveAfterSecs sentry.dsn
""".split()


def check():
    whole = schema()
    places = [(".".join(place), value) for place, value in leaves(values()) if place != ("global",)]
    known = {place for place, _ in places}
    unknown = sorted((set(ALONG) | IN_NOTES | set(RELIED_ON)) - known)
    if unknown:
        raise Failure(f"there are no values {', '.join(unknown)}")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        before = dict(zip(CONTEXTS, pool.map(lambda context: stable(render(values=context)), CONTEXTS.values())))
        findings = list(pool.map(lambda place: without_effect(*place, before, whole), places))
    idle = [finding for finding in findings if finding]
    if idle:
        raise Failure("values without effect:\n  " + "\n  ".join(idle))
    restarts()
    return f"{len(places)} values"


def without_effect(place, value, before, whole):
    """Nothing when a change is seen; else what was tried."""
    tried = []
    for name, context in CONTEXTS.items():
        base = merged(context, ALONG.get(place, {}))
        at_first = dug(base, place, value)
        for changed in others_than(at_first, schema_of(place.split("."), whole), place):
            try:
                # With what goes along, but without the change itself: only the difference of the value counts.
                if place in IN_NOTES or place in ALONG:
                    reference = rendered_or_none(base, place in IN_NOTES)
                else:
                    reference = before[name]
                after = stable(render(values=merged(base, nested(place, changed)), notes=place in IN_NOTES))
            except Failure as refused:
                tried.append(f"{name}: refused, {reason(refused)}")
                continue
            # Where the state before is refused, that the one after is not is an effect.
            if after != reference:
                return None
            tried.append(f"{name}: {json.dumps(at_first)} and {json.dumps(changed)} render the same")
    return f"{place} ({'; '.join(tried)})"


def rendered_or_none(base, notes):
    try:
        return stable(render(values=base, notes=notes))
    except Failure:
        return None


def reason(refused):
    return next((line.strip(" -") for line in str(refused).splitlines() if line.strip().startswith("- ")), str(refused))


def others_than(value, described, place):
    """Other values that the schema lets through."""
    if "examples" in described:
        return described["examples"]
    if "enum" in described:
        return [other for other in described["enum"] if other != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1 if value > described.get("minimum", 0) else value + 1]
    if isinstance(value, str):
        return [f"{value}-x"]
    raise Failure(f"values.schema.json has no example for {place}")


def merged(one, two):
    both = dict(one)
    for key, value in two.items():
        both[key] = merged(both[key], value) if isinstance(value, dict) and isinstance(both.get(key), dict) else value
    return both


def nested(place, value):
    for part in reversed(place.split(".")):
        value = {part: value}
    return value


def dug(tree, place, default):
    for part in place.split("."):
        if not isinstance(tree, dict) or part not in tree:
            return default
        tree = tree[part]
    return tree


def stable(text):
    """Without the time in the notes, and without what only says that something else changed."""
    return re.sub(r"(?m)^(LAST DEPLOYED:| *checksum/).*$", "", text)


def restarts():
    """Pods are started anew when what they read changes, and only then."""
    path = examples()["production"]
    before = annotations(render(path))
    for change, expected in (
        ({"jobs": {"notificationDelaySecs": 31}}, {"api", "worker"}),
        ({"config": {"gateway": {"ring_window_secs": 60}}}, {"api", "worker"}),
        ({"secret": {"ADMIN_API_TOKEN": SECRET}}, {"api", "worker"}),
        ({"nats": {"extraConfig": "debug: false"}}, {"nats"}),
        ({"nats": {"auth": {"password": "another"}}}, {"api", "worker", "nats"}),
        ({"ingress": {"websocketTimeoutSecs": 60}}, set()),
    ):
        after = annotations(render(path, values=change))
        changed = {component for component in after if after[component] != before[component]}
        if changed != expected:
            raise Failure(f"{json.dumps(change)} starts {sorted(changed)} anew, not {sorted(expected)}")


def annotations(text):
    found = {}
    for item in objects(text):
        if item["kind"] in ("Deployment", "StatefulSet"):
            found[item["metadata"]["labels"]["app.kubernetes.io/component"]] = item["spec"]["template"]["metadata"].get("annotations")
    return found
