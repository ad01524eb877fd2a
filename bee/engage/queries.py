"""What the engagement pages read, each query as a staff role: row-level security decides what it sees.

A segment is a key such as ``all``, ``demo``, ``zone:Europe/London``, ``coach:<staff id>`` or ``plan:plus``.
A coach reads the segment of their own id; any other has no figures for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from bee.db import ReadSession
from bee.errors import NotFound

# How far below their usual level, in points, somebody has to be before a call is suggested.
LEAST_BELOW_USUAL: Final = 5.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the figures of a page are about: how many people, through which complete day, made up or real."""

    people: int
    through: date | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class StateDay:
    """How many people were in each state on a day; ``final_sum`` is the sum of their scores."""

    score_date: date
    rising: int
    steady: int
    needs_care: int
    final_sum: float

    @property
    def people(self) -> int:
        """Everybody with a score that day."""
        return self.rising + self.steady + self.needs_care


@dataclass(frozen=True, slots=True)
class Movement:
    """How many people went from one state to another between the first and the last day of a period."""

    state_from: str
    state_to: str
    members: int


@dataclass(frozen=True, slots=True)
class RecoveryDay:
    """Of those who ``fell`` into Needs care seven days before, how many were out of it on some day since."""

    score_date: date
    recovered: int
    fell: int


@dataclass(frozen=True, slots=True)
class PersonAtRisk:
    """Somebody who may need a call. ``last_finals``: scores of up to 42 days, oldest first.

    ``usual``: their mean score from six to two weeks ago. ``below_usual``: how much lower the last week is.
    """

    user_id: UUID
    number: int
    momentum_state: str
    final_score: float
    last_finals: list[float]
    days_in_state: int
    coach_name: str | None
    is_demo: bool
    usual: float
    below_usual: float


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment's key as stored, a coach's name where it is a coach's, and its people."""

    key: str
    coach_name: str | None
    members: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment as people choose it."""

    key: str
    label: str
    members: int


@dataclass(frozen=True, slots=True)
class MemberCard:
    """One member without anything personal. ``through``: the newest complete day, which the score is of."""

    id: UUID
    number: int
    time_zone: str
    joined_on: date
    left_on: date | None
    coach_name: str | None
    attributes: Mapping[str, str]
    is_demo: bool
    through: date | None
    momentum_state: str | None
    final_score: float | None

    @property
    def name(self) -> str:
        """The pseudonym that staff call the member by."""
        return f"P-{self.number}"


@dataclass(frozen=True, slots=True)
class MemberMatch:
    """A member found by number or name. ``full_name``: None where it is unknown or not for the role."""

    id: UUID
    number: int
    full_name: str | None
    is_demo: bool


@dataclass(frozen=True, slots=True)
class MemberPerson:
    """Who a member is."""

    full_name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class ScoredDay:
    """One day of a member."""

    score_date: date
    raw_score: float
    final_score: float
    momentum_state: str
    event_count: int
    is_complete: bool
    definition: str


@dataclass(frozen=True, slots=True)
class EventsOfDay:
    """How many events of a type a member had on a day."""

    day: date
    event_type: str
    events: int


@dataclass(frozen=True, slots=True)
class NotificationMoment:
    """A moment at which a message was sent to a member or held back, and why."""

    day: date
    notification_type: str
    decision: str
    reason: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberTask:
    """Something that a member's coach was asked to do, and what came of it."""

    day: date
    priority: str
    due_at: datetime
    done_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """That somebody's coach has something to do about them, and by when."""

    user_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to everybody: a release, a campaign, an incident."""

    on_date: date
    title: str
    body: str
    kind: str


def coverage(session: ReadSession, segment: str, today: date) -> Coverage:
    """Return what a segment's figures cover; pages open on the day ``through``, None while there is none.

    A day is complete when it is over and scored in every zone of the segment's members; the database's
    ``bee_complete_through`` is the one place that says so.
    """
    return session.get(Coverage, "engage/coverage", segment=segment, today=today)


def state_series(session: ReadSession, segment: str, start: date, end: date) -> list[StateDay]:
    """Return a segment's days, ``start`` and ``end`` included, oldest first; days without scores are absent."""
    return session.all(StateDay, "engage/state_series", segment=segment, start=start, end=end)


def movements(session: ReadSession, segment: str, start: date, end: date) -> list[Movement]:
    """Return how people moved between two days. Who has no score on one of the two is in no pair."""
    return session.all(Movement, "engage/movements", segment=segment, start=start, end=end)


def recovered_series(session: ReadSession, segment: str, start: date, end: date) -> list[RecoveryDay]:
    """Return what became of those who fell; days on which nobody had fallen seven days before are absent."""
    return session.all(RecoveryDay, "engage/recovered_series", segment=segment, start=start, end=end)


def at_risk(session: ReadSession, segment: str, through: date, limit: int) -> list[PersonAtRisk]:
    """Return who may need a call on a complete day, the furthest below their own usual level first.

    In it is who is in Needs care, has not left, and scores at least ``LEAST_BELOW_USUAL`` points less in the
    last week than in the four weeks before the last two: people who were engaged and whom a call may still
    reach. Who was always low, or has been silent for six weeks, is not helped by a place on this list.
    """
    return session.all(
        PersonAtRisk,
        "engage/at_risk",
        segment=segment,
        through=through,
        limit=limit,
        least_below_usual=LEAST_BELOW_USUAL,
    )


def segments(session: ReadSession) -> list[Segment]:
    """Return the segments with people on the newest complete day that the role may see, in reading order."""
    rows = session.all(SegmentRow, "engage/segments")
    return [Segment(row.key, segment_label(row), row.members) for row in sorted(rows, key=_reading_order)]


def segment_label(row: SegmentRow) -> str:
    """Return what a segment is called on screen."""
    kind, _, value = row.key.partition(":")
    match kind:
        case "all":
            return "Everybody"
        case "demo":
            return "Demo members"
        case "zone":
            return value.replace("_", " ")
        case "coach":
            return f"Coach {row.coach_name or 'no longer here'}"
        case _:
            return f"{kind.replace('_', ' ').capitalize()}: {value}"


def _reading_order(row: SegmentRow) -> tuple[int, str]:
    kinds = ("all", "demo", "coach", "zone")
    kind = row.key.partition(":")[0]
    return (kinds.index(kind) if kind in kinds else len(kinds), row.key)


def find_member(session: ReadSession, number: int) -> UUID | None:
    """Return the member that staff call ``P-<number>``, or None where there is none that the role may see."""
    found = session.scalar("engage/find_member", number=number)
    return None if found is None else UUID(str(found))


def search_members(session: ReadSession, words: str, limit: int) -> list[MemberMatch]:
    """Return members whose number or name matches, by number; for no words everybody that the role may see.

    Only for the roles coach and admin: the database refuses any other the names.
    """
    return session.all(MemberMatch, "engage/search_members", words=words.strip(), limit=limit)


def get_member_card(session: ReadSession, member_id: UUID) -> MemberCard:
    """Return what every role may see of a member. Raises :class:`NotFound`, also for another coach's."""
    card = session.find(MemberCard, "engage/member_card", member_id=member_id)
    if card is None:
        raise NotFound("member_not_found", "There is no such member, or not among yours.")
    return card


def find_member_person(session: ReadSession, member_id: UUID) -> MemberPerson | None:
    """Return who a member is. Only for the roles coach and admin: the database refuses any other."""
    return session.find(MemberPerson, "engage/member_person", member_id=member_id)


def member_timeline(session: ReadSession, member_id: UUID, start: date, end: date) -> list[ScoredDay]:
    """Return a member's days, oldest first; the last may be today's incomplete one."""
    return session.all(ScoredDay, "engage/member_timeline", member_id=member_id, start=start, end=end)


def member_events_by_day(session: ReadSession, member_id: UUID, start: date, end: date) -> list[EventsOfDay]:
    """Return how many events of each type a member had on each local day."""
    return session.all(EventsOfDay, "engage/member_events_by_day", member_id=member_id, start=start, end=end)


def member_notifications(
    session: ReadSession, member_id: UUID, start: date, end: date
) -> list[NotificationMoment]:
    """Return when something was sent to a member or held back, oldest first; never the text."""
    return session.all(
        NotificationMoment, "engage/member_notifications", member_id=member_id, start=start, end=end
    )


def member_tasks(session: ReadSession, member_id: UUID, start: date, end: date) -> list[MemberTask]:
    """Return what a member's coach was asked to do, oldest first. Only for the roles coach and admin."""
    return session.all(MemberTask, "engage/member_tasks", member_id=member_id, start=start, end=end)


def open_tasks(session: ReadSession, members: Sequence[UUID]) -> dict[UUID, datetime]:
    """Return by when the coaches of some members have to see to them. Only for the roles coach and admin."""
    rows = session.all(OpenTask, "engage/open_tasks", members=list(members))
    return {row.user_id: row.due_at for row in rows}


def days_in_state(session: ReadSession, member_id: UUID) -> int | None:
    """Return for how many complete days a member has been in the present state; None without scores."""
    found = session.scalar("engage/days_in_state", member_id=member_id)
    return None if found is None else int(found)


def notes(session: ReadSession, start: date, end: date) -> list[Note]:
    """Return the notes on the calendar from ``start`` to ``end``."""
    return session.all(Note, "engage/notes", start=start, end=end)
