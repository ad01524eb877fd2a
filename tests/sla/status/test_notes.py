"""What the public is told of incidents: seen once published, withdrawn but never changed, in nobody's name."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import Conflict, Invalid
from bee.sla.status.notes import (
    Kind,
    Told,
    names_in,
    publish_note,
    told,
    withdraw_note,
    write_first,
    write_next,
)
from bee.sla.status.standing import Incident, read_standing
from bee.sla.status.wording import inside_words, secret_words
from tests.factories import execute, make_member, make_staff

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def olga(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, email="olga@example.org", full_name="Olga Call", roles=("oncall",))


def first(
    database: Database, by: UUID, *, title: str = "Slow replies", body: str = "We look into it."
) -> int:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=by) as session:
        return write_first(
            session, title=title, body=body, began_at=NOW - HOUR, alert=None, actor=Actor.staff(by), now=NOW
        )


def then(database: Database, by: UUID, kind: Kind, body: str) -> int:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=by) as session:
        incident = all_told(database)[0].id
        return write_next(session, incident, kind, title="Slow replies", body=body, actor=Actor.staff(by))


def publish(database: Database, by: UUID, note: int) -> None:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=by) as session:
        publish_note(session, note, actor=Actor.staff(by))


def take_back(database: Database, by: UUID, note: int) -> None:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=by) as session:
        withdraw_note(session, note, reason="a name in it", actor=Actor.staff(by))


def all_told(database: Database) -> list[Told]:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return told(session, since=NOW - timedelta(days=1))


def seen(database: Database) -> tuple[Incident, ...]:
    """Return what the public sees."""
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return read_standing(session, datetime.now(UTC)).incidents


def test_a_note_is_seen_once_it_is_published_then_its_updates_then_its_end(
    database: Database, olga: UUID
) -> None:
    note = first(database, olga)
    assert seen(database) == ()
    publish(database, olga, note)
    (incident,) = seen(database)
    assert (incident.title, incident.ended_at, [word.body for word in incident.words]) == (
        "Slow replies", None, ["We look into it."],
    )  # fmt: skip
    publish(database, olga, then(database, olga, Kind.UPDATED, "We know why."))
    publish(database, olga, then(database, olga, Kind.RESOLVED, "It is over."))
    (incident,) = seen(database)
    assert [(word.kind, word.body) for word in incident.words] == [
        (Kind.RESOLVED, "It is over."), (Kind.UPDATED, "We know why."), (Kind.PUBLISHED, "We look into it."),
    ]  # fmt: skip
    assert incident.ended_at == incident.words[0].at
    with database.reading(Login.OWNER) as session:
        acts = execute(session, "select action from audit_log order by id")
        assert [row.action for row in acts] == [
            "status_note.published", "status_note.updated", "status_note.resolved",
        ]  # fmt: skip


def test_what_was_published_is_withdrawn_with_a_reason_and_the_row_stays(
    database: Database, olga: UUID
) -> None:
    note = first(database, olga)
    publish(database, olga, note)
    take_back(database, olga, note)
    assert seen(database) == ()
    (kept,) = all_told(database)[0].notes
    assert (kept.title, kept.withdrawn_because, kept.withdrawn_by_name) == (
        "Slow replies", "a name in it", "Olga Call",
    )  # fmt: skip


def test_each_act_is_done_once(database: Database, olga: UUID) -> None:
    note = first(database, olga)
    publish(database, olga, note)
    with pytest.raises(Conflict, match="meanwhile"):
        publish(database, olga, note)
    take_back(database, olga, note)
    with pytest.raises(Conflict, match="before"):
        take_back(database, olga, note)
    with pytest.raises(Conflict):
        publish(database, olga, note)


def test_an_incident_that_nobody_was_told_of_has_no_update_and_one_that_is_over_no_other(
    database: Database, olga: UUID
) -> None:
    note = first(database, olga)
    with pytest.raises(Conflict, match="not told"):
        then(database, olga, Kind.UPDATED, "more")
    publish(database, olga, note)
    ends = [then(database, olga, Kind.RESOLVED, "It is over.") for _ in range(2)]
    publish(database, olga, ends[0])
    with pytest.raises(Conflict, match="told already"):
        publish(database, olga, ends[1])
    with pytest.raises(Conflict, match="end was told"):
        then(database, olga, Kind.UPDATED, "more")
    take_back(database, olga, ends[0])
    publish(database, olga, then(database, olga, Kind.UPDATED, "It is not over."))
    assert seen(database)[0].ended_at is None


@pytest.mark.parametrize(
    ("title", "body"),
    [("", "words"), ("title", " "), ("x" * 121, "words"), ("title", "x" * 1001), ("\0", "words")],
)
def test_without_words_or_with_too_many_nothing_is_kept(
    title: str, body: str, database: Database, olga: UUID
) -> None:
    with pytest.raises(Invalid):
        first(database, olga, title=title, body=body)
    assert all_told(database) == []


def test_an_incident_to_come_is_none(database: Database, olga: UUID) -> None:
    with (
        pytest.raises(Invalid, match="has begun"),
        database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session,
    ):
        write_first(
            session, title="t", body="b", began_at=NOW + HOUR, alert=None, actor=Actor.staff(olga), now=NOW
        )


def test_names_of_members_and_of_the_staff_are_found_in_what_was_saved(
    database: Database, olga: UUID
) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        execute(
            session,
            "insert into personal_data (member_id, full_name) values (:id, 'Mia Winter')"
            " on conflict (member_id) do update set full_name = excluded.full_name",
            id=member,
        )
    note = first(database, olga, body="mia's replies were late; Olga looks into it, as Winter begins.")
    with database.reading(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        assert names_in(session, note) == ["Olga", "Winter", "mia"]
        assert names_in(session, note + 1) == []


@pytest.mark.parametrize(
    ("text", "secret", "inside"),
    [
        ("Replies of the coach came late for some members.", [], []),
        ("Write to help@example.org or +49 30 1234567.", ["help@example.org", "+49 30 1234567"], []),
        ("OpenAI was slow, so POST /v1/events failed", [], ["OpenAI", "/v1/events"]),
        ("the workers of release 1.5.0 met bee_system on db1.internal", [],
         ["workers", "1.5.0", "bee_system", "db1.internal"]),
        ("member 00000000-0000-4000-8000-00000000c0a1", [], ["00000000-0000-4000-8000-00000000c0a1"]),
    ],
)  # fmt: skip
def test_what_should_not_be_in_a_public_text_is_named(
    text: str, secret: list[str], inside: list[str]
) -> None:
    assert (secret_words(text), inside_words(text)) == (secret, inside)
