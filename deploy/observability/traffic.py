"""What people and hosts do, a little of each: so that every metric which wants no trouble has a value."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import secrets
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

MESSAGES = 40
# Names that stand out, so that one of them in a label is found.
USERS = ["canary-anna", "canary-bela"]
OBJECT = "canary-order-7731"


class Receiver:
    """An endpoint of webhooks on this machine: it takes everything."""

    def __enter__(self):
        outer = self
        self.told = threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(204)
                self.end_headers()
                outer.told.set()

            def log_message(self, *_):
                """Nothing is said."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/webhooks"


def environment(receiver):
    """Notifications after a second, and the endpoint."""
    return dict(
        os.environ, WEBHOOK_URL=receiver.url, WEBHOOK_SECRET=secrets.token_hex(32), WEBHOOK_ALLOW_PRIVATE="true", WEBHOOK_EVENTS="*",
        NOTIFICATION_DELAY_SECS="1", RUST_LOG="warn",
    )  # fmt: skip


def token(secret, user):
    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    now = int(time.time())
    head = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps({"sub": user, "iat": now, "exp": now + 3600}).encode())
    return (head + b"." + part(hmac.new(secret.encode(), head, hashlib.sha256).digest())).decode()


class Caller:
    def __init__(self, address, bearer):
        self.base, self.bearer = f"http://{address}/api/v1", bearer

    def __call__(self, method, path, body=None):
        headers = {"Authorization": f"Bearer {self.bearer}", "Content-Type": "application/json"}
        request = urllib.request.Request(
            self.base + path, json.dumps(body).encode() if body is not None else None, headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read()
                return json.loads(text)["data"] if text else None
        except urllib.error.HTTPError as error:
            return error.code


def play(address, data, receiver, seen):
    """Plays it, in two parts so that there is something to compute rates from; `seen` waits until the first one was scraped. Gives the names that
    must not be in any label."""
    kept = json.loads((data / "credentials.json").read_text())
    host = Caller(address, kept["admin_api_token"])
    anna, bela = (Caller(address, token(kept["jwt_secret"], user)) for user in USERS)
    people = [{"user_id": user, "display_name": user.title()} for user in USERS]
    dialog = host(
        "POST", "/management/dialogs", {"object_type": "order", "object_id": OBJECT, "title": "Order", "participants": people}
    )["id"]
    with Socket(address, token(kept["jwt_secret"], USERS[1])) as first:
        place = first.hello()
        for number in range(MESSAGES):
            anna("POST", f"/dialogs/{dialog}/messages", {"content": f"message {number}"})
        first.until("message.new")
    refused = Socket.refused(address)
    if refused != 401:
        raise SystemExit(f"a socket with a bad token was answered with {refused}")
    # Back with the place where it stood: it gets what it missed.
    with Socket(address, token(kept["jwt_secret"], USERS[1]), place) as second:
        second.until("message.new")
        for path in (
            "/dialogs",
            "/unread",
            f"/dialogs/{dialog}",
            f"/dialogs/{dialog}/messages",
            "/search?q=message",
            f"/dialogs/by-object/order/{OBJECT}",
        ):
            bela("GET", path)
        bela("GET", f"/dialogs/{secrets.token_hex(16)}")
        Caller(address, "nobody")("GET", "/dialogs")
        seen()
        for number in range(MESSAGES):
            bela("POST", f"/dialogs/{dialog}/messages", {"content": f"answer {number}"})
    if not receiver.told.wait(30):
        raise SystemExit("the endpoint was told nothing")
    return [*USERS, OBJECT, dialog]


class Socket:
    """Just enough of a WebSocket."""

    def __init__(self, address, bearer, place=None):
        self.address = address
        self.query = {"token": bearer, **(place or {})}

    def __enter__(self):
        host, port = self.address.split(":")
        self.stream = socket.create_connection((host, int(port)), timeout=20)
        request = (
            f"GET /api/v1/ws?{urllib.parse.urlencode(self.query)} HTTP/1.1\r\nHost: {self.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        self.stream.sendall(request.encode())
        self.file = self.stream.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        while self.file.readline().strip():
            pass
        return self

    def __exit__(self, *_):
        # A close frame, masked as a client's must be.
        self.stream.sendall(bytes([0x88, 0x80]) + b"\0\0\0\0")
        self.stream.close()

    def frames(self):
        while head := self.file.read(2):
            length = head[1] & 0x7F
            if length > 125:
                size = 2 if length == 126 else 8
                length = struct.unpack(">H" if size == 2 else ">Q", self.file.read(size))[0]
            body = self.file.read(length)
            if head[0] & 0x0F == 1:
                yield json.loads(body)

    def until(self, kind):
        return next(frame for frame in self.frames() if frame["type"] == kind)

    def hello(self):
        frame = self.until("connected")
        found = {**frame, **frame.get("data", {})} if isinstance(frame.get("data"), dict) else frame
        return {"epoch": found["epoch"], "pos": found["pos"]}

    @classmethod
    def refused(cls, address):
        with cls(address, "nobody") as attempt:
            return attempt.status
