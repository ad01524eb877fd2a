"""The arithmetic of the overview's cards (pure): from counts a day to a value, its change and a sparkline."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from bee.engage.queries import RecoveryDay, StateDay

WEEK_DAYS: Final = 7


class CardName(StrEnum):
    """Which figure a card shows."""

    RISING = "rising"
    NEEDS_CARE = "needs_care"
    MOMENTUM = "momentum"
    RECOVERED = "recovered"


class Unit(StrEnum):
    """What a card's value is in. A change of a percentage is in percentage points."""

    PERCENT = "percent"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Card:
    """A figure on the last day of a period.

    ``value``: None where there is nothing to divide by. ``change``: against the same weekday a week before,
    None where either is missing. ``sparkline``: a value for each day of the period, oldest first, None for a gap.
    """

    name: CardName
    unit: Unit
    value: float | None
    change: float | None
    sparkline: tuple[float | None, ...]


def overview_cards(
    states: Sequence[StateDay], recoveries: Sequence[RecoveryDay], *, start: date, end: date
) -> tuple[Card, ...]:
    """Return the four cards of a period, both days included.

    The series may begin earlier than ``start``: the change of a short period needs the day a week before, and
    the recoveries, which are of seven days together, need six days more for a full first point.
    """
    by_day = {day.score_date: day for day in states}
    fallen = {day.score_date: day for day in recoveries}
    return (
        _card(CardName.RISING, Unit.PERCENT, lambda day: _share_pct(by_day.get(day), "rising"), start, end),
        _card(
            CardName.NEEDS_CARE,
            Unit.PERCENT,
            lambda day: _share_pct(by_day.get(day), "needs_care"),
            start,
            end,
        ),
        _card(CardName.MOMENTUM, Unit.POINTS, lambda day: _mean(by_day.get(day)), start, end),
        _card(CardName.RECOVERED, Unit.PERCENT, lambda day: _recovered_pct(fallen, day), start, end),
    )


def change_over(values: Mapping[date, float], end: date, *, days: int = WEEK_DAYS) -> float | None:
    """Return the value of ``end`` less that of so many days before; None where one of the two is missing."""
    if end not in values or end - timedelta(days=days) not in values:
        return None
    return values[end] - values[end - timedelta(days=days)]


def _card(
    name: CardName, unit: Unit, value_on: Callable[[date], float | None], start: date, end: date
) -> Card:
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    week_ago = end - timedelta(days=WEEK_DAYS)
    values = {day: value for day in (*days, week_ago, end) if (value := value_on(day)) is not None}
    return Card(name, unit, values.get(end), change_over(values, end), tuple(values.get(day) for day in days))


def _share_pct(day: StateDay | None, state: str) -> float | None:
    """Return the share of a state, 0–100; None on a day without anybody."""
    if day is None or day.people == 0:
        return None
    members = {"rising": day.rising, "needs_care": day.needs_care}[state]
    return 100.0 * members / day.people


def _mean(day: StateDay | None) -> float | None:
    return None if day is None or day.people == 0 else day.final_sum / day.people


def _recovered_pct(fallen: Mapping[date, RecoveryDay], day: date) -> float | None:
    """Return the share that recovered, 0–100, of all whose seven days ended in the week up to ``day``.

    A week together, since few fall on one day. None where nobody did.
    """
    week = [row for n in range(WEEK_DAYS) if (row := fallen.get(day - timedelta(days=n))) is not None]
    fell = sum(row.fell for row in week)
    return 100.0 * sum(row.recovered for row in week) / fell if fell else None
