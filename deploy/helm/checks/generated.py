"""What is made of something else, and compared with it: copies, parts of the schema, the table in the README."""

import json
import re

import yaml

from .chart import CHART, ROOT, Failure, schema, schema_of
from .documented import SECRETS, only_in_the_file, settable

README = CHART / "README.md"
MARKS = ("<!-- values -->", "<!-- end of values -->")
WIDTH = 150
INDENT = 2


def wanted():
    """Every generated file with what it has to hold."""
    files = {CHART / "values.schema.json": schema_text(), README: readme_text()}
    files.update({CHART / "files" / name: source.read_text() for name, source in copies().items()})
    return files


def copies():
    """Files of other parts that a chart can only read when they lie in it."""
    found = {f"nats/{name}": ROOT / "nats" / "server" / name for name in ("common.conf", "accounts.conf")}
    observability = ROOT / "deploy" / "observability"
    found["alerts.yaml"] = observability / "alerts.yaml"
    dashboards = sorted((observability / "dashboards").glob("*.json"))
    found.update({f"dashboards/{path.name}": path for path in dashboards})
    missing = [str(path.relative_to(ROOT)) for path in found.values() if not path.exists()]
    if missing or not dashboards:
        raise Failure(f"the chart copies what is not there: {', '.join(missing) or 'dashboards'}")
    return found


def write():
    for path, text in wanted().items():
        if not path.exists() or path.read_text() != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"written: {path.relative_to(ROOT)}")
    for path in left_over():
        path.unlink()
        print(f"removed: {path.relative_to(ROOT)}")


def left_over():
    kept = set(wanted())
    return [path for path in sorted((CHART / "files").rglob("*")) if path.is_file() and path not in kept]


def check():
    stale = [path for path, text in wanted().items() if not path.exists() or path.read_text() != text] + left_over()
    if stale:
        names = ", ".join(str(path.relative_to(ROOT)) for path in stale)
        raise Failure(f"not as they would be made: {names}. `deploy/helm/check.py --write` makes them")
    undocumented = [row.key for row in rows() if not row.meaning]
    if undocumented:
        raise Failure(f"values.yaml has no comment for {', '.join(undocumented)}")
    unknown = [row.key for row in rows() if schema_of(row.key.split(".")) is None]
    if unknown:
        raise Failure(f"values.schema.json does not know {', '.join(unknown)}")
    return f"{len(wanted())} files, {len(rows())} values documented"


# The schema ----------------------------------------------------------------------------------------------------------


def schema_text():
    """The schema, with the settings that the documentation names."""
    whole = schema()
    scalar = {"type": ["string", "number", "boolean"]}
    whole["$defs"]["setting"] = scalar
    whole["$defs"]["key"] = {"anyOf": [scalar, {"type": "array", "items": scalar}]}
    tables = {table: closed(keys, "key") for table, keys in only_in_the_file().items()}
    whole["properties"]["settings"] = closed([name for name in settable() if name not in SECRETS], "setting") | {"examples": [{"DATABASE_MAX_CONNECTIONS": 40}]}
    config = {"type": "object", "additionalProperties": False, "properties": tables, "examples": [{"gateway": {"ring_window_secs": 600}}]}
    whole["properties"]["config"] = config
    # Nothing forbids to treat another variable as a secret.
    secret = whole["properties"]["secret"]["properties"]
    described = {name: value for name, value in secret.items() if value != {"$ref": "#/$defs/setting"}}
    whole["properties"]["secret"]["properties"] = described | {name: {"$ref": "#/$defs/setting"} for name in settable() if name not in described}
    return compact(whole) + "\n"


def closed(names, kind):
    """A map that holds these and nothing else."""
    properties = {name: {"$ref": f"#/$defs/{kind}"} for name in names}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def compact(value, depth=0):
    """JSON in which what fits into a line stands in one."""
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(short) + depth * INDENT <= WIDTH:
        return short
    inner = " " * (INDENT * (depth + 1))
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {compact(item, depth + 1)}" for key, item in value.items()]
    else:
        lines = [inner + compact(item, depth + 1) for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n" + ",\n".join(lines) + f"\n{' ' * (INDENT * depth)}{end}"


# The README ----------------------------------------------------------------------------------------------------------


class Row:
    """A line of the table: a value, or a block of them."""

    def __init__(self, key, meaning, default):
        self.key, self.meaning, self.default = key, meaning, default


def rows():
    """Every value with the comment that stands above it. A map without comments inside is one value."""
    text = (CHART / "values.yaml").read_text()
    comments, lines = {}, []
    path = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            lines.append(stripped.lstrip("# "))
            continue
        found = re.match(r"^( *)([A-Za-z_][\w-]*):(?: |$)", line)
        if found:
            path[len(found[1]) // INDENT :] = [found[2]]
            if lines:
                comments[".".join(path)] = " ".join(lines)
        lines = []
    return list(below(yaml.safe_load(text), "", comments))


def below(tree, prefix, comments):
    for key, value in tree.items():
        place = prefix + key
        commented = [other for other in comments if other.startswith(place + ".")]
        if isinstance(value, dict) and commented:
            yield from below(value, place + ".", comments)
        else:
            yield Row(place, comments.get(place, ""), value)


def readme_text():
    text = README.read_text()
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    if not after:
        raise Failure(f"{README.name} has no place for the values: {' … '.join(MARKS)}")
    return f"{before}{MARKS[0]}\n\n{tables()}\n{MARKS[1]}{after}"


def tables():
    """A table for each block, in the order of values.yaml."""
    blocks = {}
    for row in rows():
        block = row.key.split(".")[0] if "." in row.key else ""
        blocks.setdefault(block, []).append(row)
    parts = []
    for block, members in blocks.items():
        title = f"### {block}" if block else "### In general"
        lines = [f"| `{row.key}` | {shown(row.default)} | {row.meaning.replace('|', chr(92) + '|')} |" for row in members]
        parts.append("\n".join([title, "", "| value | default | meaning |", "|---|---|---|", *lines, ""]))
    return "\n".join(parts)


def shown(default):
    if default in ("", None, [], {}):
        return "–"
    return f"`{default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)}`"
