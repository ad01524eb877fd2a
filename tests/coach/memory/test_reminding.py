"""What the lab shows is what production does: one message calls up the same memories wherever it is asked about."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bee.coach.engine import Coach, Question
from bee.coach.ledger import Account, Purpose
from bee.coach.masking import Mask
from bee.coach.memory.reading import embed_memories
from bee.coach.memory.recall import MOST_RECALLED
from bee.coach.memory.reminding import Cue, Reminder
from bee.coach.playground import read_scene
from bee.coach.prompts.sample import last_message, read_sample
from bee.coach.queries import AboutMember
from bee.db import Database, Login
from bee.settings import Settings
from tests.coach.ground import AMPLE, make_mia, settings_for
from tests.coach.memory.remembering import NOW, as_coach, remember
from tests.coach.model_server import ModelServer, model_server
from tests.factories import execute, make_staff

MESSAGE = "Mia went for a walk"


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


def make_talkative_mia(database: Database, cora: UUID) -> UUID:
    """Add a member of whom more is known than a reply takes: by words, by meaning, and by neither."""
    mia = make_mia(database, coach_id=cora)
    remember(
        database, mia, "likes:walk", "I like a walk with Mia Jones", valid_from=NOW - timedelta(days=400)
    )
    remember(database, mia, "likes:hike", "I like a hike on Sundays", valid_from=NOW - timedelta(days=400))
    for place in range(MOST_RECALLED + 5):
        remember(
            database, mia, f"goal:{place}", f"I want soup {place}", valid_from=NOW - timedelta(days=place)
        )
    return mia


def answered(database: Database, settings: Settings, member_id: UUID) -> list[UUID]:
    claims = json.dumps({"sub": str(member_id), "role": "authenticated"})

    async def run() -> None:
        coach = Coach(database, settings, limits=AMPLE, clock=lambda: NOW)
        async with coach.models:
            await coach.answer(Question(member_id, MESSAGE, claims, uuid4(), NOW))

    asyncio.run(run())
    with database.reading(Login.OWNER) as session:
        return list(execute(session, "select memory_ids from coach_moments").scalar_one())


def staffs_cue(database: Database, settings: Settings, cora: UUID, member_id: UUID, message: str) -> Cue:
    with as_coach(database, cora) as session:
        about = session.find(AboutMember, "coach/about_member", user_id=member_id)
    assert about is not None
    account = Account.of_lab(cora, Purpose.EMBEDDING)
    return Reminder(database, settings).cue(message, about, account, now=NOW)


@pytest.mark.parametrize("compared_by", ["local/keywords-v1", "openai/fine", "openai/500"])
def test_the_engine_the_playground_and_the_sample_call_up_the_same_memories(
    compared_by: str, database: Database, service: ModelServer, cora: UUID
) -> None:
    mia = make_talkative_mia(database, cora)
    settings = settings_for(service, coach_embedding=compared_by)
    if compared_by != "openai/500":
        embed_memories(database, settings, now=NOW, done=lambda _rows: None)
    production = answered(database, settings, mia)
    assert len(production) == MOST_RECALLED
    with as_coach(database, cora) as session:
        assert last_message(session, mia) == MESSAGE
    cue = staffs_cue(database, settings, cora, mia, MESSAGE)
    with as_coach(database, cora) as session:
        scene = read_scene(session, mia, cue, now=NOW)
        sample = read_sample(session, mia, cue, now=NOW)
        page = cue.recall(session, mia, at=NOW)
    assert [memory.id for memory in scene.moment.memories] == production
    assert [memory.id for memory in page.memories] == production
    mask = Mask(scene.known)
    mask.hide(MESSAGE)
    assert sample.memories == tuple(mask.hide(memory.trait_value) for memory in page.memories)
    by_meaning = compared_by == "openai/fine"
    assert ("I like a hike on Sundays" in sample.memories[:2]) is by_meaning
    with database.reading(Login.OWNER) as session:
        kept = execute(session, "select recalled_by from coach_messages where role = 'coach'").scalar_one()
    assert page.label == kept
