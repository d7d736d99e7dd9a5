"""Answers for names the way an engine's resolver does: at 127.0.0.11 in the network of each container, with the addresses of what runs now."""

import ctypes
import os
import select
import socket
import struct
import threading

CLONE_NEWNET = 0x40000000
A, AAAA = 1, 28
SECONDS_TO_LIVE = 1


class Names:
    """`look_up` is asked with a container and a name; None: there is no such name."""

    def __init__(self, look_up):
        self.look_up = look_up
        self.sockets = {}
        threading.Thread(target=self.serve, daemon=True).start()

    def serve_in(self, container, namespace):
        """A thread may enter another network, and a socket stays in that where it was made."""
        made = []

        def make():
            with open(f"/run/netns/{namespace}") as there:
                if ctypes.CDLL(None, use_errno=True).setns(there.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            one.bind(("127.0.0.11", 53))
            made.append(one)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        self.sockets[made[0]] = container

    def serve(self):
        while True:
            ready, _, _ = select.select(list(self.sockets), [], [], 0.1)
            for one in ready:
                question, sender = one.recvfrom(4096)
                one.sendto(self.answer(self.sockets[one], question), sender)

    def answer(self, container, question):
        name, place = [], 12
        while question[place]:
            length = question[place]
            name.append(question[place + 1 : place + 1 + length].decode("ascii", "replace"))
            place += 1 + length
        place += 1
        (kind,) = struct.unpack("!H", question[place : place + 2])
        asked = question[12 : place + 4]
        addresses = self.look_up(container, ".".join(name).lower())
        rows = [socket.inet_aton(address) for address in addresses or []] if kind == A else []
        code = 3 if addresses is None else 0
        head = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(rows), 0, 0)
        return head + asked + b"".join(b"\xc0\x0c" + struct.pack("!HHIH", A, 1, SECONDS_TO_LIVE, 4) + row for row in rows)
