"""Values that must not be installed are refused, with a sentence that says why."""

from .chart import Failure, examples, render

# What is changed in the example, and what the refusal has to say.
CASES = [
    # What is misspelt.
    ("minimal", {"api": {"replicaCont": 3}}, "additional properties 'replicaCont' not allowed"),
    ("minimal", {"ingres": {"enabled": True}}, "additional properties 'ingres' not allowed"),
    ("minimal", {"secret": {"JWT_SECRTE": "x"}}, "'JWT_SECRTE' not allowed"),
    ("minimal", {"secret": {"MIGRATE_ON_START": "false"}}, "'MIGRATE_ON_START' not allowed"),
    ("minimal", {"settings": {"DATABASE_MAX_CONECTIONS": 3}}, "at '/settings': additional properties"),
    ("minimal", {"settings": {"ADMIN_API_TOKEN": "x"}}, "at '/settings': additional properties"),
    ("minimal", {"config": {"gateway": {"ring_widow_secs": 3}}}, "at '/config/gateway': additional properties"),
    ("minimal", {"config": {"nats": {"replicas": 3}}}, "at '/config/nats': additional properties"),
    # What has the wrong type or is out of range.
    ("minimal", {"api": {"replicaCount": "many"}}, "/api/replicaCount"),
    ("minimal", {"api": {"image": {"tag": "latest"}}}, "/api/image/tag"),
    ("minimal", {"api": {"service": {"port": 70000}}}, "/api/service/port"),
    ("minimal", {"api": {"service": {"type": "Anything"}}}, "/api/service/type"),
    ("minimal", {"nats": {"replicaCount": 2}}, "/nats/replicaCount"),
    ("minimal", {"nats": {"auth": {"password": 'with"quote'}}}, "/nats/auth/password"),
    ("minimal", {"jobs": {"archiveCron": "*/5 * * * *"}}, "/jobs/archiveCron"),
    ("minimal", {"worker": {"roles": ["projektor"]}}, "/worker/roles"),
    ("minimal", {"minio": {"kind": "ftp"}}, "/minio/kind"),
    ("minimal", {"migrations": {"mode": "never"}}, "/migrations/mode"),
    ("minimal", {"webhooks": {"concurrency": 0}}, "/webhooks/concurrency"),
    ("minimal", {"tracing": {"samplerArg": "2"}}, "/tracing/samplerArg"),
    ("minimal", {"environment": "staging"}, "/environment"),
    ("minimal", {"networkPolicy": {"publicPorts": []}}, "/networkPolicy/publicPorts"),
    # What does not go together.
    ("minimal", {"secret": {"generate": False}}, "tokens can not be verified"),
    ("minimal", {"secret": {"generate": False}}, "Postgres has no password"),
    ("minimal", {"secret": {"generate": False}}, "NATS has no password"),
    ("minimal", {"secret": {"generate": False}}, "the store of files has no password"),
    ("minimal", {"secret": {"generate": False}, "nats": {"replicaCount": 3}}, "no password for each other"),
    ("minimal", {"jwt": {"enabled": False}}, "everybody could be anybody"),
    ("minimal", {"secret": {"JWT_SECRET": "short"}}, "secret.JWT_SECRET has fewer than 32"),
    ("minimal", {"secret": {"jwtSecrets": f"{'a1' * 16},short"}}, "secret.JWT_SECRETS has fewer than 32"),
    ("minimal", {"secret": {"adminApiToken": "short"}}, "secret.ADMIN_API_TOKEN has fewer than 32"),
    ("minimal", {"nats": {"streamReplicas": 3}}, "nats.streamReplicas is 3 and nats.replicaCount only 1"),
    ("minimal", {"nats": {"enabled": False}}, "there is no NATS"),
    ("minimal", {"nats": {"external": {"servers": ["other"]}}}, "nats.enabled is true"),
    ("minimal", {"postgresql": {"enabled": False}}, "there is no Postgres"),
    ("minimal", {"postgresql": {"external": {"host": "db"}}}, "postgresql.enabled is true"),
    ("minimal", {"secret": {"DATABASE_URL": "postgres://db/x"}}, "postgresql.enabled is true"),
    ("minimal", {"migrations": {"mode": "hook"}}, "the bundled Postgres is not there then"),
    ("minimal", {"postgresql": {"enabled": False, "external": {"host": "db"}}}, "has a password already"),
    ("minimal", {"minio": {"external": {"endpoint": "https://s3.example"}}}, "minio.enabled is true"),
    ("minimal", {"secret": {"S3_ACCESS_KEY_ID": "key"}}, "minio.rootUser"),
    ("minimal", {"minio": {"enabled": False, "external": {"endpoint": "https://s3.example"}}}, "without its keys"),
    ("minimal", {"minio": {"ingress": {"enabled": True}}}, "minio.ingress.host"),
    ("minimal", {"cors": {"allowCredentials": True}}, "does not go together with the origin"),
    ("minimal", {"webhooks": {"url": "https://host.example"}}, "webhooks.url is set without a secret"),
    ("minimal", {"webhooks": {"secret": "x"}}, "without webhooks.url"),
    ("minimal", {"ingress": {"enabled": True}}, "ingress.enabled needs ingress.hosts"),
    ("minimal", {"httpRoute": {"enabled": True}}, "httpRoute.parentRefs"),
    ("minimal", {"existingSecret": "mine"}, "secret.generate makes nothing"),
    ("minimal", {"api": {"terminationGracePeriodSeconds": 20}}, "an edge needs up to 35 seconds"),
    ("minimal", {"config": {"http": {"drain_sockets_secs": 60}}}, "an edge needs up to 80 seconds"),
    ("minimal", {"demo": {"enabled": True}}, "webhooks.allowPrivate"),
    ("minimal", {"demo": {"enabled": True}, "secret": {"JWT_SECRETS": "a1" * 16}}, "it needs secret.JWT_SECRET"),
    ("autoscaling", {"api": {"autoscaling": {"minReplicas": 20}}}, "minReplicas is more than maxReplicas"),
    ("autoscaling", {"api": {"autoscaling": {"targetCPUUtilization": 0, "targetMemoryUtilization": 0, "targetSockets": 0}}}, "something to aim at"),
    ("autoscaling", {"api": {"resources": {"requests": {"cpu": None}}}}, "api.resources.requests.cpu, which is not set"),
    ("existing-secret", {"secret": {"ADMIN_API_TOKEN": "a1" * 16}}, "ADMIN_API_TOKEN would reach nobody"),
    ("existing-secret", {"sentry": {"dsn": "https://key@sentry.example/1"}}, "SENTRY_DSN would reach nobody"),
    ("existing-secret", {"secret": {"existingSecret": "other"}}, "name different Secrets"),
    ("production", {"secret": {"DATABASE_URL": "postgres://db/x"}}, "both say where Postgres is"),
    ("gateway-api", {"secret": {"NATS_URL": "nats://other"}}, "both say where NATS is"),
]


def check():
    wrong = []
    for name, change, expected in CASES:
        try:
            render(examples()[name], values=change)
        except Failure as refused:
            if expected not in str(refused):
                wrong.append(f"{name} with {change} is refused for another reason than «{expected}»:\n    {refused}")
        else:
            wrong.append(f"{name} with {change} is let through; it should say «{expected}»")
    if wrong:
        raise Failure("\n  ".join(wrong))
    return f"{len(CASES)} cases"
