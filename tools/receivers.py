#!/usr/bin/env python3
"""Puts the official libraries of Standard Webhooks, by which the tests judge what we send, into .tools/, unless they are there already.

Their versions and hashes are pinned beside the receivers that use them: tests/receivers/node/package-lock.json and
tests/receivers/python/requirements.txt. Needs npm and pip when something is to be downloaded.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECEIVERS = ROOT / "tests" / "receivers"
TOOLS = ROOT / ".tools" / "webhook-receivers"
TRIES = 4


def main():
    fetch("python", ["requirements.txt"], pip)
    if shutil.which("npm"):
        fetch("node", ["package.json", "package-lock.json", ".npmrc"], npm)
    else:
        print("npm is missing: the test of webhooks with the official library for Node will fail")


def fetch(language, names, install):
    pins = [RECEIVERS / language / name for name in names]
    pinned = "\n".join(pin.read_text() for pin in pins)
    target = TOOLS / language
    mark = target / "pinned.txt"
    if mark.exists() and mark.read_text() == pinned:
        return
    TOOLS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=TOOLS) as work:
        made = Path(work) / language
        made.mkdir()
        for pin in pins:
            shutil.copy(pin, made)
        patiently(language, install(made), made)
        (made / "pinned.txt").write_text(pinned)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(made, target)
    print(f"the official receiver of webhooks for {language} fetched to {target}")


def pip(made):
    return [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-warn-conflicts",
        "--only-binary=:all:", "--no-deps", "--require-hashes", "--upgrade", "--target", str(made), "--requirement", "requirements.txt",
    ]  # fmt: skip


def npm(_made):
    return ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]


def patiently(language, command, made):
    for attempt in range(1, TRIES + 1):
        print(f"fetching the official receiver of webhooks for {language}" + (f", try {attempt}" if attempt > 1 else ""), flush=True)
        if subprocess.run(command, cwd=made, stdin=subprocess.DEVNULL, timeout=600).returncode == 0:
            return
        time.sleep(2**attempt)
    sys.exit(f"the official receiver of webhooks for {language} could not be fetched; what was said is above")


if __name__ == "__main__":
    main()
