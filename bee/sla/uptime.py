"""Whether the house was up, weighted by time: runs of minutes, and what they come to (pure but for one read)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bee.db import ReadSession

MINUTE: Final = timedelta(minutes=1)


class State(StrEnum):
    """How a minute was. ``maintenance``: declared before it began."""

    UP = "up"
    DOWN = "down"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive minutes in one state; where the next one begins, the state flipped."""

    state: State
    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """The first minute that is not in it any more."""
        return self.starts_at + self.minutes * MINUTE


@dataclass(frozen=True, slots=True)
class KnownRun:
    """A run as it is stored."""

    state: str
    starts_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Uptime:
    """How many minutes of a time were in which state."""

    up: int = 0
    down: int = 0
    maintenance: int = 0
    unknown: int = 0

    @property
    def known(self) -> int:
        """The minutes that there is evidence of."""
        return self.up + self.down

    @property
    def ratio(self) -> float | None:
        """The share of the known minutes that were up, 0-1; None without evidence."""
        return self.up / self.known if self.known else None

    @property
    def coverage(self) -> float:
        """The share of the minutes that there is evidence of, maintenance apart."""
        return self.known / self._counted if self._counted else 0

    @property
    def lowest(self) -> float:
        """The ratio if all that is unknown was down."""
        return self.up / self._counted if self._counted else 0

    @property
    def highest(self) -> float:
        """The ratio if all that is unknown was up."""
        return (self.up + self.unknown) / self._counted if self._counted else 1

    @property
    def _counted(self) -> int:
        return self.known + self.unknown

    def meets(self, target: float) -> bool | None:
        """Return whether a target is met whatever the unknown minutes were; None where they decide it."""
        if self.lowest >= target and self.known:
            return True
        return False if self.highest < target else None


def uptime_runs(session: ReadSession, *, since: datetime, until: datetime) -> list[Run]:
    """Return the runs of a time, whole minutes both, without a gap: what is not known is a run too."""
    known = session.all(KnownRun, "sla/uptime_runs", since=since, until=until)
    runs = [Run(State(row.state), row.starts_at, row.minutes) for row in known]
    return list(joined(without_gaps(runs, since=since, until=until)))


def without_gaps(runs: Sequence[Run], *, since: datetime, until: datetime) -> Iterator[Run]:
    """Yield runs, in order of time, and between them what is not known."""
    reached = since
    for run in runs:
        if run.starts_at > reached:
            yield _unknown(reached, run.starts_at)
        yield run
        reached = run.ends_at
    if until > reached:
        yield _unknown(reached, until)


def joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Yield runs so that two neighbours are never in one state."""
    last: Run | None = None
    for run in runs:
        if last is not None and last.state is run.state:
            last = Run(last.state, last.starts_at, last.minutes + run.minutes)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def uptime_of(runs: Sequence[Run]) -> Uptime:
    """Return what runs come to."""
    minutes = dict.fromkeys(State, 0)
    for run in runs:
        minutes[run.state] += run.minutes
    return Uptime(minutes[State.UP], minutes[State.DOWN], minutes[State.MAINTENANCE], minutes[State.UNKNOWN])


def _unknown(since: datetime, until: datetime) -> Run:
    return Run(State.UNKNOWN, since, int((until - since) / MINUTE))
