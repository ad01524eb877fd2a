"""When a rule becomes eligible: at the moment its condition becomes true, once, on days that are news."""

from datetime import UTC, datetime, timedelta

import pytest

from bee.notify.moments import DAY, Day, day_moments, silence_moment, window_days
from bee.notify.rule import Rule
from tests.notify.people import D0, MIA, days, finals, shipped

LAST = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def found(rule: Rule, history: list[Day], *, only_fresh: bool = True) -> list[str]:
    """Return which days back a rule becomes eligible on."""
    return [
        str((D0 - each.trigger_date).days)
        for each in day_moments([rule], MIA, history, only_fresh=only_fresh)
    ]


@pytest.mark.parametrize(
    ("history", "back"),
    [
        ("NNNSS", ["0"]),  # the third day in a row
        ("NNN", ["0"]),  # nothing was before
        ("NNNNS", ["1"]),  # the third day was yesterday's, and nobody looked then
        ("NNNNNS", []),  # the third day is long past
        ("SNNNS", []),  # was so yesterday, is not so any more
        ("NNSNN", []),  # two days
        ("NN", []),  # too little is known
        ("RRRSS", []),  # another state
        ("", []),
    ],
)
def test_three_days_in_need_of_care_count_on_the_third(history: str, back: list[str]) -> None:
    assert found(shipped("needs_care"), days(history)) == back


def test_three_rising_days_are_celebrated_on_the_third() -> None:
    assert found(shipped("rising"), days("RRRS")) == ["0"]


def test_a_gap_between_the_days_is_no_row_of_days() -> None:
    history = days("NNNS")
    history[2] = Day(D0 - 5 * DAY, 30, "NeedsCare", "v1", True)
    assert found(shipped("needs_care"), history) == []


@pytest.mark.parametrize(
    ("values", "back"),
    [
        ((40, 40, 40, 55.1, 55.1, 55.1, 40), ["0"]),  # 55.1 - 40 > 15
        ((40, 40, 40, 55, 55, 55, 40), []),  # exactly 15 is not more than 15
        ((40, 40, 40, 70, 40, 60, 40), ["0"]),  # 170 / 3 - 40 = 16.7; the day before 50 - 46.7
        ((40, 40, 40, 56, 56, 56), ["0"]),  # of the day before too little is known
        ((40, 40, 40, 56, 56), []),  # too little is known
        ((20, 40, 40, 60, 60, 60, 60, 60), ["0"]),  # the day before: 60 - 46.7 = 13.3
        ((10, 10, 30, 60, 60, 60, 60, 60, 60), ["1"]),  # the day before: 60 - 33.3 > 15; before that 60 - 50
        ((10, 10, 10, 60, 60, 60, 60, 60, 60), []),  # two days before it was so already: 60 - 43.3 = 16.7
    ],
)
def test_a_drop_counts_when_the_means_fall_apart(values: tuple[float, ...], back: list[str]) -> None:
    assert found(shipped("score_drop"), finals(*values)) == back


@pytest.mark.parametrize(
    ("stale", "back"),
    [
        ((), ["0"]),
        ((0,), []),
        ((2,), []),  # one of the three was imported
        ((3,), ["0"]),  # what came before may be the past
    ],
)
def test_a_condition_over_days_that_are_no_news_never_becomes_true(
    stale: tuple[int, ...], back: list[str]
) -> None:
    assert found(shipped("needs_care"), days("NNNS", stale=stale)) == back
    assert found(shipped("needs_care"), days("NNNS", stale=stale), only_fresh=False) == ["0"]


def test_what_was_so_on_days_that_are_no_news_is_not_new() -> None:
    assert found(shipped("needs_care"), days("NNNNN", stale=(3, 4))) == []


def test_days_scored_by_different_definitions_are_not_compared() -> None:
    history = days("NNNS")
    history[2] = Day(history[2].on, 30, "NeedsCare", "v2", True)
    assert found(shipped("needs_care"), history) == []


@pytest.mark.parametrize(("history", "back"), [("S", ["0"]), ("SSS", ["0"]), ("SSSS", []), ("", [])])
def test_a_new_member_is_motivated_on_each_of_the_first_days(history: str, back: list[str]) -> None:
    assert found(shipped("new_member"), days(history)) == back


@pytest.mark.parametrize(
    ("hours", "is_moment"), [(47.99, False), (48, True), (71.99, True), (72, False), (500, False)]
)
def test_silence_counts_from_its_hour_until_it_is_old(hours: float, is_moment: bool) -> None:
    now = LAST + timedelta(hours=hours)
    moment = silence_moment(shipped("silent_48"), MIA, LAST, LAST, now=now)
    assert (moment is not None) is is_moment


def test_a_silence_is_the_same_moment_however_often_it_is_looked_at() -> None:
    first, second = (
        silence_moment(shipped("silent_48"), MIA, LAST, LAST, now=LAST + timedelta(hours=hours))
        for hours in (49, 60)
    )
    assert first == second
    assert first is not None
    assert first.key == "2026-03-01T09:30:00.000+00:00/48"


def test_what_was_received_when_the_silence_was_over_was_no_silence() -> None:
    now = LAST + timedelta(hours=50)
    late = LAST + timedelta(hours=49)
    assert silence_moment(shipped("silent_48"), MIA, LAST, late, now=now) is None


def test_enough_days_are_asked_for_to_see_what_was_before() -> None:
    # Two times three days, the day to catch up with, and the one before it.
    assert window_days([shipped("score_drop"), shipped("rising"), shipped("silent_48")]) == 8
