#!/usr/bin/env python3
"""Installs what the examples of host services in nats/examples need, unless it is there already: npm's packages beside the Node
example, pip's into .tools/. Versions are pinned in package-lock.json and requirements.txt.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE = ROOT / "nats" / "examples" / "node"
PINNED = ROOT / "nats" / "examples" / "python" / "requirements.txt"
PYTHON = ROOT / ".tools" / "host-example-python"


def main():
    lock = (NODE / "package-lock.json").read_text()
    mark = NODE / "node_modules" / ".pinned"
    if not mark.exists() or mark.read_text() != lock:
        print("fetching what the Node example needs")
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=NODE, check=True, timeout=600)
        mark.write_text(lock)
    mark = PYTHON / "pinned.txt"
    if not mark.exists() or mark.read_text() != PINNED.read_text():
        print("fetching what the Python example needs")
        install()


def install():
    PYTHON.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=PYTHON.parent) as work:
        made = Path(work) / "site"
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check",
            "--only-binary=:all:", "--no-binary=nkeys", "--target", str(made), "--requirement", str(PINNED),
        ]  # fmt: skip
        subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=600)
        (made / "pinned.txt").write_text(PINNED.read_text())
        shutil.rmtree(PYTHON, ignore_errors=True)
        os.replace(made, PYTHON)


if __name__ == "__main__":
    main()
