"""Who is on call when: shifts at up to three levels, of which nobody shares one at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid

LEVELS: Final = (1, 2, 3)
MOST_TURNS: Final = 52


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who is on call at a moment; level 1 is told first."""

    level: int
    staff_id: UUID
    full_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Shift:
    """A time for which somebody is on call."""

    id: int
    level: int
    staff_id: UUID
    full_name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may be put on call."""

    id: UUID
    full_name: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is from when until when."""

    staff_id: UUID
    starts_at: datetime
    ends_at: datetime


def on_call(session: ReadSession, at: datetime) -> Sequence[OnCall]:
    """Return who is on call at a moment, by level."""
    return session.all(OnCall, "sla/oncall_at", at=at)


def shifts(session: ReadSession, *, since: datetime, until: datetime) -> list[Shift]:
    """Return the shifts that touch a period, by beginning and level."""
    return session.all(Shift, "sla/oncall_shifts", since=since, until=until)


def people(session: ReadSession) -> list[Colleague]:
    """Return who may be put on call, by name."""
    return session.all(Colleague, "sla/oncall_people")


def turns(people: Sequence[UUID], starts_at: datetime, *, days: int, number: int) -> list[Turn]:
    """Return turns of so many days each, one after the other, the people in their order again and again (pure).

    Each begins at the same time of day as the first, in the zone of ``starts_at``. Raises :class:`Invalid`.
    """
    if not people or not 1 <= days <= 31 or not 1 <= number <= MOST_TURNS:
        raise Invalid("rota", f"Name somebody, 1 to 31 days a turn, and at most {MOST_TURNS} turns.")
    begins = [starts_at + timedelta(days=place * days) for place in range(number + 1)]
    return [Turn(people[place % len(people)], begins[place], begins[place + 1]) for place in range(number)]


def add_turns(session: WriteSession, level: int, found: Sequence[Turn], *, actor: Actor) -> None:
    """Put people on call at a level. Raises :class:`Conflict` where somebody holds it then already."""
    if level not in LEVELS:
        raise Invalid("rota", "There are the levels 1, 2 and 3.")
    for turn in found:
        session.run(
            "sla/add_shift",
            level=level,
            staff_id=turn.staff_id,
            starts_at=turn.starts_at,
            ends_at=turn.ends_at,
            created_by=actor.id,
        )
        record(
            session,
            actor=actor,
            action="oncall.added",
            subject_kind="staff",
            subject_id=turn.staff_id,
            after={"level": level, "starts_at": turn.starts_at, "ends_at": turn.ends_at},
        )


def remove_shift(session: WriteSession, shift: Shift, *, now: datetime, actor: Actor) -> None:
    """Take a shift back. Raises :class:`Conflict` where somebody did before."""
    if not session.run("sla/remove_shift", id=shift.id, removed_by=actor.id, now=now):
        raise Conflict("shift_removed", "Somebody took this shift back already.")
    record(
        session,
        actor=actor,
        action="oncall.removed",
        subject_kind="staff",
        subject_id=shift.staff_id,
        before={"level": shift.level, "starts_at": shift.starts_at, "ends_at": shift.ends_at},
    )
