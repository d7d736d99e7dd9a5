"""The chart, and helm."""

import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[3]
HELM_DIR = ROOT / "deploy" / "helm"
CHART = HELM_DIR / "mtchat"
EXAMPLES = CHART / "ci"
PLATFORM = HELM_DIR / "examples" / "platform"
RELEASE, NAMESPACE = "chat", "talk"
# What a cluster of today serves beside its own kinds.
SECONDS = 120


class Failure(Exception):
    """Something is not as it has to be; the text is for people."""


@cache
def helm():
    fetched = ROOT / ".tools" / "checkers" / "helm"
    found = os.environ.get("HELM_BIN") or (str(fetched) if fetched.exists() else shutil.which("helm"))
    if not found:
        raise Failure("helm is missing: `tools/checkers.py helm` fetches it")
    return found


def run_helm(*arguments):
    """What helm says, or why it refused."""
    with tempfile.TemporaryDirectory(prefix="mtchat-helm-") as home:
        # Nothing of the machine's own settings or clusters.
        environment = {"PATH": os.environ["PATH"], "HOME": home, "HELM_CACHE_HOME": home, "HELM_CONFIG_HOME": home, "HELM_DATA_HOME": home}
        done = subprocess.run([helm(), *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS, env=environment, check=False)
    if done.returncode:
        raise Failure(f"{done.stdout if arguments[0] == 'lint' else ''}{done.stderr}".strip())
    return done.stdout


def examples():
    """Every example of values that comes with the chart, by its name."""
    return {path.stem: path for path in sorted(EXAMPLES.glob("*.yaml"))}


def render(*files, values=None, notes=False, chart=CHART, more=()):
    """All that is installed with these values; with the notes too where they are wanted."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", prefix="mtchat-values-") as own:
        # YAML and JSON are the same to helm.
        json.dump(values or {}, own)
        own.flush()
        command = ["install", RELEASE, chart, "--dry-run=client"] if notes else ["template", RELEASE, chart]
        arguments = [argument for path in files for argument in ("--values", path)]
        return run_helm(*command, "--namespace", NAMESPACE, *arguments, "--values", own.name, *more)


def objects(text):
    """The objects of a rendering."""
    return [found for found in yaml.safe_load_all(text) if found]


def values():
    return yaml.safe_load((CHART / "values.yaml").read_text())


def schema():
    return json.loads((CHART / "values.schema.json").read_text())


def schema_of(place, whole=None):
    """What the schema says about the value at this place, references followed."""
    whole = whole or schema()
    here = whole
    for part in place:
        here = here.get("properties", {}).get(part)
        if here is None:
            return None
        here = followed(here, whole)
    return here


def followed(part, whole):
    while "$ref" in part:
        part = whole["$defs"][part["$ref"].removeprefix("#/$defs/")]
    return part


def leaves(tree, place=()):
    """Every place that holds a value of its own: no map, or one that whoever installs it fills as they like."""
    whole = schema()
    for key, value in tree.items():
        here = (*place, key)
        described = schema_of(here, whole) or {}
        if isinstance(value, dict) and described.get("properties") and "examples" not in described:
            yield from leaves(value, here)
        else:
            yield here, value
