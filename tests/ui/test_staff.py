"""Admin › Staff through ``app.py``: invitations, roles, whom a coach has, the end of an access."""

from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.ui.house import House
from tests.dashboard import Person, add_person, enter
from tests.factories import execute, make_member
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "admin/staff.py"


@pytest.fixture
def admin(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, email="ada@example.org", name="Ada Admin")


def staff_row(database: Database, email: str) -> Any:
    with database.reading(Login.OWNER) as session:
        return execute(
            session, "select id, roles, is_active, full_name from staff where email = :email", email=email
        ).one()


def trail(database: Database) -> list[str]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select action from audit_log where action like 'staff.%' or action like 'member.%' order by id",
        )
        return [row.action for row in rows]


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def press(app: AppTest, label: str) -> None:
    """Press a button in the open dialog."""
    button(app, label).click()
    run_dialog(app)
    assert not app.exception


def edit(app: AppTest, name: str) -> AppTest:
    """Press the button in somebody's row."""
    row = list(app.dataframe[0].value["name"]).index(name)
    app = press_row(app, 0, row)
    assert not app.exception
    return app


def roles_of(app: AppTest) -> Any:
    return app.pills[0]


def test_an_invitation_makes_somebody_and_a_link_that_is_shown_once(
    empty_house: House, admin: Person
) -> None:
    app = visit(PAGE, admin)
    button(app, "Invite somebody").click().run()
    app.text_input[0].set_value("New.Person@example.org")
    app.text_input[1].set_value("New Person")
    roles_of(app).set_value(["coach", "product"])
    press(app, "Make the link")
    assert not app.exception
    assert "/join?token=" in app.code[0].value
    made = staff_row(empty_house.database, "new.person@example.org")
    assert (sorted(made.roles), made.is_active, made.full_name) == (["coach", "product"], True, "New Person")
    assert "staff.invited" in trail(empty_house.database)
    again = visit(PAGE, admin)
    assert not again.code
    assert "2 people · 1 invited" in words(again)


@pytest.mark.parametrize(
    ("email", "name", "roles", "said"),
    [
        ("no address", "New Person", ["coach"], "no e-mail address"),
        ("", "New Person", ["coach"], "no e-mail address"),
        ("ada@example.org", "New Person", ["coach"], "already"),
        ("new@example.org", "1", ["coach"], "2 to 100 letters"),
        ("new@example.org", "New Person", [], "at least one role"),
    ],
)
def test_an_invitation_that_can_not_be_says_why_and_makes_nobody(
    email: str, name: str, roles: list[str], said: str, empty_house: House, admin: Person
) -> None:
    app = visit(PAGE, admin)
    button(app, "Invite somebody").click().run()
    app.text_input[0].set_value(email)
    app.text_input[1].set_value(name)
    roles_of(app).set_value(roles)
    press(app, "Make the link")
    assert not app.exception
    assert [error for error in app.error if said in error.value]
    assert not app.code
    assert len(visit(PAGE, admin).dataframe[0].value) == 1


def test_roles_are_changed(empty_house: House, admin: Person) -> None:
    person = add_person(empty_house.database, StaffRole.PRODUCT, name="Bo Both")
    app = edit(visit(PAGE, admin), "Bo Both")
    assert roles_of(app).value == ["product"]
    roles_of(app).set_value(["coach", "oncall"])
    press(app, "Save the roles")
    assert not app.exception
    assert sorted(staff_row(empty_house.database, person.email).roles) == ["coach", "oncall"]
    assert trail(empty_house.database)[-1] == "staff.roles_changed"


def test_a_coach_gets_members_by_number(empty_house: House, admin: Person) -> None:
    coach = add_person(empty_house.database, StaffRole.COACH, name="Cleo Coach")
    with empty_house.database.writing(Login.OWNER) as session:
        for _ in range(3):
            make_member(session)
        numbers = [row.number for row in execute(session, "select number from members order by number")]
    app = edit(visit(PAGE, admin), "Cleo Coach")
    app.text_area[0].set_value(f"P-{numbers[0]}, {numbers[2]}")
    press(app, "Assign them")
    assert not app.exception
    assert "2 assigned" in words(app)
    assert coached(empty_house.database, coach.id) == [numbers[0], numbers[2]]


@pytest.mark.parametrize(
    ("typed", "said"), [("", "Write the"), ("P-1, you", "no member"), ("P-4711", "do not exist")]
)
def test_numbers_that_are_nobodys_are_said_and_nobody_is_assigned(
    typed: str, said: str, empty_house: House, admin: Person
) -> None:
    coach = add_person(empty_house.database, StaffRole.COACH, name="Cleo Coach")
    app = edit(visit(PAGE, admin), "Cleo Coach")
    app.text_area[0].set_value(typed)
    press(app, "Assign them")
    assert not app.exception
    assert [error for error in app.error if said in error.value]
    assert coached(empty_house.database, coach.id) == []


def coached(database: Database, coach_id: UUID) -> list[int]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, "select number from members where coach_id = :id order by number", id=coach_id
        )
        return [row.number for row in rows]


def test_an_access_is_revoked_which_ends_open_sessions_and_given_back(
    empty_house: House, admin: Person
) -> None:
    person = add_person(empty_house.database, StaffRole.PRODUCT, name="Bo Both")
    app = edit(visit(PAGE, admin), "Bo Both")
    press(app, "Revoke the access")
    assert not app.exception
    assert not staff_row(empty_house.database, person.email).is_active
    assert "Your session is over" in words(visit("engagement/overview.py", person))
    app = edit(visit(PAGE, admin), "Bo Both")
    press(app, "Give the access back")
    assert staff_row(empty_house.database, person.email).is_active
    assert enter(empty_house.database, person.email)
    assert [act for act in trail(empty_house.database) if act in {"staff.revoked", "staff.restored"}] == [
        "staff.revoked",
        "staff.restored",
    ]


def test_the_last_admin_can_neither_go_nor_stop_being_one(empty_house: House, admin: Person) -> None:
    app = edit(visit(PAGE, admin), "Ada Admin")
    press(app, "Revoke the access")
    assert [error for error in app.error if "last active admin" in error.value]
    app = edit(visit(PAGE, admin), "Ada Admin")
    roles_of(app).set_value(["product"])
    press(app, "Save the roles")
    assert [error for error in app.error if "last active admin" in error.value]
    kept = staff_row(empty_house.database, admin.email)
    assert (kept.roles, kept.is_active) == (["admin"], True)


def test_a_new_password_is_a_link_too(empty_house: House, admin: Person) -> None:
    add_person(empty_house.database, StaffRole.PRODUCT, name="Bo Both")
    app = edit(visit(PAGE, admin), "Bo Both")
    press(app, "New password link")
    assert "/join?token=" in app.code[0].value
    assert trail(empty_house.database)[-1] == "staff.reset_offered"


def test_who_is_no_admin_any_more_can_not_act_in_a_dialog_that_is_still_open(
    empty_house: House, admin: Person
) -> None:
    add_person(empty_house.database, StaffRole.ADMIN, name="Bo Both")
    app = visit(PAGE, admin)
    button(app, "Invite somebody").click().run()
    app.text_input[0].set_value("accomplice@example.org")
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=admin.id)
    empty_house.sessions.forget()
    press(app, "Make the link")
    assert not app.exception
    assert not app.code
    assert "staff.invited" not in trail(empty_house.database)
