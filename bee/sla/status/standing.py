"""How the house stands and stood, day by day (pure but for one read)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Final

from bee.db import ReadSession
from bee.sla.amendments import amendments
from bee.sla.derivation import minute_at
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
class Incident:
    """What an incident of a day is called."""

    on_date: date
    title: str


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
        incidents=tuple(session.all(Incident, "sla/incident_titles", since=since.date())),
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
