"""Blocks of code in documents that are marked to be run, as a list of steps. `docs/README.md` says how they are marked."""

import pathlib
import re
import shlex
from dataclasses import dataclass, field

MARK = re.compile(r"^<!-- (run|file|browser): *(.*?) *-->$")
FENCE = re.compile(r"^(`{3,})(\w*)")
KNOWN = {"run": {"group", "in", "expect", "background", "ready"}, "file": {"path", "group"}, "browser": {"group", "from", "to"}}


class Malformed(Exception):
    """A mark that can not be understood: the page is wrong, not what it says."""


@dataclass
class Step:
    """Something to do, and where it stands."""

    kind: str
    page: pathlib.Path
    line: int
    code: str = ""
    options: dict = field(default_factory=dict)

    @property
    def group(self):
        return self.options["group"]

    def __str__(self):
        return f"{self.page}:{self.line}"


def steps(root, page):
    """What is to be done on this page, in the order in which it stands there."""
    lines = (root / page).read_text().split("\n")
    found = []
    inside = None
    for number, line in enumerate(lines):
        fence = FENCE.match(line)
        # A mark within a block is text about marks.
        if inside:
            inside = None if fence and fence[1] == inside and not fence[2] else inside
            continue
        inside = fence[1] if fence else None
        mark = MARK.match(line)
        if mark:
            found.append(step(page, number, mark, lines))
    return found


def step(page, number, mark, lines):
    kind, place = mark[1], f"{page}:{number + 1}"
    options = options_of(kind, mark[2], place)
    code = ""
    if kind != "browser":
        language, code = block_below(lines, number, place)
        if kind == "run" and language != "sh":
            raise Malformed(f"{place}: only blocks of sh are run, this is one of {language or 'nothing'}")
    return Step(kind, page, number + 2, code, options)


def options_of(kind, text, place):
    options = {}
    for word in shlex.split(text):
        name, equals, value = word.partition("=")
        if kind == "file" and not equals and "path" not in options:
            name, value = "path", word
        if name not in KNOWN[kind]:
            raise Malformed(f"{place}: nobody knows {name}")
        options[name] = value if value else True
    missing = {"run": {"group"}, "file": {"group", "path"}, "browser": {"group", "from", "to"}}[kind] - options.keys()
    if missing:
        raise Malformed(f"{place}: {', '.join(sorted(missing))} is missing")
    if "background" in options and "ready" not in options:
        raise Malformed(f"{place}: what runs in the background says when it is ready")
    return options


def block_below(lines, number, place):
    fence = FENCE.match(lines[number + 1]) if number + 1 < len(lines) else None
    if not fence:
        raise Malformed(f"{place}: there is no block below the mark")
    code = []
    for line in lines[number + 2 :]:
        if line.startswith(fence[1]):
            return fence[2], "\n".join(code) + "\n"
        code.append(line)
    raise Malformed(f"{place}: the block has no end")


def unmarked(root, page, after, group, expect=""):
    """A block of a document that has no marks: the first one below the line that begins with `after`. Of a console, what stands behind `$`."""
    lines = (root / page).read_text().split("\n")
    start = next((number for number, line in enumerate(lines) if line.startswith(after)), None)
    if start is None:
        raise Malformed(f"{page}: no line begins with «{after}»")
    number = next(number for number in range(start, len(lines)) if FENCE.match(lines[number]))
    language, code = block_below(lines, number - 1, f"{page}:{number}")
    if language == "console":
        code = "".join(f"{line[2:]}\n" for line in code.split("\n") if line.startswith("$ "))
    return Step("run", page, number + 1, code, {"group": group, **({"expect": expect} if expect else {})})


def looks(root, page, group, verbs):
    """Commands of the consoles on this page that only look: those of `mtchat` with these verbs, each a step of its own."""
    found = []
    inside = None
    for number, line in enumerate((root / page).read_text().split("\n")):
        fence = FENCE.match(line)
        if fence:
            inside = None if inside else fence[2] or "text"
        elif inside == "console" and any(re.match(rf"\$ mtchat {verb}(?![-\w])", line) for verb in verbs):
            found.append(Step("run", page, number + 1, f"{line[2:]}\n", {"group": group}))
    return found
