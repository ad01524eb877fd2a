"""The edge of the API (ASGI): request ids, the headers of every answer, bodies within limits, faults told."""

import logging
import re
import zlib
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("bee.api")

REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
MOST_BODY_BYTES: Final = 4 << 20
MOST_UNPACKED_BYTES: Final = 16 << 20
MOST_AUTH_BYTES: Final = 1 << 20
SAFETY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
DOCS: Final = "/docs"
# The page that shows the description runs scripts of its own, from here.
DOCS_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'"
)


class Edge:
    """Stands in front of everything, so that a fault's answer has its headers too."""

    def __init__(self, app: ASGIApp, *, version: str, is_secure: bool) -> None:
        self._app = app
        self._headers = {"X-BEE-Version": version} | SAFETY_HEADERS
        if is_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        sent_id = request.headers.get("x-request-id", "")
        request_id = sent_id if REQUEST_ID.fullmatch(sent_id) else uuid4().hex
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        has_ended = False

        async def send_with_headers(message: Message) -> None:
            nonlocal has_ended
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if scope["path"].startswith(DOCS):
                    headers["Content-Security-Policy"] = DOCS_POLICY
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)
            has_ended = message["type"] == "http.response.body" and not message.get("more_body")

        body = _Body(scope, receive)
        try:
            await self._app(body.scope, body.receive, send_with_headers)
        except Exception:
            log.exception("request %s failed", request_id)
            # The framework has told the caller, unless an answer was under way: then the connection is cut.
            if not has_ended:
                raise


class _Body:
    """A request's body, unpacked, and never more of it than its area takes."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Headers(scope=scope)
        self._receive = receive
        self._most_bytes = MOST_AUTH_BYTES if scope["path"].startswith("/auth/") else MOST_BODY_BYTES
        self._taken = self._unpacked = 0
        encoding = headers.get("content-encoding", "identity").strip().lower()
        self._packed = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
        self._encoding = encoding
        # What is passed on is no longer packed, nor as long as was said.
        dropped = {b"content-encoding", b"content-length"} if self._packed else set()
        self.scope = {
            **scope,
            "headers": [pair for pair in scope["headers"] if pair[0].lower() not in dropped],
        }

    async def receive(self) -> Message:
        """Return the next part. Raises HTTP's own 413 and 400, which pass through the framework."""
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        if self._encoding not in {"gzip", "identity", ""}:
            raise HTTPException(415, "Of the content encodings only gzip is taken")
        part = message.get("body", b"")
        self._taken += len(part)
        if self._taken > self._most_bytes:
            raise HTTPException(413, f"The body is too large; at most {self._most_bytes >> 20} MiB are taken")
        if self._packed is None:
            return message
        return {**message, "body": self._unpack(self._packed, part, is_last=not message.get("more_body"))}

    def _unpack(self, packed: "zlib._Decompress", part: bytes, *, is_last: bool) -> bytes:
        room = MOST_UNPACKED_BYTES - self._unpacked
        try:
            out = packed.decompress(part, room + 1)
        except zlib.error as error:
            raise HTTPException(400, "The body is no gzip") from error
        if len(out) > room:
            raise HTTPException(
                413, f"The body is too large; unpacked, at most {MOST_UNPACKED_BYTES >> 20} MiB are taken"
            )
        if is_last and not packed.eof:
            raise HTTPException(400, "The body's gzip is cut off")
        self._unpacked += len(out)
        return out
