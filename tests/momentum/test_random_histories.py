"""Whatever happens in whichever order, what is stored is what the pure functions and plain queries say."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bee.db import Database, Login
from bee.momentum.scoring import is_scoring_due, score
from tests.factories import make_member
from tests.momentum.histories import (
    Day,
    change,
    empty,
    fetch,
    happen,
    plain_days,
    plain_recoveries,
    plain_totals,
    recoveries,
    restatements,
    stored_days,
    totals,
)

START = date(2026, 3, 2)
ZONES = ("Pacific/Kiritimati", "Europe/London", "Pacific/Pago_Pago")
# At this time of day it is three different days in the three zones.
BEGINS = datetime.combine(START + timedelta(days=20), time(10, 30), UTC)
TYPES = ("lesson_completion", "streak_milestone", "journal_entry", "app_open", "app_session", "mystery")


@dataclass(slots=True)
class Person:
    """A member, and what the test knows about them."""

    id: UUID
    zone: str
    left_on: date | None = None
    events: dict[date, list[str]] = field(default_factory=dict)

    def days(self, now: datetime) -> list[Day]:
        return plain_days(self.events, today=now.astimezone(ZoneInfo(self.zone)).date(), left_on=self.left_on)


@dataclass(slots=True)
class World:
    """The members, and what time it is."""

    database: Database
    now: datetime = BEGINS
    people: list[Person] = field(default_factory=list)

    def person(self, number: int) -> Person:
        return self.people[number % len(self.people)]


def join(world: World, number: int) -> None:
    with world.database.writing(Login.OWNER) as session:
        zone = ZONES[number % 3]
        member = make_member(
            session, time_zone=zone, joined_on=date(2026, 1, 1), attributes='{"plan": "basic"}'
        )
        world.people.append(Person(member, zone))


def act(world: World, number: int, day: int, types: list[str]) -> None:
    person, on = world.person(number), START + timedelta(days=day)
    person.events.setdefault(on, []).extend(types)
    with world.database.writing(Login.OWNER) as session:
        happen(session, person.id, {on: types}, zone=person.zone)


def leave(world: World, number: int, day: int | None) -> None:
    person = world.person(number)
    person.left_on = None if day is None else START + timedelta(days=day)
    change(
        world.database,
        "update members set left_on = :day where id = :id",
        day=person.left_on,
        id=person.id,
    )


def move(world: World, number: int, zone: str) -> None:
    person = world.person(number)
    person.zone = zone
    change(world.database, "update members set time_zone = :zone where id = :id", zone=zone, id=person.id)


def change_plan(world: World, number: int, plan: str) -> None:
    statement = (
        "update members set attributes = jsonb_build_object('plan', cast(:plan as text)) where id = :id"
    )
    change(world.database, statement, plan=plan, id=world.person(number).id)


def go(world: World, number: int) -> None:
    if len(world.people) > 1:
        change(world.database, "delete from members where id = :id", id=world.person(number).id)
        world.people.remove(world.person(number))


def wait(world: World, hours: int) -> None:
    world.now += timedelta(hours=hours)


def compute(world: World, login: Login, batch_days: int) -> None:
    before = {person.id: stored_days(world.database, person.id) for person in world.people}
    noted = {person.id: len(restatements(world.database, person.id)) for person in world.people}
    score(world.database, now=world.now, login=login, batch_days=batch_days)
    for person in world.people:
        days = stored_days(world.database, person.id)
        assert days == person.days(world.now)
        told = fetch(
            world.database,
            "select id from score_restatements where user_id = :id order by id offset :known",
            id=person.id,
            known=noted[person.id],
        )
        assert len(told) == len(changed_days(before[person.id], days))
    assert totals(world.database) == plain_totals(world.database)
    assert recoveries(world.database) == plain_recoveries(world.database)
    assert not is_scoring_due(world.database, now=world.now)


def changed_days(before: list[Day], after: list[Day]) -> list[date]:
    """Return the published days that say something else, or are gone."""
    now = {day.score_date: (day.raw, day.final, day.state) for day in after}
    return [
        day.score_date
        for day in before
        if day.is_complete and now.get(day.score_date) != (day.raw, day.final, day.state)
    ]


numbers = st.integers(0, 6)
offsets = st.integers(0, 40)
acts = st.builds(
    lambda number, day, types: partial(act, number=number, day=day, types=types),
    numbers,
    offsets,
    st.lists(st.sampled_from(TYPES), min_size=1, max_size=8),
)
others = st.one_of(
    st.builds(lambda number: partial(join, number=number), numbers),
    st.builds(lambda n, day: partial(leave, number=n, day=day), numbers, st.one_of(st.none(), offsets)),
    st.builds(lambda n, zone: partial(move, number=n, zone=zone), numbers, st.sampled_from(ZONES)),
    st.builds(lambda n, plan: partial(change_plan, number=n, plan=plan), numbers, st.sampled_from("ab")),
    st.builds(lambda n: partial(go, number=n), numbers),
    st.builds(lambda hours: partial(wait, hours=hours), st.sampled_from([1, 13, 24, 200])),
)
computing = st.builds(
    lambda login, batch_days: partial(compute, login=login, batch_days=batch_days),
    st.sampled_from([Login.OWNER, Login.WORKER]),
    st.sampled_from([1, 60, 400_000]),
)
rounds = st.tuples(st.lists(acts, min_size=1, max_size=6), st.lists(others, max_size=3), computing)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(rounds, min_size=2, max_size=5))
def test_what_is_stored_is_what_the_history_comes_to_after_whatever_happened(
    database: Database, history: list[tuple[list[partial[None]], list[partial[None]], partial[None]]]
) -> None:
    empty(database)
    world = World(database)
    for number in range(4):
        join(world, number)
    for happened, changes, scoring in history:
        for step in (*happened, *changes, scoring):
            step(world)
