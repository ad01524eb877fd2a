"""Answering a member and seeing to danger: as the real roles, against the real database."""

import asyncio
import json
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy
from pydantic import SecretStr

from bee.coach import actions
from bee.coach.actions import Answer, close_event, take_event
from bee.coach.crisis import crisis_answer
from bee.coach.engine import Coach, Question
from bee.coach.memory import recall
from bee.coach.offline import Memory, Momentum
from bee.coach.queries import SafetyEvent, SafetySearch, read_context, safety_counts, safety_events
from bee.coach.safety import RULES_VERSION, Category
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.errors import Conflict, Invalid, Unavailable
from bee.settings import Settings
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECRET = SecretStr("s" * 40)
WAITING = SafetySearch(NOW, is_closed=False)
PLEA = "Soup for lunch. I want to die. See you."
DENIED = pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied")


@dataclass(frozen=True, slots=True)
class People:
    """Two members, each with a coach of their own."""

    anna: UUID
    ben: UUID
    coach: UUID
    other_coach: UUID


@pytest.fixture
def people(database: Database) -> People:
    with database.writing(Login.OWNER) as session:
        coach, other = make_staff(session, roles=("coach",)), make_staff(session, roles=("coach",))
        return People(
            make_member(session, coach_id=coach), make_member(session, coach_id=other), coach, other
        )


def claims(member_id: UUID) -> str:
    return json.dumps({"sub": str(member_id), "role": "authenticated"})


def say(
    database: Database,
    member_id: UUID,
    message: str,
    *,
    request_id: UUID | None = None,
    now: datetime = NOW,
    region: str = "US",
) -> Answer:
    settings = Settings(login_secret=SECRET, crisis_region=region)
    question = Question(member_id, message, claims(member_id), request_id or uuid4(), now)
    return asyncio.run(Coach(database, settings).answer(question))


def add_score(
    database: Database, member_id: UUID, day: date, state: str, *, is_complete: bool = True
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into daily_engagement_scores (user_id, score_date, raw_score, final_score, momentum_state,
                definition, event_count, is_complete)
            values (:user_id, :day, 50, 50, :state, 'v1', 1, :is_complete)
            """,
            user_id=member_id,
            day=day,
            state=state,
            is_complete=is_complete,
        )


def add_memory(
    database: Database,
    member_id: UUID,
    value: str,
    *,
    status: str = "accepted",
    valid_to: datetime | None = None,
) -> UUID:
    memory_id = uuid4()
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into coach_memory (id, user_id, trait_key, trait_value, source, status, valid_from, valid_to)
            values (:id, :user_id, :key, :value, 'coach', :status, :valid_from, :valid_to)
            """,
            id=memory_id,
            user_id=member_id,
            key=str(memory_id),
            value=value,
            status=status,
            valid_from=NOW - timedelta(days=30),
            valid_to=valid_to,
        )
    return memory_id


def rows(database: Database, statement: str) -> list[dict[str, object]]:
    with database.writing(Login.OWNER) as session:
        return [dict(row) for row in execute(session, statement).mappings()]


def open_event(database: Database, people: People) -> SafetyEvent:
    say(database, people.anna, PLEA)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session:
        (event,) = safety_events(session, WAITING, most=9)
    return event


def test_both_messages_are_stored_with_where_the_answer_came_from(database: Database, people: People) -> None:
    add_score(database, people.anna, date(2026, 11, 23), "Rising")
    memory_id = add_memory(database, people.anna, "walks with the dog")
    said = say(database, people.anna, "I took the dog out and it was good")
    asked, replied = rows(database, "select * from coach_messages order by number")
    assert (asked["role"], asked["body"]) == ("member", "I took the dog out and it was good")
    assert (asked["model"], asked["usage"], asked["crisis"]) == (None, None, False)
    assert (replied["role"], replied["body"]) == ("coach", said.response_text)
    assert (replied["model"], replied["prompt"], replied["momentum_state"]) == ("offline", None, "Rising")
    assert replied["memory_ids"] == [memory_id]
    assert replied["usage"] == asdict(said.usage)
    assert asked["rules_version"] == replied["rules_version"] == RULES_VERSION
    assert asked["conversation_id"] == replied["conversation_id"]


def test_the_wire_has_the_fields_that_the_app_reads(database: Database, people: People) -> None:
    wire = say(database, people.anna, "I had soup for lunch").as_wire()
    text = wire["response_text"]
    assert json.loads(json.dumps(wire)) == {
        "response_text": text,
        "assistant_message": text,
        "usage": {"input": 0, "cache_read": 0, "cache_write": 0, "output": 0, "reasoning": 0},
        "prompt": None,
        "model": "offline",
        "safety": {"crisis": False, "category": None, "rules_version": RULES_VERSION},
        "fallback": None,
        "ok": True,
    }


def test_a_member_in_danger_is_told_who_helps_and_a_coach_is_told(database: Database, people: People) -> None:
    said = say(database, people.anna, PLEA, region="GB")
    assert said.response_text == crisis_answer(Category.SELF_HARM, "GB")
    assert said.safety.category is Category.SELF_HARM
    (event,) = rows(database, "select * from safety_events")
    (asked, _) = rows(database, "select * from coach_messages order by number")
    assert (event["user_id"], event["message_id"]) == (people.anna, asked["id"])
    assert (event["matched"], event["status"]) == (["want to die"], "open")
    assert event["rules_version"] == RULES_VERSION
    (queued,) = rows(database, "select topic, dedupe_key, payload from outbox")
    assert (queued["topic"], queued["dedupe_key"]) == ("safety.crisis", f"safety.crisis:{asked['id']}")
    assert queued["payload"] == {
        "event_id": str(event["id"]),
        "message_id": str(asked["id"]),
        "user_id": str(people.anna),
        "category": "self_harm",
    }


def test_the_trail_tells_what_happened_without_a_word_of_it(database: Database, people: People) -> None:
    said = say(database, people.anna, PLEA)
    trail = rows(database, "select actor_kind, action, subject_id, before, after, reason from audit_log")
    assert {row["action"] for row in trail} == {"coach.answered", "safety.flagged"}
    assert {row["subject_id"] for row in trail} == {str(people.anna)}
    written = json.dumps(trail, default=str)
    assert "want to die" not in written
    assert said.response_text not in written


def test_a_message_without_danger_leaves_no_event(database: Database, people: People) -> None:
    say(database, people.anna, "That movie was so bad I wanted to die")
    assert rows(database, "select * from safety_events") == []
    assert rows(database, "select * from outbox") == []


def test_a_request_that_comes_twice_is_answered_the_same_and_stored_once(
    database: Database, people: People
) -> None:
    request_id = uuid4()
    first = say(database, people.anna, PLEA, request_id=request_id)
    add_score(database, people.anna, date(2026, 11, 23), "Rising")
    again = say(database, people.anna, PLEA, request_id=request_id, region="DE", now=NOW + timedelta(days=2))
    assert again == first
    assert len(rows(database, "select * from coach_messages")) == 2
    assert len(rows(database, "select * from coach_conversations")) == 1
    assert len(rows(database, "select * from safety_events")) == 1
    assert len(rows(database, "select * from outbox")) == 1


def test_a_request_id_is_good_for_one_message_and_for_one_member(database: Database, people: People) -> None:
    request_id = uuid4()
    say(database, people.anna, "I had soup", request_id=request_id)
    with pytest.raises(Conflict, match="another message"):
        say(database, people.anna, "I had cake", request_id=request_id)
    say(database, people.ben, "I had cake", request_id=request_id)
    assert len(rows(database, "select * from coach_messages")) == 4


def test_the_same_request_at_once_is_stored_once(database: Database, people: People) -> None:
    request_id = uuid4()
    answers: list[Answer] = []

    def ask() -> None:
        answers.append(say(database, people.anna, PLEA, request_id=request_id))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1
    assert len(rows(database, "select * from coach_messages")) == 2
    assert len(rows(database, "select * from coach_conversations")) == 1
    assert len(rows(database, "select * from safety_events")) == 1


def test_nothing_is_stored_when_something_fails_on_the_way(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise Conflict("broken", "The outbox is broken.")

    monkeypatch.setattr(actions, "put", fail)
    with pytest.raises(Conflict):
        say(database, people.anna, PLEA)
    for table in ("coach_conversations", "coach_messages", "safety_events", "audit_log"):
        assert rows(database, f"select * from {table}") == []


def test_a_member_in_danger_is_answered_while_the_database_is_down(
    people: People, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    base = (("host", "/nowhere"), ("port", "5432"), ("dbname", "bee"))
    nowhere = Database(ServerAddress(base, (("user", "postgres"),), None))
    request_id = uuid4()
    said = say(nowhere, people.anna, PLEA, request_id=request_id)
    assert said.response_text == crisis_answer(Category.SELF_HARM, "US", is_handed_on=False)
    assert said.safety.crisis
    assert f"not stored (database_unavailable), request {request_id}" in caplog.text
    assert "want to die" not in caplog.text
    with pytest.raises(Unavailable):
        say(nowhere, people.anna, "I had soup")

    say(database, people.anna, PLEA, request_id=request_id)
    assert len(rows(database, "select * from safety_events")) == 1


@pytest.mark.parametrize("message", ["", "  \n", "x" * 20_001])
def test_a_message_that_is_none_is_refused_and_not_stored(
    message: str, database: Database, people: People
) -> None:
    with pytest.raises(Invalid):
        say(database, people.anna, message)
    assert rows(database, "select * from coach_messages") == []


@pytest.mark.parametrize(
    ("message", "stored"),
    [
        ("I want\0to die", "I want\ufffdto die"),
        ("I want to die \ud83d", "I want to die \ufffd"),
        ("I want to die \ud83d\ude22", "I want to die 😢"),
        ("'; drop table members; -- I want to die", "'; drop table members; -- I want to die"),
    ],
)
def test_strange_signs_neither_fail_nor_hide_a_plea(
    message: str, stored: str, database: Database, people: People
) -> None:
    assert say(database, people.anna, message).safety.crisis
    assert rows(database, "select body from coach_messages where role = 'member'") == [{"body": stored}]


def test_somebody_who_is_no_member_is_refused(database: Database) -> None:
    with pytest.raises(Invalid, match="no such member"):
        say(database, uuid4(), "I had soup")


def test_a_conversation_goes_on_for_half_a_day(database: Database, people: People) -> None:
    for hours in (0, 11, 22, 35):
        say(database, people.anna, f"soup number {hours}", now=NOW + timedelta(hours=hours))
    assert len(rows(database, "select * from coach_conversations")) == 2


def test_an_answer_rests_on_what_the_member_may_read_and_nothing_else(
    database: Database, people: People
) -> None:
    add_score(database, people.anna, date(2026, 11, 21), "Rising")
    add_score(database, people.anna, date(2026, 11, 22), "Steady")
    add_score(database, people.anna, date(2026, 11, 23), "NeedsCare", is_complete=False)
    known = add_memory(database, people.anna, "walks with the dog")
    add_memory(database, people.anna, "a proposal", status="proposed")
    add_memory(database, people.anna, "long over", valid_to=NOW - timedelta(days=1))
    add_memory(database, people.ben, "belongs to Ben")
    say(database, people.anna, "first")
    say(database, people.ben, "Ben's words")
    settings = {"request.jwt.claims": claims(people.anna)}
    with database.reading(Login.API, role="authenticated", settings=settings) as session:
        context = read_context(session, people.anna, uuid4())
        of_ben = read_context(session, people.ben, uuid4())
        memories, none = (
            recall(session, member_id, "dog", limit=9, at=NOW).memories
            for member_id in (people.anna, people.ben)
        )
    assert context.state is Momentum.STEADY
    assert memories == (Memory(known, str(known), "walks with the dog"),)
    assert [(said.role, said.body) for said in context.recent][1:] == [("member", "first")]
    assert (of_ben.state, none, of_ben.recent) == (None, (), ())


def test_today_counts_only_while_no_day_is_complete(database: Database, people: People) -> None:
    add_score(database, people.anna, date(2026, 11, 24), "NeedsCare", is_complete=False)
    settings = {"request.jwt.claims": claims(people.anna)}
    with database.reading(Login.API, role="authenticated", settings=settings) as session:
        assert read_context(session, people.anna, uuid4()).state is Momentum.NEEDS_CARE


def test_a_member_reads_own_messages_and_writes_none(database: Database, people: People) -> None:
    say(database, people.anna, PLEA)
    say(database, people.ben, "I had soup")
    settings = {"request.jwt.claims": claims(people.anna)}
    with database.writing(Login.API, role="authenticated", settings=settings) as session:
        found = execute(session, "select user_id, body from coach_messages").mappings().all()
        assert {row["user_id"] for row in found} == {people.anna}
        assert execute(session, "select count(*) from coach_conversations").scalar_one() == 1
    for statement in (
        "select * from safety_events",
        "select memory_ids from coach_messages",
        "insert into coach_conversations (user_id) values (auth.uid())",
        "update coach_messages set body = 'x'",
        "delete from coach_messages",
    ):
        with DENIED, database.writing(Login.API, role="authenticated", settings=settings) as session:
            execute(session, statement)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("bee_product", "select 1 from safety_events"),
        ("bee_product", "select 1 from coach_messages"),
        ("bee_oncall", "select 1 from coach_messages"),
        ("bee_oncall", "select matched from safety_events"),
        ("bee_oncall", "select user_id from safety_events"),
        ("bee_oncall", "select note from safety_events"),
        ("bee_oncall", "update safety_events set status = 'taken'"),
        ("bee_coach", "update safety_events set matched = '{x}'"),
        ("bee_coach", "delete from safety_events"),
        ("bee_coach", "insert into coach_messages default values"),
        ("bee_admin", "update coach_messages set body = 'x'"),
        ("bee_admin", "delete from coach_messages"),
    ],
)
def test_staff_do_no_more_than_their_role(
    role: str, statement: str, database: Database, people: People
) -> None:
    with DENIED, database.writing(Login.DASHBOARD, role=role, staff_id=people.coach) as session:
        execute(session, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "update coach_messages set body = 'x'",
        "delete from coach_messages",
        "update safety_events set status = 'closed'",
        "select matched from safety_events",
    ],
)
def test_the_system_adds_and_never_changes(statement: str, database: Database) -> None:
    with DENIED, database.writing(Login.SYSTEM) as session:
        execute(session, statement)


@pytest.mark.parametrize("table", ["coach_messages", "coach_conversations"])
def test_not_even_the_owner_changes_what_was_said(table: str, database: Database, people: People) -> None:
    say(database, people.anna, PLEA)
    refused = pytest.raises(Conflict, match="does not allow")
    with refused, database.writing(Login.OWNER) as session:
        execute(session, f"update {table} set user_id = user_id")


def test_what_was_said_goes_with_the_member(database: Database, people: People) -> None:
    say(database, people.anna, PLEA)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=people.anna)
    for table in ("coach_conversations", "coach_messages", "safety_events"):
        assert rows(database, f"select * from {table}") == []


def test_coaches_see_the_events_of_their_members_and_admins_all(database: Database, people: People) -> None:
    say(database, people.anna, PLEA)
    say(database, people.ben, "he hits me", now=NOW + timedelta(hours=1))
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session:
        (event,) = safety_events(session, WAITING, most=9)
    assert (event.user_id, event.category, event.matched) == (people.anna, "self_harm", ["want to die"])
    assert event.message == PLEA
    with database.reading(Login.DASHBOARD, role="bee_admin", staff_id=uuid4()) as session:
        assert [event.user_id for event in safety_events(session, WAITING, most=9)] == [
            people.anna,
            people.ben,
        ]


def test_oncall_counts_without_a_word_or_a_name(database: Database, people: People) -> None:
    say(database, people.anna, PLEA)
    say(database, people.ben, "kms")
    with database.reading(Login.DASHBOARD, role="bee_oncall", staff_id=uuid4()) as session:
        (count,) = safety_counts(session, NOW - timedelta(days=1))
    assert (count.category, count.status, count.events, count.first_at) == ("self_harm", "open", 2, NOW)


def test_an_event_is_taken_once_and_closed_by_who_took_it(database: Database, people: People) -> None:
    event = open_event(database, people)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session:
        take_event(session, event.id, staff_id=people.coach, now=NOW)
    with (
        pytest.raises(Conflict, match="took this already"),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session,
    ):
        take_event(session, event.id, staff_id=people.coach, now=NOW)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session:
        close_event(
            session, event.id, staff_id=people.coach, finding="handled", note="  Called, is safe. ", now=NOW
        )
        assert safety_events(session, WAITING, most=9) == []
        (closed,) = safety_events(session, SafetySearch(NOW, is_closed=True), most=9)
    assert (closed.status, closed.taken_by, closed.note) == ("closed", people.coach, "Called, is safe.")
    with (
        pytest.raises(Conflict, match="only once"),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session,
    ):
        close_event(session, event.id, staff_id=people.coach, finding="handled", note=None, now=NOW)
    trail = rows(
        database, "select action, actor_id from audit_log where subject_kind = 'safety_event' order by id"
    )
    assert trail == [
        {"action": "safety.taken", "actor_id": people.coach},
        {"action": "safety.closed", "actor_id": people.coach},
    ]


def test_another_coach_can_not_take_it_nor_take_it_for_somebody_else(
    database: Database, people: People
) -> None:
    event = open_event(database, people)
    with (
        pytest.raises(Conflict),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.other_coach) as session,
    ):
        take_event(session, event.id, staff_id=people.other_coach, now=NOW)
    with (
        pytest.raises(sqlalchemy.exc.ProgrammingError, match="row-level security"),
        database.writing(Login.DASHBOARD, role="bee_coach", staff_id=people.coach) as session,
    ):
        take_event(session, event.id, staff_id=people.other_coach, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        "status = 'closed', taken_by = :coach, taken_at = now(), closed_at = now(), finding = 'handled'",
        "status = 'taken', taken_by = :coach, taken_at = now(), category = 'violence'",
        "note = 'no change of status'",
    ],
)
def test_not_even_the_owner_skips_a_step_or_changes_what_was_found(
    change: str, database: Database, people: People
) -> None:
    event = open_event(database, people)
    with pytest.raises(Conflict), database.writing(Login.OWNER) as session:
        execute(
            session,
            f"update safety_events set {change} where id = :id and :coach is not null",
            id=event.id,
            coach=people.coach,
        )
