"""Plays a compose project on this machine without an engine: namespaces, a bridge, a root for each container, and the programs that the
images hold, from this machine. Who may write what, as whom, and by which names one finds another is as an engine has it; limits of memory
and processors, and what is published to the outside, are not played.
"""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from names import Names

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BRIDGE, NETWORK = "br0", "10.77.0"
SYSTEM = ["bin", "sbin", "lib", "lib64", "lib32", "libx32"]
PATH = "/programs:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"


class Failure(Exception):
    """Something did not come up, or did not end as it should; in one sentence."""


class Container:
    def __init__(self, service, number, address, namespace):
        self.service, self.number, self.address, self.namespace = service, number, address, namespace
        self.process = self.log = None

    @property
    def name(self):
        return f"{self.service}-{self.number}"

    def runs(self):
        return self.process is not None and self.process.poll() is None


class Machine:
    """`images` says for each image what it brings: `root` (a folder, copied) or `programs` (name: file of this machine), and `environment`,
    `entrypoint`, `command`, `user`, `healthcheck`, `folders` (where: folder of this machine), `prepare` (called before the first start)."""

    def __init__(self, project, images, work):
        self.project, self.images, self.work = project, images, Path(work)
        self.containers = []
        self.addresses = itertools.count(10)
        self.names = Names(self.look_up)
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "addr", "add", f"{NETWORK}.1/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
        run("mount", "--make-rprivate", "/")
        os.makedirs("/run/netns", exist_ok=True)
        run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")

    # Starting and ending ---------------------------------------------------------------------------------------------

    def up(self, services):
        """Starts these and what they wait for, in that order."""
        for service in services:
            about = self.project["services"][service]
            if any(one.service == service for one in self.containers):
                continue
            for other, how in about.get("depends_on", {}).items():
                self.up([other])
                self.wait(other, how["condition"])
            for number in range(1, about.get("deploy", {}).get("replicas", 1) + 1):
                self.start(self.make(service, number))

    def make(self, service, number):
        index = next(self.addresses)
        container = Container(service, number, f"{NETWORK}.{index}", f"c{index}")
        self.containers.append(container)
        run("ip", "netns", "add", container.namespace)
        run("ip", "link", "add", f"v{index}", "type", "veth", "peer", "name", "eth0", "netns", container.namespace)
        run("ip", "link", "set", f"v{index}", "master", BRIDGE, "up")
        run("ip", "-n", container.namespace, "link", "set", "lo", "up")
        run("ip", "-n", container.namespace, "addr", "add", f"{container.address}/24", "dev", "eth0")
        run("ip", "-n", container.namespace, "link", "set", "eth0", "up")
        self.names.serve_in(container, container.namespace)
        self.lay_out(container)
        return container

    def start(self, container):
        self.images_of(container).get("prepare", lambda *_: None)(self, container)
        container.log = open(self.work / f"{container.name}.log", "ab")  # noqa: SIM115
        container.process = self.enter(container, self.command(container), stdout=container.log, stderr=container.log)

    def stop(self, container):
        """Asks it to end, and says with which code it did: within the time that an engine would give it."""
        within = int(self.project["services"][container.service].get("stop_grace_period", "10s").rstrip("s"))
        container.process.send_signal(signal.SIGTERM)
        try:
            return container.process.wait(within)
        except subprocess.TimeoutExpired as late:
            raise Failure(f"{container.name} did not end within {within} s{self.tail(container)}") from late

    def of(self, service):
        return [one for one in self.containers if one.service == service]

    # Waiting ---------------------------------------------------------------------------------------------------------

    def wait(self, service, condition, within=120):
        for container in self.of(service):
            if condition == "service_completed_successfully":
                try:
                    code = container.process.wait(within)
                except subprocess.TimeoutExpired as late:
                    raise Failure(f"{container.name} has not ended within {within} s{self.tail(container)}") from late
                if code:
                    raise Failure(f"{container.name} ended with {code}{self.tail(container)}")
            elif condition == "service_healthy":
                self.wait_healthy(container, within)

    def wait_healthy(self, container, within=120):
        deadline = time.monotonic() + within
        said = ""
        while time.monotonic() < deadline:
            if not container.runs():
                raise Failure(f"{container.name} ended with {container.process.poll()}{self.tail(container)}")
            check = self.execute(container, self.health(container))
            if check.returncode == 0:
                return
            said = check.stdout
            time.sleep(0.2)
        raise Failure(f"{container.name} is not healthy after {within} s; its check says: {said.strip()}{self.tail(container)}")

    def health(self, container):
        test = self.project["services"][container.service].get("healthcheck", {}).get("test")
        command = test or self.images_of(container).get("healthcheck")
        if not command:
            raise Failure(f"{container.service} has no health check, and others wait for it")
        return command[1:] if command[0] == "CMD" else command

    def execute(self, container, command, within=60):
        process = self.enter(container, command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said, _ = process.communicate(timeout=within)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
        return subprocess.CompletedProcess(command, process.returncode, said)

    def tail(self, container, lines=25):
        text = (self.work / f"{container.name}.log").read_text(errors="replace").splitlines()[-lines:]
        return "".join(f"\n    {line}" for line in text)

    # What a container is ---------------------------------------------------------------------------------------------

    def images_of(self, container):
        return self.images[self.project["services"][container.service]["image"].rpartition(":")[0]]

    def command(self, container):
        about, image = self.project["services"][container.service], self.images_of(container)
        entrypoint = about.get("entrypoint", image.get("entrypoint", []))
        # Its own entrypoint takes the image's command away.
        return entrypoint + about.get("command", [] if "entrypoint" in about else image.get("command", []))

    def root(self, container):
        return self.work / "roots" / container.name

    def lay_out(self, container):
        root, image = self.root(container), self.images_of(container)
        root.mkdir(parents=True)
        if "root" in image:
            run("cp", "--archive", "--link", f"{image['root']}/.", root)
        else:
            for folder in ["etc", "tmp", "proc", "dev", "sys", "programs", "usr", "var"]:
                (root / folder).mkdir()
            (root / "tmp").chmod(0o1777)
            for name in SYSTEM:
                if Path("/", name).is_symlink():
                    (root / name).symlink_to(os.readlink(Path("/", name)))
            (root / "etc" / "passwd").write_text("root:x:0:0:root:/:/bin/sh\n" + image.get("accounts", ""))
            for name, file in image.get("programs", {}).items():
                shutil.copy(file, root / "programs" / name)
        others = "".join(f"{other}\t{name}\n" for name, other in [("localhost", "127.0.0.1"), (container.name, container.address)])
        (root / "etc" / "hosts").write_text(others)
        (root / "etc" / "resolv.conf").write_text("nameserver 127.0.0.11\noptions ndots:0\n")

    def look_up(self, asking, name):
        """Those are found that one has a network in common with, by their names and by their aliases there."""
        mine = set(networks(self.project["services"][asking.service]))
        for service, about in self.project["services"].items():
            for network, how in networks(about).items():
                if network in mine and name in [service, *(how or {}).get("aliases", [])]:
                    return [one.address for one in self.of(service) if one.runs()]
        return None

    def mounts(self, container):
        about, image = self.project["services"][container.service], self.images_of(container)
        if "root" not in image:
            system = ["bin", "sbin", "lib", "lib64", "lib32", "libx32", "share"]
            for name in [f"usr/{name}" for name in system] + [name for name in SYSTEM if not Path("/", name).is_symlink()]:
                if Path("/", name).is_dir():
                    yield {"type": "bind", "source": f"/{name}", "target": f"/{name}", "read_only": True}
        for target, source in image.get("folders", {}).items():
            yield {"type": "bind", "source": str(source), "target": target, "read_only": True}
        for one in about.get("tmpfs", []):
            target, _, options = one.partition(":")
            yield {"type": "tmpfs", "target": target, "options": options}
        for one in about.get("volumes", []):
            source, target, *how = one.split(":")
            if source.startswith((".", "/")):
                source = str((HERE / source).resolve())
                if not os.path.exists(source):
                    raise Failure(f"{container.service} mounts {source}, which is not there")
            else:
                source = str(self.volume(source, image))
            yield {"type": "bind", "source": source, "target": target, "read_only": how == ["ro"]}

    def volume(self, name, image):
        folder = self.work / "volumes" / name
        if not folder.exists():
            folder.mkdir(parents=True)
            # A fresh volume belongs to whom the folder in the image belongs to: root, unless the image says otherwise.
            os.chown(folder, *image.get("owner", (0, 0)))
        return folder

    def enter(self, container, command, **streams):
        about, image = self.project["services"][container.service], self.images_of(container)
        user = about.get("user", image.get("user", "0:0"))
        limits = about.get("ulimits", {})
        described = {
            "root": str(self.root(container)),
            "command": command,
            "directory": about.get("working_dir", image.get("directory", "/")),
            "environment": {"PATH": PATH, **image.get("environment", {}), **{key: str(value) for key, value in about.get("environment", {}).items()}},
            "user": [int(part) for part in user.split(":")],
            "capabilities": about.get("cap_add", []),
            "read_only": about.get("read_only", False),
            "open_files": limits.get("nofile", 1024 * 1024),
            "mounts": list(self.mounts(container)),
        }
        inside = ["ip", "netns", "exec", container.namespace, "unshare", "--mount", sys.executable, str(HERE / "enter.py"), json.dumps(described)]
        return subprocess.Popen(inside, stdin=subprocess.DEVNULL, **streams)


def networks(about):
    named = about.get("networks", {})
    return named if isinstance(named, dict) else dict.fromkeys(named)


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
