#!/usr/bin/env python3
"""Checks what GitHub and the bot that updates dependencies read: workflows, forms, renovate.json; and that YAML which people write is clean.

Needs Python with PyYAML and what tools/checkers.py has fetched: .tools/checkers/bin/python tools/workflows.py
"""

import copy
import re
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
CHECKERS = ROOT / ".tools" / "checkers" / "bin"
WORKFLOWS = ROOT / ".github" / "workflows"
YAML = [".github", "deploy/compose", ".yamllint.yaml"]
SCHEMAS = {
    "vendor.github-workflows": [".github/workflows/*.yml"],
    "vendor.github-issue-forms": [".github/ISSUE_TEMPLATE/bug.yml", ".github/ISSUE_TEMPLATE/feature.yml"],
    "vendor.github-issue-config": [".github/ISSUE_TEMPLATE/config.yml"],
    "vendor.renovate": ["renovate.json"],
}
# A step of others is named by what it is, with the version beside it for people.
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def main():
    problems = called("actionlint", "-shellcheck", CHECKERS / "shellcheck", *WORKFLOWS.glob("*.yml"))
    problems += called("yamllint", "--strict", *YAML)
    for schema, patterns in SCHEMAS.items():
        problems += called("check-jsonschema", "--builtin-schema", schema, *(file for pattern in patterns for file in ROOT.glob(pattern)))
    scripts = said("git", "ls-files", "--cached", "--others", "--exclude-standard", "*.sh", "tools/test", "tools/hooks/*", ".ci/run").split()
    # Functions there are called by the one that keeps the time.
    problems += called("shellcheck", "--exclude=SC2329", *scripts)
    for file in sorted(WORKFLOWS.glob("*.yml")):
        text = file.read_text()
        problems += [f"{file.name}: {one}" for one in rules(text, yaml.safe_load(text))]
    problems += this_check()
    for one in problems:
        print(f"  {one}", file=sys.stderr)
    if problems:
        sys.exit(f"{len(problems)} problems in workflows, forms, scripts")
    print(f"  ok  {len(list(WORKFLOWS.glob('*.yml')))} workflows, forms, renovate.json, {len(scripts)} scripts of the shell")


def rules(text, workflow):
    """What actionlint does not mind."""
    problems = [f"`{line.strip()}` is not pinned" for line in text.splitlines() if re.match(r"\s*(- )?uses: ", line) and not PINNED.search(line.strip())]
    if workflow.get("permissions") != {"contents": "read"}:
        problems.append("may do more than read, in all its jobs")
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            problems.append(f"{name} may run for ever")
        if "latest" in str(job.get("runs-on")):
            problems.append(f"{name} runs on whatever is the latest")
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@") and step.get("with", {}).get("persist-credentials") is not False:
                problems.append(f"{name} leaves a token in the clone")
            if re.search(r"\$\{\{ *(github\.(event|head_ref)|inputs)", step.get("run", "")):
                problems.append(f"{name} runs what somebody else has written")
    return problems


def this_check():
    """Each of these would be a mistake, and must be found."""
    text = (WORKFLOWS / "ci.yml").read_text()
    good = yaml.safe_load(text)
    mistakes = {
        "all rights": lambda all_: all_.update(permissions="write-all"),
        "no end": lambda all_: all_["jobs"]["all"].pop("timeout-minutes"),
        "the latest machine": lambda all_: all_["jobs"]["all"].update({"runs-on": "ubuntu-latest"}),
        "a token that stays": lambda all_: all_["jobs"]["all"]["steps"][0].pop("with"),
        "words of others": lambda all_: all_["jobs"]["all"]["steps"].append({"run": "echo ${{ github.event.issue.title }}"}),
    }
    unseen = []
    for name, make in mistakes.items():
        bad = copy.deepcopy(good)
        make(bad)
        if not rules(text, bad):
            unseen.append(f"this check does not see {name}")
    if not rules("      - uses: actions/checkout@v7\n", good):
        unseen.append("this check does not see a step that is not pinned")
    return unseen


def called(program, *arguments):
    done = subprocess.run([CHECKERS / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return [f"{program}: {(done.stdout + done.stderr).strip()}"] if done.returncode else []


def said(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    main()
