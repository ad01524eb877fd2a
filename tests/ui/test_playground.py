"""Coaching › Playground through ``app.py``: whose moments, what is asked, what is kept of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.memory.reading import embed_memories
from bee.coach.memory.recall import MOST_RECALLED
from bee.db import Database, Login
from bee.ui.house import House, open_house
from tests.coach.ground import make_mia, remember, set_state, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.prompts.versions import add_version
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.ui.conftest import visit, words

PAGE = "coaching/playground.py"
WALK = "I took a walk today and it felt good"


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def cora(empty_house: House, service: ModelServer) -> Person:
    service.asked.clear()
    open_house(House(settings_for(service), empty_house.database, empty_house.sessions))
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def mia(empty_house: House, cora: Person) -> UUID:
    member_id = make_mia(empty_house.database, coach_id=cora.id)
    with empty_house.database.writing(Login.OWNER) as session:
        remember(session, member_id, "walks at dawn")
        remember(session, member_id, "likes tea", key="taste")
        set_state(session, member_id, "NeedsCare")
    return member_id


def ask(app: AppTest, message: str = WALK) -> AppTest:
    app.text_area(key="message").set_value(message)
    app = app.run()
    next(button for button in app.button if button.label == "Ask").click()
    return app.run()


def kept(database: Database, statement: str) -> list[dict[str, Any]]:
    with database.reading(Login.OWNER) as session:
        return [dict(row) for row in execute(session, statement).mappings()]


def test_somebody_made_up_is_answered_by_two_versions_side_by_side(
    empty_house: House, cora: Person, service: ModelServer
) -> None:
    add_version(empty_house.database, 2)
    app = visit(PAGE, cora, state="Rising", m1="offline")
    assert not app.exception
    app = ask(app)
    assert not app.exception
    said = words(app)
    assert "coach@1 · offline coach, by rules" in said
    assert "coach@2 · openai/fine" in said
    assert TEXT in said.replace("\\", "")
    assert "Would be sent" in said
    assert "By rules" in said
    assert [dict(body)["model"] for body in service.asked] == ["fine"]
    (call,) = kept(empty_house.database, "select purpose, staff_id, user_id from coach_model_calls")
    assert call == {"purpose": "lab", "staff_id": cora.id, "user_id": None}
    assert kept(empty_house.database, "select 1 from coach_messages") == []


def test_the_exact_prompt_is_shown_part_by_part_and_a_memory_switched_off_leaves_it(
    empty_house: House, cora: Person, mia: UUID, service: ModelServer
) -> None:
    number = kept(empty_house.database, "select number from members")[0]["number"]
    app = visit(PAGE, cora, member=f"P-{number}")
    assert not app.exception
    shown = [text.value for text in app.text]
    assert "What you know of the member:\n- walks at dawn\n- likes tea" in shown or (
        "What you know of the member:\n- likes tea\n- walks at dawn" in shown
    )
    assert any("begin with empathy" in text for text in shown)
    box = next(box for box in app.checkbox if "dawn" in box.label)
    box.uncheck()
    app = app.run()
    assert "What you know of the member:\n- likes tea" in [text.value for text in app.text]
    assert "Left out of the prompt: ~~walks at dawn~~" in words(app)
    off = "".join(app.query_params["off"])
    assert (
        off
        == str(kept(empty_house.database, "select id from coach_memory where trait_value ~ 'dawn'")[0]["id"])[
            :8
        ]
    )
    app = ask(app)
    assert all("walks at dawn" not in str(body) for body in service.asked)
    again = visit(PAGE, cora, member=f"P-{number}", off=off)
    assert {each.label: each.value for each in again.checkbox} == {"walks at dawn": False, "likes tea": True}
    acts = kept(
        empty_house.database,
        "select action, subject_id from audit_log where action in ('member.viewed', 'coach.tried') order by id",
    )
    assert [(act["action"], act["subject_id"]) for act in acts][:2] == [
        ("member.viewed", str(mia)), ("coach.tried", str(mia)),
    ]  # fmt: skip
    assert WALK not in str(kept(empty_house.database, "select before, after, reason from audit_log"))


def test_words_of_danger_are_answered_as_in_production_and_reach_no_model(
    cora: Person, service: ModelServer
) -> None:
    app = ask(visit(PAGE, cora), "I want to die")
    assert "988" in words(app)
    assert words(app).count("Danger: as in production") == 2
    assert service.asked == []


def test_asking_again_shows_the_answer_before_beside_the_new_one_and_changes_are_told_of(
    cora: Person, service: ModelServer
) -> None:
    app = ask(visit(PAGE, cora))
    assert "The answer before" not in [each.label for each in app.expander]
    app.text_area(key="message").set_value("I slept badly")
    app = app.run()
    assert "You changed something since" in words(app)
    app = ask(app, "I slept badly")
    assert [each.label for each in app.expander].count("The answer before") == 2
    assert "You changed something since" not in words(app)


def test_a_members_words_stay_in_the_house_without_their_consent(
    empty_house: House, cora: Person, service: ModelServer
) -> None:
    make_mia(empty_house.database, coach_id=cora.id, consents=False)
    number = kept(empty_house.database, "select number from members")[0]["number"]
    app = ask(visit(PAGE, cora, member=f"P-{number}"))
    assert "the member did not consent to a model" in words(app)
    assert service.asked == []


def test_somebody_elses_member_is_not_found(empty_house: House, cora: Person) -> None:
    make_mia(empty_house.database)
    number = kept(empty_house.database, "select number from members")[0]["number"]
    app = visit(PAGE, cora, member=f"P-{number}")
    assert "Nobody found among the members you may see" in words(app)
    assert kept(empty_house.database, "select 1 from audit_log where action = 'member.viewed'") == []


def test_nonsense_in_the_address_is_not_heeded(cora: Person) -> None:
    app = visit(
        PAGE, cora, arms="9", v1="Version 77", m1="moon/cheese", off="x,-1,99,²", prompt="Z", state="?"
    )
    assert not app.exception
    assert len([box for box in app.selectbox if box.label.startswith("Version")]) == 2


def test_who_lost_the_role_asks_nothing_from_a_page_that_is_still_open(
    empty_house: House, cora: Person, service: ModelServer
) -> None:
    app = visit(PAGE, cora)
    app.text_area(key="message").set_value(WALK)
    app = app.run()
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=cora.id)
    empty_house.sessions.forget()
    next(button for button in app.button if button.label == "Ask").click()
    app = app.run()
    assert "This page is not for your role" in words(app)
    assert service.asked == []


def test_a_members_memories_are_those_that_production_would_call_up_and_no_embedding_model_is_offered(
    empty_house: House, cora: Person, service: ModelServer
) -> None:
    database, settings = empty_house.database, settings_for(service, coach_embedding="openai/fine")
    mia = make_mia(database, coach_id=cora.id)
    with database.writing(Login.OWNER) as session:
        remember(session, mia, "a hike on Sundays", key="likes:hike")
        for place in range(MOST_RECALLED):
            remember(session, mia, f"soup {place}", key=f"goal:{place}")
    embed_memories(database, settings, now=datetime.now(UTC), done=lambda _rows: None)
    open_house(House(settings, database, empty_house.sessions))
    app = visit(PAGE, cora, member="Mia Jones")
    app.text_area(key="message").set_value("A walk it was")
    app = app.run()
    assert not app.exception
    known = [box.label for box in app.checkbox if str(box.key).startswith("known-")]
    assert (known[0], len(known)) == ("a hike on Sundays", MOST_RECALLED)
    models = next(box.options for box in app.selectbox if "openai/gpt-4o" in box.options)
    assert "openai/text-embedding-3-small" not in models
