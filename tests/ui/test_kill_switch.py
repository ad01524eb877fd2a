"""Notifications › Kill switch through ``app.py``: who may stop, who may let go, what is said of it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.notify.registry import thrown_switches
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "notifications/kill_switch.py"


@pytest.fixture
def admin(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, name="Ada Admin")


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def stop_everything(app: AppTest, reason: str) -> AppTest:
    app.text_input[0].set_value(reason)
    app = button(app, "Stop everything").click().run()
    assert not app.exception
    return app


def is_stopped(database: Database, rule: str) -> bool | None:
    with database.reading(Login.WORKER) as session:
        return thrown_switches(session).hold(rule)


def trail(database: Database) -> list[tuple[str, str | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, "select action, reason from audit_log where action like 'notification.%' order by id"
        )
        return [(row.action, row.reason) for row in rows]


def test_at_first_everything_goes_out_and_nobody_stopped_anything(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "Notifications go out" in words(app)
    assert "Nobody ever stopped anything" in words(app)
    assert {state[0] for state in app.dataframe[0].value["state"]} == {"Runs"}


def test_on_call_stops_everything_and_it_shows_at_once(empty_house: House, oncall: Person) -> None:
    app = stop_everything(visit(PAGE, oncall), "the texts are odd")
    assert "Notifications go out" not in words(app)
    assert "the texts are odd" in words(app)
    assert is_stopped(empty_house.database, "rising")
    assert trail(empty_house.database) == [("notification.stopped", "the texts are odd")]
    assert {state[0] for state in app.dataframe[0].value["state"]} == {"Stopped with all"}
    history = app.dataframe[1].value
    assert (history["rule"][0], history["who"][0], list(history["what"][0])) == (
        "Everything", "Olga Call", ["Stopped"],
    )  # fmt: skip


def test_what_on_call_stopped_only_an_admin_lets_go(
    empty_house: House, oncall: Person, admin: Person
) -> None:
    app = stop_everything(visit(PAGE, oncall), "odd")
    assert "An admin can let it go again." in words(app)
    assert "Let everything go again" not in labels(app)
    app = visit(PAGE, admin)
    app.text_input[0].set_value("looked at")
    app = button(app, "Let everything go again").click().run()
    assert not app.exception
    assert "Notifications go out" in words(app)
    assert is_stopped(empty_house.database, "rising") is False
    assert trail(empty_house.database)[-1] == ("notification.resumed", "looked at")


def test_a_second_click_does_not_let_go_what_the_first_one_stopped(empty_house: House, admin: Person) -> None:
    app = stop_everything(visit(PAGE, admin), "the texts are odd")
    assert app.text_input[0].value == ""
    app = button(app, "Let everything go again").click().run()
    assert [error for error in app.error if "Say the reason" in error.value]
    assert is_stopped(empty_house.database, "rising")


@pytest.mark.parametrize("reason", ["", "   ", "\0"])
def test_without_a_reason_nothing_is_stopped(reason: str, empty_house: House, oncall: Person) -> None:
    app = stop_everything(visit(PAGE, oncall), reason)
    assert [error for error in app.error if "Say the reason" in error.value]
    assert is_stopped(empty_house.database, "rising") is False
    assert trail(empty_house.database) == []


def test_one_rule_is_stopped_in_its_row_and_the_others_go_on(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    row = list(app.dataframe[0].value["rule"]).index("Rising")
    app = press_row(app, 0, row)
    app.text_input[-1].set_value("too many")
    button(app, "Stop “Rising”").click()
    run_dialog(app)
    assert is_stopped(empty_house.database, "rising") is True
    assert is_stopped(empty_house.database, "needs_care") is False
    shown = visit(PAGE, oncall).dataframe[0].value
    assert (shown["state"][row][0], shown["who"][row], shown["reason"][row]) == (
        "Stopped",
        "Olga Call",
        "too many",
    )
    # On-call has no button there any more.
    assert list(shown["action"][row]) == []


def test_who_lost_the_role_can_not_stop_from_a_page_that_is_still_open(
    empty_house: House, oncall: Person
) -> None:
    app = press_row(visit(PAGE, oncall), 0, 0)
    app.text_input[-1].set_value("odd")
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=oncall.id)
    empty_house.sessions.forget()
    next(found for found in app.button if found.label.startswith("Stop “")).click()
    run_dialog(app)
    assert [error for error in app.error if "no oncall any more" in error.value]
    assert trail(empty_house.database) == []
