"""What is known of a request before anybody looks at it: its number, and the trace that it is part of; its line."""

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Final, Protocol

from bee.telemetry.about import about
from bee.telemetry.spans import request_span

REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
# https://www.w3.org/TR/trace-context/#traceparent-header; a later version may say more.
TRACE_PARENT: Final = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}"
)


def request_id_of(sent: bytes) -> str:
    """Return the number of a request: the caller's where it is one, else a new one."""
    return sent.decode("ascii") if REQUEST_ID.fullmatch(sent) else token_hex(16)


def caller_of(sent: bytes) -> tuple[str, str] | None:
    """Return the trace and the span that a caller says it is in; None where it says nothing that can be one."""
    found = TRACE_PARENT.fullmatch(sent)
    return (found[1].decode(), found[2].decode()) if found else None


class Answer(Protocol):
    """What became of a request. ``status``: None where the client went before there was an answer."""

    status: int | None
    ended_at: float | None


@contextmanager
def answering(
    log: logging.Logger,
    answer: Answer,
    *,
    method: str,
    request_id: str,
    caller: tuple[str, str] | None,
    route: Callable[[], str | None],
) -> Iterator[None]:
    """Tell of a request that the block answers: it is in every line meanwhile, and has one of its own at the end.

    ``route``: says which it is, as soon as that is known; never the address, in which there may be anything.
    """
    began = time.perf_counter()
    with (
        request_span(caller) as asked,
        about(request_id=request_id, trace_id=asked.trace_id, span_id=asked.span_id, route=route),
    ):
        try:
            yield
        finally:
            seconds = (answer.ended_at or time.perf_counter()) - began
            _note(log, method, answer.status, seconds)
            asked.answered(method, route(), answer.status)


def _note(log: logging.Logger, method: str, status: int | None, seconds: float) -> None:
    if not log.isEnabledFor(logging.INFO):
        return
    fields = {
        "pid": os.getpid(),
        "method": method,
        "status": status,
        "duration_ms": round(1000 * seconds, 1),
    }
    # Made by hand: to log it would look up the place in the code, which is always this one.
    log.handle(
        log.makeRecord(log.name, logging.INFO, __file__, 0, "request", (), None, extra={"fields": fields})
    )
