"""What coaches are asked to do: whom to see to, why, by when, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import TypeAdapter

from bee.audit import Actor, record
from bee.csv_text import csv_text
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid, NotFound
from bee.notify.rule import Condition, Drop, NewMember, Silence, Streak

MOST_NOTE: Final = 2_000
NOBODYS: Final = "nobody"
_CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)


class Outcome(StrEnum):
    """What came of a task."""

    REACHED = "reached"
    NOT_REACHED = "not reached"
    MESSAGE_LEFT = "message left"
    HANDED_ON = "handed on"
    NOT_NEEDED = "not needed"


# Who comes after has to know to whom, or why not.
NOTE_NEEDED: Final = frozenset({Outcome.HANDED_ON, Outcome.NOT_NEEDED})


@dataclass(frozen=True, slots=True)
class TaskSearch:
    """Which tasks. ``coach``: whose members', an id, ``nobody`` for members without one, None for all."""

    now: datetime
    done_since: datetime
    shows_open: bool = True
    shows_done: bool = False
    only_overdue: bool = False
    coach: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do about a member. It follows the member: ``coach_id`` is the member's coach of today.

    ``condition``: of the rule that asked, as JSON. ``finals``: complete scores of up to 28 days, newest first.
    ``told``: what became of the message to the member, with the reason.
    """

    id: UUID
    user_id: UUID
    number: int
    full_name: str | None
    is_demo: bool
    coach_id: UUID | None
    coach_name: str | None
    is_safety: bool
    priority: str
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by_name: str | None
    outcome: str | None
    note: str
    rule: str | None
    condition: str | None
    trigger_date: date | None
    silent_since: datetime | None
    finals: list[float]
    told: str | None
    told_because: str | None


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks are open, and how many were done lately."""

    open: int
    overdue: int
    due_in_a_day: int
    done: int
    reached: int


@dataclass(frozen=True, slots=True)
class CoachName:
    """Somebody to whom members may be given."""

    id: UUID
    full_name: str


def tasks(session: ReadSession, search: TaskSearch, *, most: int) -> list[Task]:
    """Return tasks, the open ones first by when they are due. Only for the roles coach, of their own, and admin."""
    return session.all(Task, "notify/tasks", task_id=None, most=most, **_asked(search))


def get_task(session: ReadSession, task_id: UUID, now: datetime) -> Task:
    """Return a task, done or not. Raises :class:`NotFound`, also for another coach's."""
    everything = TaskSearch(now, datetime.min.replace(tzinfo=now.tzinfo), shows_done=True)
    found = session.find(Task, "notify/tasks", task_id=task_id, most=1, **_asked(everything))
    if found is None:
        raise NotFound("no_task", "There is no such task, or its member has another coach now.")
    return found


def count_tasks(session: ReadSession, search: TaskSearch) -> TaskCounts:
    """Return how many tasks a role has, of one coach's members or of all."""
    return session.get(
        TaskCounts, "notify/task_counts", now=search.now, done_since=search.done_since, coach=search.coach
    )


def coach_names(session: ReadSession) -> list[CoachName]:
    """Return who may be given members, by name."""
    return session.all(CoachName, "notify/task_coaches")


def do_task(
    session: WriteSession, task_id: UUID, outcome: str, note: str, *, staff_id: UUID, now: datetime
) -> None:
    """Say what came of a task, once; the trail has the outcome, and not the note.

    Raises :class:`Invalid` without what has to be said, :class:`Conflict` where somebody did it before.
    """
    said, came = note.replace("\0", "").strip(), _outcome(outcome)
    if len(said) > MOST_NOTE or (came in NOTE_NEEDED and not said):
        raise Invalid(
            "note_needed", f"Say in the note to whom, or why not, in at most {MOST_NOTE:,} characters."
        )
    if not session.run(
        "notify/do_task", id=task_id, staff_id=staff_id, outcome=came.value, note=said, now=now
    ):
        raise _in_the_way(get_task(session, task_id, now))
    record(
        session,
        actor=Actor.staff(staff_id),
        action="coach_task.done",
        subject_kind="coach_task",
        subject_id=task_id,
        before={"outcome": None},
        after={"outcome": came.value, "has_note": bool(said)},
    )


def why_words(task: Task) -> str:
    """Return why somebody should be seen to, with the figures that the rule saw."""
    if task.is_safety:
        return "Wrote words that may tell of danger"
    if task.condition is None:
        return "A rule asked for it that is known no more"
    condition = _CONDITION.validate_json(task.condition)
    newest = f", score {task.finals[0]:.0f}" if task.finals else ""
    match condition:
        case Streak():
            state = {"NeedsCare": "Needs care"}.get(condition.state, condition.state)
            return f"{condition.days} days in {state} in a row{newest}"
        case Drop():
            return _drop_words(condition, task.finals)
        case NewMember():
            return f"New here, nothing was sent in {condition.unsent_h} hours{newest}"
        case Silence():
            since = f" since {task.silent_since:%-d %B}" if task.silent_since else ""
            return f"Silent for {condition.hours} hours{since}{newest}"


def tasks_csv(rows: Iterable[Task]) -> str:
    """Return tasks as a file, a row each, in their order; without names and notes."""
    header = (
        "person",
        "is_demo",
        "why",
        "priority",
        "asked_at",
        "due_at",
        "coach",
        "done_at",
        "done_by",
        "outcome",
    )
    return csv_text(
        header,
        (
            (
                f"P-{row.number}",
                "yes" if row.is_demo else "no",
                why_words(row),
                row.priority,
                row.created_at.isoformat(),
                row.due_at.isoformat(),
                row.coach_name,
                row.done_at.isoformat() if row.done_at else None,
                row.done_by_name,
                row.outcome,
            )
            for row in rows
        ),
    )


def _asked(search: TaskSearch) -> dict[str, object]:
    return {
        "now": search.now,
        "done_since": search.done_since,
        "shows_open": search.shows_open,
        "shows_done": search.shows_done,
        "only_overdue": search.only_overdue,
        "coach": search.coach,
    }


def _outcome(said: str) -> Outcome:
    try:
        return Outcome(said)
    except ValueError as error:
        raise Invalid("unknown_outcome", "Say what came of it.") from error


def _in_the_way(task: Task) -> Conflict:
    if task.done_at is not None:
        who = task.done_by_name or "Somebody"
        return Conflict(
            "task_done",
            f"{who} did this on {task.done_at:%-d %B, %H:%M} UTC: {task.outcome}. Nothing was changed.",
        )
    return Conflict("task_of_safety", "This is about words that may tell of danger: see to it under Safety.")


def _drop_words(condition: Drop, finals: list[float]) -> str:
    if len(finals) < 2 * condition.days:
        return f"Fell by more than {condition.points:g} points in {condition.days} days"
    days = condition.days
    now, before = sum(finals[:days]) / days, sum(finals[days : 2 * days]) / days
    return f"Fell by {before - now:.0f} points: {days} days at {now:.0f} after {days} at {before:.0f}"
