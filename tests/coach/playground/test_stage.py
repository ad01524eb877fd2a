"""Trying versions side by side, against a server that speaks the models' protocols."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from bee.coach.crisis import crisis_answer
from bee.coach.exchange import Limits
from bee.coach.masking import Known
from bee.coach.model import Provider
from bee.coach.offline import Momentum, reply
from bee.coach.playground import Asked, Done, Piece, Scene, Stage, Trial, made_up
from bee.coach.prompting import Prompt
from bee.coach.safety import Category
from bee.coach.standing import FAILURES_TO_OPEN
from bee.db import Database, Login
from bee.errors import Unavailable
from bee.settings import Settings
from tests.cluster import away
from tests.coach.calls import USAGE, make_call
from tests.coach.ground import AMPLE, HASTY, prompt_with, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.factories import execute, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WALK = "I took a walk today and it felt good"


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh(service: ModelServer) -> None:
    service.text = TEXT
    service.asked.clear()
    service.tries.clear()


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


@pytest.fixture
def prompt(database: Database, service: ModelServer) -> Prompt:
    return prompt_with(database, settings_for(service))


def scene(message: str = WALK, memories: str = "", **more: Any) -> Scene:
    return replace(made_up(message, Momentum.STEADY, memories, ""), **more)


def stage(database: Database, settings: Settings, staff_id: UUID, limits: Limits = AMPLE) -> Stage:
    return Stage(database, settings, staff_id, limits=limits, clock=lambda: NOW)


def trials(
    database: Database, settings: Settings, staff_id: UUID, *asked: Asked, limits: Limits = AMPLE
) -> list[Trial]:
    events = stage(database, settings, staff_id, limits).play(asked)
    done = [event for event in events if isinstance(event, Done)]
    return [event.trial for event in sorted(done, key=lambda event: event.place)]


def rows(database: Database, statement: str) -> list[dict[str, Any]]:
    with database.reading(Login.OWNER) as session:
        return [dict(row) for row in execute(session, statement).mappings()]


def test_versions_answer_side_by_side_as_they_speak_and_nothing_is_a_members(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    claude = replace(prompt, provider=Provider.ANTHROPIC, model="fine")
    asked = [Asked(prompt, scene()), Asked(claude, scene())]
    events = list(stage(database, settings_for(service), cora).play(asked))
    for place in (0, 1):
        own = [event for event in events if event.place == place]
        *pieces, done = own
        assert len(pieces) > 3
        assert "".join(piece.text for piece in pieces if isinstance(piece, Piece)) == TEXT
        assert isinstance(done, Done)
        trial = done.trial
        assert (trial.sent, trial.heard, trial.fallback, trial.is_models) == (TEXT, TEXT, None, True)
        assert trial.found is not None
        assert trial.found.passes
        assert trial.usage == USAGE
        assert trial.first_ms is not None
        assert 0 <= trial.first_ms <= trial.total_ms
    kept = rows(database, "select purpose, staff_id, user_id, outcome from coach_model_calls")
    assert kept == 2 * [{"purpose": "lab", "staff_id": cora, "user_id": None, "outcome": "answered"}]
    for table in ("coach_messages", "coach_moments", "coach_conversations", "safety_events", "outbox"):
        assert rows(database, f"select 1 from {table}") == []


def test_a_model_that_stalls_ends_in_time_and_keeps_nobody_waiting(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    stalls = replace(prompt, model="stall")
    slow, fine = trials(
        database, settings_for(service), cora, Asked(stalls, scene()), Asked(prompt, scene()), limits=HASTY
    )
    assert (slow.fallback, slow.heard, slow.is_models) == ("slow", None, False)
    assert slow.sent == reply(WALK, Momentum.STEADY, [], []).text
    assert slow.total_ms < 1000 * 60
    assert fine.is_models


def test_what_fails_a_check_is_shown_with_the_reason_and_with_what_would_have_been_sent_instead(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    service.text = "You took a walk today. Would you like to walk? Or to rest?"
    (trial,) = trials(database, settings_for(service), cora, Asked(prompt, scene()))
    assert (trial.fallback, trial.heard, trial.tries) == ("checks", service.text, 1)
    assert trial.found is not None
    reasons = {result.name: result.found for result in trial.found.results if not result.passed}
    assert reasons["one_question"] == ("2 questions",)
    assert trial.sent == reply(WALK, Momentum.STEADY, [], []).text


def test_a_model_that_fails_is_asked_once_more_as_in_production_and_both_calls_count(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    flaky = replace(prompt, model="once_500")
    (trial,) = trials(database, settings_for(service), cora, Asked(flaky, scene()))
    assert (trial.is_models, trial.tries, trial.usage) == (True, 2, USAGE)
    outcomes = rows(database, "select outcome from coach_model_calls order by attempt")
    assert [row["outcome"] for row in outcomes] == ["overloaded", "answered"]


def test_what_is_unsafe_is_stopped_and_its_reason_is_told(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    service.text = "You have a depression and I think that you took a walk today. Would you like to walk?"
    (trial,) = trials(database, settings_for(service), cora, Asked(prompt, scene()))
    assert (trial.fallback, trial.is_models) == ("unsafe", False)
    assert trial.found is not None
    assert "diagnosis" in trial.found.failed


def test_words_of_danger_are_answered_as_production_does_and_no_model_hears_them(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    danger = scene("I want to die")
    found = trials(database, settings_for(service), cora, Asked(prompt, danger), Asked(prompt, danger))
    assert [trial.sent for trial in found] == 2 * [crisis_answer(Category.SELF_HARM, "US")]
    assert [(trial.found, trial.heard, trial.screening.crisis) for trial in found] == 2 * [(None, None, True)]
    assert service.asked == []
    assert (
        rows(database, "select 1 from safety_events")
        == rows(database, "select 1 from coach_model_calls")
        == []
    )


def test_a_memory_that_is_switched_off_leaves_the_prompt_and_the_answer(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    whole = scene("I want to walk more", "walk at dawn\nlikes tea")
    without = whole.without({whole.moment.memories[0].id})
    offline = replace(prompt, provider=Provider.OFFLINE, model="offline")
    asked = [Asked(prompt, whole), Asked(prompt, without), Asked(offline, whole), Asked(offline, without)]
    _, _, knows, knows_not = trials(database, settings_for(service), cora, *asked)
    told = sorted(body["messages"][0]["content"].count("walk at dawn") for body in service.asked)
    assert told == [0, 1]
    assert all("likes tea" in body["messages"][0]["content"] for body in service.asked)
    assert "walk at dawn" in knows.sent
    assert "walk at dawn" not in knows_not.sent


def test_what_points_at_the_member_is_hidden_from_the_provider_and_back_in_the_answer(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    told = scene("I am Mia Jones and I took a walk today", known=Known("Mia Jones"))
    trials(database, settings_for(service), cora, Asked(prompt, told))
    (body,) = service.asked
    assert "Mia" not in str(body)
    assert "[NAME_1]" in body["messages"][-1]["content"]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"coach_lab_usd_per_day": 0}, "lab_budget"),
        ({"coach_usd_per_day": 0}, "cost_budget"),
        ({"coach_tokens_per_day": 0}, "token_budget"),
        ({"OPENAI_API_KEY": None}, "not_configured"),
    ],
)
def test_what_holds_a_model_back_is_told_and_the_rules_answer(
    more: dict[str, Any], told: str, database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    (trial,) = trials(database, settings_for(service, **more), cora, Asked(prompt, scene()))
    assert (trial.fallback, trial.is_models, trial.cost_usd) == (told, False, Decimal(0))
    assert trial.sent == reply(WALK, Momentum.STEADY, [], []).text
    assert service.asked == []


def test_the_words_of_a_member_who_did_not_consent_stay_in_the_house(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    (trial,) = trials(database, settings_for(service), cora, Asked(prompt, scene(may_leave=False)))
    assert (trial.fallback, service.asked) == ("no_consent", [])


def test_the_lab_has_its_share_of_the_days_budget_and_takes_from_the_whole(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    settings = settings_for(service, "openai/gpt-4o-mini", coach_lab_usd_per_day="0.00003")
    with database.writing(Login.OWNER) as session:
        make_call(session, started_at=NOW)
    mini = replace(prompt, model="gpt-4o-mini")
    (first,) = trials(database, settings, cora, Asked(mini, scene()))
    assert first.cost_usd == Decimal("0.00003"), "production's call is not the lab's"
    (second,) = trials(database, settings, cora, Asked(mini, scene()))
    assert second.fallback == "lab_budget"
    tight = settings.model_copy(
        update={"coach_lab_usd_per_day": Decimal(9), "coach_usd_per_day": Decimal("0.00006")}
    )
    (third,) = trials(database, tight, cora, Asked(mini, scene()))
    assert third.fallback == "cost_budget", "what the lab took counts in the day"


def test_a_model_without_a_price_costs_nobody_knows_what(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    (trial,) = trials(database, settings_for(service), cora, Asked(prompt, scene()))
    assert trial.cost_usd is None


def test_a_model_that_there_is_not_leaves_production_its_provider(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    absent = replace(prompt, model="404")
    for _ in range(FAILURES_TO_OPEN):
        (trial,) = trials(database, settings_for(service), cora, Asked(absent, scene()))
        assert trial.fallback == "configuration"
    assert rows(database, "select 1 from coach_breakers") == []


def test_who_stops_listening_stops_the_model_and_what_it_took_counts(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    drips = replace(prompt, model="drip")
    with closing(stage(database, settings_for(service), cora).play([Asked(drips, scene())])) as events:
        assert isinstance(next(events), Piece)
    (call,) = rows(database, "select outcome, is_estimate, output_tokens from coach_model_calls")
    assert (call["outcome"], call["is_estimate"]) == ("cancelled", True)
    assert call["output_tokens"] > 0


def test_while_the_database_is_away_no_model_is_asked(
    database: Database, service: ModelServer, cora: UUID, prompt: Prompt
) -> None:
    with away(database), pytest.raises(Unavailable):
        list(stage(database, settings_for(service), cora).play([Asked(prompt, scene())]))
    assert service.asked == []
