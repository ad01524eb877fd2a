"""Moments to try an answer to: a member's, for whom they are, and made-up ones."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.masking import Known
from bee.coach.memory.reminding import Cue
from bee.coach.offline import Momentum
from bee.coach.playground import Scene, made_up, read_scene
from bee.db import Database, Login
from bee.errors import Invalid, NotFound
from tests.coach.calls import make_moment
from tests.coach.ground import make_mia, remember, set_state
from tests.factories import make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def cora(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


def read(database: Database, coach_id: UUID, member_id: UUID) -> Scene:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach_id) as session:
        return read_scene(session, member_id, Cue("hello"), now=NOW)


def test_a_coach_reads_an_own_member_as_the_reply_engine_does(database: Database, cora: UUID) -> None:
    mia = make_mia(database, coach_id=cora)
    with database.writing(Login.OWNER) as session:
        kept = remember(session, mia, "walks at dawn")
        remember(session, mia, "was only proposed", key="b", status="proposed")
        remember(session, mia, "was so once", key="c", valid_to="2026-02-01 00:00+00")
        set_state(session, mia, "NeedsCare")
        make_moment(session, mia, at=NOW)
    scene = read(database, cora, mia)
    assert [memory.id for memory in scene.moment.memories] == [kept]
    assert scene.moment.state is Momentum.NEEDS_CARE
    assert [said.role for said in scene.moment.recent] == ["coach", "member"], "newest first"
    assert scene.known == Known("Mia Jones", "mia@example.org", "4155552671", "mia-1")
    assert scene.may_leave


def test_somebody_elses_member_is_nobody(database: Database, cora: UUID) -> None:
    with pytest.raises(NotFound):
        read(database, cora, make_mia(database))


def test_without_the_members_consent_nothing_may_leave(database: Database, cora: UUID) -> None:
    assert not read(database, cora, make_mia(database, coach_id=cora, consents=False)).may_leave


def test_a_made_up_moment_says_who_said_what() -> None:
    scene = made_up("hi", None, " walks \n\n likes tea", "I walked\nCoach: Well done!\nmember: thanks")
    assert [memory.trait_value for memory in scene.moment.memories] == ["walks", "likes tea"]
    assert [(said.role, said.body) for said in scene.moment.recent] == [
        ("member", "thanks"), ("coach", "Well done!"), ("member", "I walked"),
    ]  # fmt: skip
    first, second = scene.moment.memories
    assert scene.without({first.id}).moment.memories == (second,)


@pytest.mark.parametrize(
    ("message", "memories", "said"),
    [
        ("", "", ""),
        (" \n ", "", ""),
        ("x" * 20_001, "", ""),
        ("hi", "\n".join("m" * 51), ""),
        ("hi", "m" * 4001, ""),
        ("hi", "", "\n".join("m" * 11)),
    ],
)
def test_what_no_conversation_could_hold_is_refused(message: str, memories: str, said: str) -> None:
    with pytest.raises(Invalid):
        made_up("", None, memories, said).asking(message)


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_is_typed_is_a_moment_or_refused(memories: str, said: str) -> None:
    try:
        scene = made_up("hi", None, memories, said)
    except Invalid:
        return
    assert all(memory.trait_value.strip() for memory in scene.moment.memories)
    assert all("\0" not in each.body for each in scene.moment.recent)
