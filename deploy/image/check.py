#!/usr/bin/env python3
"""Checks the image without an engine: its file, its scripts, and the root that they lay out on this machine.

    deploy/image/check.py ROOT             lays the root out in ROOT, from target/debug/mtchat (or what MTCHAT_BIN names)
    deploy/image/check.py ROOT --release   builds first what a release is built of

deploy/compose/play.py then runs what is in ROOT.
"""

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CHECKERS = ROOT / ".tools" / "checkers" / "bin"
# What there may be in the image: everything else is a mistake.
EXPECTED = [
    r"etc/(group|nsswitch\.conf|passwd|ssl/certs/ca-certificates\.crt)",
    r"(usr/)?lib(64)?/.*(\.so[.\d]*)",
    r"usr/local/bin/mtchat",
    r"usr/share/doc/[\w.+-]+/copyright",
    r"usr/share/doc/mtchat/(LICENSE|NOTICES|sbom\.cdx\.json)",
    r"var/lib/dpkg/status\.d/[\w.+-]+",
]


def main():
    parser = argparse.ArgumentParser(description="Check the image")
    parser.add_argument("root", type=Path)
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args()
    problems = dockerfile((HERE / "Dockerfile").read_text()) + linted() + scripts() + this_check()
    with tempfile.TemporaryDirectory(prefix="mtchat-built-") as built:
        build(Path(built), options.release)
        said = demanded([HERE / "assemble.sh", options.root, built])
        again = subprocess.run([HERE / "assemble.sh", options.root, built], capture_output=True, check=False)
        if again.returncode == 0:
            problems.append("assemble.sh lays out what is laid out already")
    problems += laid_out(options.root.resolve())
    for one in problems:
        print(f"  {one}", file=sys.stderr)
    if problems:
        sys.exit(f"{len(problems)} problems in deploy/image")
    print(f"  ok  the image: its file, its scripts; {said.strip().splitlines()[-1]}")


def linted():
    checked = subprocess.run([CHECKERS / "hadolint", HERE / "Dockerfile"], capture_output=True, text=True, check=False)
    return [checked.stdout.strip()] if checked.returncode else []


def dockerfile(text):
    problems = []
    stages = re.findall(r"^FROM (?:--platform=\S+ )?(\S+) AS (\w+)$", text, re.MULTILINE)
    if len(stages) != len(re.findall(r"^FROM ", text, re.MULTILINE)):
        problems.append("a stage of the Dockerfile has no name")
    names = [name for _, name in stages]
    for image, _ in stages:
        if image not in ["scratch", *names] and not re.search(r":\d+\.\d+\.\d+[\w.-]*$", image):
            problems.append(f"{image} in the Dockerfile has no exact tag")
    rust = re.search(r'^channel = "(.*)"$', (ROOT / "rust-toolchain.toml").read_text(), re.MULTILINE)[1]
    if f"FROM rust:{rust}-" not in text or f"ENV RUSTUP_TOOLCHAIN={rust}\n" not in text:
        problems.append(f"the Dockerfile builds with another Rust than rust-toolchain.toml, {rust}")
    if names[-1] != "mtchat" or "demo" not in names:
        problems.append("the last stage of the Dockerfile is not mtchat, or there is no demo")
    for name in ("mtchat", "demo"):
        stage = re.search(rf"^FROM \S+ AS {name}$(.*?)(?=^FROM |\Z)", text, re.MULTILINE | re.DOTALL)[1]
        for instruction in ("USER 65532:65532", "HEALTHCHECK ", "LABEL org.opencontainers.image.title=", "ENTRYPOINT ["):
            if not re.search(rf"^{re.escape(instruction)}", stage, re.MULTILINE):
                problems.append(f"{name} has no {instruction.strip()} in the Dockerfile")
    return problems


def scripts():
    files = sorted(HERE.glob("*.sh"))
    checked = subprocess.run([CHECKERS / "shellcheck", *files], capture_output=True, text=True, check=False)
    problems = [checked.stdout.strip()] if checked.returncode else []
    problems += [f"{one} can not be run" for one in files if not os.access(one, os.X_OK)]
    for one in files:
        # Without arguments it says what it does, and does nothing.
        called = subprocess.run([one], capture_output=True, text=True, check=False)
        if called.returncode != 2 or "deploy/image/" not in called.stderr:
            problems.append(f"{one} without arguments does not say how it is used")
    return problems


def build(built, is_release):
    if is_release:
        demanded([HERE / "build.sh", built])
        return
    program = Path(os.environ.get("MTCHAT_BIN", ROOT / "target" / "debug" / "mtchat"))
    if not program.is_file():
        sys.exit(f"{program} is not built: `cargo build`, or name another one in MTCHAT_BIN")
    shutil.copy(program, built / "mtchat")
    demanded([HERE / "contents.sh", built])


def laid_out(root):
    problems = strangers(root)
    documents = root / "usr" / "share" / "doc" / "mtchat"
    listed = json.loads((documents / "sbom.cdx.json").read_text())
    crates = {one["name"] for one in listed["components"]}
    missing = {"axum", "async-nats", "sqlx", "tokio"} - crates
    if missing or listed["bomFormat"] != "CycloneDX" or len(crates) < 200:
        problems.append(f"the list of what is in the program is not complete: {len(crates)} crates, without {sorted(missing)}")
    if any(not one["licenses"][0]["expression"] for one in listed["components"]):
        problems.append("the list of what is in the program leaves licences out")
    notices = (documents / "NOTICES").read_text(errors="replace")
    unnamed = [name for name in sorted(crates) if not re.search(rf"^{re.escape(name)} \d", notices, re.MULTILINE)]
    if unnamed or "Permission is hereby granted" not in notices:
        problems.append(f"NOTICES says nothing about {unnamed[:5]}")
    return problems


def strangers(root):
    """What is in a root and should not be, and who may do what with the rest."""
    problems = []
    for path in root.rglob("*"):
        name, about = str(path.relative_to(root)), path.lstat()
        if path.is_symlink() or not (path.is_dir() or any(re.fullmatch(one, name) for one in EXPECTED)):
            problems.append(f"{name} does not belong into the image")
        if about.st_mode & (stat.S_ISUID | stat.S_ISGID) or (about.st_mode & stat.S_IWOTH and name != "tmp"):
            problems.append(f"{name} has rights that nobody needs: {stat.filemode(about.st_mode)}")
    return problems


def this_check():
    """Each of these would be a mistake, and must be found."""
    text = (HERE / "Dockerfile").read_text()
    mistakes = {
        "an image without an exact tag": ("FROM rust:", "FROM rust:latest AS x\n#"),
        "another compiler": ("FROM rust:1.", "FROM rust:0."),
        "root": ("USER 65532:65532", "USER 0:0"),
        "an image that says nothing of its health": ("HEALTHCHECK ", "# "),
        "another last stage": ("AS mtchat", "AS last"),
    }
    unseen = []
    for name, (what, otherwise) in mistakes.items():
        try:
            found = dockerfile(text.replace(what, otherwise))
        except TypeError:
            found = ["a stage is missing"]
        if not found:
            unseen.append(f"this check does not see {name}")
    with tempfile.TemporaryDirectory() as work:
        for name, mode in {"bin/sh": 0o755, "usr/local/bin/mtchat": 0o4755, "etc/passwd": 0o666}.items():
            file = Path(work) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            file.chmod(mode)
        if len(strangers(Path(work))) != 3:
            unseen.append(f"this check sees only {strangers(Path(work))} of a shell, a program that makes one root, and a file for all to write")
    return unseen


def demanded(command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
