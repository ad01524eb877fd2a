"""What the public is told of an incident: written, looked at, published; an update or its end is another note.

What was published is never changed: it is withdrawn, with a reason, and another one written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final

from bee.audit import Actor, given_words, record
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid

MOST_TITLE: Final = 120
MOST_BODY: Final = 1000


class Kind(StrEnum):
    """What a note says of its incident: that there is one, more of it, that it is over."""

    PUBLISHED = "published"
    UPDATED = "updated"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Note:
    """A note. It is on the page while ``published_at`` is set and ``withdrawn_at`` is not."""

    id: int
    incident: int
    began_at: datetime
    alert: int | None
    kind: str
    title: str
    body: str
    written_by_name: str | None
    written_at: datetime
    published_at: datetime | None
    published_by_name: str | None
    withdrawn_at: datetime | None
    withdrawn_by_name: str | None
    withdrawn_because: str | None

    @property
    def is_shown(self) -> bool:
        """Whether the public sees it."""
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def is_draft(self) -> bool:
        """Whether it waits to be published."""
        return self.published_at is None and self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Told:
    """An incident and its notes in the order in which they were written."""

    id: int
    began_at: datetime
    alert: int | None
    notes: tuple[Note, ...]

    @property
    def shown(self) -> tuple[Note, ...]:
        """What the public sees of it."""
        return tuple(note for note in self.notes if note.is_shown)

    @property
    def resolved_at(self) -> datetime | None:
        """When its end was told; None while it goes on."""
        return next((note.published_at for note in self.shown if note.kind == Kind.RESOLVED), None)


@dataclass(frozen=True, slots=True)
class _Subject:
    incident: int
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class _Course:
    id: int
    is_told: bool
    is_resolved: bool


@dataclass(frozen=True, slots=True)
class _Name:
    word: str


def told(session: ReadSession, *, since: datetime) -> list[Told]:
    """Return the incidents that began since then, the latest first, with all that was written."""
    notes: Sequence[Note] = session.all(Note, "sla/status_notes", since=since)
    return [
        Told(number, found[0].began_at, found[0].alert, found)
        for number, group in groupby(notes, lambda note: note.incident)
        if (found := tuple(group))
    ]


def names_in(session: ReadSession, note: int) -> list[str]:
    """Return the words of a saved note that are names of a member or of somebody on the staff; never whose."""
    return [row.word for row in session.all(_Name, "sla/names_in_status_note", note=note)]


def write_first(
    session: WriteSession,
    *,
    title: str,
    body: str,
    began_at: datetime,
    alert: int | None,
    actor: Actor,
    now: datetime,
) -> int:
    """Write the first note of an incident and return its number; nobody sees it yet."""
    if began_at.tzinfo is None or began_at > now:
        raise Invalid("incident_ahead", "An incident has begun.")
    words = _words(title, body)
    incident = session.scalar("sla/add_status_incident", began_at=began_at, alert=alert, by=actor.id)
    return _write(session, incident, Kind.PUBLISHED, words, actor)


def write_next(
    session: WriteSession, incident: int, kind: Kind, *, title: str, body: str, actor: Actor
) -> int:
    """Write another note of an incident and return its number; nobody sees it yet.

    Raises :class:`Conflict` where nothing is told of it yet, or its end is.
    """
    words = _words(title, body)
    course = session.find(_Course, "sla/status_incident", id=incident)
    if course is None or not course.is_told:
        raise Conflict("not_told", "The public is not told of that incident.")
    if course.is_resolved:
        raise Conflict(
            "resolved_before", "Its end was told: withdraw that first, or tell of another incident."
        )
    return _write(session, incident, kind, words, actor)


def publish_note(session: WriteSession, note: int, *, actor: Actor) -> None:
    """Show a note to the public. Raises :class:`Conflict` the second time."""
    found = session.find(_Subject, "sla/publish_status_note", id=note, by=actor.id)
    if found is None:
        raise Conflict("published_before", "It was published or put aside meanwhile.")
    _record(session, actor, found.kind, note, found)


def withdraw_note(session: WriteSession, note: int, *, reason: str, actor: Actor) -> None:
    """Take a note off the page, or put aside one that nobody saw. Raises :class:`Conflict` the second time."""
    said = given_words(reason, "Say the reason")
    found = session.find(_Subject, "sla/withdraw_status_note", id=note, by=actor.id, because=said)
    if found is None:
        raise Conflict("withdrawn_before", "It was withdrawn before.")
    _record(session, actor, "withdrawn", note, found, said)


def _words(title: str, body: str) -> tuple[str, str]:
    return (
        given_words(title, "Give it a title", most=MOST_TITLE),
        given_words(body, "Say what the public should know", most=MOST_BODY),
    )


def _write(session: WriteSession, incident: int, kind: Kind, words: tuple[str, str], actor: Actor) -> int:
    title, body = words
    note: int = session.scalar(
        "sla/add_status_note", incident=incident, kind=kind, title=title, body=body, by=actor.id
    )
    return note


def _record(
    session: WriteSession, actor: Actor, verb: str, note: int, found: _Subject, reason: str | None = None
) -> None:
    record(
        session,
        actor=actor,
        action=f"status_note.{verb}",
        subject_kind="status_note",
        subject_id=note,
        after={"incident": found.incident, "kind": found.kind, "title": found.title},
        reason=reason,
    )
