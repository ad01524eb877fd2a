"""Members into PostgreSQL: a chunk of records a transaction, new ones added, known ones brought in line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from bee.db import Database, Login, ReadSession, WriteSession
from bee.db.queries import query_text
from bee.members.ingest.identity import member_id
from bee.members.ingest.loader import database_errors

CHUNK_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """What one row says about a member; None where it says nothing.

    ``id`` or ``external_id`` is there. ``attributes`` and ``consents`` are JSON objects, as text.
    """

    line: int
    id: UUID | None = None
    external_id: str | None = None
    time_zone: str | None = None
    joined_on: date | None = None
    left_on: date | None = None
    coach: str | None = None
    attributes: str | None = None
    consents: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A row that the database's state does not allow, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Touched:
    """A member whose data came in or changed."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of some records."""

    added: int
    changed: int
    refused: tuple[RefusedRecord, ...]


@dataclass(frozen=True, slots=True)
class MemberRef:
    """A member as events name them. ``key``: the external id or id that was asked for."""

    key: str
    id: UUID
    external_id: str
    time_zone: str


def merge_members(database: Database, records: Sequence[MemberRecord], columns: frozenset[str]) -> Merged:
    """Add or update the members of one chunk in one transaction.

    ``columns``: the fields that the file has at all (``left_on``, ``coach``, ``full_name``, ``email``, ``phone``
    matter); an absent one leaves what is known as it is, an empty cell clears it.
    """
    with database_errors(), database.writing(Login.OWNER) as session:
        session.run("members/make_incoming_members")
        _copy_records(session, records)
        session.run("members/resolve_incoming_members")
        session.run("members/refuse_incoming_members", columns=sorted(columns))
        refused = session.all(RefusedRecord, "members/refused_incoming_members")
        added = session.all(Touched, "members/add_incoming_members")
        touched = {
            *session.all(Touched, "members/change_members", columns=sorted(columns)),
            *session.all(Touched, "members/add_incoming_consents"),
            *session.all(Touched, "members/save_incoming_personal_data", columns=sorted(columns)),
        }
    return Merged(len(added), len(touched.difference(added)), tuple(refused))


def members_by_external_id(session: ReadSession, keys: Sequence[str]) -> dict[str, MemberRef]:
    """Return the members who bear these external ids, by external id."""
    found = session.all(MemberRef, "members/members_by_external_id", keys=list(keys))
    return {member.key: member for member in found}


def members_by_id(session: ReadSession, ids: Sequence[UUID]) -> dict[str, MemberRef]:
    """Return the members with these ids, by the id's text."""
    found = session.all(MemberRef, "members/members_by_id", keys=list(ids))
    return {member.key: member for member in found}


def _copy_records(session: WriteSession, records: Sequence[MemberRecord]) -> None:
    copied = query_text("members/copy_incoming_members").encode()
    with session.driver.cursor() as cursor, cursor.copy(copied) as copy:
        for record in records:
            fresh = record.id or member_id(record.external_id or "")
            copy.write_row(
                (
                    record.line,
                    record.id,
                    fresh,
                    record.external_id,
                    record.time_zone,
                    record.joined_on,
                    record.left_on,
                    record.coach,
                    record.attributes,
                    record.consents,
                    record.full_name,
                    record.email,
                    record.phone,
                )
            )
