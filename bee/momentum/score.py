"""One member's one day (pure): raw points, the final score, the momentum state."""

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from bee.momentum.definition import Definition


class MomentumState(StrEnum):
    """How somebody is doing, in the words of the app."""

    RISING = "Rising"
    STEADY = "Steady"
    NEEDS_CARE = "NeedsCare"


def raw_score(counts: Mapping[str, int], *, definition: Definition) -> float:
    """Return the day's points, 0–100: events by type, aliases counting together, capped by type and by day."""
    return min(definition.most_per_day, sum(points_by_type(counts, definition=definition).values()))


def points_by_type(counts: Mapping[str, int], *, definition: Definition) -> dict[str, float]:
    """Return the capped points of each canonical type, in alphabetical order."""
    totals: dict[str, int] = {}
    for event_type, count in counts.items():
        canonical = definition.canonical_type(event_type)
        totals[canonical] = totals.get(canonical, 0) + count
    return {
        canonical: definition.weight(canonical) * min(count, definition.most_per_type)
        for canonical, count in sorted(totals.items())
    }


def decayed_average(raw: float, history: Sequence[float | None], *, definition: Definition) -> float:
    """Return the average of the day and the days before it, each weighing less the longer ago, 0–100.

    ``history``: finals of the days before, newest first, None for a day without one; days beyond the
    definition's are left out. The sum is taken in that order: the bulk engine takes it in the same.
    """
    total, weights = raw, 1.0
    for final, weight in zip(history, definition.day_weights[1:], strict=False):
        if final is not None:
            total += final * weight
            weights += weight
    return total / weights


def final_score(raw: float, history: Sequence[float | None], *, definition: Definition) -> float:
    """Return the day's momentum score, 0–100.

    ``history``: finals of the days before, newest first, None for a day without one. With none at all it is
    ``raw``, unrounded; otherwise rounded half up to 2 decimals.
    """
    if all(final is None for final in history[: definition.history_days]):
        return raw
    average = decayed_average(raw, history, definition=definition)
    exact = definition.raw_share * raw + definition.average_share * average
    return math.floor(100 * exact + 0.5) / 100


def momentum_state(final: float, previous: MomentumState | None, *, definition: Definition) -> MomentumState:
    """Return the state that a final score means, given the state of the day before, if there was one."""
    if previous is MomentumState.RISING and final >= definition.rising_until:
        return MomentumState.RISING
    if previous is MomentumState.NEEDS_CARE and final <= definition.needs_care_until:
        return MomentumState.NEEDS_CARE
    if final >= definition.rising_from:
        return MomentumState.RISING
    if final >= definition.steady_from:
        return MomentumState.STEADY
    return MomentumState.NEEDS_CARE
