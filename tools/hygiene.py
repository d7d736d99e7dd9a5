#!/usr/bin/env python3
"""Looks at every file of the repository for what no compiler minds: left-over conflicts, paths of somebody's machine, keys, big files, files
that are too long, ends of lines, marks of programs, licences.

    tools/hygiene.py           all files that git has or would take
    tools/hygiene.py FILE …    only these (the hook before a commit gives those that are committed)
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST_BYTES = 512 * 1024
# Bigger, and with a reason: what a tool writes, and pictures of the documentation.
MAY_BE_BIG = re.compile(r"(^|/)package-lock\.json$|^Cargo\.lock$|^docs/openapi\.json$|^docs/.*\.(png|webp|gif|mp4)$")
# Lines, by the end of the name; tests of everything may be long where a table is.
MOST_LINES = [
    (re.compile(r"\.rs$"), 400),
    (re.compile(r"\.vue$"), 300),
    (re.compile(r"^(tools|deploy|demo/server)/.*\.(py|sh|m?js)$"), 400),
]
CONFLICT = re.compile(rb"^(<{7} |>{7} |\|{7} |={7}$)", re.MULTILINE)
# Those in images and on servers are everybody's.
MACHINE = re.compile(rb"(?<![\w.$/}-])/(?:work|root|Users/\w+|home/\w+)/[\w.]+")
SAME_EVERYWHERE = re.compile(rb"/root/\.npm")
SECRET = re.compile(rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|\bnpm_[A-Za-z0-9]{36}\b")
# Keys that open nothing: they are made for tests.
MAY_HAVE_KEYS = re.compile(r"(^|/)tests?/|_tests?\.rs$|/tests\.rs$|^server/src/auth/")
REGISTRY = re.compile(rb"\b(registry\.npmjs\.org|pypi\.org|files\.pythonhosted\.org|index\.crates\.io|static\.crates\.io)\b")
MAY_NAME_REGISTRIES = re.compile(r"(^|/)(package-lock\.json|Cargo\.lock|go\.sum|poetry\.lock)$|^tools/hygiene\.py$")
BINARY = re.compile(r"\.(png|jpe?g|webp|gif|ico|woff2?|wasm|pdf|mp4|mp3|ogg|zip|gz|tgz|tiff?|bmp|bin|avif|dat)$")
TEXT_AS_IT_CAME = re.compile(r"(^|/)(corpus|fixtures|recorded|snapshots|vectors)/|\.snap$|\.svg$")
LICENCE = "MIT"


def main():
    names = sys.argv[1:] or listed()
    problems = [f"{name}: {problem}" for name in names if (ROOT / name).is_file() or (ROOT / name).is_symlink() for problem in look_at(name)]
    if not sys.argv[1:]:
        problems += licences(names) + this_check()
    for one in problems:
        print(f"  {one}", file=sys.stderr)
    if problems:
        sys.exit(f"{len(problems)} things to tidy up")
    print(f"  ok  {len(names)} files are tidy")


def listed():
    said = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return sorted(name for name in said.decode().split("\0") if name)


def look_at(name):
    path = ROOT / name
    if path.is_symlink():
        if ROOT not in path.resolve().parents:
            yield "leads out of the repository"
        return
    size = path.stat().st_size
    if size > MOST_BYTES and not MAY_BE_BIG.search(name):
        yield f"has {size:,} bytes, more than {MOST_BYTES:,}"
    yield from problems_of(name, path.read_bytes(), os.access(path, os.X_OK))


def problems_of(name, octets, is_program):
    """What is wrong with a file of this name that holds this."""
    found = SECRET.search(octets)
    if found and not MAY_HAVE_KEYS.search(name):
        yield f"holds what looks like a key, at line {line_of(octets, found)}"
    if BINARY.search(name):
        if is_program:
            yield "is marked as a program"
        return
    found = CONFLICT.search(octets)
    if found and not (found[0] == b"=======" and name.endswith(".md")):
        yield f"has a left-over conflict, at line {line_of(octets, found)}"
    for one in MACHINE.finditer(octets):
        if not SAME_EVERYWHERE.match(one[0]) and name != "tools/hygiene.py":
            yield f"names a path of somebody's machine, {one[0].decode()}, at line {line_of(octets, one)}"
            break
    found = REGISTRY.search(octets)
    if found and not MAY_NAME_REGISTRIES.search(name):
        yield f"names the registry {found[0].decode()}, at line {line_of(octets, found)}: clients know where theirs is"
    if is_program != octets.startswith(b"#!"):
        yield "is marked as a program, and does not say what runs it" if is_program else "says what runs it, and is not marked as a program (chmod +x)"
    for pattern, most in MOST_LINES:
        lines = octets.count(b"\n")
        if pattern.search(name) and lines > most:
            yield f"has {lines} lines, more than {most}"
    if TEXT_AS_IT_CAME.search(name):
        return
    try:
        octets.decode()
    except UnicodeDecodeError:
        yield "is no UTF-8"
    if b"\r\n" in octets:
        yield "has ends of lines of another system"
    if octets and not octets.endswith(b"\n"):
        yield "ends in the middle of a line"


def line_of(octets, found):
    return octets.count(b"\n", 0, found.start()) + 1


def licences(names):
    """Everything that somebody may take on its own says under which licence it is, and packages carry the text."""
    problems = []
    text = (ROOT / "LICENSE").read_text()
    for name in names:
        path = ROOT / name
        if name.endswith("package.json") and path.is_file():
            about = json.loads(path.read_text())
            if "/tests/" not in name and about.get("license", about.get("private") and LICENCE) != LICENCE:
                problems.append(f"{name}: says nothing of {LICENCE}")
            if "version" in about and not about.get("private") and (not (path.parent / "LICENSE").is_file() or (path.parent / "LICENSE").read_text() != text):
                problems.append(f"{name}: its folder has no LICENSE like the one of the repository")
            if "version" in about and not about.get("private") and "/tests/" not in name and "url" not in about.get("repository", {}):
                problems.append(f"{name}: names no repository, and without one npm takes no statement of where it comes from")
        if name.endswith("Cargo.toml") and path.is_file():
            toml = path.read_text()
            if "[package]" in toml and not re.search(r'^license(\.workspace = true| = "MIT")$', toml, re.MULTILINE) and "examples/" not in name:
                problems.append(f"{name}: says nothing of {LICENCE}")
    return problems


def this_check():
    """Each of these is untidy, and must be found."""
    untidy = {
        "a conflict": ("a.rs", b"fn a() {}\n<<<<<<< HEAD\n", False),
        "a path": ("a.md", b"see /home/" + b"anna/notes\n", False),
        "a key": ("a.pem", b"-----BEGIN " + b"PRIVATE KEY-----\n" + b"M" * 64 + b"\n", False),
        "a registry": ("a.py", b"https://" + b"pypi" + b".org/simple\n", False),
        "a long file": ("a.rs", b"\n" * 401, False),
        "a program without a mark": ("a.sh", b"#!/bin/sh\n", False),
        "a mark without a program": ("a.md", b"text\n", True),
        "an end in the middle": ("a.md", b"text", False),
        "other ends of lines": ("a.md", b"text\r\n", False),
    }
    return [f"this check does not see {what}" for what, file in untidy.items() if not list(problems_of(*file))]


if __name__ == "__main__":
    main()
