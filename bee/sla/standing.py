"""How each objective stands: its window, its budget, how fast that burns, and until when it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.sla.burn import (
    NONE,
    PACE_MIN,
    PAIRS,
    Budget,
    Burn,
    Counts,
    budget_of,
    burn_rate,
    burns_of,
    minutes_left,
    windows_of,
)
from bee.sla.counts import window_counts
from bee.sla.derivation import minute_at
from bee.sla.impact import Impact
from bee.sla.objectives import Indicator, Objective, objectives
from bee.sla.uptime import Run, Uptime, uptime_of, uptime_runs

BURN_WINDOWS: Final = windows_of(PAIRS)


class Verdict(StrEnum):
    """How an objective stands in one word, the worst first. ``unproven``: what is not known decides it."""

    SPENT = "spent"
    BURNING = "burning"
    KEPT = "kept"
    UNPROVEN = "unproven"
    NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an objective stands. ``counts``: over its window; ``pace``: the burn rate of the last hours.

    ``left_min``: in how many minutes its budget is gone at that pace; None where it never will be.
    ``uptime``: for that objective alone.
    """

    objective: Objective
    counts: Counts
    budget: Budget | None
    burns: tuple[Burn, ...]
    pace: float | None
    left_min: float | None
    uptime: Uptime | None = None

    @property
    def burning(self) -> Burn | None:
        """The most urgent pair of windows that burns, if any does."""
        return next((burn for burn in self.burns if burn.is_burning), None)

    @property
    def good_ratio(self) -> float | None:
        """The share of events that were good, 0-1; None without any."""
        bad = self.counts.bad_ratio
        return None if bad is None else 1 - bad

    @property
    def verdict(self) -> Verdict:
        """How it stands in one word."""
        if self.budget is None:
            return Verdict.NO_EVIDENCE
        if self.budget.left_ratio <= 0:
            return Verdict.SPENT
        if self.burning is not None:
            return Verdict.BURNING
        if self.uptime is not None and not self.uptime.meets(self.objective.target):
            return Verdict.UNPROVEN
        return Verdict.KEPT


@dataclass(frozen=True, slots=True)
class Levels:
    """Every objective, as they were at ``until``, and the runs of uptime over its window."""

    until: datetime
    standings: tuple[Standing, ...]
    runs: tuple[Run, ...]

    def of(self, objective_id: str) -> Standing:
        """Return how one stands."""
        return next(each for each in self.standings if each.objective.id == objective_id)


def levels(session: ReadSession, *, now: datetime) -> Levels:
    """Return how everything stands; the minute that runs is not in it."""
    until = minute_at(now)
    burning = window_counts(session, until=until, windows=BURN_WINDOWS)
    whole = window_counts(session, until=until, windows=tuple({each.window_minutes for each in objectives()}))
    uptime = next(each for each in objectives() if each.indicator is Indicator.UPTIME)
    runs = uptime_runs(session, since=until - timedelta(days=uptime.window_days), until=until)
    standings = tuple(
        standing_of(
            objective,
            whole.get(objective.id, {}).get(objective.window_minutes, NONE),
            burning.get(objective.id, {}),
            uptime_of(runs) if objective is uptime else None,
        )
        for objective in objectives()
    )
    return Levels(until, standings, tuple(runs))


def standing_of(
    objective: Objective, counts: Counts, windows: Mapping[int, Counts], uptime: Uptime | None = None
) -> Standing:
    """Return how an objective stands. ``windows``: what came in the last so many minutes."""
    budget = budget_of(counts, objective)
    pace = burn_rate(windows.get(PACE_MIN, NONE), objective)
    left_min = None if budget is None else minutes_left(budget, pace, objective)
    return Standing(objective, counts, budget, burns_of(windows, objective), pace, left_min, uptime)


NAMES: Final = (
    "objective",
    "target",
    "days",
    "good",
    "bad",
    "verdict",
    "budget_left",
    "burn_6h",
    "minutes_left",
    "members_affected",
    "at_least",
)


def standings_csv(found: Levels, impact: Impact) -> str:
    """Return how each objective stands as a file."""
    rows = (["" if value is None else value for value in _fields(each, impact)] for each in found.standings)
    return csv_text(NAMES, rows)


def standings_fields(found: Levels, impact: Impact) -> list[dict[str, str | int | float | None]]:
    """Return the same for programs."""
    return [dict(zip(NAMES, _fields(each, impact), strict=True)) for each in found.standings]


def _fields(each: Standing, impact: Impact) -> tuple[str | int | float | None, ...]:
    objective, counts = each.objective, each.counts
    left = None if each.budget is None else each.budget.left_ratio
    touched = impact.of(objective)
    figures = (None if value is None else round(value, 6) for value in (left, each.pace, each.left_min))
    return (
        objective.id,
        objective.target,
        objective.window_days,
        counts.good,
        counts.bad,
        each.verdict,
        *figures,
        None if touched is None else touched.members,
        None if touched is None else "yes" if touched.is_at_least(counts.bad) else "no",
    )
