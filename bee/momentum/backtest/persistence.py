"""How long states last and how often members change them (pure)."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from bee.momentum.batch import Flags
from bee.momentum.engine import STATES, Codes, Ints
from bee.momentum.score import MomentumState

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Moves:
    """Counts that add up over batches: days in each state, spells begun, and pairs of a state and a later one."""

    days: Ints
    spells: Ints
    next_day: Ints
    next_week: Ints

    @classmethod
    def none(cls) -> Self:
        """Nothing was counted yet."""
        square = (len(STATES), len(STATES))
        return cls(
            np.zeros(len(STATES), np.int64),
            np.zeros(len(STATES), np.int64),
            np.zeros(square, np.int64),
            np.zeros(square, np.int64),
        )

    def __add__(self, other: Self) -> Self:
        return type(self)(
            self.days + other.days,
            self.spells + other.spells,
            self.next_day + other.next_day,
            self.next_week + other.next_week,
        )


@dataclass(frozen=True, slots=True)
class StateFigures:
    """A state: its share of all member-days, and of its days the share followed by the same state.

    ``stays_next_day``, ``stays_next_week``: None where no such day has a next one. ``mean_spell_days``: a member's
    days in a row in it; spells that were still running count as far as they had come.
    """

    state: MomentumState
    member_days: int
    share: float
    stays_next_day: float | None
    stays_next_week: float | None
    mean_spell_days: float | None


@dataclass(frozen=True, slots=True)
class StatesFigures:
    """All states. A flip is a day whose state is not that of the day before."""

    member_days: int
    member_weeks: float
    flips: int
    flips_per_member_week: float | None
    states: tuple[StateFigures, ...]


def count_moves(states: Codes, counted: Flags) -> Moves:
    """Count states by code, shape (days, members). ``counted``: a member's days, from the first row on, no gaps."""
    kinds = len(STATES)
    next_day = _pairs(states, counted, 1)
    return Moves(
        days=np.bincount(states[counted], minlength=kinds),
        spells=np.bincount(states[0][counted[0]], minlength=kinds)
        + next_day.sum(axis=0)
        - next_day.diagonal(),
        next_day=next_day,
        next_week=_pairs(states, counted, WEEK),
    )


def state_figures(moves: Moves) -> StatesFigures:
    """Return the figures that the counts come to."""
    days = int(moves.days.sum())
    flips = int(moves.next_day.sum() - moves.next_day.trace())
    return StatesFigures(
        member_days=days,
        member_weeks=days / WEEK,
        flips=flips,
        flips_per_member_week=_ratio(flips * WEEK, days),
        states=tuple(_figures(moves, code, days) for code in range(len(STATES))),
    )


def _figures(moves: Moves, code: int, days: int) -> StateFigures:
    return StateFigures(
        state=STATES[code],
        member_days=int(moves.days[code]),
        share=_ratio(moves.days[code], days) or 0.0,
        stays_next_day=_ratio(moves.next_day[code, code], moves.next_day[code].sum()),
        stays_next_week=_ratio(moves.next_week[code, code], moves.next_week[code].sum()),
        mean_spell_days=_ratio(moves.days[code], moves.spells[code]),
    )


def _pairs(states: Codes, counted: Flags, apart: int) -> Ints:
    kinds = len(STATES)
    both = counted[apart:]
    cells = states[:-apart][both].astype(np.int64) * kinds + states[apart:][both]
    return np.bincount(cells, minlength=kinds * kinds).reshape(kinds, kinds)


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None
