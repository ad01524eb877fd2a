"""The edge of the dashboard (ASGI): a number and a line of log for each request, and for each run of a page."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.telemetry.about import note
from bee.telemetry.requests import answering, caller_of, request_id_of
from bee.telemetry.spans import whole_span

log = logging.getLogger("bee.ui")
requests_log = logging.getLogger("bee.ui.requests")
REQUEST_ID: Final = b"x-request-id"
# What lies behind these is asked for by the dozen with each page, and the same for everybody.
FILES: Final = ("/static/", "/app/static/", "/gate/", "/vendor/", "/component/")
# What varies follows: the names of files that somebody takes or gives.
FOLDERS: Final = ("/media/", "/_stcore/upload_file/", "/_stcore/")


class Edge:
    """Stands in front of the gate; ``routes``: every address that is a page's or a door's."""

    def __init__(self, app: ASGIApp, routes: frozenset[str]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and say how long that took."""
        if scope["type"] != "http" or scope["path"].startswith(FILES):
            await self._app(scope, receive, send)
            return
        sent = dict(scope["headers"])
        request_id = request_id_of(sent.get(REQUEST_ID, b""))
        answer = _Answer(send, request_id)
        with answering(
            requests_log,
            answer,
            method=scope["method"],
            request_id=request_id,
            caller=caller_of(sent.get(b"traceparent", b"")),
            route=lambda: self._route(scope["path"]),
        ):
            await self._app(scope, receive, answer.send)

    def _route(self, path: str) -> str | None:
        """Return an address that is one of ours, without what varies; None for any other."""
        if path in self._routes:
            return path
        return next((f"{folder}…" for folder in FOLDERS if path.startswith(folder)), None)


class _Answer:
    """An answer on its way out, which bears the request's number."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send = send
        self._number = (REQUEST_ID, request_id.encode())
        self.status: int | None = None
        self.ended_at: float | None = None

    async def send(self, message: Message) -> None:
        """Send a part on, the first one with the number."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], self._number]}
        await self._send(message)


@contextmanager
def page_run(address: str) -> Iterator[None]:
    """Say how long a run of a page took; whatever is said in this thread from now on bears its number.

    Streamlit tells of a fault only after the run, in the same thread.
    """
    note(request_id=token_hex(16), route=address)
    began = time.perf_counter()
    try:
        with whole_span(f"page {address}"):
            yield
    finally:
        took_ms = round(1000 * (time.perf_counter() - began), 1)
        log.info("page", extra={"fields": {"duration_ms": took_ms}})
