"""Searching the trail as the roles that may: who, whom, what, when, a page at a time."""

import csv
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy

from bee.audit import Actor, record
from bee.audit.sealing import seal
from bee.audit.search import (
    Act,
    TrailSearch,
    actor_words,
    acts_csv,
    search_trail,
    subject_words,
    trail_actions,
)
from bee.db import Database, Login
from tests.factories import execute, make_member, make_staff

NOW = datetime.now(UTC)


@pytest.fixture
def ana(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Ana Ortiz")


@pytest.fixture
def member(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session)


def number_of(database: Database, member: UUID) -> int:
    with database.reading(Login.OWNER) as session:
        return int(execute(session, "select number from members where id = :id", id=member).scalar_one())


def act(database: Database, actor: Actor, action: str, kind: str, subject: object, **more: object) -> None:
    with database.writing(Login.OWNER) as session:
        record(session, actor=actor, action=action, subject_kind=kind, subject_id=subject, **more)  # type: ignore[arg-type]


def found(database: Database, search: TrailSearch = TrailSearch(), **more: int) -> list[Act]:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return search_trail(session, search, **{"most": 100, **more})


@pytest.fixture
def trail(database: Database, ana: UUID, member: UUID) -> None:
    """Four acts, the first of them sealed."""
    act(database, Actor.staff(ana), "member.viewed", "member", member)
    with database.writing(Login.WORKER) as session:
        assert seal(session) == 1
    act(database, Actor.member(member), "consent.decided", "member", member, after={"push": True})
    act(database, Actor.system(), "safety.flagged", "member", member)
    act(database, Actor.operator(), "notification.stopped", "notification_rule", "needs_care", reason="odd")


@pytest.mark.usefixtures("trail")
@pytest.mark.parametrize(
    ("search", "actions"),
    [
        (TrailSearch(), ["notification.stopped", "safety.flagged", "consent.decided", "member.viewed"]),
        (TrailSearch(who="ortiz"), ["member.viewed"]),
        (TrailSearch(who="The program"), ["safety.flagged"]),
        (TrailSearch(who="operator"), ["notification.stopped"]),
        (TrailSearch(who="nobody"), []),
        (TrailSearch(who="%"), []),
        (TrailSearch(about="needs_care"), ["notification.stopped"]),
        (TrailSearch(about="Notification_rule"), ["notification.stopped"]),
        (TrailSearch(action="safety.flagged"), ["safety.flagged"]),
        (TrailSearch(action="safety"), []),
        (TrailSearch(since=NOW + timedelta(days=1)), []),
        (TrailSearch(since=NOW - timedelta(days=1), about="'; drop table audit_log; --"), []),
    ],
)
def test_acts_are_found_newest_first_by_all_that_is_asked(
    search: TrailSearch, actions: list[str], database: Database
) -> None:
    assert [row.action for row in found(database, search)] == actions


@pytest.mark.usefixtures("trail")
def test_a_member_is_found_by_number_as_who_acted_and_as_whom_it_was_about(
    database: Database, member: UUID
) -> None:
    name = f"P-{number_of(database, member)}"
    assert [row.action for row in found(database, TrailSearch(who=name.lower()))] == ["consent.decided"]
    about = found(database, TrailSearch(about=name))
    assert [row.action for row in about] == ["safety.flagged", "consent.decided", "member.viewed"]
    assert {subject_words(row) for row in about} == {name}
    assert [actor_words(row) for row in about] == ["The program", name, "Ana Ortiz"]


@pytest.mark.usefixtures("trail")
def test_only_what_a_seal_covers_is_sealed(database: Database) -> None:
    assert [row.is_sealed for row in found(database)] == [False, False, False, True]


@pytest.mark.usefixtures("trail")
def test_a_page_goes_on_below_the_last_act_even_where_acts_share_a_moment(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table audit_log disable trigger append_only")
        execute(session, "update audit_log set at = :at", at=NOW)
    first = found(database, most=3)
    rest = found(database, most=3, before=first[-1].id)
    assert [row.id for row in first + rest] == sorted((row.id for row in first + rest), reverse=True)
    assert len(rest) == 1
    assert found(database, before=rest[-1].id) == []
    assert found(database, before=987_654_321) == []


@pytest.mark.usefixtures("trail")
def test_the_kinds_of_acts_are_listed_once_each(database: Database, ana: UUID, member: UUID) -> None:
    act(database, Actor.staff(ana), "member.viewed", "member", member)
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        assert trail_actions(session) == [
            "consent.decided",
            "member.viewed",
            "notification.stopped",
            "safety.flagged",
        ]


def test_an_empty_trail_has_no_acts_and_no_kinds(database: Database) -> None:
    assert found(database) == []
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:
        assert trail_actions(session) == []


@pytest.mark.usefixtures("trail")
def test_an_erased_member_is_nobody_anymore_and_the_acts_stay(database: Database, member: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=member)
    acts = found(database)
    assert [actor_words(row) for row in acts][2] == "A member since erased"
    assert subject_words(acts[-1]) == f"{str(member)[:8]}…"


@pytest.mark.parametrize("role", ["bee_product", "bee_coach"])
def test_the_trail_is_not_for_other_roles(role: str, database: Database, ana: UUID) -> None:
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        with database.reading(Login.DASHBOARD, role=role, staff_id=ana) as session:
            search_trail(session, TrailSearch(), most=1)


@pytest.mark.usefixtures("trail")
def test_a_file_has_the_same_acts_in_the_same_order(database: Database, member: UUID) -> None:
    acts = found(database)
    rows = list(csv.DictReader(io.StringIO(acts_csv(acts), newline="")))
    assert [int(row["id"]) for row in rows] == [row.id for row in acts]
    assert rows[0]["who"] == "The command line"
    assert (rows[0]["about_kind"], rows[0]["about"], rows[0]["reason"]) == (
        "notification_rule",
        "needs_care",
        "odd",
    )
    assert (rows[2]["after"], rows[2]["about_id"]) == ('{"push": true}', str(member))
    assert [row["is_sealed"] for row in rows] == ["no", "no", "no", "yes"]
