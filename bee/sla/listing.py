"""Bad requests that wait to be stored one by one: of each minute a fair sample, and how many it leaves out.

However many there are, a process keeps few of a minute, and while the database is away the oldest make room.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from bee.sla.minutes import minute_of, moment_of
from bee.sla.request import Request

MOST_AT_ONCE: Final = 10
MOST_A_MINUTE: Final = 120
# Under a MiB.
MOST_WAITING: Final = 1000


class Bad(NamedTuple):
    """A bad request that was over at ``at``, in seconds since 1970. ``spent``: whose budgets it spends."""

    at: float
    request: Request
    spent: tuple[str, ...]


class Unlisted(NamedTuple):
    """What bad requests that were not kept are counted by."""

    minute: int
    objective: str
    route: str
    prompt: str
    model: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What is stored at once: requests, and how many more there were."""

    rows: Sequence[Bad]
    unlisted: Mapping[Unlisted, int]


@dataclass(slots=True)
class _Sample:
    seen: int = 0
    rows: list[Bad] = field(default_factory=list)


class Listing:
    """Bad requests since they were taken last. Not to be shared between threads without a lock."""

    def __init__(self) -> None:
        self._chance = random.Random()  # noqa: S311  # no secret
        self._samples: dict[int, _Sample] = {}
        self._waiting = 0
        self._unlisted: Counter[Unlisted] = Counter()
        self._taken: dict[int, int] = {}

    def add(self, bad: Bad) -> None:
        """Keep a bad request, or one of its minute instead of another, each as likely as any."""
        minute = minute_of(bad.at)
        sample = self._samples.setdefault(minute, _Sample())
        sample.seen += 1
        if len(sample.rows) < min(MOST_AT_ONCE, MOST_A_MINUTE - self._taken.get(minute, 0)):
            sample.rows.append(bad)
            self._waiting += 1
            if self._waiting > MOST_WAITING:
                self._drop_oldest()
            return
        place = self._chance.randrange(sample.seen)
        if place < len(sample.rows):
            bad, sample.rows[place] = sample.rows[place], bad
        self._leave_out(minute, bad)

    def take(self) -> Listed:
        """Return what waits, and begin anew; what was kept of the newest minute is remembered."""
        rows = [bad for minute in sorted(self._samples) for bad in self._samples[minute].rows]
        newest = max([*self._samples, *self._taken], default=0)
        kept = self._samples.get(newest, _Sample()).rows
        self._taken = {newest: self._taken.get(newest, 0) + len(kept)}
        unlisted, self._unlisted = self._unlisted, Counter()
        self._samples, self._waiting = {}, 0
        return Listed(rows, unlisted)

    def _drop_oldest(self) -> None:
        oldest = min(self._samples)
        rows = self._samples.pop(oldest).rows
        self._waiting -= len(rows)
        for bad in rows:
            self._leave_out(oldest, bad)

    def _leave_out(self, minute: int, bad: Bad) -> None:
        request = bad.request
        for objective in bad.spent:
            self._unlisted[Unlisted(minute, objective, request.route, request.prompt, request.model)] += 1


def as_bad(listed: Listed) -> str:
    """Return requests as the JSON that ``sla/add_minutes`` takes."""
    return json.dumps(
        [
            {
                "at": datetime.fromtimestamp(bad.at, UTC).isoformat(),
                "route": bad.request.route,
                "prompt": bad.request.prompt,
                "model": bad.request.model,
                "status": bad.request.status,
                "seconds": bad.request.seconds,
                "first_byte_s": bad.request.first_byte_s,
                "request_id": bad.request.request_id,
                "user_id": None if bad.request.member_id is None else str(bad.request.member_id),
                "spent": bad.spent,
            }
            for bad in listed.rows
        ]
    )


def as_unlisted(listed: Listed) -> str:
    """Return how many were not kept as the same statement takes it."""
    return json.dumps(
        [
            {
                "minute": moment_of(key.minute).isoformat(),
                "objective": key.objective,
                "route": key.route,
                "prompt": key.prompt,
                "model": key.model,
                "n": n,
            }
            for key, n in listed.unlisted.items()
        ]
    )
