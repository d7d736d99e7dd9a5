#!/usr/bin/env python3
"""Builds the three npm packages and packs them as they would be published, so that an application of your own can install them.

    tools/packages.py [DIRECTORY]        target/packages by default

What has not changed since the last time is not built again.
"""

import os
import pathlib
import subprocess
import sys

import run as running

PACKAGES = [running.DRIVER, running.VUE / "packages" / "vue", running.VUE / "packages" / "primevue"]


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else running.ROOT / "target" / "packages").resolve()
    missing = running.node_missing()
    if missing:
        sys.exit(missing)
    running.build_client(os.environ.get("CARGO", "cargo"))
    running.build_packages()
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.glob("mtchat-*.tgz"):
        old.unlink()
    for package in PACKAGES:
        packed = subprocess.run(["npm", "pack", "--silent", "--ignore-scripts", "--pack-destination", directory], cwd=package, capture_output=True, text=True, check=False)
        if packed.returncode:
            sys.exit(f"npm pack failed in {package}: {packed.stderr}")
        print(directory / packed.stdout.strip())


if __name__ == "__main__":
    main()
