#!/usr/bin/env python3
"""Builds everything and runs it on this machine: MTChat, and the demo's host application beside it. Ctrl-C stops both.

What has not changed since the last run is not built again. Without Node MTChat runs alone.

    tools/run.py [--data DIRECTORY] [--dev]

PORT is MTChat's (8080), DEMO_PORT the demo's (8090). With --dev there are pages too that follow their sources as one edits them.
"""

import argparse
import hashlib
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parent.parent
STAMPS = ROOT / "target" / "run"
DRIVER = ROOT / "client-wasm" / "driver"
VUE = ROOT / "mtchat-vue"
DEMO = ROOT / "demo"
PROFILE = "quick"
NODE_AT_LEAST = 20
SKIPPED = {"node_modules", "dist", "target", "pkg", "generated", ".vite", ".vite-temp"}
NPM_CI = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
SEEDED_WITHIN_SECONDS = 90
FILES_WITHIN_SECONDS = 20


def main():
    parser = argparse.ArgumentParser(description="Build and run MTChat and its demo")
    parser.add_argument("--data", default=".data", help="where everything is kept")
    parser.add_argument("--dev", action="store_true", help="serve pages that follow their sources as well")
    chosen = parser.parse_args()
    data = pathlib.Path(chosen.data).resolve()
    demo_port = port_of("DEMO_PORT", 8090)

    cargo = os.environ.get("CARGO", "cargo")
    run([cargo, "build", "--profile", PROFILE, "--package", "mtchat", "--bin", "mtchat"], ROOT)
    missing = node_missing()
    if missing:
        print(f"{missing}\nMTChat runs without its demo.", flush=True)
    else:
        if is_taken(demo_port):
            sys.exit(f"The demo's port {demo_port} is taken: choose another one with DEMO_PORT, or end what uses it.")
        build_demo(cargo)
    sys.exit(System(data, demo_port, with_demo=not missing, dev=chosen.dev).run())


# Building


def build_demo(cargo):
    build_client(cargo)
    install(VUE)
    install(DEMO)
    pages = [DEMO / "web", DEMO / "vite.config.ts", DEMO / "package-lock.json", *vue_sources()]
    unless_made("the demo's pages", [*pages, DRIVER / "dist"], DEMO / "dist" / "index.html", lambda: run(["npm", "run", "--silent", "build", "--", "--logLevel=warn"], DEMO))


def build_client(cargo):
    install(DRIVER)
    core = [ROOT / "client-wasm" / "src", ROOT / "client-wasm" / "Cargo.toml", ROOT / "crates" / "client-core", ROOT / "crates" / "protocol", ROOT / "Cargo.lock"]
    client = [*core, DRIVER / "src", DRIVER / "scripts", DRIVER / "package-lock.json", DRIVER / "vite.config.js"]

    def make():
        run([cargo, "xtask", "wasm"], ROOT)
        run(["npm", "run", "--silent", "build"], DRIVER)

    unless_made("the client", client, DRIVER / "dist" / "index.js", make)


def build_packages():
    """The packages for Vue, as they are published; the demo takes their sources."""
    install(VUE)

    def make():
        for package in ("@mtchat/vue", "@mtchat/vue-primevue"):
            run(["npm", "run", "--silent", "build", "-w", package], VUE)

    unless_made("the packages for Vue", [*vue_sources(), DRIVER / "dist"], VUE / "packages" / "primevue" / "dist" / "index.js", make)


def vue_sources():
    return [VUE / "package-lock.json", *(VUE / "packages").glob("*/src"), *(VUE / "packages").glob("*/scripts"), *(VUE / "packages").glob("*/vite.*.ts"), *(VUE / "packages").glob("*/package.json")]


def install(directory):
    """npm writes down what it has installed after it has done so: whoever has that has everything."""
    lock, installed = directory / "package-lock.json", directory / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    stamp = STAMPS / f"install-{directory.name}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    # A fresh clone's files are all new, whatever is in them.
    if installed.exists() and read(stamp) == wanted:
        return
    print(f"Installing what {directory.relative_to(ROOT)} needs", flush=True)
    run(NPM_CI, directory)
    write(stamp, wanted)


def unless_made(name, inputs, output, make):
    stamp, wanted = STAMPS / re.sub(r"\W+", "-", name), fingerprint(inputs)
    if output.exists() and read(stamp) == wanted:
        return
    print(f"Building {name}", flush=True)
    make()
    # What making it has changed among its own inputs is no reason to make it again.
    write(stamp, fingerprint(inputs))


def fingerprint(inputs):
    """Of names, sizes and times: enough to see that somebody has changed something."""
    known = hashlib.sha256()
    for place in inputs:
        for path in sorted(files(place)):
            about = path.stat()
            known.update(f"{path.relative_to(ROOT)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return known.hexdigest()


def files(place):
    if place.is_file():
        yield place
    for directory, below, names in os.walk(place):
        below[:] = [name for name in below if name not in SKIPPED]
        yield from (pathlib.Path(directory) / name for name in names)


def node_missing():
    """What of Node is missing, in words; nothing when all is there."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            return f"{program} is missing: install Node {NODE_AT_LEAST} or newer to see the demo."
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    found = re.match(r"v(\d+)\.", said)
    if not found or int(found[1]) < NODE_AT_LEAST:
        return f"Node {said.strip() or '(of unknown version)'} is too old: the demo needs {NODE_AT_LEAST} or newer."
    return None


def run(command, directory):
    ended = subprocess.run(command, cwd=directory, check=False)
    if ended.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed in {directory}")


# Running


class System:
    """MTChat and the demo, each in a group of its own: Ctrl-C comes to us, and from us to them, in order."""

    def __init__(self, data, demo_port, with_demo, dev=False):
        self.data = data
        self.demo_port = demo_port
        self.with_demo = with_demo
        self.dev = dev
        self.mtchat = None
        self.demo = None
        self.pages = None
        self.stopping = threading.Event()
        self.demo_is_ready = threading.Event()
        self.files_are_settled = threading.Event()

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        environment = {**os.environ}
        if self.with_demo:
            # The demo's endpoint for webhooks is on this machine.
            environment.setdefault("WEBHOOK_ALLOW_PRIVATE", "true")
        command = [ROOT / "target" / PROFILE / "mtchat", "up", "--data", self.data]
        output = subprocess.PIPE if self.with_demo else None
        self.mtchat = subprocess.Popen(command, env=environment, stdout=output, text=True, start_new_session=True)
        if self.with_demo:
            self.follow_mtchat()
        code = self.mtchat.wait()
        self.end_demo()
        return code

    def follow_mtchat(self):
        """Say on what MTChat says, but not what it says to try: the demo is what to try."""
        is_banner = False
        for line in self.mtchat.stdout:
            if line.startswith("MTChat is ready"):
                is_banner = True
                threading.Thread(target=self.start_demo, daemon=True).start()
            elif line.startswith(("Stopping", "Stopped")):
                is_banner = False
            if re.match(r"  files +(ready|off)", line):
                self.files_are_settled.set()
                print(line, end="", flush=True)
                continue
            if not is_banner and line.strip():
                print(line, end="", flush=True)

    def start_demo(self):
        # Its conversations have files in them.
        self.files_are_settled.wait(FILES_WITHIN_SECONDS)
        if self.stopping.is_set():
            return
        environment = {**os.environ, "DEMO_PORT": str(self.demo_port), "DEMO_DATA": str(self.data), "MTCHAT_CREDENTIALS": str(self.data / "credentials.json")}
        self.demo = subprocess.Popen(["node", "server/main.js"], cwd=DEMO, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
        threading.Thread(target=self.follow_demo, daemon=True).start()
        print("  demo             seeding", flush=True)
        self.demo_is_ready.wait(SEEDED_WITHIN_SECONDS)
        if not self.stopping.is_set() and self.demo.poll() is None:
            self.print_banner()
            if self.dev:
                self.start_pages()
        if self.demo.wait() and not self.stopping.is_set():
            print("The demo has ended by itself; MTChat is stopped as well.", file=sys.stderr, flush=True)
            self.stop()

    def start_pages(self):
        """Vite says itself where it serves them."""
        environment = {**os.environ, "DEMO_SERVER": f"http://127.0.0.1:{self.demo_port}"}
        self.pages = subprocess.Popen(["node", "node_modules/vite/bin/vite.js", "--clearScreen", "false"], cwd=DEMO, env=environment, start_new_session=True)

    def follow_demo(self):
        for line in self.demo.stdout:
            if line.startswith("demo ready"):
                self.demo_is_ready.set()
            elif not line.startswith("demo listening"):
                print(line, end="", flush=True)
        self.demo_is_ready.set()

    def print_banner(self):
        url = f"http://{os.environ.get('DEMO_HOST', '127.0.0.1')}:{self.demo_port}"
        credentials = self.data / "credentials.json"
        api = re.search(r'"url": *"([^"]*)"', read(credentials) or "")
        lines = [
            "",
            f"  Open the demo   {url}",
            f"                  in two windows, side by side: {url}/chat?as=anna",
            f"                                                {url}/chat?as=emma",
            "",
            f"  MTChat's API    {api[1] if api else '(see above)'}/api/v1, described at /api/docs",
            f"  Admin token     in {credentials}",
            "",
            "  Ctrl-C stops everything; the next start goes on with the same data.",
            "",
        ]
        print("\n".join(lines), flush=True)

    def stop(self, *_):
        """The demo first, then MTChat. A second Ctrl-C hurries MTChat."""
        self.stopping.set()
        self.demo_is_ready.set()
        self.files_are_settled.set()
        self.end_demo()
        if self.mtchat and self.mtchat.poll() is None:
            self.mtchat.send_signal(signal.SIGINT)

    def end_demo(self):
        for child in (self.pages, self.demo):
            if child and child.poll() is None:
                child.terminate()
                try:
                    child.wait(5)
                except subprocess.TimeoutExpired:
                    child.kill()


def port_of(variable, otherwise):
    text = os.environ.get(variable, str(otherwise))
    if not text.isdigit() or not 0 < int(text) < 65_536:
        sys.exit(f"{variable} is no port: {text}")
    return int(text)


def is_taken(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((os.environ.get("DEMO_HOST", "127.0.0.1"), port))
        except OSError:
            return True
    return False


def read(path):
    try:
        return path.read_text()
    except FileNotFoundError:
        return None


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


if __name__ == "__main__":
    main()
