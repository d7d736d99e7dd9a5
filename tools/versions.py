#!/usr/bin/env python3
"""One version in all places that name it: Cargo.toml says which.

    tools/versions.py                  checks
    tools/versions.py --tag v1.2.3     checks that this is the version, and that the changelog has its section, with a day
    tools/versions.py --set 1.2.3      writes it everywhere
    tools/versions.py --changes 1.2.3  prints its section of the changelog
    tools/versions.py --print          prints it
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = r"\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?"
SOURCE = ("Cargo.toml", rf'(?m)^\[workspace\.package\]\nversion = "({VERSION})"$')

# Each place: the file, and expressions whose group is the version. What is generated from the sources (the descriptions of the APIs, the
# lock files) is checked too: whoever sets a version makes them anew.
PLACES = [
    SOURCE,
    ("Cargo.lock", rf'(?m)^name = "mtchat"\nversion = "({VERSION})"$'),
    ("client-wasm/driver/package.json", rf'(?m)^ {{4}}"version": "({VERSION})"'),
    ("mtchat-vue/packages/vue/package.json", rf'(?m)^ {{4}}"version": "({VERSION})"', rf'"@mtchat/client": "({VERSION})"'),
    ("mtchat-vue/packages/primevue/package.json", rf'(?m)^ {{4}}"version": "({VERSION})"', rf'"@mtchat/(?:vue|client)": "[\^~]?({VERSION})"'),
    ("demo/package.json", rf'(?m)^ {{4}}"version": "({VERSION})"'),
    ("docs/openapi.json", rf'(?s)"info": {{.{{0,900}}?"version": "({VERSION})"'),
    ("deploy/image/Dockerfile", rf"(?m)^ARG VERSION=({VERSION})$", rf"--tag mtchat(?:-demo)?:({VERSION})"),
    ("deploy/image/README.md", rf"--tag mtchat(?:-demo)?:({VERSION})"),
    ("deploy/compose/compose.yaml", rf"\{{MTCHAT_(?:DEMO_)?IMAGE:-mtchat(?:-demo)?:({VERSION})\}}"),
    ("deploy/helm/mtchat/Chart.yaml", rf"(?m)^version: ({VERSION})$", rf'(?m)^appVersion: "({VERSION})"$'),
]
GENERATED = {"Cargo.lock", "docs/openapi.json"}


def main():
    parser = argparse.ArgumentParser(description="One version in all places")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--tag")
    what.add_argument("--set", type=version)
    what.add_argument("--changes", type=version)
    what.add_argument("--print", action="store_true")
    options = parser.parse_args()
    if options.set:
        write(options.set)
    wanted = re.search(SOURCE[1], read(SOURCE[0]))
    if not wanted:
        sys.exit("Cargo.toml names no version")
    wanted = wanted[1]
    if options.print:
        return print(wanted)
    if options.changes:
        return print(changes(options.changes)[1])
    problems = check(wanted)
    if len(check("0.0.0-none")) < sum(len(expressions) for _, *expressions in PLACES):
        problems.append("this check does not see another version everywhere")
    if options.tag:
        problems += check_tag(options.tag, wanted)
    for one in problems:
        print(f"  {one}", file=sys.stderr)
    if problems:
        sys.exit(f"{len(problems)} places name another version than {wanted}" if not options.tag else f"{options.tag} can not be released")
    print(f"  ok  {wanted} in all {sum(len(expressions) for _, *expressions in PLACES)} places")


def check(wanted):
    problems = []
    for file, *expressions in PLACES:
        for expression in expressions:
            found = re.findall(expression, read(file))
            if not found:
                problems.append(f"{file}: no version where one should be ({expression})")
            problems += [f"{file}: {one}" for one in found if one != wanted]
    return problems


def check_tag(tag, wanted):
    if tag != f"v{wanted}":
        return [f"the tag {tag} is not v{wanted}"]
    day, _ = changes(wanted)
    return [] if day else [f"CHANGELOG.md has no section `## {wanted} - <day>`"]


def changes(wanted):
    """The day and the text of a section of the changelog."""
    found = re.search(rf"(?ms)^## \[?{re.escape(wanted)}\]? - (\d{{4}}-\d\d-\d\d)\n(.*?)(?=^## |\Z)", read("CHANGELOG.md"))
    return (found[1], found[2].strip()) if found else ("", "")


def write(wanted):
    for file, *expressions in PLACES:
        text = read(file)
        for expression in expressions:
            text = re.sub(expression, lambda found: found[0].replace(found[1], wanted), text)
        if file not in GENERATED:
            (ROOT / file).write_text(text)
    print("written; now `cargo check` for Cargo.lock, `mtchat openapi` for docs/openapi.json, `npm install --package-lock-only` in the folders with packages")


def read(file):
    try:
        return (ROOT / file).read_text()
    except FileNotFoundError:
        return ""


def version(text):
    if not re.fullmatch(VERSION, text):
        raise argparse.ArgumentTypeError(f"{text} is no version")
    return text


if __name__ == "__main__":
    main()
