"""Why a score is what it is, as the rows of two tables. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bee.momentum.explain import Explanation
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS
from bee.ui.words import counted, long_date, type_words


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a score. ``brought``: its points of the final score; all rows' add up to it."""

    part: str
    count: int | None
    counted: int | None
    brought: float
    without: str


@dataclass(frozen=True, slots=True)
class CarryRow:
    """What one day before brought."""

    day: date
    score: float
    brought: float


def part_rows(explanation: Explanation) -> list[PartRow]:
    """Return the day's events by type, what the day's limit took, what earlier days carry, and the rounding."""
    rows = [
        PartRow(
            type_words(part.event_type),
            part.count,
            part.counted,
            part.contribution,
            f"{part.final_without:.2f}, {WORDS[part.state_without]}",
        )
        for part in explanation.events
    ]
    if explanation.day_cap:
        rows.append(PartRow("Over the most of a day", None, None, explanation.day_cap, ""))
    if explanation.carry:
        days = counted(len(explanation.carry), "day", "days")
        carried = math.fsum(part.contribution for part in explanation.carry)
        rows.append(PartRow(f"From the {days} before", None, None, carried, ""))
    rows.append(PartRow("Rounding", None, None, explanation.rounding, ""))
    return rows


def carry_rows(explanation: Explanation, day: date) -> list[CarryRow]:
    """Return what each day before brought, the nearest first."""
    return [
        CarryRow(day - timedelta(days=part.days_back), part.final, part.contribution)
        for part in explanation.carry
    ]


def why_sentence(explanation: Explanation, day: date) -> str:
    """Return the score in one sentence, and what it would have been without the day's events."""
    score = f"{explanation.final:.2f} on {long_date(day)}: {WORDS[explanation.state]}"
    before = _changed_from(explanation)
    if not explanation.events:
        return f"{score}{before}. Nothing happened that day; all of it is carried from earlier days."
    change = (
        "" if explanation.state_without is explanation.state else f" and {_said(explanation.state_without)}"
    )
    return f"{score}{before}. Without that day's events it would have been {explanation.final_without:.2f}{change}."


def parts_sum(rows: Sequence[PartRow]) -> float:
    """Return what all parts add up to: the score."""
    return math.fsum(row.brought for row in rows)


def _changed_from(explanation: Explanation) -> str:
    """Return from which state the day came; nothing where it kept the one of the day before."""
    if explanation.previous_state in {None, explanation.state}:
        return ""
    return f", after {WORDS[explanation.previous_state]}"


def _said(state: MomentumState) -> str:
    return f"the state {WORDS[state]}"
