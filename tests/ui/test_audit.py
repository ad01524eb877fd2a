"""Admin › Audit through ``app.py``: the search, one act in full, the way through long trails, the chain."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.audit import Actor, record, verify
from bee.audit.sealing import seal
from bee.db import Database, Login
from bee.ui.house import House
from bee.ui.trail_reads import ACTS_A_PAGE
from bee.ui.trail_words import Change, changes, value_words
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "admin/audit.py"


@pytest.fixture
def admin(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, name="Ada Admin")


def append(database: Database, times: int = 1, **more: object) -> None:
    said = {"action": "rule.changed", "subject_kind": "rule", "subject_id": "needs_care", **more}
    for _ in range(times):
        with database.writing(Login.OWNER) as session:
            record(session, actor=Actor.operator(), **said)  # type: ignore[arg-type]


def button(app: AppTest, label: str) -> Callable[[], AppTest]:
    found = next(each for each in app.button if each.label == label)
    return lambda: found.click().run()


def test_a_sign_in_is_in_the_trail_by_name(empty_house: House, admin: Person) -> None:
    app = visit(PAGE, admin)
    assert not app.exception
    rows = app.dataframe[0].value
    assert (rows["who"][0], rows["what"][0], rows["about"][0]) == (
        "Ada Admin",
        "Staff: signed in",
        "Staff Ada Admin",
    )
    assert list(rows["sealed"][0]) == ["Not yet"]


def test_what_is_looked_for_is_in_the_address_and_reopens_from_it(empty_house: House, admin: Person) -> None:
    append(empty_house.database, 2)
    app = visit(PAGE, admin, period="All", who="command line", about="needs_care", what="Rule: changed")
    assert not app.exception
    assert len(app.dataframe[0].value) == 2
    assert [field.value for field in app.text_input] == ["command line", "needs_care"]
    assert app.selectbox[0].value == "Rule: changed"
    assert app.button_group[0].value == "All"
    assert "No act is found" in words(visit(PAGE, admin, who="nobody"))


@pytest.mark.parametrize("before", ["", "x", "-1", "9" * 17, "9" * 40, "٣", "1; drop table audit_log"])
def test_a_place_in_the_trail_that_is_none_shows_no_stack_trace(
    before: str, empty_house: House, admin: Person
) -> None:
    app = visit(PAGE, admin, before=before)
    assert not app.exception
    assert not app.error


def test_a_long_trail_is_shown_a_page_at_a_time(empty_house: House, admin: Person) -> None:
    append(empty_house.database, ACTS_A_PAGE + 9)
    app = visit(PAGE, admin)
    assert len(app.dataframe[0].value) == ACTS_A_PAGE
    app = button(app, "Older")()
    assert not app.exception
    assert len(app.dataframe[0].value) == 10
    assert app.query_params["before"]
    app.text_input[0].set_value("command line").run()
    assert "before" not in app.query_params
    assert len(app.dataframe[0].value) == ACTS_A_PAGE


def test_one_act_is_shown_with_what_was_and_what_is(empty_house: House, admin: Person) -> None:
    append(
        empty_house.database,
        before={"roles": ["product"], "coach": None},
        after={"roles": ["coach", "product"], "coach": admin.id},
        reason="as <b>agreed</b>",
    )
    app = visit(PAGE, admin)
    assert app.dataframe[0].value["change"][0] == "Coach: Ada Admin; Roles: product → coach, product"
    app = press_row(app, 0, 0)
    assert not app.exception
    shown = app.dataframe[1].value
    assert list(zip(shown["name"], shown["before"], shown["after"], strict=True)) == [
        ("Coach", "–", "Ada Admin"),
        ("Roles", "product", "coach, product"),
    ]
    assert "as <b>agreed</b>" in [text.value for text in app.text]


@pytest.mark.parametrize("role", [StaffRole.ADMIN, StaffRole.ONCALL])
def test_the_chain_is_verified_on_demand_with_its_head_and_its_tail(
    role: StaffRole, empty_house: House
) -> None:
    append(empty_house.database, 3)
    person = add_person(empty_house.database, role)
    with empty_house.database.writing(Login.WORKER) as session:
        seal(session)
    with empty_house.database.reading(Login.WORKER) as session:
        head = verify(session).head
    append(empty_house.database, 2)
    app = button(visit(PAGE, person), "Verify")()
    assert not app.code
    app = press(app)
    assert "1 seal over 4 acts. 2 acts are not sealed yet" in app.success[0].value
    assert app.code[0].value == head


def press(app: AppTest) -> AppTest:
    """Press the button of the open dialog."""
    [found] = [each for each in app.button if each.label == "Verify" and each.proto.is_form_submitter]
    found.click()
    run_dialog(app)
    assert not app.exception
    return app


def test_a_changed_act_and_a_cut_off_end_are_said(empty_house: House, admin: Person) -> None:
    append(empty_house.database, 3)
    with empty_house.database.writing(Login.WORKER) as session:
        seal(session)
    app = button(visit(PAGE, admin), "Verify")()
    app.text_input[-1].set_value("ab" * 8)
    assert "the end was cut off or written anew" in press(app).error[0].value
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "alter table audit_log disable trigger append_only")
        execute(session, "update audit_log set subject_id = 'rising' where action = 'rule.changed'")
    app = button(visit(PAGE, admin), "Verify")()
    assert "at least one of them was changed" in press(app).error[0].value


def test_who_lost_the_role_can_not_verify_in_a_dialog_that_is_still_open(
    empty_house: House, admin: Person
) -> None:
    app = button(visit(PAGE, admin), "Verify")()
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=admin.id)
    empty_house.sessions.forget()
    app = press(app)
    assert [error for error in app.error if "no oncall any more" in error.value]
    assert not app.code


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, None, []),
        (None, '{"a_b": true}', [Change("A b", "–", "yes")]),
        ('{"n": 1.5}', '{"n": 2}', [Change("N", "1.5", "2")]),
        ('{"gone": "x"}', "{}", [Change("Gone", "x", "–")]),
        (None, '{"a": [], "b": {"c": null}}', [Change("A", "–", "none"), Change("B", "–", "c –")]),
        (None, "[1, 2]", [Change("Value", "–", "1, 2")]),
    ],
)
def test_what_was_and_what_is_reads_as_words(
    before: str | None, after: str | None, expected: list[Change]
) -> None:
    assert changes(before, after, {}) == expected


def test_a_long_id_that_is_no_colleagues_is_shortened() -> None:
    unknown = "3f2a9c1e-0000-4000-8000-000000000000"
    assert value_words(unknown, {}) == "3f2a9c1e…"
    assert value_words(unknown, {unknown: "Ana Ortiz"}) == "Ana Ortiz"
