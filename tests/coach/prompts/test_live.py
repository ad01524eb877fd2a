"""What is live is what passed: with the model that answers, which the settings may change afterwards."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.coach.prompts.catalogue import catalogue
from bee.coach.prompts.gate import Verdict, deciding
from bee.coach.prompts.live import LivePrompt, answering_model, live_prompts, name_model
from bee.coach.prompts.registry import COACH, Way, get_version
from bee.db import Database, Login
from bee.errors import Conflict
from bee.settings import Environment, Settings
from tests.coach.lab.running import add_cases, add_prompt, ask_run, do_run, openai_at
from tests.coach.lab.running import add_coach as add_runner
from tests.coach.model_server import model_server
from tests.coach.prompts.test_promotions import decide, put_live
from tests.coach.prompts.versions import LOCAL, add_coach, add_version, approve, ask, judge, write

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def name(database: Database, model: str, environment: Environment = LOCAL) -> bool:
    """Let a worker start whose settings name a model."""
    settings = Settings(coach_model=model).model_copy(update={"environment": environment})
    with database.writing(Login.WORKER) as session:
        return name_model(session, settings)


def here(database: Database, settings: Settings | None = None) -> LivePrompt:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        (found,) = [each for each in live_prompts(session, settings) if each.environment == LOCAL]
    return found


@pytest.fixture
def cora(database: Database) -> UUID:
    return add_coach(database)


@pytest.fixture
def carl(database: Database) -> UUID:
    return add_coach(database, name="Carl")


def test_which_model_the_settings_name_is_kept_when_it_is_news(database: Database) -> None:
    named = ["openai/a", "openai/a", "openai/b", "openai/a"]
    assert [name(database, model) for model in named] == [True, False, True, True]
    assert name(database, "openai/c", Environment.STAGING)
    with database.reading(Login.DASHBOARD, role="bee_coach") as session:
        first = get_version(session, COACH, 1)
        assert [answering_model(session, first, place) for place in Environment] == [
            "openai/a",
            "openai/c",
            None,
        ]


def test_a_version_goes_live_only_with_the_model_with_which_it_passed(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    name(database, "openai/a")
    run_id = judge(database, 2, model="openai/a")
    promotion_id = ask(database, cora, 2)
    name(database, "openai/b")
    with pytest.raises(Conflict) as refused:
        approve(database, carl, promotion_id)
    assert refused.value.code == "gate_of_another_model"
    judge(database, 2, model="openai/b", passed=False)
    with pytest.raises(Conflict) as failed:
        approve(database, carl, promotion_id)
    assert failed.value.code == "gate_failed"
    decide(database, carl, promotion_id)
    with pytest.raises(Conflict) as by_hand:
        put_live(database, carl, 2, Way(by=carl, promotion_id=promotion_id, run_id=run_id))
    assert by_hand.value.code == "gate_of_another_model"
    assert here(database).number == 1
    judge(database, 2, model="openai/b")
    assert here(database).number == 1, "a pass alone lets nothing go live"


def test_a_failure_with_another_model_takes_no_pass_back(database: Database, cora: UUID, carl: UUID) -> None:
    write(database, cora, 300)
    name(database, "openai/a")
    passed = judge(database, 2, model="openai/a", decided_at=datetime.now(UTC) - timedelta(hours=1))
    judge(database, 2, model="openai/b", passed=False)
    approve(database, carl, ask(database, cora, 2))
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        card = catalogue(session, COACH, LOCAL)
    assert card.times[0].run_id == passed
    assert card.live is not None
    assert card.live.verdict is not None
    assert (card.live.verdict.run_id, len(card.live.verdicts)) == (passed, 2)


def test_a_version_that_names_its_model_is_bound_to_that_whatever_the_settings_say(
    database: Database, cora: UUID, carl: UUID
) -> None:
    add_version(database, 2)
    judge(database, 2)
    name(database, "openai/b")
    approve(database, carl, ask(database, cora, 2))
    assert here(database) == LivePrompt(COACH, LOCAL, 2, "openai/fine", own_model=True, passed=True)
    assert not here(database, Settings(coach_model="openai/c")).is_untried


def test_what_is_live_is_untried_from_when_the_settings_name_another_model_until_a_run_passed_with_it(
    database: Database, cora: UUID, carl: UUID
) -> None:
    write(database, cora, 300)
    name(database, "openai/a")
    judge(database, 2, model="openai/a")
    approve(database, carl, ask(database, cora, 2))
    assert not here(database).is_untried
    assert here(database, Settings(coach_model="openai/b")).is_untried, "before a worker starts with it"
    name(database, "openai/b")
    found = here(database)
    assert (found.model, found.own_model, found.passed, found.is_untried) == ("openai/b", False, None, True)
    assert "with openai/b, which the settings name, and no run let that pass" in found.told
    judge(database, 2, model="openai/b", passed=False)
    assert "the gate did not let that pass" in here(database).told
    judge(database, 2, model="openai/b")
    assert not here(database).is_untried
    name(database, "offline")
    assert not here(database).is_untried, "rules answer whatever a prompt says"


def test_what_comes_along_is_untried_with_a_model_and_not_without(database: Database) -> None:
    assert (here(database).model, here(database).is_untried) == (None, False)
    name(database, "offline")
    assert not here(database).is_untried
    name(database, "openai/a")
    assert here(database).is_untried


def test_a_verdict_names_the_model_that_gave_the_answers(database: Database) -> None:
    coach = add_runner(database)
    add_cases(database, coach)
    add_prompt(database, 2)
    with model_server() as server:
        settings = openai_at(server.address, coach_model="openai/gpt-4o-mini")
        run = do_run(database, ask_run(database, coach), settings)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        card = catalogue(session, COACH, LOCAL)
    assert [verdict.model for verdict in card.cards[0].verdicts] == ["openai/gpt-4o-mini"]
    assert any(reason["check"] == "model" for reason in run.reasons or []) is bool(run.passed)


@pytest.mark.parametrize(("model", "counts"), [("openai/a", 1), ("openai/b", 0), ("openai/c", 2), (None, 0)])
def test_the_verdict_that_counts_is_the_newest_of_the_model_or_of_no_single_one(
    model: str | None, counts: int
) -> None:
    known = [
        Verdict(UUID(int=place), COACH, "digest", named, False, (), NOW, NOW + timedelta(days=1))
        for place, named in enumerate(["openai/b", "openai/a", None, "openai/a"])
    ]
    assert deciding(known, model) is known[counts]
    assert deciding([], model) is None
