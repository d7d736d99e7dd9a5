"""People who talk through the proxy, and who look whether all of it is there."""

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import ssl
import struct
import subprocess
import threading
import time
import urllib.parse
import zlib

from machine import Failure

WITHIN = 30


def expect(condition, otherwise):
    if not condition:
        raise Failure(otherwise)


class Sent:
    """What was said while something happened."""

    def __init__(self):
        self.count, self.refused, self.ending = 0, [], threading.Event()

    def at_least(self, number):
        deadline = time.monotonic() + WITHIN
        while self.count < number:
            expect(not self.refused and time.monotonic() < deadline, f"only {self.count} messages went: {self.refused[:3]}")
            self.ending.wait(0.05)


class Talk:
    """With values of an .env: by the names in there, over TLS. Otherwise by the port that this machine only has."""

    def __init__(self, machine, built, values):
        self.machine, self.program = machine, f"{built}/usr/local/bin/mtchat"
        self.settings = machine.project["services"]["edge"]["environment"]
        self.proxy = machine.of("proxy")[0].address
        self.tls = None
        if values:
            self.tls = ssl.create_default_context(cafile=f"{machine.work}/certificate.pem")
            self.world = urllib.parse.urlsplit(values["PUBLIC_URL"]).hostname
        self.total = 0
        self.dialog = self.answered("POST", "/api/v1/management/dialogs", self.settings["ADMIN_API_TOKEN"], {
            "object_type": "order", "object_id": "1042", "title": "Order 1042",
            "participants": [{"user_id": "alice", "display_name": "Alice"}, {"user_id": "bob", "display_name": "Bob"}],
        })["id"]  # fmt: skip
        self.log = open(machine.work / "listener.log", "wb")  # noqa: SIM115
        self.listener = subprocess.Popen(
            [self.program, "listen", "--url", f"http://{self.proxy}:8080", "--token", self.token("bob"), "--json"],
            stdout=subprocess.PIPE, stderr=self.log, text=True,
        )  # fmt: skip
        self.heard = []
        threading.Thread(target=self.listen, daemon=True).start()
        # What is said before somebody listens is nobody's loss.
        self.wait(lambda: self.sockets() == 1, "the listener does not come through the proxy")

    # What people do --------------------------------------------------------------------------------------------------

    def converse(self):
        self.say("Hello, Bob")
        self.wait(lambda: len(self.heard) == 1, "what Alice said does not reach Bob's socket")
        # It may be stored a moment later than it is told.
        history = f"/api/v1/dialogs/{self.dialog}/messages"
        self.wait(lambda: "Hello, Bob" in json.dumps(self.answered("GET", history, self.token("bob"))), "Bob does not read what Alice said")
        print("  ok  a message goes through the proxy, to a socket and to who reads later", flush=True)

    def attach(self):
        """A picture, of which the edge makes a thumbnail in a process of its own: with nothing but what is in the image."""
        picture = png(64, 48)
        about = {"filename": "a.png", "content_type": "image/png", "size": len(picture)}
        # Text does not wait for the store: it may come up after the rest, and each edge looks for it by itself.
        for edge in self.machine.of("edge"):
            self.wait(lambda edge=edge: self.has_files(edge), f"{edge.name} does not find the store of files")
        place = self.answered("POST", "/api/v1/upload/presign", self.token("alice"), {"dialog_id": self.dialog, **about})
        self.wait(lambda: self.store("GET", place["upload_url"])[0] != 503, "the proxy does not find the store of files")
        status, said = self.store("PUT", place["upload_url"], picture, {"Content-Type": "image/png"})
        expect(status == 200, f"the store refuses an upload: {status} {said[:300]}")
        message = self.answered("POST", f"/api/v1/dialogs/{self.dialog}/messages", self.token("alice"),
                                {"content": "", "attachments": [{"s3_key": place["s3_key"], **about}]})  # fmt: skip
        self.total += 1
        attachment = message["attachments"][0]
        expect((attachment.get("width"), attachment.get("height")) == (64, 48), f"the picture was not measured: {attachment}")
        link = urllib.parse.urlsplit(attachment["url"])
        status, headers, _ = self.ask("GET", f"{link.path}?{link.query}")
        expect(status == 302, f"the link to a file answers {status}")
        status, said = self.store("GET", headers["location"])
        expect(status == 200 and said == picture, f"the file does not come back as it was: {status}")
        print("  ok  a picture is uploaded, measured by a process of its own, and read back", flush=True)

    def keep_private(self):
        self.open_socket()
        bucket = self.settings["S3_BUCKET"]
        files = self.machine.of("files")[0].address
        for path in (f"/{bucket}", f"/{bucket}/?list-type=2", "/"):
            status, _, _ = self.request("GET", files, 9000, path)
            expect(status == 403, f"the store answers {status} to a stranger who asks for {path}")
        status, _, _ = self.ask("GET", "/metrics")
        expect(status == 404, f"the proxy shows figures to everybody: {status}")
        for console in self.machine.of("files-console"):
            status, _, _ = self.request("GET", console.address, 9001, "/")
            expect(status in (302, 303, 307, 401), f"the console of the store answers {status} to a stranger")
        if self.tls:
            status, headers, _ = self.request("GET", self.proxy, 8081, "/anything", headers={"Host": self.world})
            expect((status, headers.get("location")) == (308, f"https://{self.world}/anything"), f"without TLS: {status} {headers.get('location')}")
        print("  ok  strangers see no file, no figures and no console", flush=True)

    def open_socket(self):
        """With the token in the address, where old clients have it: the proxy lets it through, and does not write it down."""
        token = self.token("alice")
        wanted = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "bXRjaGF0LW10Y2hhdC1tdA=="}
        status, _, _ = self.ask("GET", f"/api/v1/ws?token={token}", headers=wanted)
        expect(status == 101, f"a socket through the proxy answers {status}")
        proxy = self.machine.of("proxy")[0]
        self.wait(lambda: '"path":"/api/v1/ws"' in self.machine.tail(proxy, 500), "the proxy writes nothing of a socket")
        expect(token not in (self.machine.work / f"{proxy.name}.log").read_text(), "the proxy writes tokens down")
        print("  ok  a socket with its token in the address: it opens, and the token is in no log of the proxy", flush=True)

    def visit_demo(self):
        demo = self.machine.of("demo")[0]
        self.wait(lambda: "demo ready" in self.machine.tail(demo, 50), f"the demo does not come to an end with seeding:{self.machine.tail(demo)}", 120)
        status, _, page = self.request("GET", demo.address, 8090, "/")
        expect(status == 200 and b"<div id=" in page, f"the demo answers {status}")
        status, _, said = self.request("GET", demo.address, 8090, "/api/v1/dialogs", self.token("anna"))
        expect(status == 200 and json.loads(said)["data"], f"Anna has no dialogs in the demo: {status} {said[:300]}")
        print("  ok  the demo has its conversations", flush=True)

    @contextlib.contextmanager
    def sending(self):
        """Alice talks all the time."""
        sent = Sent()

        def go_on():
            while not sent.ending.is_set():
                try:
                    self.say(f"number {sent.count}")
                    sent.count += 1
                except (Failure, OSError, http.client.HTTPException) as failure:
                    sent.refused.append(str(failure))
                sent.ending.wait(0.02)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield sent
        finally:
            sent.ending.set()
            thread.join()
        expect(sent.count > 0 and not sent.refused, f"{len(sent.refused)} of {sent.count + len(sent.refused)} messages were refused: {sent.refused[:3]}")

    def everybody_has(self, sent):
        self.wait(lambda: len(self.heard) >= self.total, f"Bob's socket has {len(self.heard)} of {self.total} messages")
        ids = [one["id"] for one in self.heard]
        expect(len(ids) == len(set(ids)) == self.total, f"Bob's socket heard {len(ids)} messages, {len(set(ids))} different ones, of {self.total}")
        texts = [one.get("content") for one in self.heard[-sent.count :]]
        expect([text.split()[-1].split("<")[0] for text in texts] == [str(number) for number in range(sent.count)], "messages came in another order")

    # How -------------------------------------------------------------------------------------------------------------

    def say(self, text):
        self.answered("POST", f"/api/v1/dialogs/{self.dialog}/messages", self.token("alice"), {"content": text})
        self.total += 1

    def listen(self):
        for line in self.listener.stdout:
            frame = json.loads(line)
            if frame.get("type") == "message.new":
                payload = frame.get("payload", frame)
                # Of the demo's conversations Bob hears nothing; this is his only one.
                self.heard.append(payload.get("message", payload))

    def sockets(self):
        total = 0
        for edge in self.machine.of("edge"):
            _, _, said = self.request("GET", edge.address, 8080, "/metrics")
            total += sum(float(line.rsplit(" ", 1)[1]) for line in said.decode().splitlines() if line.startswith("mtchat_gateway_sockets"))
        return total

    def has_files(self, edge):
        _, _, said = self.request("GET", edge.address, 8080, "/metrics")
        return b"\nmtchat_files_up 1\n" in b"\n" + said

    def wait(self, condition, otherwise, within=WITHIN):
        deadline = time.monotonic() + within
        while not condition():
            expect(self.listener.poll() is None, "the listener has ended")
            expect(time.monotonic() < deadline, otherwise)
            time.sleep(0.05)

    def answered(self, method, path, token, body=None):
        status, _, said = self.ask(method, path, token, json.dumps(body).encode() if body else None)
        expect(status in (200, 201), f"{method} {path}: {status} {said[:500]}")
        return json.loads(said)["data"]

    def ask(self, method, path, token=None, body=None, headers=None):
        """The way everybody comes: through the proxy."""
        if self.tls:
            return self.request(method, self.proxy, 8443, path, token, body, {"Host": self.world, **(headers or {})}, self.world)
        return self.request(method, self.proxy, 8080, path, token, body, headers)

    def store(self, method, url, body=None, headers=None):
        """The address in links is the one that browsers have; here it is where it is."""
        link = urllib.parse.urlsplit(url)
        if self.tls:
            status, _, said = self.request(method, self.proxy, 8443, f"{link.path}?{link.query}", None, body, {"Host": link.netloc, **(headers or {})}, link.hostname)
            return status, said
        status, _, said = self.request(method, self.machine.of("files")[0].address, link.port, f"{link.path}?{link.query}", None, body,
                                       {"Host": link.netloc, **(headers or {})})  # fmt: skip
        return status, said

    def request(self, method, host, port, path, token=None, body=None, headers=None, name=None):
        """With a name: over TLS, with somebody who can prove it."""
        connection = http.client.HTTPConnection(host, port, timeout=WITHIN)
        try:
            if name:
                connection.connect()
                connection.sock = self.tls.wrap_socket(connection.sock, server_hostname=name)
            sent = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
            if body and "Content-Type" not in sent:
                sent["Content-Type"] = "application/json"
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def token(self, user):
        head, body = ({"alg": "HS256", "typ": "JWT"}, {"sub": user, "exp": int(time.time()) + 3600})
        signed = ".".join(plain(json.dumps(part).encode()) for part in (head, body))
        return f"{signed}.{plain(hmac.new(self.settings['JWT_SECRETS'].encode(), signed.encode(), hashlib.sha256).digest())}"


def plain(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def png(width, height):
    def chunk(kind, data):
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x60\xa0" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack("!IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
