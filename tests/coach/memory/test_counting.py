"""What embeddings take is in the ledger like any other call: the budgets hold it, and the sum is the provider's."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from bee.coach.engine import Coach, Question
from bee.coach.ledger import Account, Purpose
from bee.coach.memory.models import Embedded
from bee.coach.memory.reading import embed_memories
from bee.coach.memory.recall import Fallback
from bee.coach.memory.reminding import Cue, Reminder
from bee.coach.model import ModelFailed
from bee.coach.playground import Asked, Stage, read_scene
from bee.coach.queries import AboutMember
from bee.coach.standing import Hold
from bee.coach.usage import Grouping, added_up, usage_by_coach
from bee.db import Database, Login
from bee.errors import Unavailable
from bee.settings import Settings
from tests.coach.ground import AMPLE, make_mia, prompt_with, settings_for
from tests.coach.memory.remembering import NOW, as_coach, remember
from tests.coach.model_server import ModelServer, model_server
from tests.factories import execute, make_staff

# The server's answer reuses its words, as the checks want it.
WALK = "I took a walk today and it felt good"
SMALL = "openai/text-embedding-3-small"
SMALL_USD = Decimal("0.02") / 1_000_000


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh(service: ModelServer) -> None:
    service.asked.clear()
    service.tries.clear()
    service.counted = 0


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",), full_name="Cora")


@pytest.fixture
def mia(database: Database, cora: UUID) -> UUID:
    return make_mia(database, coach_id=cora)


def compared_by(service: ModelServer, model: str = SMALL, **more: Any) -> Settings:
    return settings_for(service, coach_embedding=model, **more)


def answer(database: Database, settings: Settings, member_id: UUID, message: str) -> None:
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})

    async def run() -> None:
        coach = Coach(database, settings, limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            await coach.answer(Question(member_id, message, claims, uuid4(), NOW))

    asyncio.run(run())


def embed(database: Database, settings: Settings) -> None:
    embed_memories(database, settings, now=NOW, done=lambda _rows: None)


def cue(database: Database, settings: Settings, account: Account, message: str = "A walk") -> Cue:
    about = AboutMember(consents=True)
    return Reminder(database, settings).cue(message, about, account, now=NOW)


def for_staff(staff_id: UUID) -> Account:
    return Account.of_lab(staff_id, Purpose.EMBEDDING)


def kept(database: Database) -> list[dict[str, Any]]:
    with database.reading(Login.OWNER) as session:
        found = execute(session, "select * from coach_model_calls order by purpose, started_at, attempt")
        return [dict(row) for row in found.mappings()]


def take(database: Database, account: Account, cost_usd: str) -> None:
    """Let some dollars be spent on embeddings earlier that day."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into coach_model_calls (purpose, staff_id, user_id, request_id, attempt, provider, model,
                prompt, prompt_sha256, started_at, outcome, input_tokens, cache_read_tokens, cache_write_tokens,
                output_tokens, reasoning_tokens, is_estimate, cost_usd, priced_from, total_ms)
            values ('embedding', :staff_id, :user_id, gen_random_uuid(), 1, 'openai', 'x', 'memory', 'x', :at,
                'answered', 1, 0, 0, 0, 0, false, cast(:cost as numeric), '2026-01-01', 1)
            """,
            staff_id=account.staff_id, user_id=account.member_id, at=NOW - timedelta(hours=1), cost=cost_usd,
        )  # fmt: skip


def test_the_sum_of_the_ledger_is_what_the_provider_counted(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    settings = compared_by(service)
    for place in range(3):
        remember(database, mia, f"likes:{place}", f"I like a walk of {place} hours")
    embed(database, settings)
    answer(database, settings, mia, WALK)
    answer(database, compared_by(service, "openai/odd"), mia, WALK)
    found = cue(database, settings, for_staff(cora), "What of a hike")
    with as_coach(database, cora) as session:
        scene = read_scene(session, mia, found, now=NOW).asking("What of a hike")
    tried = Asked(prompt_with(database, settings), scene)
    list(Stage(database, settings, cora, limits=AMPLE, clock=lambda: NOW).play([tried]))
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        used = usage_by_coach(session, NOW - timedelta(days=1), NOW + timedelta(days=1))
    lines = added_up(used, Grouping.VERSION)
    assert sum(line.tokens for line in lines) == service.counted > 0
    memory = [line for line in lines if line.name == "memory"]
    # Three memories of eight words at a time, two messages of a member, one of the staff's.
    assert sum(line.tokens for line in memory) == sum(line.input for line in memory) == 3 * 8 + 9 + 9 + 4
    assert {(line.purpose, line.calls, line.answered) for line in memory} == {(Purpose.EMBEDDING, 4, 3)}
    assert {line.purpose: line.calls for line in lines if line.name == "coach@1"} == {
        Purpose.PRODUCTION: 2, Purpose.LAB: 1,
    }  # fmt: skip
    asked_of = [asked for asked in service.asked if "input" in asked]
    assert len(asked_of) == 4


def test_whose_an_embedding_was_is_kept_and_what_it_cost(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    settings = compared_by(service, coach_model="offline")
    remember(database, mia, "likes:walk", "I like a walk")
    embed(database, settings)
    answer(database, settings, mia, "I went for a hike")
    cue(database, settings, for_staff(cora))
    rows = kept(database)
    assert {(row["user_id"], row["staff_id"]) for row in rows} == {(None, None), (mia, cora), (None, cora)}
    assert {(row["purpose"], row["prompt"], row["provider"], row["outcome"]) for row in rows} == {
        ("embedding", "memory", "openai", "answered")
    }
    assert all(row["cost_usd"] == row["input_tokens"] * SMALL_USD for row in rows)
    assert not any(row["is_estimate"] for row in rows)


@pytest.mark.parametrize(
    ("mode", "outcome", "tokens", "is_estimate"),
    [
        ("500", "overloaded", 0, True),
        ("429", "throttled", 0, True),
        ("nonsense", "broken", 0, True),
        ("empty", "broken", 2, False),
        ("odd", "broken", 2, False),
        ("uncounted", "answered", 2, True),
    ],
)
def test_every_call_counts_whatever_came_of_it(
    mode: str, outcome: str, tokens: int, is_estimate: bool, database: Database, service: ModelServer,
    cora: UUID,
) -> None:  # fmt: skip
    found = cue(database, compared_by(service, f"openai/{mode}"), for_staff(cora))
    assert isinstance(found.asked, Embedded) is (outcome == "answered")
    (row,) = kept(database)
    assert (row["outcome"], row["input_tokens"], row["is_estimate"]) == (outcome, tokens, is_estimate)
    assert row["cost_usd"] is None, "nobody knows the price of it"


BUDGETS: Mapping[Hold, Mapping[str, Any]] = {
    Hold.TOKEN_BUDGET: {"coach_tokens_per_day": 1},
    Hold.COST_BUDGET: {"coach_usd_per_day": "0.5"},
    Hold.MEMBER_BUDGET: {"coach_member_tokens_per_day": 1},
}


@pytest.mark.parametrize("budget", list(BUDGETS))
def test_where_a_budget_is_used_up_words_stand_in_and_the_reply_keeps_why(
    budget: Hold, database: Database, service: ModelServer, mia: UUID
) -> None:
    take(database, Account.of_member(mia), "0.5")
    remember(database, mia, "likes:walk", "I like a walk")
    answer(database, compared_by(service, **BUDGETS[budget]), mia, "I went for a walk")
    assert service.asked == []
    with database.reading(Login.OWNER) as session:
        said = execute(session, "select recalled_by, fallback from coach_messages where role = 'coach'").one()
    assert tuple(said) == ("local/keywords-v1 memory-weights-1 over_budget", budget)


def test_the_budget_of_a_day_is_there_again_on_the_next(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    settings = compared_by(service, coach_tokens_per_day=1)
    take(database, Account.of_member(mia), "0.5")
    account = Account.of_member(mia, Purpose.EMBEDDING)
    assert cue(database, settings, account).asked is Fallback.OVER_BUDGET
    tomorrow = NOW + timedelta(days=1)
    reminder = Reminder(database, settings)
    found = reminder.cue("A walk", AboutMember(consents=True), account, now=tomorrow)
    assert isinstance(found.asked, Embedded)


def test_what_the_staff_have_embedded_is_the_labs_share_and_no_members(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    settings = compared_by(service, coach_lab_usd_per_day="0.5")
    take(database, Account.of_member(mia), "0.4")
    assert isinstance(cue(database, settings, for_staff(cora)).asked, Embedded)
    take(database, for_staff(cora), "0.5")
    assert cue(database, settings, for_staff(cora)).asked is Fallback.OVER_BUDGET
    assert isinstance(cue(database, settings, Account.of_member(mia, Purpose.EMBEDDING)).asked, Embedded)


def test_the_worker_embeds_no_memory_over_the_budget_and_finds_it_again_the_next_day(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    settings = compared_by(service, coach_usd_per_day="0.5")
    remember(database, mia, "likes:walk", "I like a walk")
    take(database, Account.of_member(mia), "0.5")
    with pytest.raises(Unavailable) as refused:
        embed(database, settings)
    assert refused.value.code == Hold.COST_BUDGET
    assert service.asked == []
    embed_memories(database, settings, now=NOW + timedelta(days=1), done=lambda _rows: None)
    assert len(service.asked) == 1


def test_a_batch_that_fails_counts_too(database: Database, service: ModelServer, mia: UUID) -> None:
    remember(database, mia, "likes:walk", "I like a walk")
    with pytest.raises(ModelFailed):
        embed(database, compared_by(service, "openai/odd"))
    (row,) = kept(database)
    assert (row["outcome"], row["input_tokens"]) == ("broken", 5) == ("broken", service.counted)


@pytest.mark.parametrize(
    ("message", "consents"), [("I want to die", True), (" \n", True), ("I went for a walk", False)]
)
def test_of_danger_of_nothing_and_without_consent_no_word_leaves(
    message: str, consents: bool, database: Database, service: ModelServer, cora: UUID
) -> None:
    reminder = Reminder(database, compared_by(service))
    found = reminder.cue(message, AboutMember(consents=consents), for_staff(cora), now=NOW)
    assert found.asked is Fallback.NOT_ASKED
    assert (service.asked, kept(database)) == ([], [])


def test_keywords_take_nothing_and_are_in_no_ledger(database: Database, cora: UUID) -> None:
    assert cue(database, Settings(), for_staff(cora)) == Cue("A walk")
    assert kept(database) == []
