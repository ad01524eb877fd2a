"""Cases: what comes along, what people write, change and take from conversations, and who may."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.audit import Actor
from bee.coach.lab.case import CaseKind, make_case
from bee.coach.lab.cases import (
    case_versions,
    current_cases,
    ensure_cases,
    find_case,
    revise_case,
    shipped_cases,
    take_case,
    write_case,
)
from bee.coach.lab.taking import messages_of, propose_case
from bee.coach.offline import Momentum
from bee.coach.safety import Category, screen
from bee.db import Database, Login
from bee.errors import Conflict, Invalid, NotFound
from tests.coach.lab.conversation import say
from tests.factories import execute, make_member, make_staff

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
WALK = make_case({"title": "A walk", "state": "Rising", "message": "I walked today.", "tags": ["movement"]})


@pytest.fixture
def coach(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, roles=("coach",))


def write(database: Database, staff_id: UUID, **changed: Any) -> UUID:
    body = make_case(WALK.model_dump(mode="json") | changed)
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=staff_id) as session:
        return write_case(session, body, actor=Actor.staff(staff_id))


def trail(database: Database) -> list[tuple[str, str]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select action, subject_kind from audit_log order by id")
        return [(row.action, row.subject_kind) for row in rows]


def test_what_comes_along_covers_each_state_each_kind_and_each_danger() -> None:
    cases = list(shipped_cases().values())
    assert len(cases) >= 60
    assert {case.kind for case in cases} == set(CaseKind)
    crises = Counter(case.category for case in cases if case.kind is CaseKind.CRISIS)
    assert min(crises[category] for category in Category) >= 3
    ordinary = {
        (case.state, bool(case.memories), bool(case.recent))
        for case in cases
        if case.kind is CaseKind.ORDINARY
    }
    assert ordinary >= {
        (state, known, said)
        for state in (*Momentum, None)
        for known in (True, False)
        for said in (True, False)
    }


def test_of_what_comes_along_every_crisis_is_seen_and_nothing_else_is_taken_for_one() -> None:
    for case in shipped_cases().values():
        assert screen(case.message).category == case.category, case.title


def test_what_comes_along_is_stored_once_and_says_that_nobody_wrote_it(database: Database) -> None:
    ensure_cases(database)
    ensure_cases(database)
    with database.reading(Login.WORKER) as session:
        cases = current_cases(session)
    assert len(cases) == len(shipped_cases())
    assert {(case.version, case.source, case.author_id) for case in cases} == {(1, "program", None)}


def test_a_release_follows_its_own_cases_and_leaves_those_that_somebody_changed(
    database: Database, coach: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_cases(database)
    theirs, ours = list(shipped_cases())[:2]
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        before = find_case(session, theirs)
        body = before.body.model_copy(update={"title": "Changed here"})
        revise_case(session, before, body, actor=Actor.staff(coach), now=NOW)
    later = {
        case_id: body.model_copy(update={"title": f"{body.title}, again"})
        for case_id, body in shipped_cases().items()
        if case_id in {theirs, ours}
    }
    monkeypatch.setattr("bee.coach.lab.cases.shipped_cases", lambda: later)
    ensure_cases(database)
    with database.reading(Login.WORKER) as session:
        assert case_versions(session, theirs)[0].title == "Changed here"
        assert [(case.version, case.source) for case in case_versions(session, ours)] == [
            (2, "program"),
            (1, "program"),
        ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"message": "  "}, "message"),
        ({"message": "x" * 8001}, "message"),
        ({"title": ""}, "title"),
        ({"kind": "odd"}, "kind"),
        ({"kind": "crisis"}, "in danger of"),
        ({"category": "violence"}, "in danger of"),
        ({"state": "Falling"}, "state"),
        ({"memories": [""]}, "memories"),
        ({"recent": [{"role": "doctor", "body": "Hello"}]}, "role"),
        ({"recent": "Hello"}, "recent"),
        ({"tags": ["x" * 41]}, "tags"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_no_case_is_refused_with_its_fault(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        make_case(WALK.model_dump(mode="json") | changed)


def test_a_version_follows_the_one_that_was_read_and_the_one_before_stays(
    database: Database, coach: UUID
) -> None:
    case_id = write(database, coach, message="I walked\0 today.")
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        before = find_case(session, case_id)
        body = before.body.model_copy(update={"message": "I ran today."})
        assert revise_case(session, before, body, actor=Actor.staff(coach), now=NOW) == 2
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        versions = case_versions(session, case_id)
    assert [(case.version, case.message) for case in versions] == [
        (2, "I ran today."),
        (1, "I walked\ufffd today."),
    ]
    assert trail(database) == [
        ("coach_case.written", "coach_case"),
        ("coach_case.revised", "coach_case"),
    ]


def test_a_version_that_says_nothing_new_or_comes_second_is_a_conflict(
    database: Database, coach: UUID
) -> None:
    case_id = write(database, coach)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        before = find_case(session, case_id)

    def revise(title: str) -> None:
        body = before.body.model_copy(update={"title": title})
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            revise_case(session, before, body, actor=Actor.staff(coach), now=NOW)

    with pytest.raises(Conflict, match="Nothing of the case is different"):
        revise("A walk")
    revise("A run")
    with pytest.raises(Conflict, match="Somebody changed the case meanwhile"):
        revise("A swim")


def test_nobody_changes_or_removes_a_case_not_even_the_owner(database: Database, coach: UUID) -> None:
    write(database, coach)
    for change in ("update coach_cases set title = 'nicer'", "truncate coach_cases cascade"):
        with pytest.raises(Conflict), database.writing(Login.OWNER) as session:
            execute(session, change)


@pytest.mark.parametrize("source", ["program", "conversation"])
def test_nobody_says_that_what_they_wrote_is_of_the_program_or_of_a_conversation(
    source: str, database: Database, coach: UUID
) -> None:
    with pytest.raises((ProgrammingError, Conflict)):
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            execute(
                session,
                "insert into coach_cases (case_id, version, title, kind, message, source, author_id)"
                " values (gen_random_uuid(), 1, 'x', 'ordinary', 'x', :source, :me)",
                source=source,
                me=coach,
            )


def test_a_version_can_not_follow_one_that_is_not_there(database: Database, coach: UUID) -> None:
    with pytest.raises(Conflict) as refused:
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            execute(
                session,
                "insert into coach_cases (case_id, version, title, kind, message, source, author_id)"
                " values (gen_random_uuid(), 2, 'x', 'ordinary', 'x', 'written', :me)",
                me=coach,
            )
    assert refused.value.code == "case_changed"


class TestTaking:
    """A case from a conversation."""

    @pytest.fixture
    def mia(self, database: Database, coach: UUID) -> UUID:
        with database.writing(Login.OWNER) as session:
            member_id = make_member(session, coach_id=coach, external_id="mia-1")
            execute(
                session,
                "insert into personal_data (member_id, full_name, email, phone)"
                " values (:id, 'Mia Jones', 'mia@example.org', '4155552671')",
                id=member_id,
            )
            execute(
                session,
                "insert into coach_memory (user_id, trait_key, trait_value, source, valid_from)"
                " values (:id, 'walks', 'Mia walks with 415-555-2671', 'coach', '2026-11-01')",
                id=member_id,
            )
        say(database, member_id, "I am Mia Jones and I walked.", "You walked!", now=NOW)
        say(database, member_id, "Write to mia@example.org, I ran today.", "You ran!", now=NOW)
        return member_id

    def test_it_is_proposed_with_what_was_known_and_said_then_and_masked(
        self, database: Database, coach: UUID, mia: UUID
    ) -> None:
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            newest, _ = messages_of(session, mia)
            taken = propose_case(session, newest.id)
        assert taken.original.message == "Write to mia@example.org, I ran today."
        assert taken.masked.message == "Write to [EMAIL_1], I ran today."
        assert [turn.body for turn in taken.masked.recent] == ["I am [NAME_2] and I walked.", "You walked!"]
        assert taken.masked.memories == ("[NAME_1] walks with [PHONE_1]",)
        assert (taken.masked.state, taken.hidden) == (Momentum.RISING, 4)

    def test_nothing_is_kept_before_somebody_confirms_and_then_it_says_who_and_is_in_the_trail(
        self, database: Database, coach: UUID, mia: UUID
    ) -> None:
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            taken = propose_case(session, messages_of(session, mia)[0].id)
            assert current_cases(session) == []
        body = taken.masked.model_copy(update={"title": "Ran today"})
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            case_id = take_case(session, taken, body, actor=Actor.staff(coach), now=NOW)
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            case = find_case(session, case_id)
        assert (case.source, case.confirmed_by, case.author_id) == ("conversation", coach, coach)
        assert trail(database)[-1] == ("coach_case.taken", "member")

    def test_another_coach_can_neither_read_the_conversation_nor_take_from_it(
        self, database: Database, coach: UUID, mia: UUID
    ) -> None:
        with database.writing(Login.OWNER) as session:
            other = make_staff(session, roles=("coach",))
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            message = messages_of(session, mia)[0]
            taken = propose_case(session, message.id)
        with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=other) as session:
            assert messages_of(session, mia) == []
            with pytest.raises(NotFound):
                propose_case(session, message.id)
        with pytest.raises(ProgrammingError, match="row-level security"):
            with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=other) as session:
                take_case(session, taken, taken.masked, actor=Actor.staff(other), now=NOW)

    def test_another_coach_may_change_what_was_confirmed_and_confirms_it_anew(
        self, database: Database, coach: UUID, mia: UUID
    ) -> None:
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            taken = propose_case(session, messages_of(session, mia)[0].id)
            case_id = take_case(session, taken, taken.masked, actor=Actor.staff(coach), now=NOW)
        with database.writing(Login.OWNER) as session:
            other = make_staff(session, roles=("coach",))
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=other) as session:
            before = find_case(session, case_id)
            body = before.body.model_copy(update={"title": "Shorter"})
            revise_case(session, before, body, actor=Actor.staff(other), now=NOW)
        with database.reading(Login.OWNER) as session:
            row = execute(session, "select * from coach_cases where version = 2").one()
        assert (row.source, row.taken_from, row.confirmed_by) == ("conversation", mia, other)

    def test_it_goes_with_the_member_whose_words_it_was(
        self, database: Database, coach: UUID, mia: UUID
    ) -> None:
        with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
            taken = propose_case(session, messages_of(session, mia)[0].id)
            take_case(session, taken, taken.masked, actor=Actor.staff(coach), now=NOW)
        with database.writing(Login.OWNER) as session:
            execute(session, "delete from members where id = :id", id=mia)
            assert current_cases(session) == []
