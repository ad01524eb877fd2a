"""Words that may tell of danger become the most urgent task of the member's coach, once."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bee.coach.actions import close_event, take_event
from bee.coach.queries import SafetySearch, safety_events
from bee.db import Database, Login
from bee.errors import Invalid
from bee.settings import Settings
from bee.worker import Worker
from tests.coach.danger import plead
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def tick(database: Database) -> None:
    spread = random.Random(1)  # noqa: S311  # spreading ticks is no secret
    Worker(database, Settings(), "worker", spread, clock=lambda: NOW).tick()


def tasks(database: Database) -> list[dict[str, Any]]:
    with database.reading(Login.OWNER) as session:
        return [dict(row) for row in execute(session, "select * from coach_interventions").mappings()]


@pytest.fixture
def coach(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


@pytest.fixture
def mia(database: Database, coach: UUID) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session, coach_id=coach)


def test_the_coach_of_a_member_in_danger_is_asked_within_the_hour_and_once(
    database: Database, mia: UUID, coach: UUID
) -> None:
    plead(database, mia, "I want to die", now=NOW)
    tick(database)
    with database.writing(Login.OWNER) as session:
        execute(session, "update outbox set delivered_at = null")
    tick(database)
    (task,) = tasks(database)
    assert (task["user_id"], task["coach_id"], task["priority"]) == (mia, coach, "urgent")
    assert (task["due_at"], task["notification_id"]) == (NOW + timedelta(hours=1), None)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        (event,) = safety_events(session, SafetySearch(NOW), most=9)
        assert execute(session, "select safety_event_id from coach_interventions").scalar_one() == event.id


def test_a_member_without_a_coach_is_a_task_of_nobodys_yet(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session)
    plead(database, member_id, "I want to die", now=NOW)
    tick(database)
    assert [task["coach_id"] for task in tasks(database)] == [None]


def test_a_member_who_is_gone_by_then_stops_nobody(database: Database, mia: UUID) -> None:
    plead(database, mia, "I want to die", now=NOW)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia)
    tick(database)
    assert tasks(database) == []
    with database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from outbox where delivered_at is null").scalar_one() == 0


@pytest.mark.parametrize(("finding", "outcome"), [("handled", "reached"), ("false_alarm", "not needed")])
def test_closing_an_event_says_what_was_found_and_does_the_task(
    finding: str, outcome: str, database: Database, mia: UUID, coach: UUID
) -> None:
    plead(database, mia, "I want to die", now=NOW)
    tick(database)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        (event,) = safety_events(session, SafetySearch(NOW), most=9)
        take_event(session, event.id, staff_id=coach, now=NOW)
        with pytest.raises(Invalid):
            close_event(session, event.id, staff_id=coach, finding="nothing", note=None, now=NOW)
        close_event(session, event.id, staff_id=coach, finding=finding, note="Called.\0", now=NOW)
        (closed,) = safety_events(session, SafetySearch(NOW, is_closed=True), most=9)
    assert (closed.finding, closed.note) == (finding, "Called.")
    (task,) = tasks(database)
    assert (task["done_by"], task["outcome"]) == (coach, outcome)
