"""Budgets and burn: every number is worked out from the promise, and each alert fires after its minutes."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.sla.burn import (
    LEAST_BAD,
    PAIRS,
    Budget,
    Counts,
    Pair,
    Severity,
    budget_of,
    burn_of,
    burn_rate,
    burns_of,
    highest_burn,
    minutes_left,
    windows_of,
)
from bee.sla.objectives import Objective, get_objective

PAGE_FAST, PAGE_SLOW, TICKET_FAST, TICKET_SLOW = PAIRS
A_MINUTE = 100
OBJECTIVES = ("uptime", "errors", "latency")


def outage(
    pair: Pair, objective: Objective, *, minutes: int, bad_ratio: float = 1, a_minute: int = A_MINUTE
) -> bool:
    """Return whether a pair burns after so many minutes of an outage that followed on days without a fault."""
    a_minute = a_minute if objective.is_of_requests else 1

    def window(length: int) -> Counts:
        bad = round(min(minutes, length) * a_minute * bad_ratio)
        return Counts(length * a_minute - bad, bad)

    return burn_of(
        pair, {each: window(each) for each in (pair.long_min, pair.short_min)}, objective
    ).is_burning


def trips_after(pair: Pair, objective: Objective, bad_ratio: float = 1) -> int | None:
    return next((n for n in range(1, 5000) if outage(pair, objective, minutes=n, bad_ratio=bad_ratio)), None)


@pytest.mark.parametrize(
    ("objective", "pair", "minutes"),
    [
        ("uptime", PAGE_FAST, 9),  # 14.4 x 1 % of 60 minutes are 8.64
        ("uptime", PAGE_SLOW, 22),  # 6 x 1 % of 360 are 21.6
        ("errors", PAGE_FAST, 9),
        ("errors", PAGE_SLOW, 22),
        ("latency", PAGE_FAST, 44),  # 14.4 x 5 % of 60 are 43.2
        ("latency", PAGE_SLOW, 108),  # 6 x 5 % of 360
    ],
)
def test_a_total_outage_is_told_of_after_its_minutes(objective: str, pair: Pair, minutes: int) -> None:
    assert trips_after(pair, get_objective(objective)) == minutes


def test_speed_pages_within_the_hour_from_72_percent_slow_on() -> None:
    latency = get_objective("latency")
    assert trips_after(PAGE_FAST, latency, bad_ratio=0.72) == 60
    assert trips_after(PAGE_FAST, latency, bad_ratio=0.71) is None


def test_what_is_over_does_not_go_on_paging_though_the_long_window_still_burns() -> None:
    errors = get_objective("errors")
    over = burn_of(PAGE_FAST, {60: Counts(4000, 2000), 5: Counts(500, 0)}, errors)
    assert over.long_rate == pytest.approx(100 / 3)
    assert over.short_rate == 0
    assert not over.is_burning


def test_one_error_at_night_pages_nobody_though_its_burn_is_beyond_every_factor() -> None:
    errors = get_objective("errors")
    night = burn_of(PAGE_FAST, {60: Counts(5, 1), 5: Counts(0, 1)}, errors)
    assert night.long_rate is not None
    assert night.long_rate > PAGE_FAST.factor  # 1 of 6 is 16.7 times 1 %
    assert not night.is_burning
    assert not burn_of(
        PAGE_FAST, {60: Counts(1, LEAST_BAD - 1), 5: Counts(0, LEAST_BAD - 1)}, errors
    ).is_burning
    assert burn_of(PAGE_FAST, {60: Counts(1, LEAST_BAD), 5: Counts(0, LEAST_BAD)}, errors).is_burning


def test_exactly_the_factor_burns_whatever_the_rounding_of_quotients() -> None:
    assert burn_of(PAGE_FAST, {60: Counts(856, 144), 5: Counts(856, 144)}, get_objective("errors")).is_burning
    assert not burn_of(
        PAGE_FAST, {60: Counts(857, 143), 5: Counts(857, 143)}, get_objective("errors")
    ).is_burning


def test_without_an_event_nothing_is_known_and_nothing_burns() -> None:
    for burn in burns_of({}, get_objective("errors")):
        assert burn.long_rate is None
        assert not burn.is_burning
    assert budget_of(Counts(), get_objective("errors")) is None


@pytest.mark.parametrize(("objective", "highest"), [("uptime", 100), ("errors", 100), ("latency", 20)])
def test_a_budget_burns_no_faster_than_if_everything_were_bad(objective: str, highest: float) -> None:
    found = get_objective(objective)
    assert highest_burn(found) == pytest.approx(highest)
    assert burn_rate(Counts(0, 7), found) == pytest.approx(highest)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(OBJECTIVES))
def test_burn_lies_between_nothing_and_the_highest(good: int, bad: int, name: str) -> None:
    rate = burn_rate(Counts(good, bad), get_objective(name))
    if good + bad == 0:
        assert rate is None
    else:
        assert rate is not None
        assert 0 <= rate <= highest_burn(get_objective(name)) * (1 + 1e-9)


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=60))
def test_counts_are_added_and_ratios_never_averaged(minutes: list[tuple[int, int]]) -> None:
    total = sum((Counts(good, bad) for good, bad in minutes), Counts())
    assert total == Counts(sum(good for good, _ in minutes), sum(bad for _, bad in minutes))


def test_uptime_of_99_percent_allows_432_minutes_whatever_was_measured_of_them() -> None:
    budget = budget_of(Counts(1000, 43), get_objective("uptime"))
    assert budget is not None
    assert budget.allowed == pytest.approx(432)
    assert budget.left_ratio == pytest.approx(1 - 43 / 432)


def test_errors_may_be_one_percent_of_the_requests_that_there_were() -> None:
    budget = budget_of(Counts(99_950, 50), get_objective("errors"))
    assert budget is not None
    assert (round(budget.allowed, 6), budget.used) == (1000, 50)
    assert budget.left_ratio == pytest.approx(0.95)


def test_half_a_budget_is_gone_in_two_and_a_half_days_at_six_times_the_pace() -> None:
    left = minutes_left(Budget(1000, 500), 6.0, get_objective("errors"))
    assert left == pytest.approx(2.5 * 24 * 60)


def test_a_pace_that_is_allowed_never_ends_a_budget_and_one_that_is_spent_is_gone_now() -> None:
    errors = get_objective("errors")
    assert minutes_left(Budget(1000, 500), 1.0, errors) is None
    assert minutes_left(Budget(1000, 500), None, errors) is None
    assert minutes_left(Budget(1000, 1000), 0.5, errors) == 0
    assert minutes_left(Budget(1000, 1700), None, errors) == 0


def test_the_four_pairs_are_those_of_the_workbook_and_need_seven_windows() -> None:
    assert [(pair.factor, pair.long_min, pair.short_min) for pair in PAIRS] == [
        (14.4, 60, 5),
        (6, 360, 30),
        (3, 1440, 120),
        (1, 4320, 360),
    ]
    assert [pair.severity for pair in PAIRS] == [Severity.PAGE] * 2 + [Severity.TICKET] * 2
    assert windows_of() == (5, 30, 60, 120, 360, 1440, 4320)


def test_a_pair_that_could_never_fire_is_not_looked_at() -> None:
    wild = Pair(21, 60, 5, Severity.PAGE)
    assert burns_of({}, get_objective("latency"), [wild]) == ()
    assert math.isclose(highest_burn(get_objective("latency")), 20)
