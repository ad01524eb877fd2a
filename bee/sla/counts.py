"""How many events of each objective were good and how many bad: what budgets, burn and alerts are made from."""

from dataclasses import dataclass
from datetime import datetime

from bee.db import ReadSession
from bee.sla.burn import PAIRS, Counts, windows_of
from bee.sla.objectives import Objective


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """What an objective came to in a minute."""

    minute: datetime
    objective: str
    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class WindowCount:
    """What an objective came to in the last so many minutes."""

    objective: str
    window_minutes: int
    good: int
    bad: int


def minute_counts(
    session: ReadSession, *, since: datetime, until: datetime, objective: Objective | None = None
) -> list[MinuteCount]:
    """Return what came from ``since`` and before ``until``: a row a minute and objective with an event, in order.

    Maintenance is left out and uptime is as it was corrected. For on-call, admins and the worker.
    """
    named = None if objective is None else objective.id
    return session.all(MinuteCount, "sla/objective_counts", since=since, until=until, objective=named)


def window_counts(
    session: ReadSession, *, until: datetime, windows: tuple[int, ...] = windows_of(PAIRS)
) -> dict[str, dict[int, Counts]]:
    """Return by objective what came in the last so many minutes before ``until``; without an event nothing."""
    rows = session.all(
        WindowCount, "sla/window_counts", until=until, windows=list(windows), longest=max(windows)
    )
    found: dict[str, dict[int, Counts]] = {}
    for row in rows:
        found.setdefault(row.objective, {})[row.window_minutes] = Counts(row.good, row.bad)
    return found
