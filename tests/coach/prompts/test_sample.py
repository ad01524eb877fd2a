"""For whom versions are compared: a member as they are now, hidden as for a model, and only to who may see them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from bee.coach.memory.reminding import Cue
from bee.coach.prompts.catalogue import catalogue, prompt_history, prompt_history_csv
from bee.coach.prompts.registry import COACH, shipped_prompt
from bee.coach.prompts.sample import Sample, read_sample, rendered_for
from bee.db import Database, Login, WriteSession
from tests.coach.prompts.versions import LOCAL, add_coach, approve, ask, judge, roll_back, write
from tests.factories import execute, make_member

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOBODY = Sample(None)


@pytest.fixture
def cora(database: Database) -> UUID:
    return add_coach(database)


@pytest.fixture
def mia(database: Database, cora: UUID) -> UUID:
    with database.writing(Login.OWNER) as session:
        member_id = make_member(session, external_id="mia-1", coach_id=cora)
        execute(
            session,
            "insert into personal_data (member_id, full_name, email) values (:id, 'Mia Jones', 'mia@example.org')",
            id=member_id,
        )
        execute(
            session,
            "insert into daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state,"
            " definition, event_count, is_complete) values (:id, '2026-11-23', 9, 9, 'NeedsCare', 'v1', 1, true)",
            id=member_id,
        )
        remember(session, member_id, "walk", "Mia likes to walk")
        remember(session, member_id, "guess", "may like cake", status="proposed")
        remember(session, member_id, "past", "worked nights", ended=True)
        execute(session, "insert into coach_conversations (user_id) values (:id)", id=member_id)
        for role, body in (
            ("member", "I am Mia, I slept badly"),
            ("coach", "Shall we walk?"),
            ("member", "Yes"),
        ):
            say(session, member_id, role, body)
    return member_id


def remember(
    session: WriteSession,
    member_id: UUID,
    key: str,
    value: str,
    *,
    status: str = "accepted",
    ended: bool = False,
) -> None:
    execute(
        session,
        "insert into coach_memory (user_id, trait_key, trait_value, source, status, valid_from, valid_to)"
        " values (:id, :key, :value, 'coach', :status, :since, :until)",
        id=member_id, key=key, value=value, status=status, since=NOW - timedelta(days=9),
        until=NOW - timedelta(days=1) if ended else None,
    )  # fmt: skip


def say(session: WriteSession, member_id: UUID, role: str, body: str) -> None:
    execute(
        session,
        """
        insert into coach_messages
            (conversation_id, user_id, request_id, role, body, crisis, rules_version, model, usage)
        select id, user_id, :request_id, :role, :body, false, '1', :model, cast(:usage as jsonb)
        from coach_conversations
        where user_id = :id
        """,
        id=member_id, request_id=uuid4(), role=role, body=body,
        model="offline" if role == "coach" else None, usage="{}" if role == "coach" else None,
    )  # fmt: skip


def test_a_member_is_what_a_model_would_read_of_them(database: Database, cora: UUID, mia: UUID) -> None:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        found = read_sample(session, mia, Cue("I slept badly"), now=NOW)
    assert (found.state, found.memories) == ("NeedsCare", ("[NAME_1] likes to walk",))
    assert [(each.role, each.body) for each in found.messages] == [
        ("member", "I am [NAME_1], I slept badly"), ("coach", "Shall we walk?"), ("member", "Yes"),
    ]  # fmt: skip
    rendered = rendered_for(shipped_prompt(), found)
    by_origin = {part.origin: part.text for part in rendered.parts}
    assert by_origin["state"].startswith("The member's momentum is low")
    assert by_origin["memories"] == "What you know of the member:\n- [NAME_1] likes to walk"
    assert by_origin["last_messages"] == (
        "Member: I am [NAME_1], I slept badly\n\nCoach: Shall we walk?\n\nMember: Yes"
    )


def test_another_coach_sees_nothing_of_a_member(database: Database, mia: UUID) -> None:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=add_coach(database)) as session:
        assert read_sample(session, mia, Cue("I slept badly"), now=NOW) == NOBODY


def test_of_nobody_a_prompt_says_that_nothing_is_known() -> None:
    parts = rendered_for(shipped_prompt(), NOBODY).parts
    assert [part.origin for part in parts] == ["persona", "safety", "style", "masking", "memory", "state"]
    assert parts[-1].text.startswith("Nothing is known of the member's momentum")


def test_the_catalogue_says_where_each_version_stands_and_what_was_live_when(
    database: Database, cora: UUID
) -> None:
    carl = add_coach(database, name="Carl")
    write(database, cora, 300)
    write(database, cora, 301)
    judge(database, 2, passed=False, decided_at=datetime.now(UTC) - timedelta(hours=1))
    passed = judge(database, 2)
    approve(database, carl, ask(database, cora, 2))
    waits = ask(database, cora, 3)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=carl) as session:
        card = catalogue(session, COACH, LOCAL)
        acts = prompt_history(session, COACH, LOCAL)
    third, second, first = card.cards
    assert [each.author for each in card.cards] == ["Cora", "Cora", "The program"]
    assert [each.live_in for each in card.cards] == [(), ("local",), ("staging", "prod")]
    assert card.live is second
    assert second.verdict is not None
    assert (second.verdict.run_id, len(second.verdicts), third.verdict) == (passed, 2, None)
    assert [each.id for each in card.waiting] == [waits]
    assert (card.waits(third), card.waits(first)) == (card.waiting[0], None)
    newest, oldest = card.times
    assert (card.at(newest.live_from), card.at(oldest.live_from)) == (newest, oldest)
    assert card.at(newest.live_from - timedelta(microseconds=1)) == oldest
    assert card.at(oldest.live_from - timedelta(microseconds=1)) is None
    assert (card.name(carl), card.name(None), card.name(uuid4())) == (
        "Carl", "The program", "Somebody no longer known",
    )  # fmt: skip
    assert [(act.act, act.number, act.who) for act in acts] == [
        ("asked", 3, "Cora"), ("promoted", 2, "Carl"), ("asked", 2, "Cora"), ("added", 3, "Cora"),
        ("added", 2, "Cora"), ("shipped", 1, "The program"), ("added", 1, "The program"),
    ]  # fmt: skip
    assert prompt_history_csv(acts).splitlines()[0].endswith("at,act,version,who,why")
    roll_back(database, cora, 1)
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        assert prompt_history(session, COACH, LOCAL)[0].act == "rolled_back"
