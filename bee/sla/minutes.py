"""What requests come to in a minute (pure): which status each has, and how they add up."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from bee.sla.sketch import as_array, bucket_of

MINUTE_S: Final = 60
# Whoever leaves after so long was not answered in time.
PATIENCE_S: Final = 10.0
MOST_LETTERS: Final = 100


class Status(StrEnum):
    """What became of a request. ``limited``: refused by policy. ``uncounted``: let in as the limiter failed."""

    OK = "2xx"
    REDIRECT = "3xx"
    CLIENT = "4xx"
    LIMITED = "limited"
    FAULT = "5xx"
    BROKEN = "broken"
    TIMEOUT = "timeout"
    GONE = "gone"
    UNCOUNTED = "uncounted"


class Area(StrEnum):
    """Whose requests these are: members' (the coach's replies apart), or the house's own looking after itself."""

    API = "api"
    COACH = "coach"
    HOUSE = "house"


GOOD: Final = (Status.OK, Status.REDIRECT)
# In a share of requests these count, and not as good. What was let in uncounted has a row of its own beside.
BAD: Final = (Status.FAULT, Status.BROKEN, Status.TIMEOUT)


class Key(NamedTuple):
    """What is counted together. ``minute``: seconds since 1970."""

    minute: int
    route: str
    area: Area
    status: Status
    prompt: str = ""
    model: str = ""


@dataclass(slots=True)
class Count:
    """How many, how long in all, and how many in which bucket of latency."""

    n: int = 0
    seconds: float = 0.0
    complete: dict[int, int] = field(default_factory=dict)
    first_byte: dict[int, int] = field(default_factory=dict)

    def add(self, seconds: float, first_byte_s: float | None) -> None:
        """Count a request. ``first_byte_s``: when a stream began; None for what came in one piece."""
        self.n += 1
        self.seconds += seconds
        _count(self.complete, seconds)
        if first_byte_s is not None:
            _count(self.first_byte, first_byte_s)

    def add_all(self, other: "Count") -> None:
        """Count everything that another one counted."""
        self.n += other.n
        self.seconds += other.seconds
        for mine, theirs in ((self.complete, other.complete), (self.first_byte, other.first_byte)):
            for bucket, number in theirs.items():
                mine[bucket] = mine.get(bucket, 0) + number


def status_of(status: int | None, *, is_whole: bool, is_client_gone: bool, seconds: float) -> Status:
    """Return what became of a request.

    ``status``: the answer's, None where there was none. ``is_whole``: all of the answer was sent.
    ``is_client_gone``: the client left before that.
    """
    if not is_whole and is_client_gone:
        return Status.TIMEOUT if seconds >= PATIENCE_S else Status.GONE
    if status is None or status >= 500:
        return Status.FAULT
    if not is_whole:
        return Status.BROKEN
    if status == 429:
        return Status.LIMITED
    if status >= 400:
        return Status.CLIENT
    return Status.REDIRECT if status >= 300 else Status.OK


def minute_of(seconds: float) -> int:
    """Return the minute that a moment lies in; both are seconds since 1970."""
    return int(seconds // MINUTE_S) * MINUTE_S


def moment_of(minute: int) -> datetime:
    """Return a minute as a time."""
    return datetime.fromtimestamp(minute, UTC)


def totals_of(counts: Mapping[Key, Count]) -> dict[tuple[str, Status], Count]:
    """Return the same by route and status alone, in order."""
    totals: dict[tuple[str, Status], Count] = {}
    for key, count in counts.items():
        totals.setdefault((key.route, key.status), Count()).add_all(count)
    return dict(sorted(totals.items()))


def as_rows(counts: Mapping[Key, Count], *, release: str) -> str:
    """Return counts as the JSON that ``sla/add_minutes`` takes."""
    return _json(
        {
            "minute": moment_of(key.minute).isoformat(),
            "route": key.route,
            "release": release,
            "prompt": key.prompt,
            "model": key.model,
            "status": key.status,
            "area": key.area,
            **_numbers(count),
        }
        for key, count in counts.items()
    )


def as_totals(counts: Mapping[Key, Count], *, release: str) -> str:
    """Return the totals of counts as the same statement takes them."""
    return _json(
        {"route": route, "release": release, "status": status, **_numbers(count)}
        for (route, status), count in totals_of(counts).items()
    )


def _numbers(count: Count) -> dict[str, object]:
    return {
        "n": count.n,
        "seconds": count.seconds,
        "complete": as_array(count.complete),
        "first_byte": as_array(count.first_byte),
    }


def _count(buckets: dict[int, int], seconds: float) -> None:
    bucket = bucket_of(seconds)
    buckets[bucket] = buckets.get(bucket, 0) + 1


def _json(rows: Iterable[Mapping[str, object]]) -> str:
    return json.dumps(list(rows))
