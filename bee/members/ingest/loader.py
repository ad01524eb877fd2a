"""Events into PostgreSQL: a batch of members a transaction, which commits together with what is due for scoring.

A batch whose members have no events yet is copied straight into the table. Any other goes through a temporary
table and adds what is missing. So whatever interrupts an import, running it again finishes it and doubles
nothing.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

import psycopg
from psycopg import errors as refused

from bee.db import Database, Login, WriteSession
from bee.db.queries import query_text
from bee.errors import Unavailable

BULK: Final = {"bee.bulk_load": "on"}
TRIES: Final = 3
CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class EventBatch:
    """Some members with all their events of one import.

    ``first_days``: for each of ``members`` the earliest day that has an event. ``lines``: the events as COPY's
    text, columns as in ``sql/members/copy_events.sql``. ``has_own_ids``: whether any id comes from the source.
    """

    members: tuple[UUID, ...]
    first_days: tuple[date, ...]
    rows: int
    lines: memoryview
    has_own_ids: bool


@dataclass(frozen=True, slots=True)
class EventKey:
    """Which event: of whom, and its id."""

    user_id: UUID
    id: UUID


@dataclass(frozen=True, slots=True)
class LoadedBatch:
    """What became of a batch. ``taken``: ids that other events have; they are among the rows not added."""

    rows: int
    added: int
    taken: tuple[EventKey, ...]


def load_events(database: Database, batches: Iterable[EventBatch]) -> Iterator[LoadedBatch]:
    """Load each batch in a transaction of its own and say what became of it.

    Raises :class:`Unavailable` when the database is or goes away; what was loaded before stays.
    """
    for batch in batches:
        yield _load(database, batch)


def _load(database: Database, batch: EventBatch) -> LoadedBatch:
    with database_errors():
        for attempt in itertools.count(1):
            try:
                with database.writing(Login.OWNER, settings=BULK) as session:
                    straight = attempt == 1 and not session.scalar(
                        "members/have_events", members=list(batch.members)
                    )
                    return _copy(session, batch) if straight else _merge(session, batch)
            except (refused.UniqueViolation, refused.DeadlockDetected, refused.SerializationFailure):
                # Somebody else wrote the same members in the meantime: the other road finds that out row by
                # row.
                if attempt == TRIES:
                    raise
    raise AssertionError("unreachable")


def _copy(session: WriteSession, batch: EventBatch) -> LoadedBatch:
    copy_lines(session, "members/copy_events", batch.lines)
    touch_members(session, batch.members, batch.first_days)
    return LoadedBatch(batch.rows, batch.rows, ())


def _merge(session: WriteSession, batch: EventBatch) -> LoadedBatch:
    session.run("members/make_incoming")
    copy_lines(session, "members/copy_incoming", batch.lines)
    added = session.scalar("members/add_incoming")
    taken = session.all(EventKey, "members/taken_ids") if batch.has_own_ids else []
    return LoadedBatch(batch.rows, added, tuple(taken))


def copy_lines(session: WriteSession, name: str, lines: memoryview) -> None:
    """Send COPY's text to the COPY statement ``name``."""
    with session.driver.cursor() as cursor, cursor.copy(query_text(name).encode()) as copy:
        for start in range(0, len(lines), CHUNK_BYTES):
            copy.write(lines[start : start + CHUNK_BYTES])


def touch_members(session: WriteSession, members: tuple[UUID, ...], first_days: tuple[date, ...]) -> None:
    """Mark members as due for scoring, each from its day."""
    session.run("members/touch_members", members=list(members), first_days=list(first_days))


@contextmanager
def database_errors() -> Iterator[None]:
    """Say of what stops an import that it is finished by running it again."""
    try:
        yield
    except psycopg.errors.ForeignKeyViolation as error:
        raise Unavailable(
            "member_gone", "A member was removed while the import ran; run it again to finish."
        ) from error
    except Unavailable as error:
        raise Unavailable(error.code, f"{error.message.rstrip('.')}; run it again to finish.") from error


Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how many rows of it are done, and of how many where that is known."""


def no_progress(_what: str, _done: int, _total: int | None) -> None:
    """Show nothing."""
