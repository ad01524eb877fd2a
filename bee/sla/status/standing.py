"""How the house stands and stood, day by day (pure but for one read)."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from bee.db import ReadSession
from bee.sla.amendments import amendments
from bee.sla.derivation import minute_at
from bee.sla.status.notes import Kind, Told, told
from bee.sla.uptime import MINUTE, Run, State, Uptime, uptime_of, uptime_runs

DAYS: Final = 90
DAY: Final = timedelta(days=1)
# The minute that runs is not judged yet, nor is the one before, until every process has added up.
NEWEST_AFTER: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Day:
    """A day (UTC) and how its minutes were; today's are those until now."""

    on: date
    uptime: Uptime


@dataclass(frozen=True, slots=True)
class Maintenance:
    """When the house is worked on, as was said before it began; not why, which is said to colleagues."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Word:
    """What was told of an incident, and when."""

    kind: Kind
    at: datetime
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident as it was told. ``down``: the minutes of it that were measured as down.

    ``words``: the latest first. ``ended_at``: None while its end was not told.
    """

    began_at: datetime
    ended_at: datetime | None
    down: int
    words: tuple[Word, ...]

    @property
    def title(self) -> str:
        """What it was called last."""
        return self.words[0].title


@dataclass(frozen=True, slots=True)
class Standing:
    """What is published. ``days``: oldest first, from the first one that anything is known of."""

    at: datetime
    state: State
    days: tuple[Day, ...]
    maintenance: tuple[Maintenance, ...]
    incidents: tuple[Incident, ...]

    @property
    def uptime(self) -> Uptime:
        """All of the days together."""
        return Uptime(
            sum(day.uptime.up for day in self.days),
            sum(day.uptime.down for day in self.days),
            sum(day.uptime.maintenance for day in self.days),
            sum(day.uptime.unknown for day in self.days),
        )


def read_standing(session: ReadSession, now: datetime) -> Standing:
    """Return how the house stands now and stood in the last :data:`DAYS` days."""
    until = minute_at(now)
    since = datetime.combine(now.astimezone(UTC).date() - (DAYS - 1) * DAY, time(), UTC)
    runs = uptime_runs(session, since=since, until=until)
    return Standing(
        at=now,
        state=state_of(runs, now),
        days=days_of(runs),
        maintenance=tuple(
            Maintenance(each.starts_at, each.ends_at)
            for each in reversed(amendments(session, since=now))
            if each.kind == "maintenance" and each.withdrawn_at is None
        ),
        incidents=tuple(_incident(each, runs, now) for each in told(session, since=since) if each.shown),
    )


def _incident(found: Told, runs: Sequence[Run], now: datetime) -> Incident:
    ended_at = found.resolved_at
    words = tuple(
        Word(Kind(note.kind), note.published_at, note.title, note.body)
        for note in sorted(found.shown, key=lambda note: note.published_at or now, reverse=True)
        if note.published_at is not None
    )
    return Incident(found.began_at, ended_at, down_between(runs, found.began_at, ended_at or now), words)


def down_between(runs: Sequence[Run], since: datetime, until: datetime) -> int:
    """Return how many minutes of a time were down, with the one that it began in and the one that it ended in."""
    first, last = minute_at(since), until
    return sum(
        max(0, math.ceil((min(run.ends_at, last) - max(run.starts_at, first)) / MINUTE))
        for run in runs
        if run.state is State.DOWN
    )


def state_of(runs: Sequence[Run], now: datetime) -> State:
    """Return the newest state that is known, unless that is too long ago to speak of now."""
    for run in reversed(runs):
        if run.state is not State.UNKNOWN:
            return run.state if now - run.ends_at <= NEWEST_AFTER else State.UNKNOWN
    return State.UNKNOWN


def days_of(runs: Sequence[Run]) -> tuple[Day, ...]:
    """Return runs by day (UTC), from the first day that anything is known of."""
    days = [
        Day(on, uptime_of(list(parts)))
        for on, parts in groupby(_parts(runs), lambda run: run.starts_at.date())
    ]
    known = [place for place, day in enumerate(days) if day.uptime.known or day.uptime.maintenance]
    return tuple(days[known[0] :]) if known else ()


def _parts(runs: Sequence[Run]) -> Iterator[Run]:
    """Yield runs cut at midnight."""
    for run in runs:
        begins = run.starts_at
        while begins < run.ends_at:
            midnight = datetime.combine(begins.date() + DAY, time(), UTC)
            ends = min(midnight, run.ends_at)
            yield Run(run.state, begins, int((ends - begins) / MINUTE))
            begins = ends
