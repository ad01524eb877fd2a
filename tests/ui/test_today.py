"""Coaching › Today through ``app.py``: whose tasks, done with an outcome, given to others, on other pages too."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Login
from bee.ui.house import House
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.notify.decisions import make_decision
from tests.notify.ground import make_days
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "coaching/today.py"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def admin(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, name="Ada Admin")


def make_task(house: House, coach: UUID | None, *, late: timedelta = timedelta(hours=2)) -> int:
    """Add a task, overdue for so long, about a member of a coach; returns the member's number."""
    with house.database.writing(Login.OWNER) as session:
        member = make_member(session, coach_id=coach)
        yesterday = now().date() - timedelta(days=1)
        make_days(session, member, "NNN", newest=yesterday)
        decision = make_decision(
            session, member, at=now(), decision="withhold", reason="address_refused", trigger_date=yesterday
        )
        execute(
            session,
            "insert into coach_interventions (user_id, notification_id, coach_id, priority, created_at, due_at)"
            " values (:member, :decision, :coach, 'high', :asked_at, :due_at)",
            member=member,
            decision=decision,
            coach=coach,
            asked_at=now() - timedelta(days=1),
            due_at=now() - late,
        )
        return int(execute(session, "select number from members where id = :id", id=member).scalar_one())


def outcome(house: House) -> tuple[Any, ...]:
    with house.database.reading(Login.OWNER) as session:
        return tuple(execute(session, "select outcome, done_by, note from coach_interventions").one())


def answer(app: AppTest, came: str, note: str = "") -> AppTest:
    """Say in the open dialog what came of it."""
    app.radio[0].set_value(came)
    app.text_area[0].set_value(note)
    next(found for found in app.button if found.label == "Done").click()
    return run_dialog(app)


def test_nobody_to_see_to_says_what_brings_tasks(empty_house: House, cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "Nobody needs you right now" in words(app)


def test_a_coach_sees_whom_why_and_how_late_it_is(empty_house: House, cora: Person) -> None:
    number = make_task(empty_house, cora.id)
    soon = make_task(empty_house, cora.id, late=-timedelta(minutes=90))
    make_task(empty_house, None)
    app = visit(PAGE, cora)
    assert not app.exception
    assert "2 open tasks · 1 overdue · 1 due within 24 h" in words(app)
    table = app.dataframe[0].value
    assert list(table["person"]) == [f"P-{number}", f"P-{soon}"]
    assert list(table["why"]) == ["3 days in Needs care in a row, score 40"] * 2
    assert list(table["due"]) == ["2 hours overdue", "in 1 hour"]
    assert list(table["told"]) == ["No device to send to"] * 2
    app = visit(PAGE, cora, which="Overdue")
    assert list(app.dataframe[0].value["person"]) == [f"P-{number}"]


def test_a_task_is_done_with_an_outcome_and_leaves_the_list(empty_house: House, cora: Person) -> None:
    number = make_task(empty_house, cora.id)
    app = press_row(visit(PAGE, cora), 0, 0)
    assert not app.exception
    answer(app, "Reached", "will walk tomorrow")
    assert outcome(empty_house) == ("reached", cora.id, "will walk tomorrow")
    app = visit(PAGE, cora)
    assert "Nobody needs you right now" in words(app)
    app = visit(PAGE, cora, which="Done in 7 days")
    assert list(app.dataframe[0].value["person"]) == [f"P-{number}"]
    assert [metric.value for metric in app.metric] == ["0", "0", "1", "100%"]


def test_who_hands_a_task_on_says_to_whom(empty_house: House, cora: Person) -> None:
    make_task(empty_house, cora.id)
    app = answer(press_row(visit(PAGE, cora), 0, 0), "Handed on")
    assert [error for error in app.error if "Say in the note to whom" in error.value]
    assert outcome(empty_house)[0] is None


def test_a_task_that_somebody_did_meanwhile_is_said_to_be_done(
    empty_house: House, cora: Person, admin: Person
) -> None:
    make_task(empty_house, cora.id)
    app = press_row(visit(PAGE, cora), 0, 0)
    with empty_house.database.writing(Login.OWNER) as session:
        execute(
            session,
            "update coach_interventions set done_at = now(), done_by = :ada, outcome = 'not reached'",
            ada=admin.id,
        )
    # Drawn again the dialog offers nothing; what is sent from the one that is open finds it done.
    app.radio[0].set_value("Reached")
    next(found for found in app.button if found.label == "Done").click()
    app = run_dialog(app)
    assert not app.exception
    assert outcome(empty_house)[:2] == ("not reached", admin.id)
    assert "Not reached" in words(app)


def test_an_admin_finds_nobodys_tasks_and_gives_the_member_to_a_coach(
    empty_house: House, cora: Person, admin: Person
) -> None:
    number = make_task(empty_house, None)
    assert "Nobody needs you right now" in words(visit(PAGE, cora))
    app = visit(PAGE, admin, coach="Nobody's")
    assert list(app.dataframe[0].value["person"]) == [f"P-{number}"]
    app = press_row(app, 0, 0)
    app.selectbox[-1].set_value("Cora Coach")
    next(found for found in app.button if found.label == "Give").click()
    run_dialog(app)
    assert list(visit(PAGE, cora).dataframe[0].value["person"]) == [f"P-{number}"]


def test_a_look_at_a_task_is_in_the_trail(empty_house: House, cora: Person) -> None:
    make_task(empty_house, cora.id)
    press_row(visit(PAGE, cora), 0, 0)
    with empty_house.database.reading(Login.OWNER) as session:
        looks = execute(session, "select actor_id from audit_log where action = 'member.viewed'").all()
    assert [look.actor_id for look in looks] == [cora.id]


def test_the_members_page_has_a_lane_of_tasks_for_the_coach_and_none_for_product(
    empty_house: House, cora: Person
) -> None:
    number = make_task(empty_house, cora.id)
    member = {"member": f"P-{number}"}
    lane = "Coach task"
    app = visit("engagement/member.py", cora, **member)
    assert not app.exception
    assert lane in app.get("plotly_chart")[0].proto.spec
    product = add_person(empty_house.database, StaffRole.PRODUCT)
    app = visit("engagement/member.py", product, **member)
    assert not app.exception
    assert lane not in app.get("plotly_chart")[0].proto.spec


def test_the_list_of_people_at_risk_says_by_when_the_coach_has_to_see_to_them(house: House) -> None:
    admin = add_person(house.database, StaffRole.ADMIN)
    app = visit("engagement/overview.py", admin)
    assert "task" in app.dataframe[0].value
    product = add_person(house.database, StaffRole.PRODUCT)
    assert "task" not in visit("engagement/overview.py", product).dataframe[0].value
