"""Coaching › Replay through ``app.py``: whose day, whether prompts are the same again, what would have gone out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.ui.house import House, open_house
from tests.coach.ground import make_mia, remember, set_state, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.replay.test_replay import WALK, say
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.ui.conftest import press_row, visit, words

PAGE = "coaching/replay.py"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = "2026-11-24"


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def cora(empty_house: House, service: ModelServer) -> Person:
    service.text = TEXT
    service.asked.clear()
    open_house(House(settings_for(service), empty_house.database, empty_house.sessions))
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def mia(empty_house: House, cora: Person, service: ModelServer) -> UUID:
    """A member in need of care who wrote twice, once of danger."""
    database = empty_house.database
    member_id = make_mia(database, coach_id=cora.id)
    with database.writing(Login.OWNER) as session:
        remember(session, member_id, "walks at dawn")
        set_state(session, member_id, "NeedsCare")
    say(database, settings_for(service), member_id, WALK, now=NOON)
    say(database, settings_for(service), member_id, "I want to die", now=NOON + timedelta(minutes=5))
    return member_id


def kept(database: Database, statement: str) -> list[Any]:
    with database.reading(Login.OWNER) as session:
        return list(execute(session, statement))


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click()
    return app.run()


def test_on_a_day_on_which_nobody_wrote_the_page_says_so(cora: Person) -> None:
    app = visit(PAGE, cora, day=DAY)
    assert not app.exception
    assert "Nobody wrote that day" in words(app)
    assert "Tuesday 24 November 2026 · 0 messages of 0 people" in words(app)


def test_a_day_is_shown_with_whether_each_prompt_is_the_same_again(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    app = visit(PAGE, cora, day=DAY)
    assert not app.exception
    table = app.dataframe[0].value
    assert [list(each) for each in table["prompt"]] == [["Same"], ["Not kept"]]
    assert list(table["by"]) == ["coach@1 · openai/fine", "Crisis answer"]
    assert "2 messages of 1 person · prompts: 1 same, 1 not kept" in words(app)
    opened = press_row(app, 0, 0)
    assert "Rendered again it is what was sent, byte for byte." in words(opened)
    assert any("- walks at dawn" in text.value for text in opened.text)
    acts = kept(
        empty_house.database,
        "select action, subject_id from audit_log where action in ('coach.replayed', 'member.viewed') order by id",
    )
    assert [tuple(act) for act in acts] == [("coach.replayed", None), ("member.viewed", str(mia))]


def test_a_prompt_that_differs_is_shown_as_such_with_both_texts(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update coach_memory set trait_value = 'walks at dusk'")
    app = visit(PAGE, cora, day=DAY)
    assert [list(each) for each in app.dataframe[0].value["prompt"]] == [["Differs"], ["Not kept"]]
    opened = press_row(app, 0, 0)
    said = words(opened)
    assert "Rendered again it is not what was sent" in said
    assert "~~dawn~~" in said
    assert "**dusk**" in said


def test_another_version_is_asked_in_each_moment_and_the_riskiest_change_comes_first(
    empty_house: House, cora: Person, mia: UUID, service: ModelServer
) -> None:
    say(empty_house.database, settings_for(service), mia, WALK, now=NOON + timedelta(minutes=9))
    service.text = "You have a depression. You took a walk today. Would you like to walk again?"
    service.asked.clear()
    app = press(visit(PAGE, cora, day=DAY), "Ask again")
    assert not app.exception
    assert "3 messages asked again: 2 with a failed check, 0 with danger seen otherwise" in words(app)
    table = app.dataframe[1].value
    assert [list(each) for each in table["why"]][-1] == ["Needs care"], "danger was seen then and is now"
    assert ["Diagnosis" in each for each in table["why"]] == [True, True, False]
    assert len(service.asked) == 4, "once more where nothing was shown, as in production"
    opened = press_row(app, 1, 0)
    assert "a check of safety failed, so it was stopped" in words(opened)
    assert kept(empty_house.database, "select count(*) from coach_messages")[0][0] == 6
    acts = kept(empty_house.database, "select action from audit_log where action = 'coach.tried'")
    assert len(acts) == 1
    elsewhere = visit(PAGE, cora, day="2026-11-23")
    assert len(elsewhere.dataframe) == 0


def test_the_rules_cost_nothing_and_a_model_without_a_price_has_none(cora: Person, mia: UUID) -> None:
    assert "what it costs nobody here knows" in words(visit(PAGE, cora, day=DAY))
    assert "at most about $0.00," in words(visit(PAGE, cora, day=DAY, m1="offline"))
    assert "at most about $0.0096," in words(visit(PAGE, cora, day=DAY, m1="openai/gpt-4o"))


def test_a_coach_replays_own_members_only_and_nonsense_in_the_address_is_not_heeded(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    carl = add_person(empty_house.database, StaffRole.COACH, name="Carl Coach")
    assert "Nobody wrote that day" in words(visit(PAGE, carl, day=DAY))
    (number,) = kept(empty_house.database, "select number from members")[0]
    assert "Nobody found" in words(visit(PAGE, carl, member=f"P-{number}", day=DAY))
    for day in ("never", "0001-01-01", "9999-12-31"):
        assert not visit(PAGE, cora, day=day, v1="Version 9", m1="moon").exception
