"""Spans: what parts of a request, a job or a page take. Without traces nothing is measured, and nothing imported.

Names are the program's own: a route, the file of a statement, a kind of job.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, Protocol

Caller = tuple[str, str]
NOTHING: Final = nullcontext()


class Asked(Protocol):
    """A request that is being answered: what its lines in the log bear, and what came of it."""

    @property
    def trace_id(self) -> str | None:
        """The trace that it is in."""

    @property
    def span_id(self) -> str | None:
        """Its own part of that trace; None where nothing is traced."""

    def answered(self, method: str, route: str | None, status: int | None) -> None:
        """Say what was asked and what came of it. ``status``: None where the client went before."""


class Tracer(Protocol):
    """Makes spans, and sends them out."""

    def whole(self, name: str) -> AbstractContextManager[object]:
        """Return a span that is no part of another."""

    def part(self, name: str) -> AbstractContextManager[object]:
        """Return a part of the span that goes on; nothing where there is none."""

    def request(self, caller: Caller | None) -> AbstractContextManager[Asked]:
        """Return the span of a request. ``caller``: whose trace it is linked to, and no part of."""


@dataclass(frozen=True, slots=True)
class Untraced:
    """A request while nothing is traced: its lines bear the trace that the caller is in."""

    trace_id: str | None
    span_id: None = None

    def answered(self, method: str, route: str | None, status: int | None) -> None:
        """Say it to nobody."""


_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Let a tracer make the spans of this process from now on; None ends it."""
    global _tracer  # one a process, as the logs are
    _tracer = tracer


def span(name: str) -> AbstractContextManager[object]:
    """Return a span of something that belongs to what goes on."""
    return NOTHING if _tracer is None else _tracer.part(name)


def whole_span(name: str) -> AbstractContextManager[object]:
    """Return a span of something that nothing else led to: a job, the run of a page."""
    return NOTHING if _tracer is None else _tracer.whole(name)


@contextmanager
def request_span(caller: Caller | None) -> Iterator[Asked]:
    """Yield the span of a request. ``caller``: what it says to be part of."""
    if _tracer is None:
        yield Untraced(caller[0] if caller else None)
    else:
        with _tracer.request(caller) as asked:
            yield asked
