"""Coaching › Replay through ``app.py``: whose day, whether prompts are the same again, what would have gone out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.replay import Replayer
from bee.db import Database, Login
from bee.ui.house import House, open_house
from bee.ui.words import long_date
from tests.coach.ground import AMPLE, make_mia, remember, set_state, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.replay.replaying import PRICED, WALK, say
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.ui.conftest import press_row, visit, words

PAGE = "coaching/replay.py"
# A day that is over wherever somebody lives, whenever this runs.
NOON = datetime.now(UTC).replace(hour=12, minute=0) - timedelta(days=3)
DAY = f"{NOON:%Y-%m-%d}"


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
    assert f"{long_date(NOON.date())} · 0 messages of 0 people" in words(app)


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


def ask_again(empty_house: House, cora: Person, service: ModelServer) -> AppTest:
    """Ask on the page, do what the worker does, and look again."""
    app = press(visit(PAGE, cora, day=DAY, m1=PRICED), "Ask again")
    assert not app.exception
    (replay_id,) = kept(empty_house.database, "select id from coach_replays order by number desc limit 1")[0]
    Replayer(
        empty_house.database, settings_for(service), lambda: datetime.now(UTC), limits=AMPLE, slice_s=600
    ).work_on(replay_id)
    return press(app, "Look again")


def test_another_version_is_asked_in_each_moment_and_the_riskiest_change_comes_first(
    empty_house: House, cora: Person, mia: UUID, service: ModelServer
) -> None:
    say(empty_house.database, settings_for(service), mia, WALK, now=NOON + timedelta(minutes=9))
    service.text = "You have a depression. You took a walk today. Would you like to walk again?"
    service.asked.clear()
    app = ask_again(empty_house, cora, service)
    said = words(app)
    assert "3 messages, all that can be asked again · openai/gpt-4o-mini · by Cora Coach" in said
    assert "3 of 3 answered · \\$0.0002 of" in said
    assert {metric.label: metric.value for metric in app.metric} == {
        "Now fail a check": "2", "Safety": "0", "Needs care": "0", "Other words": "0", "Little changes": "1",
    }  # fmt: skip
    table = app.dataframe[1].value
    assert list(table["risk"]) == ["Now fail a check", "Now fail a check", "Little changes"]
    assert ["Diagnosis" in each for each in table["why"]] == [True, True, False]
    assert list(table["now"])[-1] == "A crisis answer, as before"
    assert len(service.asked) == 4, "once more where nothing was shown, as in production"
    opened = words(press_row(app, 1, 0))
    assert "because a check of safety failed, so it was stopped" in opened
    assert "Diagnosis passed then" in opened
    assert "~~" in opened
    assert kept(empty_house.database, "select count(*) from coach_messages")[0][0] == 6
    crisis = words(press_row(app, 1, 2))
    assert "Crisis answer: words that told of danger reach no model." in crisis


def test_changes_are_chosen_by_risk_state_and_person_in_the_address(
    empty_house: House, cora: Person, mia: UUID, service: ModelServer
) -> None:
    service.text = "You have a depression. You took a walk today. Would you like to walk again?"
    ask_again(empty_house, cora, service)
    (number,) = kept(empty_house.database, "select number from members")[0]
    for query, rows in (
        ({"risk": "Now fail a check"}, ["Now fail a check"]),
        ({"risk": "Little changes", "member": f"P-{number}"}, ["Little changes"]),
        ({"state": "Needs care", "risk": "Now fail a check"}, ["Now fail a check"]),
        ({"risk": "moon", "state": "moon", "replay": "moon"}, ["Now fail a check", "Little changes"]),
    ):
        app = visit(PAGE, cora, day=DAY, **query)
        assert not app.exception
        assert list(app.dataframe[1].value["risk"]) == rows
    assert "No change is like that." in words(visit(PAGE, cora, day=DAY, state="Rising"))


def test_a_replay_that_waits_is_ended_by_hand(cora: Person, mia: UUID) -> None:
    app = press(visit(PAGE, cora, day=DAY, m1=PRICED), "Ask again")
    assert "No answer yet: the worker asks for them." in words(app)
    assert r"0 of 2 answered · \$0.00 of \$5.00" in words(app)
    app = press(app, "End it")
    assert "Cora Coach ended it. What it brought until then is kept." in words(app)
    assert "End it" not in [button.label for button in app.button]


def test_a_sample_is_said_to_be_one_and_a_day_that_is_not_over_can_not_be_asked(
    empty_house: House, cora: Person, mia: UUID, service: ModelServer
) -> None:
    assert "1 of 2 messages, drawn at random" in words(visit(PAGE, cora, day=DAY, messages="1", m1=PRICED))
    say(empty_house.database, settings_for(service), mia, WALK, now=datetime.now(UTC))
    with empty_house.database.reading(Login.OWNER) as session:
        today = execute(
            session, "select cast(now() at time zone time_zone as date) from members"
        ).scalar_one()
    app = visit(PAGE, cora, day=f"{today}", m1=PRICED)
    assert "That day is not over yet for everybody" in words(app)
    assert next(button for button in app.button if button.label == "Ask again").disabled


def test_a_model_without_a_price_is_not_asked_and_the_page_says_so(cora: Person, mia: UUID) -> None:
    app = press(visit(PAGE, cora, day=DAY), "Ask again")
    assert not app.exception
    assert "No price is known of openai/fine." in words(app)


def test_a_coach_replays_own_members_only_and_nonsense_in_the_address_is_not_heeded(
    empty_house: House, cora: Person, mia: UUID
) -> None:
    carl = add_person(empty_house.database, StaffRole.COACH, name="Carl Coach")
    assert "Nobody wrote that day" in words(visit(PAGE, carl, day=DAY))
    (number,) = kept(empty_house.database, "select number from members")[0]
    assert "Nobody found" in words(visit(PAGE, carl, member=f"P-{number}", day=DAY))
    for day in ("never", "0001-01-01", "9999-12-31"):
        assert not visit(PAGE, cora, day=day, v1="Version 9", m1="moon").exception
