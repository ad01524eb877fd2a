"""What is read to answer a member, as the member; and the safety events, as a staff role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bee.coach.masking import Known
from bee.coach.offline import Momentum, Said
from bee.coach.safety import Category
from bee.csv_text import csv_text
from bee.db import ReadSession

MOST_MEMORIES: Final = 50
MOST_MESSAGES: Final = 10


@dataclass(frozen=True, slots=True)
class Answered:
    """How a request was answered before: what the member had written, and the answer with its labels."""

    message: str
    response_text: str
    crisis: bool
    category: str | None
    rules_version: str
    model: str
    prompt: str | None
    usage: Mapping[str, int]
    fallback: str | None


@dataclass(frozen=True, slots=True)
class AboutMember:
    """Whether a member consented to coaching, and what their record says of them."""

    consents: bool = False
    external_id: str | None = None
    full_name: str | None = None
    email: str | None = None
    phone: str | None = None

    @property
    def known(self) -> Known:
        """What is to be hidden wherever it stands."""
        return Known(self.full_name, self.email, self.phone, self.external_id)


@dataclass(frozen=True, slots=True)
class Context:
    """What an answer rests on beside the memories, all of it from the database.

    ``recent``: newest first. ``answered``: set when this very request was answered before.
    """

    about: AboutMember
    state: Momentum | None
    recent: tuple[Said, ...]
    answered: Answered | None


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """A message in which somebody may be in danger. ``matched``: the words of it that say so."""

    id: UUID
    user_id: UUID
    number: int
    category: Category
    matched: list[str]
    rules_version: str
    status: str
    created_at: datetime
    taken_by: UUID | None
    taker_name: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    finding: str | None
    note: str | None
    message: str

    @property
    def is_closed(self) -> bool:
        """Whether somebody has seen to it."""
        return self.closed_at is not None


@dataclass(frozen=True, slots=True)
class SafetySearch:
    """Which safety events. ``since``: from when on closed ones are; those that wait are all there, however old."""

    since: datetime
    is_closed: bool | None = None
    category: Category | None = None


@dataclass(frozen=True, slots=True)
class SafetyCount:
    """How many events of a category are in a status, the first of them since ``first_at``."""

    category: str
    status: str
    events: int
    first_at: datetime


def read_context(session: ReadSession, member_id: UUID, request_id: UUID) -> Context:
    """Return what an answer to a member rests on; ``session`` has to act as that member."""
    state: Any = session.scalar("coach/momentum_state", user_id=member_id)
    return Context(
        about=session.find(AboutMember, "coach/about_member", user_id=member_id) or AboutMember(),
        state=None if state is None else Momentum(state),
        recent=tuple(session.all(Said, "coach/last_messages", user_id=member_id, limit=MOST_MESSAGES)),
        answered=find_answered(session, member_id, request_id),
    )


def find_answered(session: ReadSession, member_id: UUID, request_id: UUID) -> Answered | None:
    """Return how a request was answered, or None; ``session`` has to act as that member."""
    return session.find(Answered, "coach/answered", user_id=member_id, request_id=request_id)


def safety_events(session: ReadSession, search: SafetySearch, *, most: int) -> list[SafetyEvent]:
    """Return the events that the role may see, the longest waiting first, then the closed ones, newest first.

    For coaches and admins; the database refuses any other role the words.
    """
    return session.all(
        SafetyEvent,
        "coach/safety_events",
        since=search.since,
        is_closed=search.is_closed,
        category=search.category,
        most=most,
    )


def find_safety_event(session: ReadSession, event_id: UUID) -> SafetyEvent | None:
    """Return an event as it is now, or None where the role has no such event."""
    return session.find(SafetyEvent, "coach/safety_event", id=event_id)


def safety_csv(events: Sequence[SafetyEvent]) -> str:
    """Return events as a file: the words that rang, and no message."""
    header = ("since", "person", "category", "words", "rules", "status", "taken_by", "finding", "note")
    return csv_text(
        header,
        (
            (
                event.created_at.isoformat(),
                f"P-{event.number}",
                event.category,
                " | ".join(event.matched),
                event.rules_version,
                event.status,
                event.taker_name or "",
                event.finding or "",
                event.note or "",
            )
            for event in events
        ),
    )


def safety_counts(session: ReadSession, since: datetime) -> list[SafetyCount]:
    """Return how many events there were since a moment; for on-call, who may not know whose."""
    return session.all(SafetyCount, "coach/safety_counts", since=since)
