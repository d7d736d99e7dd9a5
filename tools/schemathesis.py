#!/usr/bin/env python3
"""Puts schemathesis, which tests the API by its description, into .tools/, unless it is there already.

Its version and those of all that it needs are pinned in tools/schemathesis.txt. Needs pip when something is to be downloaded.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PINNED = HERE / "schemathesis.txt"
TRIES = 4


def main():
    version = re.search(r"^schemathesis==(\S+)$", PINNED.read_text(), re.MULTILINE)[1]
    target = HERE.parent / ".tools" / f"schemathesis-{version}"
    mark = target / "pinned.txt"
    if mark.exists() and mark.read_text() == PINNED.read_text():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=target.parent) as work:
        made = Path(work) / "site"
        install(made)
        (made / "pinned.txt").write_text(PINNED.read_text())
        shutil.rmtree(target, ignore_errors=True)
        os.replace(made, target)
    print(f"schemathesis {version} fetched to {target}")


def install(into):
    command = [
        sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
        "--no-warn-conflicts", "--only-binary=:all:", "--no-deps", "--target", str(into), "--requirement", str(PINNED),
    ]  # fmt: skip
    for attempt in range(1, TRIES + 1):
        print("fetching schemathesis" + (f", try {attempt}" if attempt > 1 else ""))
        if subprocess.run(command, stdin=subprocess.DEVNULL, timeout=600).returncode == 0:
            return
        shutil.rmtree(into, ignore_errors=True)
        time.sleep(2**attempt)
    sys.exit("schemathesis could not be fetched; what pip said is above")


if __name__ == "__main__":
    main()
