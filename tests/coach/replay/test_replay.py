"""A day of messages again: each prompt the same, byte for byte."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from bee.coach.replay import Day, Match, read_day
from bee.db import Database, Login
from bee.settings import Settings
from tests.coach.ground import make_mia, remember, set_state, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.prompts.versions import add_version, go_live
from tests.coach.replay.replaying import DAY, MORNING, WALK, say
from tests.factories import execute, make_member, make_staff

WORDS = (
    WALK, "Call me on 4155552671", "I am Mia Jones, hello", "ça va? \U0001f331", "I slept 7 hours\n\nand ran",
    'she said "no" {memories} [NAME_1]', "mia@example.org is mine",
)  # fmt: skip
UNLOCK = "alter table coach_moments disable trigger append_only; update coach_moments"
STATES = ("Rising", "Steady", "NeedsCare")


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _fresh(service: ModelServer) -> None:
    service.text = TEXT
    service.asked.clear()


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


@pytest.fixture
def mia(database: Database, cora: UUID) -> UUID:
    return make_mia(database, coach_id=cora)


def seen(
    database: Database, coach_id: UUID, settings: Settings, member_id: UUID | None = None, day: date = DAY
) -> Day:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach_id) as session:
        return read_day(session, member_id, day, settings)


def edit_memory(database: Database, member_id: UUID, rng: random.Random, now: datetime) -> None:
    """Let what holds end, and something else hold from then on, as an edit does."""
    key = f"trait {rng.randint(1, 3)}"
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update coach_memory set valid_to = :now where user_id = :id and trait_key = :key and valid_to is null",
            id=member_id, key=key, now=now,
        )  # fmt: skip
        remember(session, member_id, rng.choice(WORDS), key=key, valid_from=now)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happened_since_each_prompt_is_again_what_was_sent_byte_for_byte(
    seed: int, database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    rng = random.Random(seed)  # noqa: S311  # no secret
    now, versions = MORNING, 1
    sent: list[str] = []
    for _ in range(14):
        now += timedelta(minutes=7)
        match rng.choice(["say", "say", "say", "edit", "edit", "score", "version"]):
            case "say":
                say(database, settings_for(service, f"openai/m{seed}"), mia, rng.choice(WORDS), now=now)
                sent.append(service.asked[-1]["messages"][0]["content"])
            case "edit":
                edit_memory(database, mia, rng, now)
            case "score":
                with database.writing(Login.OWNER) as session:
                    set_state(session, mia, rng.choice(STATES))
            case "version":
                versions += 1
                add_version(database, versions)
                go_live(database, versions)
    # What comes later changes nothing of what was: scores, memories, versions, another model.
    edit_memory(database, mia, rng, now)
    with database.writing(Login.OWNER) as session:
        set_state(session, mia, rng.choice(STATES))
    add_version(database, versions + 1)
    go_live(database, versions + 1)
    day = seen(database, cora, settings_for(service, "openai/later"))
    assert [each.rerendered.match for each in day.moments] == [Match.SAME] * len(sent)
    assert [json.loads(each.rerendered.again or "")["system"] for each in day.moments] == sent


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update personal_data set full_name = 'Mia Smith'", "the member's record"),
        ("update coach_memory set trait_value = 'walks at dusk'", "a memory's text"),
        ("delete from coach_memory", "a memory that was used is gone"),
        (f"{UNLOCK} set mask_version = 'once', request = request || ' '", "other rules of masking"),
        (f"{UNLOCK} set prompt_sha256 = repeat('0', 64)", "the version is not here"),
    ],
)
def test_a_prompt_that_can_not_be_had_again_is_shown_as_different_with_what_is_known_of_why(
    statement: str, told: str, database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        remember(session, mia, "walks at dawn")
    say(database, settings_for(service), mia, "I am Mia Jones and I walk")
    assert seen(database, cora, settings_for(service)).matches == {Match.SAME: 1}
    with database.writing(Login.OWNER) as session:
        for each in statement.split(";"):
            execute(session, each)
    (moment,) = seen(database, cora, settings_for(service)).moments
    assert moment.rerendered.match is Match.DIFFERENT
    assert any(told in reason for reason in moment.rerendered.why)
    assert moment.rerendered.sent != moment.rerendered.again


def test_where_no_model_was_asked_or_it_is_not_kept_any_more_there_is_nothing_to_compare(
    database: Database, service: ModelServer, cora: UUID, mia: UUID
) -> None:
    offline = settings_for(service, "offline")
    say(database, offline, mia, WALK)
    say(database, offline, mia, "I want to die")
    say(database, offline, mia, "I slept well")
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "delete from coach_moments where request_id ="
            " (select request_id from coach_messages order by number desc limit 1)",
        )
    matches = [each.rerendered.match for each in seen(database, cora, offline).moments]
    assert matches == [Match.NOT_SENT, Match.NOT_KEPT, Match.NOT_KEPT]


def test_a_day_is_the_members_own_and_a_coach_sees_own_members_only(
    database: Database, service: ModelServer, cora: UUID
) -> None:
    offline = settings_for(service, "offline")
    with database.writing(Login.OWNER) as session:
        near = make_member(session, coach_id=cora, time_zone="Pacific/Auckland")
        far = make_member(session, coach_id=cora, time_zone="Pacific/Honolulu")
        strange = make_member(session)
    for member_id in (near, far, strange):
        say(database, offline, member_id, WALK, now=datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert [each.kept.user_id for each in seen(database, cora, offline).moments] == [far]
    (moment,) = seen(database, cora, offline, day=date(2026, 11, 25)).moments
    assert (moment.kept.user_id, f"{moment.kept.local_at:%d %H:%M}") == (near, "25 12:30")
    assert seen(database, cora, offline, strange).moments == ()
