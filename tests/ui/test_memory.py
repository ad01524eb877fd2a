"""Coaching › Memory through ``app.py``: what waits, what is known, what a message calls up, and who decides."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.memory.reading import embed_memories, read_messages
from bee.db import Database, Login
from bee.settings import Settings
from bee.ui.house import House, open_house
from tests.coach.ground import settings_for
from tests.coach.memory.remembering import consent, remember, say
from tests.coach.model_server import model_server
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "coaching/memory.py"
SAID = "Good day! I want to run 10 km"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def mia(empty_house: House, cora: Person) -> UUID:
    with empty_house.database.writing(Login.OWNER) as session:
        member_id = make_member(session, coach_id=cora.id)
    consent(empty_house.database, member_id)
    return member_id


@pytest.fixture
def proposal(empty_house: House, mia: UUID) -> UUID:
    message = say(empty_house.database, mia, SAID, at=now() - timedelta(hours=1))
    read_messages(empty_house.database, now=now(), done=lambda _rows: None)
    return message


def number(database: Database, member_id: UUID) -> str:
    with database.reading(Login.OWNER) as session:
        found = execute(session, "select number from members where id = :id", id=member_id)
        return f"P-{found.scalar_one()}"


def stored(database: Database) -> list[tuple[Any, ...]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select trait_value, status, valid_to is null from coach_memory order by created_at, status",
        )
        return [tuple(row) for row in rows]


def trail(database: Database) -> list[str]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            "select action from audit_log where action similar to '(memory|member).%'"
            " and actor_kind = 'staff' order by id",
        )
        return [action for (action,) in rows]


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def test_while_nothing_is_proposed_the_page_says_what_would_be(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "Nothing waits for a decision" in words(app)
    assert "0 proposals wait" in words(app)


def test_what_waits_is_shown_with_the_words_that_it_comes_from_and_that_is_in_the_trail(
    empty_house: House, cora: Person, proposal: UUID
) -> None:
    table = visit(PAGE, cora).dataframe[0].value
    assert list(table["memory"]) == ["I want to run 10 km"]
    assert list(table["message"]) == [SAID]
    assert trail(empty_house.database) == ["memory.listed"]
    other = add_person(empty_house.database, StaffRole.COACH)
    assert "Nothing waits for a decision" in words(visit(PAGE, other))


def test_a_proposal_is_accepted_and_then_called_up_with_its_score(
    empty_house: House, cora: Person, mia: UUID, proposal: UUID
) -> None:
    app = press_row(visit(PAGE, cora), 0, 0)
    assert not app.exception
    assert SAID in words(app)
    button(app, "Accept").click()
    run_dialog(app)
    assert stored(empty_house.database) == [("I want to run 10 km", "accepted", True)]
    embed_memories(empty_house.database, Settings(), now=now(), done=lambda _rows: None)
    shown = visit(PAGE, cora, member=number(empty_house.database, mia), message="Shall I run 10 km?")
    assert not shown.exception
    held, recalled = (frame.value for frame in shown.dataframe)
    assert (list(held["memory"]), list(held["who"])) == (["I want to run 10 km"], ["Cora Coach"])
    assert recalled["similarity"][0] > 0.5
    assert recalled["score"][0] > recalled["similarity"][0] * 0.86
    assert "local/keywords-v1, by shared words, not by meaning" in words(shown)
    assert trail(empty_house.database) == [
        "memory.listed",
        "member.viewed",
        "memory.accepted",
        "member.viewed",
    ]


def test_a_proposal_is_accepted_in_other_words_or_rejected(
    empty_house: House, cora: Person, mia: UUID, proposal: UUID
) -> None:
    app = press_row(visit(PAGE, cora), 0, 0)
    app.text_area[0].set_value("Wants to run 10 km by May")
    button(app, "Accept").click()
    run_dialog(app)
    assert sorted(stored(empty_house.database)) == [
        ("I want to run 10 km", "rejected", True),
        ("Wants to run 10 km by May", "accepted", True),
    ]
    remember(empty_house.database, mia, "likes:tea", "I like tea", status="proposed", valid_from=now())
    app = press_row(visit(PAGE, cora), 0, 0)
    button(app, "Reject").click()
    run_dialog(app)
    assert ("I like tea", "rejected", True) in stored(empty_house.database)


def test_what_is_remembered_is_ended_and_still_shown_as_of_before(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    remember(empty_house.database, mia, "goal", "run", valid_from=now() - timedelta(days=20))
    person = number(empty_house.database, mia)
    app = press_row(visit(PAGE, cora, member=person), 0, 0)
    button(app, "End it now").click()
    run_dialog(app)
    assert "Nothing is remembered" in words(visit(PAGE, cora, member=person))
    before = visit(PAGE, cora, member=person, on=str((now() - timedelta(days=2)).date()))
    assert list(before.dataframe[0].value["memory"]) == ["run"]
    assert "1 memory at the end of" in words(before)
    app = press_row(before, 0, 0)
    assert "End it now" not in [found.label for found in app.button]


def test_whoever_comes_second_sees_what_was_decided(empty_house: House, cora: Person, proposal: UUID) -> None:
    first, second = (press_row(visit(PAGE, cora), 0, 0) for _ in range(2))
    button(first, "Accept").click()
    run_dialog(first)
    button(second, "Reject").click()
    app = run_dialog(second)
    assert stored(empty_house.database) == [("I want to run 10 km", "accepted", True)]
    assert "Remembered" in words(app)
    assert "Reject" not in [found.label for found in app.button]


def test_no_words_are_refused_where_they_are_typed(empty_house: House, cora: Person, proposal: UUID) -> None:
    app = press_row(visit(PAGE, cora), 0, 0)
    app.text_area[0].set_value("  ")
    button(app, "Accept").click()
    app = run_dialog(app)
    assert [error for error in app.error if "Say what is to be remembered" in error.value]
    assert stored(empty_house.database) == [("I want to run 10 km", "proposed", True)]


def test_an_admin_reads_and_decides_nothing(empty_house: House, proposal: UUID) -> None:
    app = press_row(visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)), 0, 0)
    assert "The member's coach decides" in words(app)
    assert not {"Accept", "Reject"} & {found.label for found in app.button}


def test_who_lost_the_role_decides_nothing_on_a_page_that_is_still_open(
    empty_house: House, cora: Person, proposal: UUID
) -> None:
    app = press_row(visit(PAGE, cora), 0, 0)
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=cora.id)
    empty_house.sessions.forget()
    button(app, "Accept").click()
    app = run_dialog(app)
    assert [error for error in app.error if "no coach any more" in error.value]
    assert stored(empty_house.database) == [("I want to run 10 km", "proposed", True)]


@pytest.mark.parametrize("on", ["nonsense", "2999-01-01", "0001-01-01", "9999-12-31"])
def test_nonsense_in_the_address_is_no_error(on: str, empty_house: House, cora: Person, mia: UUID) -> None:
    app = visit(PAGE, cora, member=number(empty_house.database, mia), on=on, message="\0" * 9)
    assert not app.exception
    assert "Nobody found" in words(visit(PAGE, cora, member="nobody at all", on=on))


def test_what_a_model_of_meaning_here_is_reminded_of_is_said_to_be_by_meaning(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    settings = Settings(coach_embedding="local/all-minilm-l6-v2-int8")
    for key, value in (("goal", "I want to run"), ("likes:soup", "I like soup")):
        remember(empty_house.database, mia, key, value, valid_from=now() - timedelta(days=20))
    embed_memories(empty_house.database, settings, now=now(), done=lambda _rows: None)
    open_house(House(settings, empty_house.database, empty_house.sessions))
    shown = visit(PAGE, cora, member=number(empty_house.database, mia), message="Cooking a broth for lunch")
    assert not shown.exception
    assert "local/all-minilm-l6-v2-int8, by meaning, on this machine" in words(shown)
    _, recalled = (frame.value for frame in shown.dataframe)
    assert recalled["memory"][0] == "I like soup"


def test_a_model_that_can_not_be_asked_is_said_to_have_been_meant(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    settings = Settings.model_validate({"coach_embedding": "openai/fine"})
    remember(empty_house.database, mia, "goal", "run", valid_from=now() - timedelta(days=20))
    open_house(House(settings, empty_house.database, empty_house.sessions))
    shown = visit(PAGE, cora, member=number(empty_house.database, mia), message="run")
    assert not shown.exception
    assert "because the model that is meant for it did not say" in words(shown)
    with empty_house.database.reading(Login.OWNER) as session:
        assert execute(session, "select count(*) from coach_model_calls").scalar_one() == 0, (
            "nobody was asked"
        )


def test_a_message_is_embedded_once_however_often_the_page_runs_and_not_over_the_budget(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    remember(empty_house.database, mia, "likes:hike", "a hike", valid_from=now() - timedelta(days=20))
    person = number(empty_house.database, mia)
    with model_server() as service:
        settings = settings_for(service, coach_embedding="openai/fine")
        embed_memories(empty_house.database, settings, now=now(), done=lambda _rows: None)
        open_house(House(settings, empty_house.database, empty_house.sessions))
        service.asked.clear()
        shown = visit(PAGE, cora, member=person, message="A walk").run()
        assert not shown.exception
        assert "openai/fine, by meaning" in words(shown)
        assert [asked["input"] for asked in service.asked] == [["A walk"]]
        spent = settings.model_copy(update={"coach_tokens_per_day": 1})
        open_house(House(spent, empty_house.database, empty_house.sessions))
        shown = visit(PAGE, cora, member=person, message="Another walk")
        assert not shown.exception
        assert "because what models may take in a day is used up" in words(shown)
        assert len(service.asked) == 1
