"""Why a score is what it is (pure): what each kind of event and each day before brought, to the last hundredth."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bee.momentum.definition import Definition
from bee.momentum.score import MomentumState, final_score, momentum_state, points_by_type, raw_score

# Parts are whole multiples of this, so that adding them loses nothing, in whatever order.
GRAIN: Final = 2.0**-40


@dataclass(frozen=True, slots=True)
class EventsPart:
    """What one kind of event brought. ``counted``: how many of ``count`` the cap lets count.

    ``points`` are those of the day before sharing; ``contribution`` is the part of the final score.
    ``final_without`` and ``state_without``: what the day would have been without these events.
    """

    event_type: str
    count: int
    counted: int
    points: float
    contribution: float
    final_without: float
    state_without: MomentumState


@dataclass(frozen=True, slots=True)
class CarryPart:
    """What a day before brought: ``days_back``, that day's final score, and its part of this one."""

    days_back: int
    final: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A final score taken apart. Events, ``day_cap``, carry and, last, ``rounding`` add up to ``final`` exactly.

    ``day_cap``: what the most of a day took away, 0 or negative. ``rounding``: the residue, named as its own.
    ``final_without`` and ``state_without``: the day without any event.
    """

    definition: str
    raw: float
    final: float
    state: MomentumState
    previous_state: MomentumState | None
    events: tuple[EventsPart, ...]
    day_cap: float
    carry: tuple[CarryPart, ...]
    rounding: float
    final_without: float
    state_without: MomentumState

    @property
    def total(self) -> float:
        """The sum of all parts, which is the final score."""
        brought = sum(part.contribution for part in self.events)
        carried = sum(part.contribution for part in self.carry)
        return brought + self.day_cap + carried + self.rounding


def explain(
    counts: Mapping[str, int],
    history: Sequence[float | None],
    previous_state: MomentumState | None,
    *,
    definition: Definition,
) -> Explanation:
    """Take a day apart.

    ``counts``: the day's events by type as they came. ``history``: finals of the days before, newest first, None
    for a day without one. The parts of a first day are its points, unshared.
    """
    known = list(history[: definition.history_days])
    raw = raw_score(counts, definition=definition)
    final = final_score(raw, known, definition=definition)
    weights = [
        (back, past, definition.day_weights[back])
        for back, past in enumerate(known, start=1)
        if past is not None
    ]
    weight_sum = 1.0 + math.fsum(weight for _, _, weight in weights)
    per_point = definition.raw_share + definition.average_share / weight_sum if weights else 1.0
    points = points_by_type(counts, definition=definition)
    events = tuple(
        _events_part(
            event_type, counts, _grained(points[event_type] * per_point), known, previous_state, definition
        )
        for event_type in points
    )
    day_cap = _grained((raw - sum(points.values())) * per_point)
    carry = tuple(
        CarryPart(back, past, _grained(definition.average_share * weight * past / weight_sum))
        for back, past, weight in weights
    )
    parts = [*(part.contribution for part in events), day_cap, *(part.contribution for part in carry)]
    without = final_score(0.0, known, definition=definition)
    return Explanation(
        definition=definition.name,
        raw=raw,
        final=final,
        state=momentum_state(final, previous_state, definition=definition),
        previous_state=previous_state,
        events=events,
        day_cap=day_cap,
        carry=carry,
        rounding=final - sum(parts),
        final_without=without,
        state_without=momentum_state(without, previous_state, definition=definition),
    )


def _grained(part: float) -> float:
    return round(part / GRAIN) * GRAIN


def _events_part(
    event_type: str,
    counts: Mapping[str, int],
    contribution: float,
    history: Sequence[float | None],
    previous_state: MomentumState | None,
    definition: Definition,
) -> EventsPart:
    these = {name: count for name, count in counts.items() if definition.canonical_type(name) == event_type}
    others = {name: count for name, count in counts.items() if name not in these}
    count = sum(these.values())
    counted = min(count, definition.most_per_type)
    without = final_score(raw_score(others, definition=definition), history, definition=definition)
    return EventsPart(
        event_type=event_type,
        count=count,
        counted=counted,
        points=definition.weight(event_type) * counted,
        contribution=contribution,
        final_without=without,
        state_without=momentum_state(without, previous_state, definition=definition),
    )
