#!/usr/bin/env python3
"""Checks the chart: everything, or the parts that are named. Ends with 1 when something is wrong.

    deploy/helm/check.py                  all of it
    deploy/helm/check.py refusals …       some: generated, manifests, network, kept, refusals, effects,
                                          platform, running
    deploy/helm/check.py --write          makes what is generated: copies, the schema's settings, the README's table

Needs what tools/checkers.py fetches, a built mtchat (MTCHAT_BIN) and a nats-server (NATS_SERVER_BIN).
"""

import argparse
import os
import sys
import time
from pathlib import Path

PARTS = ["generated", "manifests", "network", "kept", "refusals", "effects", "platform", "running"]
PYTHON = Path(__file__).resolve().parents[2] / ".tools" / "checkers" / "bin" / "python"


def main():
    parser = argparse.ArgumentParser(description="Check the chart.")
    parser.add_argument("parts", nargs="*", metavar="|".join(PARTS), help="default: all")
    parser.add_argument("--write", action="store_true", help="make what is generated")
    options = parser.parse_args()
    if not set(options.parts) <= set(PARTS):
        parser.error(f"there are only {', '.join(PARTS)}")
    with_the_checkers()
    import importlib

    if options.write:
        return importlib.import_module("checks.generated").write()
    failed = False
    for part in options.parts or PARTS:
        failed |= not passes(importlib.import_module(f"checks.{part}"), part)
    sys.exit(1 if failed else 0)


def with_the_checkers():
    """Goes on under the Python that has the validators."""
    if not PYTHON.exists():
        sys.exit("the validators are missing: `tools/checkers.py python helm` fetches them")
    if Path(sys.prefix).resolve() != PYTHON.parents[1].resolve():
        os.execv(PYTHON, [PYTHON, *sys.argv])
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(Path(__file__).resolve().parent))


def passes(module, name):
    from checks.chart import Failure

    begun = time.monotonic()
    try:
        said = module.check()
    except Failure as failure:
        print(f"FAILED  {name:<10} {failure}", flush=True)
        return False
    print(f"passed  {name:<10} {said} ({time.monotonic() - begun:.1f} s)", flush=True)
    return True


if __name__ == "__main__":
    main()
