"""Who is on call when: nobody shares a level, turns go round, and what was taken back is not lost."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import Conflict, Invalid
from bee.sla.alerts.rota import Turn, add_turns, on_call, people, remove_shift, shifts, turns
from tests.factories import execute, make_staff
from tests.sla.alerts.ground import rows
from tests.sla.alerts.histories import NOON

WEEK = timedelta(days=7)


@pytest.fixture
def olga(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        make_staff(session, full_name="Pia Product", roles=("product",))
        return make_staff(session, full_name="Olga Call", roles=("oncall",))


def put(database: Database, person: UUID, *found: Turn, level: int = 1) -> None:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=person) as session:
        add_turns(session, level, found, actor=Actor.staff(person))


def called(database: Database, at: datetime) -> list[tuple[int, str]]:
    with database.reading(Login.WORKER) as session:
        return [(each.level, each.full_name) for each in on_call(session, at)]


def test_turns_follow_one_another_and_the_people_come_round() -> None:
    one, two = uuid4(), uuid4()
    found = turns([one, two], NOON, days=7, number=3)
    assert [turn.staff_id for turn in found] == [one, two, one]
    assert [turn.starts_at for turn in found] == [NOON, NOON + WEEK, NOON + 2 * WEEK]
    assert all(turn.ends_at - turn.starts_at == WEEK for turn in found)


def test_a_turn_begins_at_the_same_time_of_day_when_the_clocks_change() -> None:
    monday = datetime(2026, 10, 19, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    first, second = turns([uuid4()], monday, days=7, number=2)
    assert second.starts_at.hour == 9
    assert (first.ends_at.timestamp() - first.starts_at.timestamp()) == (7 * 24 + 1) * 3600


@pytest.mark.parametrize(
    ("number_of_people", "days", "number"), [(0, 7, 1), (1, 0, 1), (1, 32, 1), (1, 7, 0), (1, 7, 53)]
)
def test_a_rota_without_sense_is_refused(number_of_people: int, days: int, number: int) -> None:
    with pytest.raises(Invalid):
        turns([uuid4()] * number_of_people, NOON, days=days, number=number)


def test_who_is_on_call_is_from_the_first_moment_and_not_in_the_last(database: Database, olga: UUID) -> None:
    put(database, olga, Turn(olga, NOON, NOON + WEEK))
    put(database, olga, Turn(olga, NOON, NOON + WEEK), level=2)
    assert called(database, NOON) == [(1, "Olga Call"), (2, "Olga Call")]
    assert called(database, NOON - timedelta(seconds=1)) == []
    assert called(database, NOON + WEEK) == []


@pytest.mark.parametrize("change", ["is_active = false", "roles = '{coach}'"])
def test_whoever_can_not_be_called_any_more_is_not_on_call(
    database: Database, olga: UUID, change: str
) -> None:
    put(database, olga, Turn(olga, NOON, NOON + WEEK))
    assert called(database, NOON) == [(1, "Olga Call")]
    with database.writing(Login.OWNER) as session:
        execute(session, f"update staff set {change} where id = :person", person=olga)
    assert called(database, NOON) == []


def test_nobody_shares_a_level_at_the_same_time(database: Database, olga: UUID) -> None:
    put(database, olga, Turn(olga, NOON, NOON + WEEK))
    with pytest.raises(Conflict, match="holds this level"):
        put(database, olga, *turns([olga], NOON - 2 * WEEK, days=5, number=3))
    # Of several turns all are taken or none.
    assert len(rows(database, "id", "oncall_shifts")) == 1
    put(database, olga, Turn(olga, NOON + WEEK, NOON + 2 * WEEK))


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=-1), timedelta(days=63)])
def test_a_shift_has_a_length_that_somebody_can_stand(
    database: Database, olga: UUID, length: timedelta
) -> None:
    with pytest.raises(Invalid):
        put(database, olga, Turn(olga, NOON, NOON + length))


def test_there_are_three_levels(database: Database, olga: UUID) -> None:
    with pytest.raises(Invalid):
        put(database, olga, Turn(olga, NOON, NOON + WEEK), level=4)


def test_what_is_taken_back_frees_the_time_and_stays_in_the_trail(database: Database, olga: UUID) -> None:
    put(database, olga, Turn(olga, NOON, NOON + WEEK))
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        (shift,) = shifts(session, since=NOON, until=NOON + WEEK)
        remove_shift(session, shift, now=NOON, actor=Actor.staff(olga))
    with pytest.raises(Conflict, match="took this shift back"):
        with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
            remove_shift(session, shift, now=NOON, actor=Actor.staff(olga))
    assert called(database, NOON) == []
    put(database, olga, Turn(olga, NOON, NOON + WEEK))
    trail = rows(database, "action", "audit_log", "action like 'oncall.%'", order="id")
    assert trail == [("oncall.added",), ("oncall.removed",), ("oncall.added",)]


def test_who_may_be_called_works_on_call_or_is_an_admin(database: Database, olga: UUID) -> None:
    with database.reading(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        assert [each.full_name for each in people(session)] == ["Olga Call"]
