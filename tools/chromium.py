#!/usr/bin/env python3
"""Sees to it that there is a Chromium for the tests that need a real browser.

The first one found: the program that CHROMIUM_BIN names, `chromium`, `chromium-browser`, `google-chrome-stable` or `google-chrome` on PATH.
Otherwise, as root on Debian and Ubuntu, the system's package is installed; MTCHAT_APT=0 forbids that.
"""

import os
import shutil
import subprocess
import sys

NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
APT = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"]
SECONDS = 900


def main():
    chosen = os.environ.get("CHROMIUM_BIN")
    if chosen:
        if not shutil.which(chosen):
            sys.exit(f"CHROMIUM_BIN names {chosen}, which is no program")
        return print(f"Chromium at {chosen} (CHROMIUM_BIN)")
    if found() is None and os.geteuid() == 0 and shutil.which("apt-get") and os.environ.get("MTCHAT_APT") != "0":
        install()
    if found() is None:
        sys.exit("a Chromium is missing: install it (Debian, Ubuntu: `apt install chromium`), or name one in CHROMIUM_BIN")
    print(f"Chromium at {found()}")


def found():
    return next(filter(None, map(shutil.which, NAMES)), None)


def install():
    print("installing the package chromium (set MTCHAT_APT=0 to forbid that)", flush=True)
    settings = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for command in (["update"], ["install", "--no-install-recommends", "chromium"]):
        try:
            subprocess.run([*APT, *command], env=settings, check=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        except (subprocess.SubprocessError, OSError) as error:
            sys.exit(f"Chromium could not be installed: {error}")


if __name__ == "__main__":
    main()
