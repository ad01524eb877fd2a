"""A server on loopback that speaks FCM v1: how it answers is chosen by the address, and it keeps what it was asked.

``<kind>`` or ``<kind>-<anything>`` chooses: see ``ERRORS``; ``slow``, ``hang``, ``drop_before`` (the connection is
closed, nothing delivered), ``drop_after`` (delivered, then closed), ``error_after`` (delivered, then 503),
``trickle`` (delivered, then an answer that never ends), ``nameless`` and ``nonsense`` (200 with something else in
it). With ``once_`` in front only the first post is answered so. Everything else is delivered. Paths and methods it
does not know get 501.
"""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

PROJECT: Final = "bee-test"
PATH: Final = f"/v1/projects/{PROJECT}/messages:send"
FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"

Error = tuple[int, str, list[dict[str, Any]], dict[str, str]]


def _fcm(status: int, name: str, code: str, headers: Mapping[str, str] | None = None) -> Error:
    return status, name, [{"@type": FCM_ERROR, "errorCode": code}], dict(headers or {})


# What the service says, as it says it: status, canonical name, details, headers.
ERRORS: Final[Mapping[str, Error]] = {
    "unregistered": _fcm(404, "NOT_FOUND", "UNREGISTERED"),
    "missing": (404, "NOT_FOUND", [], {}),
    "malformed": (
        400,
        "INVALID_ARGUMENT",
        [
            {"@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT"},
            {"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.token"}]},
        ],
        {},
    ),
    "payload": (
        400,
        "INVALID_ARGUMENT",
        [
            {"@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT"},
            {"@type": BAD_REQUEST, "fieldViolations": [{"field": "message.data"}]},
        ],
        {},
    ),
    "mismatch": _fcm(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH"),
    "forbidden": (403, "PERMISSION_DENIED", [], {}),
    "apns": _fcm(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR"),
    "unauthenticated": (401, "UNAUTHENTICATED", [], {}),
    "quota": _fcm(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED"),
    "quota_told": _fcm(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", {"Retry-After": "120"}),
    "internal": _fcm(500, "INTERNAL", "INTERNAL"),
    "unavailable": _fcm(503, "UNAVAILABLE", "UNAVAILABLE", {"Retry-After": "1"}),
}
CLOSES: Final = frozenset({"drop_before", "drop_after"})
DELIVERS: Final = frozenset({"drop_after", "error_after"})


class FcmServer(ThreadingHTTPServer):
    """The service: ``posts`` of each address, and what each ``device`` shows, by the key that it collapses on."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, *, pause_s: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.pause_s = pause_s
        self.bodies: list[dict[str, Any]] = []
        self.posts: Counter[str] = Counter()
        self.shown: dict[str, set[str]] = {}
        self.delivered: Counter[str] = Counter()
        self.modes: dict[str, str] = {}
        self.most_bytes = 0

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that go away: they are killed on purpose."""

    def deliver(self, message: dict[str, Any], address: str) -> None:
        """Show a message on its device, over one with the same key."""
        key = collapse_key(message)
        with self.lock:
            self.shown.setdefault(address, set()).add(key)
            self.delivered[address] += 1


def collapse_key(message: Mapping[str, Any]) -> str:
    """Return the key on which the kind of device of a message collapses it; there has to be one."""
    if "android" in message:
        android = message["android"]
        assert android["notification"]["tag"] == android["collapse_key"]
        return str(android["collapse_key"])
    if "apns" in message:
        return str(message["apns"]["headers"]["apns-collapse-id"])
    return str(message["webpush"]["headers"]["Topic"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # In one packet, or each answer waits for the other side's delayed acknowledgement.
    wbufsize = -1
    server: FcmServer

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != PATH:
            self._answer(501, {"error": {"status": "UNIMPLEMENTED"}})
            return
        body = json.loads(raw)
        message = body["message"]
        address = message.get("token") or message["fid"]
        with self.server.lock:
            self.server.bodies.append(body)
            self.server.posts[address] += 1
            self.server.most_bytes = max(self.server.most_bytes, len(raw))
            tries = self.server.posts[address]
        time.sleep(self.server.pause_s)
        self._behave(self.server.modes.get(address, address.split("-")[0]), body, address, tries)

    def do_GET(self) -> None:
        self._answer(501, {"error": {"status": "UNIMPLEMENTED"}})

    def _behave(self, mode: str, body: dict[str, Any], address: str, tries: int) -> None:
        if mode.startswith("once_"):
            mode = mode.removeprefix("once_") if tries == 1 else "fine"
        if mode in ERRORS:
            status, name, details, headers = ERRORS[mode]
            self._answer(status, {"error": {"code": status, "status": name, "details": details}}, headers)
            return
        if mode in {"hang", "slow"}:
            time.sleep(3 if mode == "hang" else 0.3)
        if not body.get("validate_only") and mode != "drop_before":
            self.server.deliver(body["message"], address)
        if mode == "trickle":
            self._trickle()
        elif mode in CLOSES:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif mode in DELIVERS:
            self._answer(503, {"error": {"code": 503, "status": "UNAVAILABLE"}})
        elif mode == "nameless":
            self._answer(200, {})
        elif mode == "nonsense":
            self._answer(200, None)
        else:
            self._answer(200, {"name": f"projects/{PROJECT}/messages/{address}-{tries}"})

    def _trickle(self) -> None:
        """Say a byte now and then, so that no timeout between bytes is ever reached."""
        self.close_connection = True
        with suppress(OSError):
            self.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Padding: ")
            while not self.server.is_over.wait(0.05):
                self.connection.sendall(b".")

    def _answer(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        raw = b"<html>" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def fcm_server(*, pause_s: float = 0.0) -> Iterator[FcmServer]:
    """Run the service until the block is left."""
    server = FcmServer(pause_s=pause_s)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.is_over.set()
        server.shutdown()
        server.server_close()
        thread.join()
