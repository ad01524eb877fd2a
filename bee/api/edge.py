"""The edge of the API (ASGI): request ids, the headers of every answer, a line of log a request, faults told."""

import logging
import time
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.api.body import Body, first_header
from bee.telemetry.requests import answering, caller_of, request_id_of

log = logging.getLogger("bee.api")
requests_log = logging.getLogger("bee.api.requests")

SAFETY_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
DOCS: Final = "/docs"
# Where HEAD is a question of its own: how many rows there are.
COUNTS: Final = "/rest/"
# The page that shows the description runs scripts of its own, from here.
DOCS_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " frame-ancestors 'none'"
)

RawHeaders = tuple[tuple[bytes, bytes], ...]


class Edge:
    """Stands in front of everything, so that a fault's answer has its headers too."""

    def __init__(self, app: ASGIApp, *, version: str, is_secure: bool) -> None:
        self._app = app
        headers = {"X-BEE-Version": version} | SAFETY_HEADERS
        if is_secure:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        self._headers = _raw(headers)
        self._docs_headers = _raw(headers | {"Content-Security-Policy": DOCS_POLICY})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_id_of(first_header(scope, b"x-request-id"))
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        headers = self._docs_headers if scope["path"].startswith(DOCS) else self._headers
        answer = _Answer(send, (*headers, (b"x-request-id", request_id.encode())))
        body = Body(scope, receive)
        inside = body.scope
        if scope["method"] == "HEAD" and not scope["path"].startswith(COUNTS):
            # The server itself leaves the body out, by the method that it reads in its own scope.
            inside = {**inside, "method": "GET"}
        with answering(
            requests_log,
            answer,
            method=scope["method"],
            request_id=request_id,
            caller=caller_of(first_header(scope, b"traceparent")),
            route=lambda: _route(inside),
        ):
            try:
                await self._app(inside, body.receive, answer.send)
            except Exception:
                log.exception("a request failed")
                # The framework has told the caller, unless an answer was under way: then the connection is cut.
                if answer.ended_at is None:
                    raise


class _Answer:
    """An answer on its way out: its status, when all of it was sent, and the headers that it lacks."""

    def __init__(self, send: Send, headers: RawHeaders) -> None:
        self._send = send
        self._headers = headers
        self.status: int | None = None
        self.ended_at: float | None = None

    async def send(self, message: Message) -> None:
        """Send a part on, the first one with the headers that nobody inside has set."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name.lower() for name, _ in message["headers"]}
            missing = [pair for pair in self._headers if pair[0] not in present]
            message = {**message, "headers": [*message["headers"], *missing]}
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.ended_at = time.perf_counter()


def _route(scope: Scope) -> str | None:
    """Return the address without what varies in it; None where there is no such route."""
    template = getattr(scope.get("route"), "path_format", None)
    if template is None:
        return None
    # A router does not know under which prefix it is: that is what stands before as many parts as it knows.
    parts = str(scope["path"]).split("/")
    return "/".join(parts[: len(parts) - template.count("/")]) + str(template)


def _raw(headers: dict[str, str]) -> RawHeaders:
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())
