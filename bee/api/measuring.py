"""Measuring every request (ASGI): how long until its first byte and its last, what became of it, on which route."""

import time
from functools import lru_cache
from typing import Final
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bee.sla.minutes import MOST_LETTERS, Area, status_of
from bee.sla.probes.key import HEADER, holds
from bee.sla.recorder import Recorder
from bee.sla.request import Request

MEASURED: Final = "bee.measured"
NOWHERE: Final = "(no such address)"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
ALIAS, VERSION = "/functions/v1/", "/v1/"
COACH: Final = "POST /v1/ai-coaching-engine/generate-response"
# What the house asks of itself is no request of a member.
HOUSE: Final = frozenset({"/health", "/ready", "/metrics", "/openapi.json"})
DOCS: Final = "/docs"
# More than there are routes, methods and kinds of askers.
MOST_NAMES: Final = 4096
PROBE: Final = "(probe)"
PROBE_HEADER: Final = HEADER.lower().encode()


class Measuring:
    """Stands right inside the edge, where the route of a request is known once it is over."""

    def __init__(self, app: ASGIApp, recorder: Recorder, *, probe_key: str) -> None:
        self._app = app
        self._recorder = recorder
        self._probe_key = probe_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record what it came to, whatever that is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        passage = scope[MEASURED] = Passage(receive, send)
        try:
            await self._app(scope, passage.receive, passage.send)
        finally:
            self._recorder.record(
                passage.told(
                    *named(_method(scope), _template(scope), self._is_probe(scope)), request_id=_number(scope)
                )
            )
            # Otherwise the two hold one another, and all that a request needed waits for the collector of cycles.
            del scope[MEASURED]

    def _is_probe(self, scope: Scope) -> bool:
        """Return whether a prober asks, which only its key proves: nobody else can hide what went wrong."""
        for name, value in scope["headers"]:
            if name == PROBE_HEADER:
                return holds(self._probe_key, value)
        return False


class Passage:
    """A request on its way through. ``prompt``, ``model``: who wrote it. ``is_failed``: so it said itself.

    ``member_id``: who asks, where a token says it.
    """

    __slots__ = (
        "_began",
        "_ended",
        "_first",
        "_is_client_gone",
        "_is_stream",
        "_receive",
        "_send",
        "_status",
        "is_failed",
        "member_id",
        "model",
        "prompt",
    )

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._began = time.perf_counter()
        self._first = self._ended = 0.0
        self._status: int | None = None
        self._is_stream = self._is_client_gone = self.is_failed = False
        self.prompt = self.model = ""
        self.member_id: UUID | None = None

    async def receive(self) -> Message:
        """Hear whether the client is still there."""
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self._is_client_gone = True
        return message

    async def send(self, message: Message) -> None:
        """Note when an answer begins and when all of it was handed on."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
        try:
            await self._send(message)
        except OSError:
            # So a server says that there is nobody left to send to.
            self._is_client_gone = True
            raise
        if message["type"] != "http.response.body":
            return
        now = time.perf_counter()
        if not self._first:
            self._first = now
        if message.get("more_body"):
            self._is_stream = True
        else:
            self._ended = now

    def told(self, route: str, area: Area, *, request_id: str) -> Request:
        """Return what it came to on a route."""
        seconds = (self._ended or time.perf_counter()) - self._began
        is_whole = bool(self._ended) and not self.is_failed
        status = status_of(
            self._status,
            is_whole=is_whole,
            is_client_gone=self._is_client_gone and not self._ended,
            seconds=seconds,
        )
        first_byte_s = self._first - self._began if self._is_stream and self._first else None
        return Request(
            route, area, status, seconds, first_byte_s, self.prompt, self.model, request_id, self.member_id
        )


def label(scope: Scope, *, prompt: str, model: str) -> None:
    """Say what writes the reply to a request, so that a budget can be charged to it; long names are cut."""
    passage = scope.get(MEASURED)
    if isinstance(passage, Passage):
        # Before anything is counted by them: two names that are one when cut are one row.
        passage.prompt, passage.model = prompt[:MOST_LETTERS], model[:MOST_LETTERS]


def asked_by(scope: Scope, member_id: UUID | None) -> None:
    """Say who asks, as a verified token has it, so that members whom a fault touched can be counted."""
    passage = scope.get(MEASURED)
    if isinstance(passage, Passage):
        passage.member_id = member_id


def mark_failed(scope: Scope) -> None:
    """Say that a stream ended with an error, though its status was sent and nothing was cut off."""
    passage = scope.get(MEASURED)
    if isinstance(passage, Passage):
        passage.is_failed = True


@lru_cache(maxsize=MOST_NAMES)
def named(method: str, template: str | None, is_probe: bool) -> tuple[str, Area]:
    """Return a route's name, from sets that nobody outside can widen, and whose requests it takes.

    ``template``: its address with the names of its parameters; None where there is no such address.
    """
    if template is None:
        return (f"{PROBE} {NOWHERE}", Area.HOUSE) if is_probe else (NOWHERE, Area.API)
    if template.startswith(ALIAS):
        template = VERSION + template[len(ALIAS) :]
    route = f"{method} {template}"
    if is_probe:
        return f"{PROBE} {route}", Area.HOUSE
    if template in HOUSE or template.startswith(DOCS):
        return route, Area.HOUSE
    return route, Area.COACH if route == COACH else Area.API


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "OTHER"


def _number(scope: Scope) -> str:
    """Return the number that the log and the answer's header have."""
    number: str = scope.get("state", {}).get("request_id", "")
    return number


def _template(scope: Scope) -> str | None:
    if scope["path"].startswith(DOCS):
        return DOCS
    route = scope.get("route")
    if route is not None:
        context = scope.get("fastapi", {}).get("effective_route_context")
        return str((context or route).path)
    # A route without parameters, which is its own template.
    if "endpoint" in scope and not scope.get("path_params"):
        return str(scope["path"])
    return None
