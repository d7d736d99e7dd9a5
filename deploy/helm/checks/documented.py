"""What docs/configuration.md says about settings."""

import re

from .chart import ROOT, Failure

PAGE = ROOT / "docs" / "configuration.md"

# Secrets: they belong into `secret`, never into a ConfigMap.
SECRETS = {
    "ADMIN_API_TOKEN", "DATABASE_URL", "JWT_SECRET", "JWT_SECRETS", "NATS_URL", "OTEL_EXPORTER_OTLP_HEADERS", "REDIS_URL", "S3_ACCESS_KEY",
    "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_SECRET_KEY", "SENTRY_DSN", "WEBHOOK_SECRET", "WEBHOOK_SECRETS",
}  # fmt: skip
# What the chart decides because other parts of it rely on it, and what is for machines of developers.
DECIDED = {
    "BIND_HOST", "MIGRATE_ON_START", "MTCHAT_APT", "MTCHAT_CONFIG", "MTCHAT_TOKEN", "NATS_SERVER_BIN", "PORT", "POSTGRES_BIN_DIR",
    "SEAWEEDFS_BIN", "WORKER_PORT",
}  # fmt: skip
DECIDED_KEYS = {"nats.replicas"}

NAME = re.compile(r"`([A-Z][A-Z0-9_]+)`")
KEY = re.compile(r"`([a-z][a-z0-9_]*)`")
TABLE = re.compile(r"^key `([a-z]+)\.`$")


def tables():
    """Tables of settings: for each the table of the file that its keys are in, and its rows as cells by the header's words."""
    header = None
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] if line.startswith("|") else None
        if cells is None:
            header = None
        elif header is None:
            header = cells
        elif not set("".join(cells)) <= set("-: ") and (header[0] in ("variable", "key") or TABLE.match(header[0])):
            table = next((found[1] for found in map(TABLE.match, header) if found), "")
            yield table, dict(zip([TABLE.sub("key", word) for word in header], cells))


def variables():
    """Every variable that is documented."""
    found = set(re.findall(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+|PORT)`", PAGE.read_text()))
    for _, row in tables():
        found.update(NAME.findall(row.get("variable", "")))
    if len(found) < 50:
        raise Failure(f"{PAGE.name} documents only {len(found)} variables: its tables are not read any more")
    return found


def settable():
    """Variables that the chart does not decide: whoever installs it may set them."""
    ours = set()
    for _, row in tables():
        ours.update(NAME.findall(row.get("variable", "")))
    return sorted(ours - DECIDED)


def only_in_the_file():
    """Keys that no variable sets, by their table."""
    found = {}
    for table, row in tables():
        keys = KEY.findall(row.get("key", ""))
        if table and not NAME.search(row.get("variable", "")):
            found.setdefault(table, []).extend(key for key in keys if f"{table}.{key}" not in DECIDED_KEYS)
    if "gateway" not in found:
        raise Failure(f"{PAGE.name} documents no table [gateway]: its tables are not read any more")
    return {table: sorted(keys) for table, keys in sorted(found.items()) if keys}
