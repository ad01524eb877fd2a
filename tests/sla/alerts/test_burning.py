"""When a budget goes too fast: after the minutes that the arithmetic says, not for a single request at night."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bee.sla.alerts.backtest import MINUTE, backtest_burn, longest_window
from bee.sla.alerts.rule import BurnRule
from bee.sla.burn import Pair, Severity
from bee.sla.objectives import get_objective
from tests.sla.alerts.histories import NOON, minutes, shipped_burn

DAY = timedelta(days=1)
FAST = Pair(14.4, 60, 5, Severity.PAGE)
SLOW = Pair(6, 360, 30, Severity.PAGE)
LONG_BEFORE = 3 * DAY


def of_pairs(objective: str, *pairs: Pair) -> BurnRule:
    return BurnRule(name="tried", kind="burn", objective=objective, pairs=pairs)


def first_after(rule: BurnRule, outage: Sequence[tuple[int, int]], usual: tuple[int, int]) -> int | None:
    """Return how many minutes after an outage began a rule fires first, with three ordinary days before it."""
    counts = [usual] * (LONG_BEFORE // MINUTE) + list(outage)
    until = NOON + len(outage) * MINUTE + MINUTE
    found = backtest_burn(
        rule,
        minutes(rule.objective, NOON - LONG_BEFORE, counts),
        get_objective(rule.objective),
        since=NOON,
        until=until,
    )
    return (found.episodes[0].opened_at - NOON) // MINUTE if found.episodes else None


@pytest.mark.parametrize(
    ("objective", "pair", "bad_of_100", "after"),
    [
        ("availability", FAST, 100, 9),  # 14.4 × 1 % of 60 minutes are 8.64
        ("availability", SLOW, 100, 22),  # 6 × 1 % of 360 minutes are 21.6
        ("errors", FAST, 100, 9),
        ("errors", SLOW, 100, 22),
        ("uptime", FAST, 100, 9),
        ("uptime", SLOW, 100, 22),
        ("latency", FAST, 100, 44),  # 14.4 × 5 % of 60 minutes are 43.2
        ("latency", FAST, 73, 60),  # and in an hour at the least 72 % have to be slow
        ("latency", FAST, 71, None),
        ("latency", SLOW, 100, 108),  # 6 × 5 % of 360 minutes are exactly 108
    ],
)
def test_a_total_outage_fires_after_the_minutes_that_the_budget_says(
    objective: str, pair: Pair, bad_of_100: int, after: int | None
) -> None:
    outage = [(100 - bad_of_100, bad_of_100)] * 120
    assert first_after(of_pairs(objective, pair), outage, usual=(100, 0)) == after


@pytest.mark.parametrize(
    ("bad_of_100", "after_min"),
    # Of the day 43.2 minutes' worth of failures are 3 times the budget; of three days as many are once it.
    [(100, 44), (50, 87)],
)
def test_a_ticket_comes_when_a_day_burns_three_times_too_fast(bad_of_100: int, after_min: int) -> None:
    rule = of_pairs("availability", Pair(3, 1440, 120, Severity.TICKET))
    assert first_after(rule, [(100 - bad_of_100, bad_of_100)] * 120, usual=(100, 0)) == after_min


def test_one_failing_request_at_low_traffic_does_not_page() -> None:
    # One request an hour, and this one fails: a hundred times the budget.
    assert first_after(shipped_burn("availability_burns"), [(0, 1)] + [(0, 0)] * 59, usual=(0, 0)) is None


def test_five_failing_requests_do() -> None:
    assert first_after(shipped_burn("availability_burns"), [(0, 1)] * 5, usual=(0, 0)) == 5


def test_what_burnt_and_does_not_any_more_no_longer_fires() -> None:
    rule = of_pairs("availability", FAST)
    counts = [(100, 0)] * (LONG_BEFORE // MINUTE) + [(0, 100)] * 20 + [(100, 0)] * 40
    found = backtest_burn(
        rule,
        minutes("availability", NOON - LONG_BEFORE, counts),
        get_objective("availability"),
        since=NOON,
        until=NOON + 60 * MINUTE,
    )
    (episode,) = found.episodes
    # From the ninth minute of the outage until too little is bad in its last five: 72 of 500 are 14.4 %.
    assert (episode.opened_at, episode.minutes) == (NOON + 9 * MINUTE, 20 - 9 + 5)
    assert episode.ended_at == NOON + (25 + rule.quiet_min) * MINUTE


def test_the_most_urgent_pair_says_how_urgent_it_is() -> None:
    rule = shipped_burn("availability_burns")
    counts = [(100, 0)] * (LONG_BEFORE // MINUTE) + [(80, 20)] * 240
    found = backtest_burn(
        rule,
        minutes("availability", NOON - LONG_BEFORE, counts),
        get_objective("availability"),
        since=NOON,
        until=NOON + 240 * MINUTE,
    )
    (episode,) = found.episodes
    assert episode.severity is Severity.PAGE
    # 20 % bad: 14.4 times the budget of an hour after 43.2 minutes.
    assert episode.opened_at == NOON + 44 * MINUTE


def test_minutes_without_a_request_say_nothing() -> None:
    rule = shipped_burn("availability_burns")
    found = backtest_burn(rule, [], get_objective("availability"), since=NOON, until=NOON + 30 * MINUTE)
    assert (found.known_minutes, found.minutes, found.episodes) == (0, 30, ())
    assert longest_window(rule) == timedelta(days=3)


def test_what_lies_outside_the_period_does_not_count() -> None:
    rule = of_pairs("availability", FAST)
    outside = minutes("availability", NOON - 2 * DAY, [(0, 100)] * 60) + minutes(
        "availability", NOON + DAY, [(0, 100)] * 60
    )
    found = backtest_burn(rule, outside, get_objective("availability"), since=NOON, until=NOON + 30 * MINUTE)
    assert (found.known_minutes, found.episodes) == (0, ())
