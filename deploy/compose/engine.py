"""Stands in for the command `docker`, as far as roll.sh uses it: what it asks for happens on the machine that is played."""

import json
import os
import socketserver
import subprocess
import sys
import threading

CLIENT = """#!{python}
import json, socket, sys
one = socket.socket(socket.AF_UNIX)
one.connect({socket!r})
one.sendall(json.dumps(sys.argv[1:]).encode() + b"\\n")
code, said = json.loads(one.makefile().readline())
sys.stdout.write(said)
sys.exit(code)
"""


class Engine:
    def __init__(self, machine):
        self.machine, self.asked = machine, []
        self.folder = machine.work / "engine"
        self.folder.mkdir()
        path = str(self.folder / "socket")
        command = self.folder / "docker"
        command.write_text(CLIENT.format(python=sys.executable, socket=path))
        command.chmod(0o755)
        engine = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    answer = engine.do(json.loads(self.rfile.readline()))
                except Exception as error:  # noqa: BLE001: whoever asked is told, whatever it is
                    answer = (1, f"{error}\n")
                self.wfile.write(json.dumps(answer).encode() + b"\n")

        self.server = socketserver.ThreadingUnixStreamServer(path, Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def run(self, *command):
        environment = {**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"}
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)

    def do(self, words):
        self.asked.append(words)
        if words[0] == "compose":
            words = words[1:]
            while words[0] == "--file":
                words = words[2:]
        if words[0] == "run":
            return self.run_once(words[-1])
        return {"pull": self.pull, "ps": self.ps, "up": self.up, "exec": self.exec, "stop": self.stop, "rm": self.rm}[words[0]](words[1:])

    def named(self, name):
        return next(one for one in self.machine.containers if one.name == name)

    # What is asked for -----------------------------------------------------------------------------------------------

    def pull(self, _words):
        return 0, ""

    def ps(self, words):
        return 0, "".join(f"{one.name}\n" for one in self.machine.of(words[-1]) if one.runs())

    def up(self, words):
        service = words[-1]
        wanted = int(words[words.index("--scale") + 1].removeprefix(f"{service}="))
        if "--no-recreate" not in words or "--no-deps" not in words:
            return 1, "this would replace what runs\n"
        number = max((one.number for one in self.machine.of(service)), default=0)
        while sum(one.runs() for one in self.machine.of(service)) < wanted:
            number += 1
            fresh = self.machine.make(service, number)
            self.machine.start(fresh)
            if "--wait" in words:
                self.machine.wait_healthy(fresh)
        return 0, ""

    def exec(self, words):
        words = [word for word in words if word != "-T"]
        said = self.machine.execute(self.machine.of(words[0])[0], words[1:])
        return said.returncode, said.stdout

    def run_once(self, service):
        one = self.machine.make(service, 100 + len(self.asked))
        self.machine.start(one)
        self.machine.containers.remove(one)
        return one.process.wait(120), ""

    def stop(self, words):
        container = self.named(words[-1])
        code = self.machine.stop(container)
        return (0, f"{container.name}\n") if code == 0 else (1, f"{container.name} ended with {code}{self.machine.tail(container)}\n")

    def rm(self, words):
        container = self.named(words[-1])
        if container.runs():
            return 1, f"{container.name} runs\n"
        self.machine.containers.remove(container)
        return 0, ""
