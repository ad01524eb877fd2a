"""The worker reads what members said, once, and has memories embedded, by whatever model the settings name."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from bee.coach.memory import asking, recall
from bee.coach.memory.models import KEYWORDS, MINILM, Embedded, by_keywords, model_of
from bee.coach.memory.reading import embed_memories, read_messages
from bee.coach.model import Fault, ModelFailed, Models
from bee.db import Database, Login
from bee.settings import Settings
from tests.coach.memory.remembering import NOW, as_member, consent, keep, remember, say
from tests.coach.model_server import ModelServer, model_server
from tests.factories import execute, make_member


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def mia(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session)
        execute(
            session,
            "insert into personal_data (member_id, full_name, email) values (:id, 'Mia Jones', 'mia@example.org')",
            id=member_id,
        )
    consent(database, member_id)
    return member_id


def fetch(database: Database, statement: str) -> list[Any]:
    with database.reading(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement)]


def read(database: Database) -> int:
    done: list[int] = []
    read_messages(database, now=NOW, done=done.append)
    return sum(done)


def embed(database: Database, settings: Settings) -> int:
    done: list[int] = []
    embed_memories(database, settings, now=NOW, done=done.append)
    return sum(done)


def settings_for(service: ModelServer, model: str = "openai/fine") -> Settings:
    return Settings.model_validate(
        {
            "login_secret": SecretStr("s" * 40),
            "coach_embedding": model,
            "OPENAI_API_KEY": "key",
            "openai_url": f"{service.address}/v1",
        }
    )


def test_what_members_say_of_themselves_is_proposed_with_the_message_that_it_comes_from(
    database: Database, mia: UUID
) -> None:
    message = say(database, mia, "Good day! I want to run 10 km, and you?")
    say(database, mia, "See you tomorrow")
    assert read(database) == 2
    assert fetch(
        database, "select user_id, trait_key, trait_value, source, status, message_id from coach_memory"
    ) == [(mia, "goal:run-10-km", "I want to run 10 km", "conversation", "proposed", message)]
    readings = "select proposals, rules from coach_memory_readings order by proposals"
    assert fetch(database, readings) == [(0, "traits-1"), (1, "traits-1")]
    ((action, subject, after),) = fetch(
        database, "select action, subject_id, after from audit_log where actor_kind = 'system'"
    )
    assert (action, subject, after["message"]) == ("memory.proposed", str(mia), str(message))
    assert "run" not in json.dumps(after)


def test_a_message_is_read_once_and_nothing_known_is_proposed_again(database: Database, mia: UUID) -> None:
    remember(database, mia, "likes:soup", "I like soup", status="rejected")
    remember(database, mia, "likes:tea", "I like tea", valid_to=NOW - timedelta(days=1))
    for text in ("I like soup", "I want to swim", "I really want to swim... I want to swim", "I like tea"):
        say(database, mia, text)
    assert (read(database), read(database)) == (4, 0)
    proposed = "select trait_value from coach_memory where status = 'proposed' order by 1"
    # What has ended may begin again.
    assert fetch(database, proposed) == [("I like tea",), ("I want to swim",)]


def test_nothing_is_read_of_danger_or_without_consent(database: Database, mia: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        silent, synthetic = make_member(session), make_member(session, is_synthetic=True)
    consent(database, silent, granted=False)
    consent(database, synthetic)
    say(database, mia, "I want to swim", category="self_harm")
    say(database, silent, "I want to swim")
    say(database, synthetic, "I want to swim")
    assert read(database) == 2
    assert fetch(database, "select * from coach_memory") == []
    consent(database, silent)
    assert read(database) == 0, "what was said before is not read afterwards"


@pytest.mark.parametrize(
    ("decisions", "is_proposed"),
    [
        pytest.param([(0, True)], True, id="exactly then"),
        pytest.param([(-1, True)], True, id="before"),
        pytest.param([(1, True)], False, id="after"),
        pytest.param([(1, True), (-1, True)], False, id="before and confirmed after"),
        pytest.param([(-1, True), (1, False)], False, id="withdrawn after"),
        pytest.param([(-2, True), (-1, False)], False, id="withdrawn before"),
        pytest.param([(-1, True), (1, False), (2, True)], False, id="withdrawn and given again after"),
        pytest.param([(-3, True), (-2, False), (-1, True)], True, id="withdrawn and given again before"),
    ],
)
def test_only_what_was_said_under_the_consent_of_now_is_read(
    decisions: list[tuple[int, bool]], is_proposed: bool, database: Database
) -> None:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session)
    for seconds, granted in decisions:
        consent(database, member_id, granted=granted, at=NOW + timedelta(seconds=seconds))
    say(database, member_id, "I want to swim", at=NOW)
    assert read(database) == 1
    assert bool(fetch(database, "select * from coach_memory")) is is_proposed


def test_a_decision_about_something_else_stands_in_no_way(database: Database, mia: UUID) -> None:
    say(database, mia, "I want to swim", at=NOW)
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into consents (member_id, purpose, granted, source) values (:id, 'push', false, 'member')",
            id=mia,
        )
    read(database)
    assert len(fetch(database, "select * from coach_memory")) == 1


def test_a_message_that_was_stored_late_is_read_all_the_same(database: Database, mia: UUID) -> None:
    say(database, mia, "I want to swim", at=NOW)
    read(database)
    say(database, mia, "I want to run", at=NOW - timedelta(hours=1))
    assert read(database) == 1


def test_what_is_killed_in_the_middle_of_a_batch_is_read_again_and_nothing_twice(
    database: Database, mia: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(database, mia, "I want to swim", at=NOW - timedelta(minutes=2))
    say(database, mia, "I like rain", at=NOW - timedelta(minutes=1))
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "alter table coach_memory add constraint killed check (trait_key not like 'likes%') not valid",
        )
    with pytest.raises(Exception, match="killed"):
        read(database)
    assert fetch(database, "select * from coach_memory") == []
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table coach_memory drop constraint killed")
    assert read(database) == 2
    assert len(fetch(database, "select * from coach_memory")) == 2


def test_every_memory_that_was_ever_accepted_is_embedded_and_says_by_what(
    database: Database, mia: UUID
) -> None:
    remember(database, mia, "goal:run", "I want to run")
    remember(database, mia, "goal:old", "I want to walk", valid_to=NOW)
    remember(database, mia, "goal:swim", "I want to swim", status="proposed")
    assert embed(database, Settings()) == 2
    assert embed(database, Settings()) == 0
    rows = "select distinct provider, model, dimension, compares from coach_memory_embeddings"
    assert fetch(database, rows) == [("local", "keywords-v1", 256, "keywords")]
    kept = (
        "select embedding from coach_memory_embeddings inner join coach_memory on id = memory_id"
        " where trait_key = 'goal:run'"
    )
    assert fetch(database, kept)[0][0] == pytest.approx(by_keywords("goal I want to run").values, abs=1e-6)


def test_a_model_of_meaning_is_told_no_name_and_only_of_those_who_consented(
    database: Database, mia: UUID, service: ModelServer
) -> None:
    with database.writing(Login.OWNER) as session:
        silent = make_member(session)
    memory = remember(database, mia, "name", "call me Mia, mia@example.org")
    keep(database, memory, by_keywords("other"))
    remember(database, silent, "goal", "I want to run")
    service.asked.clear()
    assert embed(database, settings_for(service)) == 1
    assert [asked["input"] for asked in service.asked] == [["name call me [NAME_1], [EMAIL_1]"]]
    assert service.asked[0]["dimensions"] == 768
    rows = "select provider, model, dimension, compares from coach_memory_embeddings"
    assert fetch(database, rows) == [("openai", "fine", 768, "meaning")]


def test_the_model_of_meaning_here_sees_everybodys_memories_and_says_what_it_is(
    database: Database, mia: UUID, tmp_path: Path
) -> None:
    consent(database, mia, granted=False)
    keep(database, remember(database, mia, "goal", "I want to run"), by_keywords("goal I want to run"))
    for number in range(20):
        remember(database, mia, f"note:{number}", f"I like number {number}")
    settings = Settings.model_validate({"coach_embedding": MINILM.label})
    missing = settings.model_copy(update={"coach_minilm": tmp_path / "model.onnx"})
    with pytest.raises(ModelFailed, match="requirements-meaning"):
        embed(database, missing)
    assert (embed(database, settings), embed(database, settings)) == (21, 0)
    rows = "select provider, model, dimension, compares, count(*) from coach_memory_embeddings group by 1, 2, 3, 4"
    assert fetch(database, rows) == [("local", "all-minilm-l6-v2-int8", 384, "meaning", 21)]
    with as_member(database, mia) as session:
        (asked,) = asyncio.run(embedded_by(settings, "I went jogging"))
        found = recall(session, mia, "I went jogging", limit=1, at=NOW, asked=asked, meant=MINILM)
    assert (found.fallback, found.memories[0].trait_value) == (None, "I want to run")


async def embedded_by(settings: Settings, text: str) -> tuple[Embedded, ...]:
    async with Models(settings) as models:
        return (await asking.embed(models, model_of(settings), [text], now=NOW)).embedded()


@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        ("500", Fault.OVERLOADED),
        ("429", Fault.THROTTLED),
        ("quota", Fault.QUOTA),
        ("401", Fault.CONFIGURATION),
        ("nonsense", Fault.BROKEN),
        ("empty", Fault.BROKEN),
        ("odd", Fault.BROKEN),
    ],
)
def test_where_a_model_fails_memories_stay_as_they_are_and_are_found_again(
    mode: str, fault: Fault, database: Database, mia: UUID, service: ModelServer
) -> None:
    remember(database, mia, "goal", "I want to run")
    with pytest.raises(ModelFailed) as failed:
        embed(database, settings_for(service, f"openai/{mode}"))
    assert failed.value.fault is fault
    assert fetch(database, "select * from coach_memory_embeddings") == []
    assert embed(database, settings_for(service)) == 1


def test_what_is_changed_while_a_model_is_asked_is_embedded_at_the_next_time(
    database: Database, mia: UUID, service: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = remember(database, mia, "goal", "I want to run")
    with database.writing(Login.WORKER) as session:
        kept = session.run(
            "coach/memory_embed",
            id=memory,
            trait_key="goal",
            trait_value="I want to swim",
            provider=KEYWORDS.provider,
            model=KEYWORDS.model,
            dimension=KEYWORDS.dimension,
            compares=KEYWORDS.compares,
            embedding=by_keywords("goal I want to swim").values,
            now=NOW,
        )
    assert kept == 0
    assert embed(database, settings_for(service)) == 1


def test_the_settings_name_what_compares() -> None:
    assert model_of(Settings()).label == "local/keywords-v1"
    named = Settings.model_validate({"coach_embedding": "vertex/google/gemini-embedding-001"})
    assert (model_of(named).provider, model_of(named).model) == ("vertex", "google/gemini-embedding-001")
    with pytest.raises(ValueError, match="coach_embedding"):
        Settings.model_validate({"coach_embedding": "local/minilm"})
