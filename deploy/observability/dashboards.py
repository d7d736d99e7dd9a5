#!/usr/bin/env python3
"""Writes the dashboards for Grafana, in dashboards/, from the lists of panels in boards/.

    dashboards.py            write them
    dashboards.py --check    write nothing; exit code 1 when one of them is not up to date

The files are kept in the repository, so that whoever uses them needs no Python.
"""

import argparse
import json
import sys
from pathlib import Path

# Nothing is left beside the sources.
sys.dont_write_bytecode = True

from boards import edges, log, overview, postgres, webhooks, workers
from panels import dashboard, slug

HERE = Path(__file__).resolve().parent
BOARDS = [overview, edges, workers, webhooks, log, postgres]


def files():
    made = {}
    for board in BOARDS:
        name = slug(board.TITLE)
        model = dashboard(name, board.TITLE, board.ABOUT, board.PANELS, getattr(board, "SHARDED", False))
        made[HERE / "dashboards" / f"{name}.json"] = json.dumps(model, indent=1, ensure_ascii=False) + "\n"
    return made


def panels(board):
    """All panels of a dashboard, those of folded rows too."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def written():
    """The dashboards as they are in the files, by name."""
    for path in sorted((HERE / "dashboards").glob("*.json")):
        yield path.name, json.loads(path.read_text())


def main():
    parser = argparse.ArgumentParser(description="Write the dashboards.")
    parser.add_argument("--check", action="store_true", help="only say whether they are up to date")
    check = parser.parse_args().check
    wanted = files()
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text() != text]
    stale += [path for path in (HERE / "dashboards").glob("*.json") if path not in wanted]
    for path in stale:
        if check:
            print(f"{path.relative_to(HERE.parents[1])} is not up to date: run deploy/observability/dashboards.py")
        elif path in wanted:
            path.write_text(wanted[path])
            print(f"wrote {path.relative_to(HERE.parents[1])}")
        else:
            path.unlink()
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
