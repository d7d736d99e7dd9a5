"""A shell in which blocks are run one after the other, as somebody types them into a terminal."""

import os
import re
import signal
import subprocess
import threading
import time


# Control sequences of terminals (ECMA-48): colours, and links with their targets. Programs print them into pipes, too, when the
# environment makes them believe that somebody likes to see them.
CONTROLS = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class Failed(Exception):
    """A block has not done what it says."""


class Shell:
    """One bash; what it and everything that it has started prints comes together, as plain text."""

    def __init__(self, place, environment):
        self.bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=place,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.said = ""
        self.news = threading.Condition()
        self.ended = False
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()
        self.count = 0

    def listen(self):
        for line in self.bash.stdout:
            with self.news:
                self.said += CONTROLS.sub("", line)
                self.news.notify_all()
        with self.news:
            self.ended = True
            self.news.notify_all()

    def run(self, code, script, seconds):
        """Run this; what it printed comes back. `script` is a file to keep it in, so that bash reads no more of it than it runs."""
        self.count += 1
        mark = f"::done {self.count}::"
        script.write_text(code)
        begin = len(self.said)
        # A command that fails ends the shell, and so the block.
        self.bash.stdin.write(f"set -eo pipefail; . {script} </dev/null; set +e; echo; echo '{mark}'\n")
        self.bash.stdin.flush()
        self.wait_for(mark, begin, seconds, "it did not end")
        return self.said[begin:].split(mark)[0]

    def wait_for(self, text, begin, seconds, otherwise):
        """Wait until this was printed since `begin`."""
        deadline = time.monotonic() + seconds
        with self.news:
            while text not in self.said[begin:]:
                left = deadline - time.monotonic()
                if self.ended:
                    raise Failed(f"it failed with exit code {self.bash.wait()}\n{self.said[begin:]}")
                if left <= 0:
                    raise Failed(f"{otherwise} within {seconds} s\n{self.said[begin:]}")
                self.news.wait(left)

    def end(self):
        """End it and everything that it has started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.bash.pid, number)
            except ProcessLookupError:
                break
            try:
                self.bash.wait(5)
            except subprocess.TimeoutExpired:
                continue
            # The rest of the group may need a moment more; whoever does not take the hint is killed in the next round.
        self.bash.stdin.close()
        self.listener.join(5)
        self.bash.stdout.close()
