"""What demo members do: the same for the same seed, while people are up, and different by archetype."""

from datetime import date

import numpy as np
import pytest

from bee.members.demo_days import (
    EARLIEST_S,
    EVENT_TYPES,
    LATEST_S,
    LIKELY,
    MOST_EVENTS,
    POINTS,
    RELEASE_DAY,
    DayOfEvents,
    demo_days,
    utc_offsets_s,
)
from bee.members.demo_people import (
    DAYS,
    FIRST_NAMES,
    GOALS,
    KINDS,
    LAST_NAMES,
    NEVER,
    ZONE_NAMES,
    Archetype,
    Floats,
    Integers,
    Population,
    full_name,
    population,
)

MONDAY = date(2026, 5, 25)
PEOPLE = population(seed=2026, members=1200)


def points(people: Population, days: int = DAYS) -> Floats:
    """Return what each member's days are worth, as (member, day)."""
    worth = np.array(list(POINTS.values()), dtype=np.float64)
    total = np.zeros((len(people), days))
    for day in demo_days(people, first_day=MONDAY, days=days):
        np.add.at(total[:, day.day], day.member, worth[day.kind])
    return total


@pytest.fixture(scope="module")
def worth() -> Floats:
    return points(PEOPLE)


def of(kind: Archetype) -> Integers:
    return np.flatnonzero(PEOPLE.kind == KINDS.index(kind))


def columns(day: DayOfEvents) -> list[list[int]]:
    return [column.tolist() for column in (day.member, day.order, day.kind, day.second, day.delay_s)]


def test_there_are_as_many_people_as_asked_for_of_every_kind_and_zone() -> None:
    assert len(PEOPLE) == len(set(PEOPLE.ids)) == 1200
    assert set(PEOPLE.kind.tolist()) == set(range(len(KINDS)))
    assert set(PEOPLE.zone.tolist()) == set(range(len(ZONE_NAMES)))


def test_the_same_seed_makes_the_same_people_and_days() -> None:
    again = population(seed=2026, members=1200)
    assert again.ids == PEOPLE.ids
    first, second = (
        [columns(day) for day in demo_days(people, first_day=MONDAY, days=3)] for people in (PEOPLE, again)
    )
    assert first == second


def test_another_seed_makes_others() -> None:
    assert set(population(seed=1, members=50).ids).isdisjoint(population(seed=2, members=50).ids)


def test_a_longer_period_begins_with_the_shorter_one() -> None:
    shorter = [columns(day) for day in demo_days(PEOPLE, first_day=MONDAY, days=5)]
    longer = [columns(day) for day in demo_days(PEOPLE, first_day=MONDAY, days=9)]
    assert longer[:5] == shorter


@pytest.mark.parametrize("members", [1, 2, 9, 50])
def test_a_few_people_are_people_too(members: int) -> None:
    assert points(population(seed=3, members=members), 10).shape == (members, 10)


def test_events_come_in_order_at_hours_at_which_people_are_up() -> None:
    for day in demo_days(PEOPLE, first_day=MONDAY, days=7):
        assert day.second.min() >= EARLIEST_S
        assert day.second.max() <= LATEST_S
        assert day.order.max() < MOST_EVENTS
        same = np.diff(day.member) == 0
        assert (np.diff(day.second)[same] >= 0).all()
        assert (np.diff(day.order)[same] == 1).all()
        assert {EVENT_TYPES[kind] for kind in day.kind[day.order == 0].tolist()} == {"app_session"}


def test_nobody_does_anything_before_joining_after_leaving_or_in_a_silence(worth: Floats) -> None:
    days = np.arange(DAYS)
    away = (
        (days < PEOPLE.joined[:, None])
        | (days > PEOPLE.left[:, None])
        | ((days >= PEOPLE.silent_from[:, None]) & (days <= PEOPLE.silent_to[:, None]))
    )
    assert worth[away].sum() == 0
    assert (worth[~away] > 0).mean() > 0.9


def test_some_leave_some_fall_silent_and_come_back_some_stay_silent(worth: Floats) -> None:
    left = of(Archetype.LEAVER)
    assert (PEOPLE.left[left] < DAYS).all()
    assert (np.delete(PEOPLE.left, left) == NEVER).all()

    back = [n for n in of(Archetype.RETURNER) if PEOPLE.silent_to[n] < DAYS - 7]
    assert len(back) > 20
    assert all(worth[n, PEOPLE.silent_to[n] + 1 :].sum() > 0 for n in back)

    silent = np.flatnonzero((PEOPLE.silent_from < DAYS) & (PEOPLE.silent_to == NEVER))
    assert len(silent) > 5


def test_newcomers_join_within_the_period(worth: Floats) -> None:
    new = of(Archetype.NEWCOMER)
    assert ((PEOPLE.joined[new] > 0) & (PEOPLE.joined[new] < DAYS)).all()
    assert (np.delete(PEOPLE.joined, new) <= 0).all()


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        (Archetype.RISER, 15, 50),  # up by a good third of the scale
        (Archetype.FADER, -60, -25),
        (Archetype.STEADY, -3, 12),  # the programme's lift and no more
        (Archetype.INTENSE, -3, 12),
    ],
)
def test_people_go_where_their_habit_leads(worth: Floats, kind: Archetype, low: float, high: float) -> None:
    members = of(kind)
    change = worth[members, -14:].mean() - worth[members, :14].mean()
    assert low < change < high


def test_weekend_people_live_for_the_weekend(worth: Floats) -> None:
    is_weekend = np.arange(DAYS) % 7 >= 5  # day 0 is a Monday
    members = of(Archetype.WEEKEND)
    assert worth[members][:, is_weekend].mean() > worth[members][:, ~is_weekend].mean() + 20


def test_after_the_release_people_do_more(worth: Floats) -> None:
    steady = of(Archetype.STEADY)
    assert worth[steady, -21:].mean() > worth[steady, RELEASE_DAY - 21 : RELEASE_DAY].mean() + 2


def test_the_clock_of_each_zone_is_its_own_and_follows_the_season() -> None:
    winter = utc_offsets_s(date(2026, 1, 10), 1)[:, 0]
    summer = utc_offsets_s(date(2026, 7, 10), 1)[:, 0]

    hours = {zone: (winter[n] / 3600, summer[n] / 3600) for n, zone in enumerate(ZONE_NAMES)}

    assert hours == {
        "Europe/London": (0, 1),
        "America/New_York": (-5, -4),
        "Europe/Berlin": (1, 2),
        "America/Los_Angeles": (-8, -7),
        "Asia/Tokyo": (9, 9),
        "Australia/Sydney": (11, 10),
    }


def test_the_tables_fit_one_another() -> None:
    assert set(LIKELY) == set(GOALS)
    assert {len(row) for row in LIKELY.values()} == {len(POINTS)}


def test_names_are_made_up_and_rarely_the_same() -> None:
    assert full_name(0) == "Amber Badger"
    assert len({full_name(n) for n in range(len(FIRST_NAMES) * len(LAST_NAMES))}) == 24 * 22
