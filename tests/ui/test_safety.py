"""Coaching › Safety through ``app.py``: whose messages, what may be done, what is written down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.ui.house import House
from tests.coach.danger import plead
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "coaching/safety.py"
PLEA = "Soup for lunch. I want to die. See you."


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def member_of(empty_house: House) -> Callable[[Person | None], UUID]:
    def make(coach: Person | None) -> UUID:
        with empty_house.database.writing(Login.OWNER) as session:
            return make_member(session, coach_id=coach.id if coach else None)

    return make


def trail(database: Database) -> list[tuple[str, UUID | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select action, actor_id from audit_log where action similar to '(safety|member).%'"
            " and actor_kind = 'staff' order by id",
        )
        return [(row.action, row.actor_id) for row in rows]


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def test_while_nothing_rang_the_page_says_what_would(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "Nobody of yours wrote of danger" in words(app)
    assert "0 messages wait" in words(app)


def test_a_coach_sees_the_words_of_own_members_and_an_admin_those_of_all(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now() - timedelta(hours=2))
    plead(empty_house.database, member_of(None), "kms", now=now())
    mine = visit(PAGE, cora)
    assert list(mine.dataframe[0].value["words"]) == ["want to die"]
    assert [list(status) for status in mine.dataframe[0].value["status"]] == [["Nobody has it"]]
    every = visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN))
    assert list(every.dataframe[0].value["words"]) == ["want to die", "kms"]
    # The words of a list are looked at as well.
    assert trail(empty_house.database)[0] == ("safety.listed", cora.id)


def test_a_message_is_opened_taken_and_closed_with_what_was_found_and_all_of_it_is_in_the_trail(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now())
    app = press_row(visit(PAGE, cora), 0, 0)
    assert not app.exception
    assert PLEA in words(app)
    button(app, "I take this").click()
    app = run_dialog(app)
    button(app, "Close").click()
    app = run_dialog(app)
    assert [error for error in app.error if "Say whether it was handled" in error.value]
    app.radio[0].set_value("False alarm")
    app.text_area[0].set_value("A joke, I called.")
    button(app, "Close").click()
    run_dialog(app)
    shown = visit(PAGE, cora)
    table = shown.dataframe[0].value
    assert (list(table["found"]), list(table["who"])) == (["False alarm"], ["Cora Coach"])
    assert "1 of 1 closed was a false alarm" in words(shown)
    assert trail(empty_house.database) == [
        ("safety.listed", cora.id),
        ("member.viewed", cora.id),
        ("safety.taken", cora.id),
        ("safety.closed", cora.id),
        ("safety.listed", cora.id),
    ]


def test_what_somebody_took_is_theirs_to_close(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now())
    app = press_row(visit(PAGE, cora), 0, 0)
    ada = add_person(empty_house.database, StaffRole.ADMIN, name="Ada Admin")
    taken = press_row(visit(PAGE, ada), 0, 0)
    button(taken, "I take this").click()
    run_dialog(taken)
    # Cora's page is still open as it was.
    button(app, "I take this").click()
    app = run_dialog(app)
    assert "Ada Admin" in words(app)
    assert "Who took it closes it." in words(app)
    assert "Close" not in [found.label for found in app.button]
    assert trail(empty_house.database).count(("safety.taken", ada.id)) == 1
    assert ("safety.taken", cora.id) not in trail(empty_house.database)


def test_choices_in_the_address_are_heeded_and_nonsense_there_is_not(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now())
    plead(empty_house.database, member_of(cora), "he hits me", now=now())
    app = visit(PAGE, cora, danger="Violence", which="Waiting", period="1y")
    assert list(app.dataframe[0].value["person"]) != []
    assert [list(each) for each in app.dataframe[0].value["category"]] == [["Violence"]]
    app = visit(PAGE, cora, which="Closed")
    assert "No message is like that" in words(app)
    app = visit(PAGE, cora, danger="Moon", which="never", period="x")
    assert not app.exception
    assert len(app.dataframe[0].value) == 2


def test_what_waits_is_shown_however_old_it_is(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now() - timedelta(days=300))
    assert len(visit(PAGE, cora, period="1w").dataframe[0].value) == 1


def test_who_lost_the_role_takes_nothing_from_a_page_that_is_still_open(
    empty_house: House, cora: Person, member_of: Callable[[Person | None], UUID]
) -> None:
    plead(empty_house.database, member_of(cora), PLEA, now=now())
    app = press_row(visit(PAGE, cora), 0, 0)
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=cora.id)
    empty_house.sessions.forget()
    button(app, "I take this").click()
    app = run_dialog(app)
    assert [error for error in app.error if "no coach any more" in error.value]
    assert "safety.taken" not in [action for action, _ in trail(empty_house.database)]
