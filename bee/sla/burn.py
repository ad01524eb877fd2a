"""Budgets and how fast they burn (pure): counts in, never percentages."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bee.sla.objectives import Objective

HOUR_MIN: Final = 60
DAY_MIN: Final = 24 * HOUR_MIN
# With fewer bad events nothing burns: at low traffic a single one is already beyond every factor.
LEAST_BAD: Final = 5
PACE_MIN: Final = 6 * HOUR_MIN


class Severity(StrEnum):
    """Who is told: whoever is on call, now; or the queue of work."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many events were good and how many bad."""

    good: int = 0
    bad: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.good + self.bad

    @property
    def bad_ratio(self) -> float | None:
        """The share that was bad, 0-1; None without any event."""
        return self.bad / self.total if self.total else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.good + other.good, self.bad + other.bad)


NONE: Final = Counts()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two windows that both have to burn at ``factor`` or faster: so it is no blip, and not over either."""

    factor: float
    long_min: int
    short_min: int
    severity: Severity
    least_bad: int = LEAST_BAD


PAIRS: Final = (
    Pair(14.4, HOUR_MIN, 5, Severity.PAGE),
    Pair(6, 6 * HOUR_MIN, 30, Severity.PAGE),
    Pair(3, DAY_MIN, 2 * HOUR_MIN, Severity.TICKET),
    Pair(1, 3 * DAY_MIN, 6 * HOUR_MIN, Severity.TICKET),
)


def windows_of(pairs: Iterable[Pair] = PAIRS) -> tuple[int, ...]:
    """Return the windows that pairs need, in minutes, the shortest first."""
    return tuple(sorted({minutes for pair in pairs for minutes in (pair.long_min, pair.short_min)}))


def burn_rate(counts: Counts, objective: Objective) -> float | None:
    """Return how many times faster than allowed the budget burns; 1 just uses it up. None without any event."""
    ratio = counts.bad_ratio
    return None if ratio is None else ratio / objective.budget_ratio


def highest_burn(objective: Objective) -> float:
    """Return the burn rate at which every event is bad."""
    return 1 / objective.budget_ratio


@dataclass(frozen=True, slots=True)
class Burn:
    """How a pair of windows stands. The rates are None where there was no event."""

    pair: Pair
    long: Counts
    short: Counts
    long_rate: float | None
    short_rate: float | None

    @property
    def is_burning(self) -> bool:
        """Whether both windows burn at the factor or faster, with enough bad events."""
        return (
            self.long.bad >= self.pair.least_bad
            and _reaches(self.long_rate, self.pair.factor)
            and _reaches(self.short_rate, self.pair.factor)
        )


def burn_of(pair: Pair, windows: Mapping[int, Counts], objective: Objective) -> Burn:
    """Return how a pair stands. ``windows``: what came in the last so many minutes; without an event none."""
    long, short = windows.get(pair.long_min, NONE), windows.get(pair.short_min, NONE)
    return Burn(pair, long, short, burn_rate(long, objective), burn_rate(short, objective))


def burns_of(
    windows: Mapping[int, Counts], objective: Objective, pairs: Iterable[Pair] = PAIRS
) -> tuple[Burn, ...]:
    """Return how each pair stands that can fire at all for an objective."""
    return tuple(
        burn_of(pair, windows, objective) for pair in pairs if pair.factor <= highest_burn(objective)
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be bad in the window, and how much of that was. ``left_ratio``: below 0 where it is overdrawn."""

    allowed: float
    used: int

    @property
    def left_ratio(self) -> float:
        """The share that is left, at most 1."""
        return 1 - self.used / self.allowed


def budget_of(counts: Counts, objective: Objective) -> Budget | None:
    """Return the budget over an objective's window; None without any event.

    Of requests a share of those that there were; of minutes a share of all minutes of the window.
    """
    if not counts.total:
        return None
    events = counts.total if objective.is_of_requests else objective.window_minutes
    return Budget(events * objective.budget_ratio, counts.bad)


def minutes_left(budget: Budget, rate: float | None, objective: Objective) -> float | None:
    """Return in how many minutes the budget is gone at a burn rate: 0 where it is; None where it never will be.

    At 1 or slower it is never gone, for as much comes back each day as is used.
    """
    if budget.left_ratio <= 0:
        return 0
    if rate is None or rate <= 1:
        return None
    return budget.left_ratio * objective.window_minutes / rate


# Of rates that are quotients: 0.144 / 0.01 is a little below 14.4.
ROUNDING: Final = 1e-9


def _reaches(rate: float | None, factor: float) -> bool:
    return rate is not None and (rate > factor or math.isclose(rate, factor, rel_tol=ROUNDING))
