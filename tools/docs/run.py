#!/usr/bin/env python3
"""Runs the blocks of the documentation that are marked to be run, each page's in order, against a real `mtchat up`.

    tools/docs/run.py [--list] [--keep] [GROUP…]
    tools/docs/run.py --clone quick-start     from a fresh clone, with everything that `make run` compiles

What it needs: the program (MTCHAT_BIN, else target/debug/mtchat), what `make tools` fetches, the built packages of `client-wasm/driver` and
`mtchat-vue`, and for the group quick-start a Chromium and `npm ci` in docs/.

The group quick-start is the way of a newcomer, followed to the letter: an application is made, the packages are installed, a backend is
started, and one person reads what the other writes. The time that it took is told, with --clone from `git clone` on.

Pages say 127.0.0.1:8080, 3001 and 5173; ports that are free are put in their place. `mtchat` in a page is a copy of the repository.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from blocks import Malformed, Step, looks, steps, unmarked  # noqa: E402
from shell import Failed, Shell  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Blocks of documents that have no marks of their own: the document, the line above the block, the group, what it must print.
ALSO = [("README.md", "The same by hand", "readme", "Hello, Bob")]
# Operators are told to look with these on every page of theirs: what is shown there must be what one sees. Before it, what the pages suppose.
LOOKS = ("app list", "audit", "dead-letters list", "doctor", "lag", "migrate")
SUPPOSED = """mtchat app create acme
curl -sf http://127.0.0.1:8080/api/v1/management/webhooks -H "Authorization: Bearer $ADMIN_API_TOKEN" \\
  -H "Content-Type: application/json" -d '{"url":"http://127.0.0.1:3001/webhooks"}'
"""
TOOLS = {"NATS_SERVER_BIN": "nats-server-*", "SEAWEEDFS_BIN": "seaweedfs-*/weed"}
PORTS = (8080, 3001, 5173)
# What a copy of the repository does without.
LEFT_OUT = {".git", "target", ".tools", ".data", "demo", "crates", "tests", "docs", "server", "worker", "nats", "xtask", "deploy"}
STARTED_WITHIN = 90
BLOCK_WITHIN = 300
READY_WITHIN = 60
# What `make run` may take in a fresh clone, on a slow machine: what it takes altogether is measured against the goal.
BUILT_WITHIN = 1500
GOAL = 600


def main():
    parser = argparse.ArgumentParser(description="Run the blocks of the documentation that are marked to be run")
    parser.add_argument("groups", nargs="*", help="only these groups")
    parser.add_argument("--list", action="store_true", help="show what would be run")
    parser.add_argument("--clone", action="store_true", help="in a fresh clone of what is committed, with its own `make run`")
    parser.add_argument("--keep", action="store_true", help="keep the folder in which it is done")
    given = parser.parse_args()
    try:
        found = everything()
    except Malformed as error:
        sys.exit(str(error))
    names = list(dict.fromkeys(step.group for step in found))
    unknown = set(given.groups) - set(names)
    if unknown:
        sys.exit(f"there is no group {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    chosen = given.groups or names
    if given.list:
        return show(found, names)
    kind = FromClone if given.clone else Run
    sys.exit(0 if kind(found, chosen, given.keep).all() else 1)


def everything():
    """All steps of all documents of the site, those of other languages aside: these have the same, which is checked where the site is."""
    pages = [path.relative_to(ROOT) for path in sorted((ROOT / "docs").rglob("*.md")) if "node_modules" not in path.parts]
    own = [page for page in pages if page.parts[1] not in ("ru", "zh", "reference")]
    found = [step for page in own for step in steps(ROOT, page)]
    marked = {step.page for step in found}
    for page, after, group, expect in ALSO:
        # One that has got marks of its own is run by them.
        if pathlib.Path(page) not in marked and not any(step.group == group for step in found):
            found.append(unmarked(ROOT, pathlib.Path(page), after, group, expect))
    pages = [pathlib.Path("docs/operations.md"), *(page for page in own if page.parts[1] == "operations")]
    commands = [step for page in pages for step in looks(ROOT, page, "operations", LOOKS)]
    return [*found, Step("run", pathlib.Path("tools/docs/run.py"), 1, SUPPOSED, {"group": "operations"}), *commands]


def show(found, names):
    for name in names:
        print(name)
        for step in (one for one in found if one.group == name):
            first = step.code.strip().split("\n")[0] if step.kind == "run" else step.options.get("path", step.options.get("to", ""))
            print(f"  {step.kind:7} {str(step):44} {first[:80]}")


class Run:
    """A folder with a copy of the repository, a running MTChat in it, and the groups one after the other."""

    without = "without compiling Rust"

    def __init__(self, found, chosen, keep):
        self.found = found
        self.chosen = chosen
        self.keep = keep
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="mtchat-docs-"))
        self.ports = {port: free_port() for port in PORTS}
        self.up = None
        self.rows = []
        self.before = 0

    def all(self):
        try:
            self.copy()
            self.start()
            for group in self.chosen:
                self.run_group(group)
        finally:
            self.stop()
            if self.keep:
                print(f"kept in {self.place}")
            else:
                shutil.rmtree(self.place, ignore_errors=True)
        return self.summary()

    def copy(self):
        """What somebody has who has cloned the repository and whose `make run` has built it."""
        copy = self.place / "mtchat"
        copy.mkdir()
        for path in sorted(ROOT.iterdir()):
            if path.name in LEFT_OUT:
                continue
            if path.is_dir():
                copy_tree(path, copy / path.name, "target", ".vite", "playground")
            else:
                shutil.copy2(path, copy / path.name)
        # A member of the workspace that the packages do without; npm wants to see all of them.
        copy_tree(ROOT / "mtchat-vue" / "playground", copy / "mtchat-vue" / "playground", "dist", ".vite")

    def start(self):
        program = pathlib.Path(os.environ.get("MTCHAT_BIN", ROOT / "target" / "debug" / "mtchat")).resolve()
        if not program.exists():
            sys.exit(f"{program} is not there: build it, or name one in MTCHAT_BIN")
        data = self.place / "mtchat" / ".data"
        environment = {**os.environ, **tools(), "WEBHOOK_ALLOW_PRIVATE": "true"}
        log = open(self.place / "up.log", "w+")
        began = time.monotonic()
        port_file = self.place / "port"
        command = [program, "up", "--data", data, "--port", str(self.ports[8080]), "--port-file", port_file]
        self.up = subprocess.Popen(command, cwd=self.place, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True)
        self.wait_until_ready()
        print(f"mtchat up is ready after {time.monotonic() - began:.1f} s on port {self.ports[8080]}", flush=True)
        self.prepare(program.parent, data)

    def prepare(self, programs, data):
        """The environment of those who type the blocks."""
        known = json.loads((data / "credentials.json").read_text())
        self.environment = {
            **{name: value for name, value in os.environ.items() if not re.match(r"npm_(config|package|lifecycle)_", name, re.I)},
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            # As a deployment has it, for commands without --data.
            "DATABASE_URL": known["database_url"],
            "NATS_URL": known["nats_url"],
            "ADMIN_API_TOKEN": known["admin_api_token"],
            "JWT_AUTH_ENABLED": "true",
            "JWT_SECRET": known["jwt_secret"],
            "S3_ENDPOINT": known["files"]["url"],
            "S3_BUCKET": "mtchat",
            "S3_ACCESS_KEY_ID": known["files"]["access_key_id"],
            "S3_SECRET_ACCESS_KEY": known["files"]["secret_access_key"],
            # Quiet, so that what a block must print is not lost in advice.
            "npm_config_fund": "false",
            "npm_config_audit": "false",
            "npm_config_update_notifier": "false",
        }

    def wait_until_ready(self):
        """Until it says so. Files come a moment later, and blocks need them."""
        self.wait_for_lines({"MTChat is ready", "  files "}, STARTED_WITHIN, "mtchat up", self.place / "up.log")

    def wait_for_lines(self, wanted, seconds, name, log):
        late = time.monotonic() + seconds
        said = ""
        while wanted:
            line = self.up.stdout.readline()
            if not line or time.monotonic() > late:
                sys.exit(f"{name} did not start:\n{said}{log.read_text()}")
            said += line
            wanted -= {one for one in wanted if line.startswith(one)}
        # What it says from now on must not fill the pipe.
        subprocess.Popen(["cat"], stdin=self.up.stdout, stdout=subprocess.DEVNULL, start_new_session=True)

    def run_group(self, group):
        began = time.monotonic()
        all_steps = [step for step in self.found if step.group == group]
        begin = next((step.options["in"] for step in all_steps if "in" in step.options), "mtchat")
        shell = Shell(self.place / begin, self.environment)
        problem = None
        try:
            for number, step in enumerate(all_steps):
                self.do(shell, step, number)
        except Failed as error:
            problem = f"{step}: {error}"
        finally:
            shell.end()
        seconds = time.monotonic() - began
        if group == "quick-start":
            seconds += self.before
        if problem is None and group == "quick-start" and seconds >= GOAL:
            problem = f"it took {seconds:.0f} s, and should take less than {GOAL}"
        self.rows.append((group, len(all_steps), seconds, problem))
        print(f"{'ok     ' if problem is None else 'FAILED '} {group}: {len(all_steps)} steps, {seconds:.1f} s", flush=True)
        if problem:
            print("\n".join(f"         {line}" for line in problem.rstrip().split("\n")[-60:]), flush=True)

    def do(self, shell, step, number):
        if step.kind == "file":
            path = self.place / step.options["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.with_ports(step.code))
        elif step.kind == "browser":
            self.watch(step)
        else:
            begin = len(shell.said)
            said = shell.run(self.with_ports(step.code), self.place / f"{step.group}-{number}.sh", BLOCK_WITHIN)
            expect = step.options.get("expect")
            if expect and expect not in said:
                raise Failed(f"it does not print «{expect}»\n{said}")
            ready = step.options.get("ready")
            if ready:
                shell.wait_for(self.with_ports(ready), begin, READY_WITHIN, f"«{ready}» was not printed")

    def watch(self, step):
        """Two people, each in a window: what one writes the other reads."""
        command = ["node", ROOT / "tools" / "docs" / "newcomer.mjs", self.with_ports(step.options["from"]), self.with_ports(step.options["to"])]
        ended = subprocess.run(command, env=os.environ, capture_output=True, text=True, timeout=120, check=False)
        if ended.returncode:
            raise Failed(f"nothing was read\n{ended.stdout}{ended.stderr}")
        print(f"        {ended.stdout.strip()}", flush=True)

    def with_ports(self, text):
        for port, free in self.ports.items():
            text = re.sub(rf"\b{port}\b", str(free), text)
        return text

    def stop(self):
        if self.up and self.up.poll() is None:
            self.up.send_signal(signal.SIGINT)
            try:
                self.up.wait(30)
            except subprocess.TimeoutExpired:
                self.up.kill()

    def summary(self):
        failed = [row for row in self.rows if row[3]]
        blocks = sum(row[1] for row in self.rows)
        print(f"\n{blocks} steps of {len(self.rows)} groups, {len(failed)} groups failed")
        for group, _, seconds, problem in self.rows:
            if group == "quick-start" and not problem:
                print(f"A newcomer's way, {self.without}: {seconds:.0f} s of {GOAL}")
        return not failed and len(self.rows) == len(self.chosen)


class FromClone(Run):
    """The same after what a newcomer does first: nothing is there but what is committed, and what their machine keeps for all projects."""

    without = "from git clone on"

    def copy(self):
        self.before = -time.monotonic()
        subprocess.run(["git", "clone", "--quiet", ROOT, self.place / "mtchat"], timeout=60, check=True)

    def start(self):
        clone = self.place / "mtchat"
        kept = {name: value for name, value in os.environ.items() if name not in ("CARGO_TARGET_DIR", "MTCHAT_BIN", *TOOLS)}
        environment = {**kept, "PORT": str(self.ports[8080]), "DEMO_PORT": str(free_port())}
        log = self.place / "make.log"
        with open(log, "w", encoding="utf-8") as errors:
            self.up = subprocess.Popen(["make", "run"], cwd=clone, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True)
        self.wait_for_lines({"  Open the demo"}, BUILT_WITHIN, "make run", log)
        self.before += time.monotonic()
        print(f"make run has built everything and is ready after {self.before:.0f} s, on port {self.ports[8080]}", flush=True)
        self.prepare(clone / "target" / "quick", clone / ".data")

    def stop(self):
        """Ctrl-C goes to make and to everything that it has started."""
        if self.up and self.up.poll() is None:
            os.killpg(self.up.pid, signal.SIGINT)
        super().stop()


def copy_tree(source, target, *left_out):
    """What is installed is only read, so it is the same files again; everything else may be written to."""

    def put(one, other):
        if "node_modules" in pathlib.Path(one).parts:
            try:
                return os.link(one, other)
            except OSError:
                pass  # another disk
        return shutil.copy2(one, other)

    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*left_out), copy_function=put)


def tools():
    """Programs that `make tools` has fetched: `mtchat up` looks for them beside the program and here."""
    found = {}
    for variable, pattern in TOOLS.items():
        path = next(iter(sorted((ROOT / ".tools").glob(pattern), reverse=True)), None)
        if path and variable not in os.environ:
            found[variable] = str(path)
    return found


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


if __name__ == "__main__":
    main()
