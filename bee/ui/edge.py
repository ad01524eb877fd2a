"""The edge of the dashboard (ASGI): a number and a line of log for each request, and for each run of a page."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.telemetry.about import about, note
from bee.telemetry.requests import caller_of, note_request, request_id_of

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
        trace_id, _ = caller_of(sent.get(b"traceparent", b"")) or (None, None)
        with about(request_id=request_id, trace_id=trace_id, route=self._route(scope["path"])):
            await self._answered(scope, receive, send, request_id.encode())

    async def _answered(self, scope: Scope, receive: Receive, send: Send, request_id: bytes) -> None:
        began = time.perf_counter()
        status: int | None = None

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message["headers"], (REQUEST_ID, request_id)]}
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        finally:
            seconds = time.perf_counter() - began
            note_request(requests_log, scope["method"], self._route(scope["path"]), status, seconds)

    def _route(self, path: str) -> str | None:
        """Return an address that is one of ours, without what varies; None for any other."""
        if path in self._routes:
            return path
        return next((f"{folder}…" for folder in FOLDERS if path.startswith(folder)), None)


@contextmanager
def page_run(address: str) -> Iterator[None]:
    """Say how long a run of a page took; whatever is said in this thread from now on bears its number.

    Streamlit tells of a fault only after the run, in the same thread.
    """
    note(request_id=token_hex(16), route=address)
    began = time.perf_counter()
    try:
        yield
    finally:
        took_ms = round(1000 * (time.perf_counter() - began), 1)
        log.info("page", extra={"fields": {"duration_ms": took_ms}})
