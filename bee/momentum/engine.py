"""Many members' many days at once (pure): the same numbers as :mod:`bee.momentum.score`, to the last bit.

Each column is a member, each row a day counted from the member's own first day here, so that one step computes
that day of everybody.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bee.momentum.definition import Definition
from bee.momentum.score import MomentumState

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]
Ints = NDArray[np.int64]

NO_STATE: Final = -1
# A state's code is its place here.
STATES: Final = (MomentumState.NEEDS_CARE, MomentumState.STEADY, MomentumState.RISING)
NEEDS_CARE, STEADY, RISING = range(3)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known before the first day computed: ``finals[d - 1]`` is the day d back, 0 where there is none.

    ``days``: how many days back each member's rows go, without a gap. ``states``: of the day before, by code.
    """

    finals: Floats
    days: Ints
    states: Codes

    @classmethod
    def none(cls, members: int, definition: Definition) -> "Past":
        """Nobody has a past."""
        return cls(
            np.zeros((definition.history_days, members)),
            np.zeros(members, np.int64),
            np.full(members, NO_STATE, np.int8),
        )


def score_days(raw: Floats, past: Past, *, definition: Definition) -> tuple[Floats, Codes]:
    """Return the finals and the states of every member's days.

    ``raw``: points of a day, shape (days, members); both results have the same shape. Days after a member's
    last one may hold anything: they change nothing before them.
    """
    days, members = raw.shape
    reach = definition.history_days
    finals = np.empty((reach + days, members))
    finals[:reach] = past.finals[::-1]
    states = np.empty((days, members), np.int8)
    sums = np.asarray(definition.weight_sums)
    previous = past.states
    for day in range(days):
        row = reach + day
        total = raw[day].copy()
        for back in range(1, reach + 1):
            total += finals[row - back] * definition.day_weights[back]
        known = np.minimum(past.days + day, reach)
        average = total / sums[known]
        exact = definition.raw_share * raw[day] + definition.average_share * average
        finals[row] = np.where(known == 0, raw[day], np.floor(100 * exact + 0.5) / 100)
        states[day] = previous = next_states(finals[row], previous, definition=definition)
    return finals[reach:], states


def next_states(finals: Floats, previous: Codes, *, definition: Definition) -> Codes:
    """Return the codes of the states that finals mean after the states of the day before."""
    plain = np.where(
        finals >= definition.rising_from,
        RISING,
        np.where(finals >= definition.steady_from, STEADY, NEEDS_CARE),
    )
    stays_rising = (previous == RISING) & (finals >= definition.rising_until)
    stays_down = (previous == NEEDS_CARE) & (finals <= definition.needs_care_until)
    kept = np.where(stays_rising, RISING, np.where(stays_down, NEEDS_CARE, plain))
    return kept.astype(np.int8)


def raw_points(
    member: Ints,
    day: Ints,
    event_type: Ints,
    shape: tuple[int, int],
    weights: Floats,
    *,
    definition: Definition,
) -> tuple[Floats, Ints]:
    """Return points and numbers of events, each of ``shape`` (days, members).

    ``member``, ``day`` and ``event_type`` say for each event in which column, row and type it counts;
    ``weights`` has the points of each type.
    """
    days, members = shape
    cells = day * members + member
    keys, counts = np.unique(cells * len(weights) + event_type, return_counts=True)
    points = weights[keys % len(weights)] * np.minimum(counts, definition.most_per_type)
    raw = np.bincount(keys // len(weights), points, minlength=days * members)
    events = np.bincount(cells, minlength=days * members)
    return np.minimum(raw, definition.most_per_day).reshape(shape), events.astype(np.int64).reshape(shape)
