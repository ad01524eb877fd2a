"""Who burnt a budget: what was planted is named with its share, and what all share is nobody's."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from bee.sla.blame import HourOf, Verdicts, blame

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUTES = [f"GET /v1/{name}" for name in ("momentum", "history", "events", "push", "coach")]
USUAL = 0.005
EVENTS = 2_000


def roll_out(
    chance: random.Random,
    *,
    planted: float = 0.0,
    outage: float = 0.0,
    hours: int = 12,
    events: int = EVENTS,
    releases: tuple[str, ...] = ("1.4", "1.5"),
) -> tuple[list[HourOf], int]:
    """Return a 50/50 roll-out with more errors planted on one route of the new release, and how many those came to.

    ``outage``: what fails of everything in two hours in the middle, whatever the release.
    """
    found, extra = [], 0
    for number in range(hours):
        shared = outage if number in (5, 6) else 0.0
        for route in ROUTES:
            for release in releases:
                by_itself = sum(chance.random() < USUAL + shared for _ in range(events))
                is_bad = release == releases[-1] and route == ROUTES[2]
                more = sum(chance.random() < planted for _ in range(events - by_itself)) if is_bad else 0
                extra += more
                found.append(
                    HourOf(NOON + number * HOUR, route, release, events - by_itself - more, by_itself + more)
                )
    return found, extra


@pytest.fixture(params=range(5))
def chance(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)  # noqa: S311  # no secret


def test_three_percent_planted_on_one_route_of_one_release_are_named_with_their_share(
    chance: random.Random,
) -> None:
    hours, planted = roll_out(chance, planted=0.03)
    found = blame(hours)
    (culprit,) = found.culprits
    assert (culprit.route, culprit.name) == (ROUTES[2], "1.5")
    assert culprit.excess == pytest.approx(planted, rel=0.1)
    assert culprit.share == pytest.approx(planted / found.bad, rel=0.1)
    assert found.rest == pytest.approx(found.bad - planted, rel=0.1)


def test_an_outage_of_both_releases_is_blamed_on_neither(chance: random.Random) -> None:
    hours, _ = roll_out(chance, outage=0.6)
    found = blame(hours)
    assert found.culprits == ()
    assert found.rest == found.bad > 0


def test_what_was_planted_is_named_in_an_outage_too_and_the_outage_stays_in_the_rest(
    chance: random.Random,
) -> None:
    hours, planted = roll_out(chance, planted=0.03, outage=0.6, events=4 * EVENTS)
    found = blame(hours)
    assert [(each.route, each.name) for each in found.culprits] == [(ROUTES[2], "1.5")]
    # Of what fails in the outage the planted ones can't be told apart.
    assert found.culprits[0].excess == pytest.approx(planted, rel=0.15)


def test_without_anything_planted_nobody_is_blamed(chance: random.Random) -> None:
    assert blame(roll_out(chance)[0]).culprits == ()


def test_a_release_that_is_everywhere_is_compared_with_the_one_before_at_the_same_hour(
    chance: random.Random,
) -> None:
    before, _ = roll_out(chance, releases=("1.4",))
    after, planted = roll_out(chance, planted=0.03, releases=("1.5",))
    day_later = [HourOf(each.hour + 24 * HOUR, each.route, each.name, each.good, each.bad) for each in after]
    found = blame([*before, *day_later], since=NOON + 24 * HOUR)
    (culprit,) = found.culprits
    assert (culprit.route, culprit.name) == (ROUTES[2], "1.5")
    assert culprit.share == pytest.approx(planted / found.bad, rel=0.1)


def test_what_nothing_can_be_compared_with_is_left_in_the_rest() -> None:
    hours = [HourOf(NOON, ROUTES[0], "1.4", 900, 100)]
    assert blame(hours) == Verdicts((), 100)


@pytest.mark.parametrize("few", [1, 49])
def test_of_few_events_nothing_is_said(few: int) -> None:
    hours = [HourOf(NOON, ROUTES[0], "1.4", few, 0), HourOf(NOON, ROUTES[0], "1.5", 0, 500)]
    assert blame(hours).culprits == ()
    hours = [HourOf(NOON, ROUTES[0], "1.4", 5000, 0), HourOf(NOON, ROUTES[0], "1.5", 0, few)]
    assert blame(hours).culprits == ()


def test_a_fault_that_the_new_release_ends_is_the_old_ones() -> None:
    hours = [HourOf(NOON, ROUTES[0], "1.4", 900, 100), HourOf(NOON, ROUTES[0], "1.5", 999, 1)]
    (culprit,) = blame(hours).culprits
    assert (culprit.name, culprit.bad_ratio, culprit.expected_ratio) == ("1.4", 0.1, 0.001)


def test_without_a_bad_event_or_without_any_nobody_is_blamed() -> None:
    assert blame([]) == Verdicts((), 0)
    assert blame([HourOf(NOON, ROUTES[0], each, 500, 0) for each in ("1.4", "1.5")]) == Verdicts((), 0)
