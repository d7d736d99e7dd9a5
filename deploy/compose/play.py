#!/usr/bin/env python3
"""Plays compose.yaml on this machine, with the root that the image is made of: everything comes up in its order, people talk, attach a
picture, edges are replaced under them, and everything ends as it is asked to.

    deploy/compose/play.py BUILT                as root; BUILT is a root that deploy/image/assemble.sh has laid out
    deploy/compose/play.py BUILT --production   the same as compose.production.yaml has it, over TLS
    deploy/compose/play.py BUILT --stay         leave everything up until Ctrl-C

Needs Python with PyYAML (.tools/checkers), a Postgres, and what tools/fetch.py and tools/checkers.py have fetched. No port of this machine is
used: all of it has a network of its own.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import project
from engine import Engine
from images import images
from machine import Failure, Machine
from talk import Talk, expect

INSIDE = "MTCHAT_PLAY_INSIDE"
SERVICES = ["edge", "worker", "proxy", "files", "files-console", "demo"]
# Of the machine; the rest is fetched.
NEEDED = ["ip", "mount", "node", "openssl", "unshare", "wget"]
# Who must end well; the store is ended by the engine when its time is up, and the proxy by the last connection or the same.
ENDING = ["demo", "edge", "worker", "postgres", "nats"]


def main():
    parser = argparse.ArgumentParser(description="Play compose.yaml on this machine")
    parser.add_argument("built")
    parser.add_argument("--production", action="store_true")
    parser.add_argument("--stay", action="store_true")
    options = parser.parse_args()
    missing = [program for program in NEEDED if not shutil.which(program)]
    if sys.platform != "linux" or missing:
        sys.exit(f"this needs Linux, with {', '.join(NEEDED)}; missing: {', '.join(missing) or 'Linux'}")
    if os.geteuid() != 0:
        become_root()
    if os.environ.get(INSIDE) != "1":
        # Whatever becomes of us, everything that we have started ends with us.
        os.environ[INSIDE] = "1"
        namespaces = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        os.execvp("unshare", [*namespaces, sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:]])
    work = tempfile.mkdtemp(prefix="mtchat-compose-")
    os.chmod(work, 0o755)
    try:
        play(os.path.abspath(options.built), work, options)
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
    finally:
        shutil.rmtree(work, ignore_errors=True)


def become_root():
    """Where that needs no password; nobody is asked for one in the middle of a test."""
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        # It takes another PATH, whatever it is told to preserve.
        environment = ["sudo", "-n", "--preserve-env", "env", f"PATH={os.environ['PATH']}"]
        os.execvp("sudo", [*environment, sys.executable, os.path.abspath(sys.argv[0]), *sys.argv[1:]])
    sys.exit("this needs root, for networks and roots of its own: call it with sudo")


def play(built, work, options):
    files, values = ["compose.yaml"], {}
    if options.production:
        files, values = ["compose.yaml", "compose.production.yaml"], production(work)
    machine = Machine(project.load(files, values), images(built), work)
    services = [one for one in SERVICES if not machine.project["services"][one].get("profiles")]
    began = time.monotonic()
    machine.up(services)
    for service in services:
        machine.wait(service, "service_healthy")
    say(f"{', '.join(files)}: {len(machine.containers)} containers are up and healthy", began)
    if options.stay:
        print("\n".join(f"  {one.name:<16} {one.address}" for one in machine.containers), flush=True)
        while True:
            time.sleep(3600)
    hardened(machine)
    talk = Talk(machine, built, values)
    talk.converse()
    talk.attach()
    talk.keep_private()
    doctor(machine)
    if not options.production:
        talk.visit_demo()
        replace(machine, talk)
        lose_worker(machine, talk)
    end(machine)


def production(work):
    """An .env that is filled in, with secrets of its own and a certificate for both names."""
    values = project.example()[0]
    for name in ("POSTGRES_PASSWORD", "NATS_PASSWORD", "ADMIN_API_TOKEN", "JWT_SECRETS", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"):
        values[name] = secrets.token_hex(32)
    names = {"PUBLIC_URL": "https://chat.example", "CORS_ALLOWED_ORIGINS": "https://shop.example", "FILES_HOST": "files.chat.example"}
    values |= names | {"S3_PUBLIC_ENDPOINT": "https://files.chat.example", "MTCHAT_IMAGE": "mtchat:0.0.0", "TLS_FILE": f"{work}/tls.pem"}
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=chat.example",
            "-addext", "subjectAltName=DNS:chat.example,DNS:files.chat.example", "-keyout", f"{work}/key.pem", "-out", f"{work}/certificate.pem"]  # fmt: skip
    done = subprocess.run(made, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, f"openssl makes no certificate: {done.stderr}")
    with open(values["TLS_FILE"], "w") as together:
        for part in ("certificate.pem", "key.pem"):
            with open(f"{work}/{part}") as one:
                together.write(one.read())
    return values


def hardened(machine):
    """Nobody is root or may become it, and nobody writes to their own root."""
    for container in machine.containers:
        if not container.runs():
            continue
        with open(f"/proc/{container.process.pid}/status") as status:
            facts = dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)
        expect(facts["Uid"].split("\t")[1] != "0", f"{container.name} runs as root")
        expect(int(facts["CapEff"], 16) == 0 and int(facts["CapBnd"], 16) == 0, f"{container.name} has capabilities: {facts['CapEff']}")
        expect(facts["NoNewPrivs"] == "1", f"{container.name} may become more than it is")
        try:
            with open(f"/proc/{container.process.pid}/root/etc/written", "w"):
                pass
            raise Failure(f"the root of {container.name} can be written to")
        except OSError:
            pass
    inside = "/proc/%d/root" % machine.of("edge")[0].process.pid
    expect(not os.path.exists(f"{inside}/bin/sh"), "there is a shell in the image")
    say("nobody is root, has a capability, or writes to their own root")


def doctor(machine):
    """It looks at everything with the settings of an edge, from where the edge is."""
    said = machine.execute(machine.of("edge")[0], ["/usr/local/bin/mtchat", "doctor"])
    expect(said.returncode == 0, f"doctor ends with {said.returncode}:\n{said.stdout}")
    say("doctor finds no problem")


def replace(machine, talk):
    """What an operator does for a new version, with roll.sh, while people talk."""
    before = {one.name for service in ("edge", "worker") for one in machine.of(service)}
    engine = Engine(machine)
    with talk.sending() as sent:
        rolled = engine.run(project.HERE / "roll.sh", "--file", "compose.yaml")
    expect(rolled.returncode == 0, f"roll.sh ends with {rolled.returncode}: {rolled.stdout}{rolled.stderr}")
    after = [one.name for service in ("edge", "worker") for one in machine.of(service) if one.runs()]
    expect(len(after) == len(before) and not before & set(after), f"{sorted(before)} were to be replaced, and {after} run")
    talk.everybody_has(sent)
    say(f"{len(before)} edges and workers were replaced: {sent.count} messages meanwhile, none refused, none lost")


def lose_worker(machine, talk):
    """The one that does most of the work, and without being asked."""
    lost = machine.of("worker")[0]
    lost.process.kill()
    lost.process.wait()
    with talk.sending() as sent:
        sent.at_least(20)
    talk.everybody_has(sent)
    say(f"{lost.name} was killed, and the other one took over")


def end(machine):
    codes = {}
    for service in ENDING:
        for container in machine.of(service):
            if container.runs():
                codes[container.name] = machine.stop(container)
    unwell = {name: code for name, code in codes.items() if code}
    expect(not unwell, f"not everything ended well: {unwell}")
    say(f"{len(codes)} containers ended as they were asked to, all with code 0")


def say(what, began=None):
    print(f"  ok  {what}" + (f" ({time.monotonic() - began:.0f} s)" if began else ""), flush=True)


if __name__ == "__main__":
    main()
