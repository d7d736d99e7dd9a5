"""Checks what is written for people: runbooks, the pages of operations, and the commands in them."""

import re
import subprocess
from pathlib import Path

from alerts import ALERTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
RUNBOOKS = DOCS / "operations" / "runbooks"
HEADINGS = ["What users notice", "Confirm", "Causes", "Do", "Do not", "Escalate"]
# A metric of MTChat, whole: `mtchat_webhook_` with a blank after it is talk of several.
METRIC = re.compile(r"`(mtchat_[a-z_]*[a-z])(?:\{[^`]*)?`")
# Roles of Postgres, which are named alike.
ROLES = {"mtchat_edge", "mtchat_worker"}
LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
COMMAND = re.compile(r"(?:^|[`;&|]|\$ )\s*mtchat ((?:--config \S+ )?[a-z-]+)([^`\n;&|]*)", re.MULTILINE)


def check(catalogue, program):
    found = runbooks()
    for page in sorted((DOCS / "operations").rglob("*.md")):
        text, name = page.read_text(), page.relative_to(DOCS)
        found += [
            f"{name}: {metric} is not exported"
            for metric in sorted(set(METRIC.findall(text)) - ROLES)
            if metric not in catalogue.metrics and catalogue.labels_of(metric) is None
        ]
        found += [
            f"{name}: {target} leads nowhere"
            for target, _ in LINK.findall(text)
            if "://" not in target and not (page.parent / target).exists()
        ]
        found += commands(name, text, program)
    return found


def runbooks():
    slugs = {alert.slug: alert for alert in ALERTS}
    there = {page.stem for page in RUNBOOKS.glob("*.md")} - {"README"}
    found = [f"{alert.name} has no runbook {slug}.md" for slug, alert in slugs.items() if slug not in there]
    found += [f"{slug}.md is the runbook of no alert" for slug in sorted(there - set(slugs))]
    for slug in sorted(there & set(slugs)):
        text = (RUNBOOKS / f"{slug}.md").read_text()
        if not text.startswith(f"# {slugs[slug].name}\n"):
            found.append(f"{slug}.md does not begin with the name of its alert")
        parts = dict(re.findall(r"^## (.+)\n((?:(?!^## ).*\n?)*)", text, re.MULTILINE))
        found += [f"{slug}.md says nothing under «{heading}»" for heading in HEADINGS if not parts.get(heading, "").strip()]
    return found


HELP = {}


def commands(name, text, program):
    """Verbs and options that the program does not know."""
    if not program:
        return []
    found = []
    for verb, rest in COMMAND.findall(text):
        verb = verb.split()[-1]
        words = [verb]
        known = help_of(program, *words)
        if known is None:
            found.append(f"{name}: there is no command mtchat {verb}")
            continue
        nested = re.match(r"\s+([a-z][a-z-]*)\b", rest)
        if nested and "Commands:" in known:
            known_nested = help_of(program, verb, nested[1])
            if known_nested is None:
                found.append(f"{name}: there is no command mtchat {verb} {nested[1]}")
                continue
            known += known_nested
        found += [
            f"{name}: mtchat {verb} has no option {option}"
            for option in re.findall(r"\s(--[a-z][a-z-]*)", rest)
            if option not in known
        ]
    return found


def help_of(program, *words):
    if words not in HELP:
        told = subprocess.run([program, *words, "--help"], capture_output=True, text=True, timeout=60)
        HELP[words] = told.stdout if told.returncode == 0 else None
    return HELP[words]
