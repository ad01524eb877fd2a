"""The reply engine over a real database and a server that speaks the models' protocols."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import anyio.to_thread
import pytest
from pydantic import SecretStr

from bee.coach.actions import Answer
from bee.coach.crisis import crisis_answer
from bee.coach.engine import Coach, Delta, Event, Question, Replaced
from bee.coach.exchange import Limits
from bee.coach.memory.asking import PAUSE_S, Asking
from bee.coach.memory.models import MINILM, Compares, EmbeddingModel
from bee.coach.memory.reading import embed_memories
from bee.coach.memory.recall import MOST_RECALLED
from bee.coach.model import Models, Provider, Usage
from bee.coach.offline import reply
from bee.coach.review import CHECKER, CHECKS
from bee.coach.safety import Category
from bee.coach.standing import FAILURES_TO_OPEN
from bee.coach.usage import usage
from bee.db import Database, Login
from bee.errors import Unavailable
from bee.settings import Settings
from tests.cluster import away
from tests.coach.ground import AMPLE, HASTY, make_mia, remember, set_state, settings_for
from tests.coach.memory import remembering
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.prompts.versions import add_version, go_live
from tests.commands import Bee
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WALK = "I took a walk today and it felt good"
USAGE = Usage(input=50, cache_read=40, cache_write=10, output=18, reasoning=12)


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
def mia(database: Database) -> UUID:
    return make_mia(database)


def consent(database: Database, member_id: UUID, *, granted: bool = True) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source)"
            " values (:id, 'coaching', :granted, 'member')",
            id=member_id,
            granted=granted,
        )


def question(member_id: UUID, message: str = WALK, request_id: UUID | None = None) -> Question:
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})
    return Question(member_id, message, claims, request_id or uuid4(), NOW)


def say(
    database: Database, settings: Settings, asked: Question, *, limits: Limits = AMPLE, now: datetime = NOW
) -> Answer:
    async def run() -> Answer:
        coach = Coach(database, settings, limits=limits, clock=lambda: now)
        async with coach.models:
            return await coach.answer(asked)

    return asyncio.run(run())


def stream(database: Database, settings: Settings, asked: Question, *, limits: Limits = AMPLE) -> list[Event]:
    async def run() -> list[Event]:
        coach = Coach(database, settings, limits=limits, clock=lambda: NOW)
        async with coach.models:
            begun = await coach.begin(asked)
            return [event async for event in coach.events(begun, streams=True)]

    return asyncio.run(run())


def rows(database: Database, statement: str) -> list[dict[str, Any]]:
    with database.reading(Login.OWNER) as session:
        return [dict(row) for row in execute(session, statement).mappings()]


def calls(database: Database) -> list[tuple[str, list[str]]]:
    found = rows(database, "select * from coach_model_calls order by started_at, attempt")
    return [(row["outcome"], row["failed_checks"]) for row in found]


def stored(database: Database) -> dict[str, Any]:
    (only,) = rows(database, "select * from coach_messages where role = 'coach'")
    return only


@pytest.mark.parametrize("provider", [Provider.OPENAI, Provider.ANTHROPIC])
def test_a_models_answer_is_kept_with_all_that_it_rests_on(
    provider: Provider, database: Database, service: ModelServer, mia: UUID
) -> None:
    said = say(database, settings_for(service, f"{provider}/fine"), question(mia))
    assert (said.response_text, said.model, said.prompt, said.fallback) == (
        TEXT, f"{provider}/fine", "coach@1", None,
    )  # fmt: skip
    assert said.usage == USAGE
    kept = stored(database)
    assert (kept["body"], kept["model"], kept["prompt"]) == (TEXT, said.model, "coach@1")
    assert len(kept["prompt_sha256"]) == 64
    assert kept["checks"]["checker"] == CHECKER
    assert set(kept["checks"]["results"]) == {check.name for check in CHECKS}
    assert 0 <= kept["first_byte_ms"] <= kept["total_ms"]
    (call,) = rows(database, "select * from coach_model_calls")
    assert (call["outcome"], call["is_estimate"], call["attempt"]) == ("answered", False, 1)
    assert call["prompt_sha256"] == kept["prompt_sha256"]
    assert call["first_byte_ms"] <= call["total_ms"]


def test_beside_a_models_answer_stands_what_it_was_told_and_what_that_rested_on(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    say(database, settings_for(service), question(mia, "Call me on 4155552671"))
    with database.writing(Login.OWNER) as session:
        memory_id = remember(session, mia, "walks at dawn")
        set_state(session, mia, "Steady")
    say(database, settings_for(service), question(mia, request_id=UUID(int=5)))
    (kept,) = rows(database, f"select * from coach_moments where request_id = '{UUID(int=5)}'")
    (first, second) = (
        row["number"] for row in rows(database, "select number from coach_messages order by number limit 2")
    )
    assert (kept["momentum_state"], kept["memory_ids"]) == ("Steady", [memory_id])
    assert kept["message_numbers"] == [second, first], "newest first"
    asked, told = service.asked[-1], json.loads(kept["request"])
    assert [[each["role"], each["content"]] for each in asked["messages"]] == [
        ["system", told["system"]], *told["turns"],
    ]  # fmt: skip
    assert (asked["model"], told["max_tokens"]) == (told["model"], 400)
    assert "4155552671" not in kept["request"]
    assert "walks at dawn" in told["system"]


def test_of_an_answer_by_rules_is_kept_what_it_rested_on_and_of_one_about_danger_nothing(
    database: Database, mia: UUID
) -> None:
    say(database, Settings(login_secret=SecretStr("s" * 40)), question(mia))
    say(database, Settings(login_secret=SecretStr("s" * 40)), question(mia, "I want to die"))
    (kept,) = rows(database, "select * from coach_moments")
    assert (kept["request"], kept["prompt_sha256"], kept["message_numbers"]) == (None, None, [])


def test_a_call_says_for_whom_it_was_though_the_member_has_another_coach_later(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        coach_id = make_staff(session)
        execute(session, "update members set coach_id = :coach where id = :id", coach=coach_id, id=mia)
    say(database, settings_for(service), question(mia))
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set coach_id = null where id = :id", id=mia)
    (call,) = rows(database, "select purpose, staff_id from coach_model_calls")
    assert (call["purpose"], call["staff_id"]) == ("production", coach_id)


def test_what_a_call_costs_is_priced_by_the_day(database: Database, service: ModelServer, mia: UUID) -> None:
    say(database, settings_for(service, "openai/gpt-4o-mini"), question(mia))
    (call,) = rows(database, "select * from coach_model_calls")
    # 50 and 10 at 0.15, 40 at 0.075, 30 at 0.60 dollars a million.
    assert call["cost_usd"] == Decimal("0.00003000")
    assert str(call["priced_from"]) == "2024-07-18"


def test_a_model_without_a_known_price_costs_nobody_knows_what(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    say(database, settings_for(service), question(mia))
    (call,) = rows(database, "select * from coach_model_calls")
    assert (call["cost_usd"], call["priced_from"]) == (None, None)


def test_the_text_comes_as_the_model_speaks_and_the_answer_at_the_end(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    *deltas, answer = stream(database, settings_for(service), question(mia))
    assert len(deltas) > 3
    assert "".join(delta.text for delta in deltas if isinstance(delta, Delta)) == TEXT
    assert isinstance(answer, Answer)
    assert answer.response_text == TEXT
    assert stored(database)["first_byte_ms"] <= stored(database)["total_ms"]


@pytest.mark.parametrize(
    ("mode", "outcome", "tries"),
    [
        ("500", "overloaded", 2),
        ("529", "overloaded", 2),
        ("garbage", "broken", 2),
        ("nonsense", "broken", 2),
        ("early", "broken", 2),
        ("cut", "unreachable", 2),
        ("empty", "checks", 2),
        ("long", "cut_short", 2),
        ("401", "configuration", 1),
        ("404", "configuration", 1),
        ("400", "rejected", 1),
        ("429_told", "throttled", 1),
        ("quota", "quota", 1),
        ("refused", "refused", 1),
    ],
)
@pytest.mark.parametrize("provider", [Provider.OPENAI, Provider.ANTHROPIC])
def test_a_model_that_fails_is_asked_again_where_that_may_help_and_then_the_offline_coach_answers(
    provider: Provider,
    mode: str,
    outcome: str,
    tries: int,
    database: Database,
    service: ModelServer,
    mia: UUID,
) -> None:
    said = say(database, settings_for(service, f"{provider}/{mode}"), question(mia))
    assert (said.model, said.prompt, said.fallback, said.usage) == ("offline", None, outcome, Usage())
    assert said.response_text == reply(WALK, None, (), ()).text
    assert [found for found, _ in calls(database)] == [outcome] * tries
    assert len(service.asked) == tries
    kept = stored(database)
    assert (kept["fallback"], kept["model"], kept["prompt"]) == (outcome, "offline", None)


@pytest.mark.parametrize("mode", ["500", "stall", "stall_middle", "cut", "garbage"])
def test_a_model_that_fails_once_answers_the_second_time(
    mode: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    limits = Limits(total_s=60, first_s=1, gap_s=1, least_s=0.01)
    said = say(database, settings_for(service, f"openai/once_{mode}"), question(mia), limits=limits)
    assert (said.response_text, said.fallback) == (TEXT, None)
    first, second = calls(database)
    assert first[0] != "answered"
    assert second[0] == "answered"


@pytest.mark.parametrize("mode", ["stall", "stall_middle", "drip"])
def test_a_model_that_stalls_is_not_waited_for_beyond_the_time(
    mode: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = f"{WALK}, " + "and on it went " * 30
    said = say(database, settings_for(service, f"openai/{mode}"), question(mia), limits=HASTY)
    assert said.fallback == "slow"
    assert {found for found, _ in calls(database)} == {"slow"}
    # The time for both tries is one; the machine may add to it.
    assert sum(row["total_ms"] for row in rows(database, "select * from coach_model_calls")) < 10_000


@pytest.mark.parametrize(
    ("text", "check"),
    [
        ("Your walk sounds like depression. Would you like to walk again?", "diagnosis"),
        ("Your walk was lazy. Would you like to walk again?", "shaming"),
        ("You took a walk today. You should drink water. Would you like to rest?", "unsolicited_advice"),
        ("Well done. Would you like to stretch for a minute?", "reflection"),
    ],
)
def test_a_reply_that_fails_a_check_is_never_the_answer(
    text: str, check: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = text
    said = say(database, settings_for(service), question(mia))
    assert said.fallback in {"checks", "unsafe"}
    assert said.response_text == reply(WALK, None, (), ()).text
    found = calls(database)
    assert len(found) == 2
    assert all(check in failed for _, failed in found)


def test_nothing_unsafe_is_shown_while_a_model_speaks(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = "You took a walk today and that may well be a sign of depression. Would you like to rest?"
    *shown, replaced, answer = stream(database, settings_for(service), question(mia))
    text = "".join(event.text for event in shown if isinstance(event, Delta))
    assert text
    assert "depress" not in text
    assert isinstance(answer, Answer)
    assert replaced == Replaced(answer.response_text, "unsafe")
    assert (answer.model, answer.fallback) == ("offline", "unsafe")


@pytest.mark.parametrize("mode", ["cut", "error_middle", "early", "stall_middle"])
def test_what_goes_wrong_after_the_first_byte_is_told_in_the_stream(
    mode: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = "You took a walk today and it felt good, and that counts. Would you like to walk again?"
    limits = Limits(total_s=60, first_s=20, gap_s=1, least_s=0.01)
    events = stream(database, settings_for(service, f"openai/{mode}"), question(mia), limits=limits)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.model == "offline"
    assert answer.fallback in {"unreachable", "overloaded", "broken", "slow"}
    shown = [event for event in events if isinstance(event, Delta)]
    if any(event.text != answer.response_text for event in shown):
        assert Replaced(answer.response_text, answer.fallback) in events
        assert len(calls(database)) == 1


def test_somebody_in_danger_is_answered_without_any_model(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    said = say(database, settings_for(service), question(mia, "I want to die"))
    assert said.safety.crisis
    assert (said.model, said.fallback, said.prompt) == ("offline", None, None)
    assert service.asked == []
    assert stored(database)["checks"] is None
    # Nor does a later message carry it out of the house.
    say(database, settings_for(service), question(mia))
    assert "die" not in json.dumps(service.asked)


def test_without_consent_nothing_leaves_and_the_answer_says_so(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    consent(database, mia, granted=False)
    said = say(database, settings_for(service), question(mia))
    assert (said.model, said.fallback) == ("offline", "no_consent")
    assert say(database, settings_for(service), question(mia, "I want to die")).safety.crisis
    assert service.asked == []
    assert calls(database) == []


def test_who_never_decided_has_not_consented(database: Database, service: ModelServer) -> None:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session)
    assert say(database, settings_for(service), question(member_id)).fallback == "no_consent"
    assert service.asked == []


def test_what_points_at_the_member_is_hidden_on_the_way_out_and_put_back_on_the_way_in(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_memory (user_id, trait_key, trait_value, source, valid_from)"
            " values (:id, 'mail', 'prefers mail to mia@example.org', 'coach', :since)",
            id=mia,
            since=NOW - timedelta(days=1),
        )
    settings = settings_for(service)
    say(database, settings, question(mia, "Call me Mia, 415-555-2671, or write to b@c.org about the walk"))
    service.text = "You took a walk today, [NAME_1]. Would you like to walk again?"
    said = say(database, settings, question(mia, "Mia took a walk today, mia-1"))
    assert said.response_text == "You took a walk today, Mia. Would you like to walk again?"
    sent = json.dumps(service.asked)
    for hidden in ("Mia", "Jones", "415", "2671", "b@c.org", "mia@example.org", "mia-1", str(mia)):
        assert hidden not in sent, hidden
    assert "[NAME_1]" in sent
    assert len(service.asked[-1]["safety_identifier"]) == 32


def test_state_and_memories_come_from_the_database_and_their_ids_are_kept(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        memory_id = execute(
            session,
            "insert into coach_memory (user_id, trait_key, trait_value, source, valid_from)"
            " values (:id, 'pet', 'walks the dog early', 'coach', :since) returning id",
            id=mia,
            since=NOW - timedelta(days=1),
        ).scalar_one()
        execute(
            session,
            "insert into daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state,"
            " definition, event_count, is_complete) values (:id, '2026-11-23', 50, 50, 'NeedsCare', 'v1', 1, true)",
            id=mia,
        )
    say(database, settings_for(service), question(mia))
    system = service.asked[-1]["messages"][0]["content"]
    assert "momentum is low" in system
    assert "walks the dog early" in system
    assert (stored(database)["memory_ids"], stored(database)["momentum_state"]) == ([memory_id], "NeedsCare")


@pytest.mark.parametrize(
    ("budget", "hold"),
    [
        ({"coach_member_tokens_per_day": 130}, "member_budget"),
        ({"coach_tokens_per_day": 130}, "token_budget"),
        ({"coach_usd_per_day": "0.00003"}, "cost_budget"),
    ],
)
def test_a_days_budget_that_is_spent_holds_the_model_until_the_next_day(
    budget: dict[str, Any], hold: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    settings = settings_for(service, "openai/gpt-4o-mini", **budget)
    assert say(database, settings, question(mia)).fallback is None
    assert say(database, settings, question(mia)).fallback == hold
    assert len(service.asked) == 1
    assert say(database, settings, question(mia), now=NOW + timedelta(days=1)).fallback is None


def test_one_members_budget_is_not_anothers(database: Database, service: ModelServer, mia: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        noah = make_member(session)
    consent(database, noah)
    settings = settings_for(service, coach_member_tokens_per_day=1)
    say(database, settings, question(mia))
    assert say(database, settings, question(mia)).fallback == "member_budget"
    assert say(database, settings, question(noah)).fallback is None


def test_a_provider_that_keeps_failing_is_left_alone_then_tried_by_one_request(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    failing, fine = settings_for(service, "openai/500"), settings_for(service)
    for _ in range(FAILURES_TO_OPEN):
        assert say(database, failing, question(mia)).fallback == "overloaded"
    asked = len(service.asked)
    # Any process sees it, for it stands in the database.
    assert say(database, fine, question(mia)).fallback == "breaker"
    assert say(database, settings_for(service, "anthropic/fine"), question(mia)).fallback is None
    assert len(service.asked) == asked + 1
    later = NOW + timedelta(seconds=31)
    assert say(database, failing, question(mia), now=later).fallback == "overloaded"
    assert say(database, fine, question(mia), now=later).fallback == "breaker"
    later += timedelta(seconds=31)
    assert say(database, fine, question(mia), now=later).fallback is None
    (breaker,) = rows(database, "select * from coach_breakers where provider = 'openai'")
    assert (breaker["failures"], breaker["open_until"], breaker["because"]) == (0, None, "answered")


def test_a_provider_that_says_how_long_to_wait_is_left_alone_at_once(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    say(database, settings_for(service, "openai/429_told"), question(mia))
    assert say(database, settings_for(service), question(mia)).fallback == "breaker"
    assert (
        say(database, settings_for(service), question(mia), now=NOW + timedelta(seconds=8)).fallback is None
    )


def test_a_request_that_is_wrong_says_nothing_of_its_provider(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    for _ in range(FAILURES_TO_OPEN):
        say(database, settings_for(service, "openai/400"), question(mia))
    assert say(database, settings_for(service), question(mia)).fallback is None


def test_a_provider_without_a_key_is_not_asked(database: Database, service: ModelServer, mia: UUID) -> None:
    settings = Settings(login_secret=SecretStr("s" * 40), coach_model="openai/fine")
    assert say(database, settings, question(mia)).fallback == "not_configured"


def test_the_same_request_twice_is_one_answer(database: Database, service: ModelServer, mia: UUID) -> None:
    request_id = uuid4()
    first = say(database, settings_for(service), question(mia, request_id=request_id))
    service.text = "You took a walk today, again. Would you like to walk once more?"
    assert say(database, settings_for(service), question(mia, request_id=request_id)) == first
    assert stream(database, settings_for(service), question(mia, request_id=request_id))[-1] == first
    assert len(service.asked) == 1


def test_the_same_request_at_once_is_stored_once_and_every_call_is_kept(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    asked = question(mia)

    async def run() -> list[Answer]:
        coach = Coach(database, settings_for(service), limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            return list(await asyncio.gather(*(coach.answer(asked) for _ in range(5))))

    answers = asyncio.run(run())
    assert len(set(answers)) == 1
    assert len(rows(database, "select * from coach_messages")) == 2
    assert len(calls(database)) == len(service.asked)


def test_a_client_that_goes_stops_the_model_and_leaves_nothing_but_what_it_took(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    asked = question(mia)

    async def leave() -> None:
        coach = Coach(database, settings_for(service, "openai/stall_middle"), limits=AMPLE, clock=lambda: NOW)
        async with coach.models, aclosing(coach.events(await coach.begin(asked), streams=True)) as events:
            async for _ in events:
                return

    asyncio.run(leave())
    assert rows(database, "select * from coach_messages") == []
    (call,) = rows(database, "select * from coach_model_calls")
    assert (call["outcome"], call["is_estimate"]) == ("cancelled", True)
    assert call["input_tokens"] > 0
    # The same request is then answered as if it were new.
    assert say(database, settings_for(service), asked).response_text == TEXT
    assert len(rows(database, "select * from coach_messages")) == 2


def test_a_task_that_is_cancelled_keeps_what_it_took(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    async def cancel() -> None:
        coach = Coach(database, settings_for(service, "openai/stall"), limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            task = asyncio.create_task(coach.answer(question(mia)))
            while not service.asked:
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(cancel())
    assert calls(database) == [("cancelled", [])]
    assert rows(database, "select * from coach_messages") == []


def test_a_database_that_goes_while_the_model_speaks_is_told(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    async def run() -> None:
        coach = Coach(database, settings_for(service), limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            begun = await coach.begin(question(mia))
            with away(database), pytest.raises(Unavailable):
                async for _ in coach.events(begun, streams=True):
                    pass

    asyncio.run(run())
    assert rows(database, "select * from coach_messages") == []


def test_what_is_counted_is_what_the_provider_counts(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = "Well done. Would you like to stretch for a minute?"
    say(database, settings_for(service), question(mia))
    (total,) = rows(
        database,
        "select sum(input_tokens + cache_read_tokens + cache_write_tokens + output_tokens + reasoning_tokens)"
        " as tokens from coach_model_calls",
    )
    # Two calls, though the answer is nobody's but the offline coach's.
    assert total["tokens"] == 2 * 130


def test_calls_outlive_their_member_without_a_name(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    say(database, settings_for(service), question(mia))
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia)
    (call,) = rows(database, "select * from coach_model_calls")
    assert (call["user_id"], call["outcome"]) == (None, "answered")


@pytest.mark.parametrize("sign", ["\0", "\ud83d"])
def test_strange_signs_of_a_model_do_not_stop_the_answer(
    sign: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    service.text = f"You took a walk{sign} today. Would you like to walk again?"
    said = say(database, settings_for(service), question(mia))
    assert said.fallback in {None, "broken"}
    assert "\0" not in said.response_text


def test_what_was_used_is_told_by_day_prompt_and_model_and_adds_up(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    say(database, settings_for(service, "openai/gpt-4o-mini"), question(mia))
    say(database, settings_for(service, "openai/gpt-4o-mini"), question(mia), now=NOW + timedelta(days=1))
    say(database, settings_for(service), question(mia))
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        rows_used = usage(session, NOW - timedelta(hours=9), NOW + timedelta(days=2))
    assert [(row.day.day, row.model, row.calls, row.answered) for row in rows_used] == [
        (25, "gpt-4o-mini", 1, 1), (24, "fine", 1, 1), (24, "gpt-4o-mini", 1, 1),
    ]  # fmt: skip
    assert [(row.cost_usd, row.unpriced) for row in rows_used] == [
        (Decimal("0.00003"), 0), (Decimal(0), 1), (Decimal("0.00003"), 0),
    ]  # fmt: skip
    buckets = [(row.input, row.cache_read, row.cache_write, row.output, row.reasoning) for row in rows_used]
    assert buckets == [(50, 40, 10, 18, 12)] * 3


def test_the_command_line_says_what_was_used_and_who_is_left_alone(
    database: Database, service: ModelServer, mia: UUID, bee: Bee
) -> None:
    assert "No model was asked." in bee("coach", "usage").out
    now = datetime.now(UTC)
    say(database, settings_for(service, "openai/gpt-4o-mini"), question(mia), now=now)
    say(database, settings_for(service, "openai/401"), question(mia), now=now)
    told = bee("coach", "usage")
    assert "openai/gpt-4o-mini  1 of 1 calls answered  130 tokens  $0.0000" in told.out
    assert "openai/401  0 of 1 calls answered  0 tokens" in told.out
    assert "openai is left alone until" in told.err
    lines = [json.loads(line) for line in bee("coach", "usage", "--json").out.splitlines()]
    assert [(line["model"], line["input"]) for line in lines] == [("401", 0), ("gpt-4o-mini", 50)]


def test_somebody_in_danger_is_answered_even_where_the_database_goes_before_anything_is_stored(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    asked = question(mia, "I want to die")

    async def run() -> list[Event]:
        coach = Coach(database, settings_for(service), limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            begun = await coach.begin(asked)
            with away(database):
                return [event async for event in coach.events(begun, streams=True)]

    delta, answer = asyncio.run(run())
    assert isinstance(answer, Answer)
    assert answer.safety.crisis
    assert answer.response_text == crisis_answer(Category.SELF_HARM, "US", is_handed_on=False)
    assert delta == Delta(answer.response_text)
    assert rows(database, "select * from coach_messages") == []
    # Sent again, it is stored and handed to a coach.
    say(database, settings_for(service), asked)
    assert len(rows(database, "select * from safety_events")) == 1


def test_members_who_wait_for_a_model_hold_no_thread(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    async def run() -> bool:
        threads = anyio.to_thread.current_default_thread_limiter()
        threads.total_tokens = 1
        coach = Coach(database, settings_for(service, "openai/stall"), limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            waiting = [asyncio.create_task(coach.answer(question(mia))) for _ in range(3)]
            while len(service.asked) < 3:
                await asyncio.sleep(0.01)
            # The model stalls for longer than any machine needs for this.
            served = await anyio.to_thread.run_sync(lambda: not any(task.done() for task in waiting))
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        return served

    assert asyncio.run(run())


def test_the_version_that_is_live_answers_by_its_own_model_until_another_one_is(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    settings = settings_for(service, "openai/500")
    add_version(database, 2)
    go_live(database, 2)
    said = say(database, settings, question(mia))
    assert (said.prompt, said.model, said.fallback) == ("coach@2", "openai/fine", None)
    go_live(database, 1)
    assert say(database, settings, question(mia)).fallback == "overloaded"


def test_without_a_live_prompt_no_model_is_asked(database: Database, service: ModelServer, mia: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "update coach_prompt_deployments set live_to = now() where live_to is null")
    assert say(database, settings_for(service), question(mia)).fallback == "no_prompt"
    assert calls(database) == []


MEANING: Final = {"coach_embedding": "openai/fine"}


def remember_hikes(database: Database, service: ModelServer, member_id: UUID) -> UUID:
    """Keep something that only its meaning calls up, embedded by a model of meaning, beside what is as new."""
    hike = remembering.remember(database, member_id, "likes:hike", "I like a hike on Sundays")
    for number in range(MOST_RECALLED):
        remembering.remember(database, member_id, f"goal:{number}", f"I want soup {number}")
    embed_memories(database, settings_for(service, **MEANING), now=NOW, done=lambda _rows: None)
    return hike


def test_a_model_of_meaning_calls_up_what_shares_no_word_with_the_message(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    hike = remember_hikes(database, service, mia)
    service.asked.clear()
    said = say(database, settings_for(service, **MEANING), question(mia, "Mia went for a walk"))
    assert said.fallback is None
    assert [asked["input"] for asked in service.asked if "input" in asked] == [["[NAME_1] went for a walk"]]
    kept = stored(database)
    assert (kept["memory_ids"][0], len(kept["memory_ids"])) == (hike, MOST_RECALLED)
    assert kept["recalled_by"] == "openai/fine memory-weights-1"


@pytest.mark.parametrize("mode", ["500", "stall", "nonsense", "empty", "429_told"])
def test_where_the_model_of_meaning_fails_words_stand_in_and_the_reply_keeps_that(
    mode: str, database: Database, service: ModelServer, mia: UUID
) -> None:
    remembering.remember(database, mia, "likes:walk", "I like a walk")
    settings = settings_for(service, coach_embedding=f"openai/{mode}")
    said = say(database, settings, question(mia, "I went for a walk"))
    assert said.fallback is None
    assert stored(database)["recalled_by"] == "local/keywords-v1 memory-weights-1 not_asked"


def test_no_word_goes_to_a_model_of_meaning_in_danger_or_without_consent(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    settings = settings_for(service, **MEANING)
    say(database, settings, question(mia, "I want to die"))
    assert stored(database)["recalled_by"] is None
    consent(database, mia, granted=False)
    say(database, settings, question(mia, "I went for a walk"))
    assert service.asked == []


def test_a_model_of_meaning_here_is_asked_without_consent_for_no_word_leaves(
    database: Database, service: ModelServer, mia: UUID
) -> None:
    consent(database, mia, granted=False)
    remembering.remember(database, mia, "likes:hike", "I like a hike on Sundays")
    settings = settings_for(service, coach_embedding=MINILM.label)
    embed_memories(database, settings, now=NOW, done=lambda _rows: None)
    say(database, settings, question(mia, "Mia went up a trail in the mountains"))
    assert stored(database)["recalled_by"] == f"{MINILM.label} memory-weights-1"
    assert service.asked == []


def test_where_the_model_of_meaning_is_not_here_words_stand_in(
    database: Database, service: ModelServer, mia: UUID, tmp_path: Path
) -> None:
    remembering.remember(database, mia, "likes:walk", "I like a walk")
    settings = settings_for(service, coach_embedding=MINILM.label, coach_minilm=tmp_path / "model.onnx")
    assert say(database, settings, question(mia, "I went for a walk")).fallback is None
    assert stored(database)["recalled_by"] == "local/keywords-v1 memory-weights-1 not_asked"


def test_a_model_of_meaning_that_failed_is_left_alone_for_a_while(service: ModelServer) -> None:
    now = [0.0]

    async def ask() -> list[str | None]:
        async with Models(settings_for(service)) as models:
            model = EmbeddingModel("openai", "once_500:rests", 768, Compares.MEANING)
            asking = Asking(models, model, within_s=20, clock=lambda: now[0])
            found: list[str | None] = []
            for now[0] in (1, 2, 1 + PAUSE_S - 0.1, 1 + PAUSE_S):
                told = await asking.of_message("walk", NOW)
                found.append(told.calls[0].outcome if told else None)
            return found

    assert asyncio.run(ask()) == ["overloaded", None, None, "answered"]
    assert service.tries["once_500:rests"] == 2
