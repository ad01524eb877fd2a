"""The arithmetic of the cards, every number with its cause."""

from datetime import date, timedelta

import pytest

from bee.engage.cards import Card, CardName, Unit, change_over, overview_cards
from bee.engage.queries import RecoveryDay, StateDay

END = date(2026, 11, 22)
WEEK = timedelta(days=7)


def state_day(day: date, rising: int, steady: int, needs_care: int, mean: float = 50.0) -> StateDay:
    return StateDay(day, rising, steady, needs_care, mean * (rising + steady + needs_care))


def card(
    name: CardName,
    states: list[StateDay],
    recoveries: list[RecoveryDay] | None = None,
    *,
    start: date = END - WEEK,
    end: date = END,
) -> Card:
    cards = {one.name: one for one in overview_cards(states, recoveries or [], start=start, end=end)}
    assert list(cards) == list(CardName)
    return cards[name]


@pytest.mark.parametrize(
    ("name", "unit", "value", "change"),
    [
        (CardName.RISING, Unit.PERCENT, 36.0, 1.0),  # 36 of 100, a week before 70 of 200 = 35 %
        (CardName.NEEDS_CARE, Unit.PERCENT, 12.0, -3.0),  # 12 of 100, a week before 30 of 200 = 15 %
        (CardName.MOMENTUM, Unit.POINTS, 56.5, 0.5),  # means of 56.5 and 56
    ],
)
def test_a_share_is_of_that_days_people_and_changes_in_points(
    name: CardName, unit: Unit, value: float, change: float
) -> None:
    states = [state_day(END - WEEK, 70, 100, 30, 56.0), state_day(END, 36, 52, 12, 56.5)]

    shown = card(name, states)

    assert shown.unit is unit
    assert (shown.value, shown.change) == pytest.approx((value, change))


def test_without_data_a_card_has_no_value_and_a_gap_a_day() -> None:
    for name in CardName:
        assert card(name, []) == Card(
            name, Unit.POINTS if name is CardName.MOMENTUM else Unit.PERCENT, None, None, (None,) * 8
        )


def test_in_the_first_week_there_is_a_value_and_no_change() -> None:
    shown = card(CardName.RISING, [state_day(END, 1, 1, 2)], start=END - timedelta(days=3))

    assert (shown.value, shown.change, shown.sparkline) == (25.0, None, (None, None, None, 25.0))


def test_a_change_of_nothing_is_zero_and_not_missing() -> None:
    states = [state_day(END - WEEK, 1, 1, 2), state_day(END, 2, 2, 4)]
    assert card(CardName.RISING, states).change == 0.0


def test_a_day_without_anybody_is_a_gap_and_not_a_division_by_zero() -> None:
    shown = card(CardName.RISING, [StateDay(END, 0, 0, 0, 0.0)], start=END)
    assert (shown.value, shown.sparkline) == (None, (None,))


def test_a_day_that_is_missing_stays_a_gap_in_the_sparkline() -> None:
    states = [state_day(END - timedelta(days=2), 1, 0, 0), state_day(END, 0, 1, 0)]
    assert card(CardName.RISING, states, start=END - timedelta(days=2)).sparkline == (100.0, None, 0.0)


def test_the_change_needs_only_the_day_a_week_before_also_when_the_period_begins_later() -> None:
    states = [state_day(END - WEEK, 0, 1, 0), state_day(END, 1, 0, 0)]
    assert card(CardName.RISING, states, start=END).change == 100.0


def test_a_period_of_one_day_has_one_point() -> None:
    assert card(CardName.MOMENTUM, [state_day(END, 1, 0, 0, 80.0)], start=END).sparkline == (80.0,)


def test_recovered_is_of_everybody_whose_seven_days_ended_in_the_week() -> None:
    recoveries = [
        RecoveryDay(END - timedelta(days=7), 1, 1),  # a week before: 1 of 1
        RecoveryDay(END - timedelta(days=6), 1, 4),
        RecoveryDay(END, 4, 6),  # this week: 5 of 10
    ]

    shown = card(CardName.RECOVERED, [], recoveries, start=END)

    assert (shown.value, shown.change) == (50.0, -50.0)


def test_when_nobody_fell_in_the_week_there_is_no_share() -> None:
    shown = card(CardName.RECOVERED, [], [RecoveryDay(END - WEEK, 1, 2)])
    assert (shown.value, shown.change) == (None, None)


def test_nobody_recovered_is_zero() -> None:
    assert card(CardName.RECOVERED, [], [RecoveryDay(END, 0, 3)]).value == 0.0


def test_a_change_is_between_two_known_values() -> None:
    assert change_over({END: 3.0, END - WEEK: 5.0}, END) == -2.0
    assert change_over({END: 3.0}, END) is None
    assert change_over({END - WEEK: 3.0}, END) is None
    assert change_over({END: 3.0, END - timedelta(days=1): 1.0}, END, days=1) == 2.0
