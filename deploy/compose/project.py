"""Reads compose files the way Compose does: variables are filled in, and later files are laid over earlier ones."""

import re
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

VARIABLE = re.compile(r"\$(?:\$|\{(?P<name>\w+)(?P<what>:?[-?+])?(?P<rest>[^}]*)\})")
# What a later file replaces; every other list grows.
REPLACED = {"command", "entrypoint", "test"}


class Unset(Exception):
    """A variable that a file demands and that nobody has set."""


def load(names, values):
    """The project that these files make together, with these variables."""
    project = {}
    for name in names:
        project = laid_over(project, filled(yaml.safe_load((HERE / name).read_text()), values))
    return {key: part for key, part in project.items() if not key.startswith("x-")}


def laid_over(below, above, key=None):
    if key == "networks":
        # A list of names is short for names without more.
        below, above = (part if isinstance(part, dict) else dict.fromkeys(part) for part in (below, above))
        return {**below, **{name: above[name] or below.get(name) for name in above}}
    if isinstance(below, dict) and isinstance(above, dict):
        return {**below, **{name: laid_over(below[name], part, name) if name in below else part for name, part in above.items()}}
    if isinstance(below, list) and isinstance(above, list) and key not in REPLACED:
        return below + [part for part in above if part not in below]
    return above


def filled(part, values):
    if isinstance(part, dict):
        return {key: filled(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [filled(inner, values) for inner in part]
    return VARIABLE.sub(lambda found: value_of(found, values), part) if isinstance(part, str) else part


def value_of(found, values):
    name, what, rest = found["name"], found["what"] or "", found["rest"]
    if name is None:
        return "$"
    value = values.get(name)
    # With a colon an empty value counts as none.
    is_set = bool(value) if what.startswith(":") else value is not None
    if what.endswith("+"):
        return rest if is_set else ""
    if is_set:
        return value
    if what.endswith("?"):
        raise Unset(rest or name)
    return rest if what.endswith("-") else ""


def variables(name):
    """The variables that a file names, and whether it demands a value."""
    found = {}

    def look(part):
        if isinstance(part, dict):
            for inner in part.values():
                look(inner)
        elif isinstance(part, list):
            for inner in part:
                look(inner)
        elif isinstance(part, str):
            for one in VARIABLE.finditer(part):
                if one["name"]:
                    found[one["name"]] = found.get(one["name"], False) or (one["what"] or "").endswith("?")

    look(yaml.safe_load((HERE / name).read_text()))
    return found


def example():
    """The variables of .env.example with their values, and those that nothing explains: the line above the first of a group is a comment."""
    values, unexplained = {}, []
    before = ""
    for line in (HERE / ".env.example").read_text().splitlines():
        if re.match(r"\w+=", line):
            name, value = line.split("=", 1)
            values[name] = value
            if not before:
                unexplained.append(name)
        elif not line.startswith("#"):
            before = ""
            continue
        before = line
    return values, unexplained
