"""The worker's jobs as people on call see them: what ran, what fails, what is due; and running one now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bee.audit import Actor, record
from bee.csv_text import csv_text
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid, NotFound
from bee.jobs.queue import DEAD_AFTER_S

LONGEST_REASON: Final = 500
# What is due longer than this and not at work is late: a worker looks every few seconds.
LATE_AFTER: Final = timedelta(minutes=2)


class JobState(StrEnum):
    """How a job stands. ``lost``: its worker is silent. ``again``: it failed and will be tried again."""

    FAILED = "failed"
    LOST = "lost"
    AGAIN = "again"
    LATE = "late"
    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"


TROUBLED: Final = (JobState.FAILED, JobState.LOST, JobState.AGAIN, JobState.LATE)


@dataclass(frozen=True, slots=True)
class Run:
    """A job. ``started_at``: of its newest try; ``rows_done``: as far as it got."""

    id: int
    kind: str
    key: str
    run_at: datetime
    attempts: int
    max_attempts: int
    created_at: datetime
    started_at: datetime | None
    heartbeat_at: datetime | None
    finished_at: datetime | None
    worker: str | None
    outcome: str | None
    error: str | None
    rows_done: int

    @property
    def seconds(self) -> float | None:
        """How long its newest try took; None where it has not ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    def state(self, now: datetime) -> JobState:
        """Return how it stands."""
        if self.finished_at is not None:
            return JobState.FAILED if self.outcome == "failed" else JobState.DONE
        return open_state(now, self.started_at, self.heartbeat_at, self.run_at, self.error)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its newest run that ended, the one at work, the next one. ``runs``: ended in the period."""

    kind: str
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    error: str | None
    rows_done: int | None
    runs: int
    failed: int
    working_since: datetime | None
    heartbeat_at: datetime | None
    next_at: datetime | None
    waits_with: str | None
    has_plain: bool

    @property
    def seconds(self) -> float | None:
        """How long the newest run took; None where none ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    def state(self, now: datetime) -> JobState:
        """Return how it stands: badly, where what is open does, or else where the newest run did."""
        if self.working_since is not None or self.next_at is not None:
            state = open_state(
                now, self.working_since, self.heartbeat_at, self.next_at or now, self.waits_with
            )
            if state in TROUBLED or self.outcome != "failed":
                return state
        return JobState.FAILED if self.outcome == "failed" else JobState.DONE


@dataclass(frozen=True, slots=True)
class RunSearch:
    """Which runs: ended since a moment or open, of a kind, in a state (``done``, ``failed``, ``open``)."""

    since: datetime
    kind: str | None = None
    state: str | None = None


def open_state(
    now: datetime,
    working_since: datetime | None,
    heartbeat_at: datetime | None,
    due_at: datetime,
    error: str | None,
) -> JobState:
    """Return how a job that has not ended stands (pure)."""
    if working_since is not None:
        silent = now - (heartbeat_at or working_since)
        return JobState.LOST if silent > timedelta(seconds=DEAD_AFTER_S) else JobState.WORKING
    if error is not None:
        return JobState.AGAIN
    return JobState.LATE if now - due_at > LATE_AFTER else JobState.WAITING


def kinds(session: ReadSession, *, since: datetime, now: datetime) -> list[Kind]:
    """Return the kinds of jobs, those in trouble first, then by name."""
    order = {state: place for place, state in enumerate(JobState)}
    found = session.all(Kind, "jobs/kinds", since=since)
    return sorted(found, key=lambda kind: (_rank(order, kind.state(now)), kind.kind))


@dataclass(frozen=True, slots=True)
class _Name:
    kind: str


def kind_names(session: ReadSession) -> list[str]:
    """Return what kinds of jobs there are, by name."""
    return [name.kind for name in session.all(_Name, "jobs/kind_names")]


def runs(session: ReadSession, search: RunSearch, *, most: int, before: int | None = None) -> list[Run]:
    """Return runs: those that have not ended, then the newest; ``before``: below which one."""
    return session.all(
        Run,
        "jobs/runs",
        since=search.since,
        kind=search.kind,
        state=search.state,
        before_id=before,
        most=most,
    )


def run_now(session: WriteSession, *, kind: str, key: str, reason: str, actor: Actor) -> None:
    """Have a job run as soon as a worker is free, and write down who wanted it.

    Raises :class:`Invalid` without a reason, :class:`NotFound` for a job that nobody ever asked for,
    :class:`Conflict` while it runs.
    """
    said = reason.replace("\0", "").strip()
    if not 1 <= len(said) <= LONGEST_REASON:
        raise Invalid("no_reason", "Say the reason: others will want to know.")
    if not session.scalar("jobs/has_kind", kind=kind, key=key):
        raise NotFound("no_job", "There is no such job.")
    if not session.scalar("jobs/run_now", kind=kind, key=key):
        raise Conflict("job_runs", "It runs at this moment.")
    record(
        session,
        actor=actor,
        action="job.asked",
        subject_kind="job",
        subject_id=f"{kind} {key}".strip(),
        reason=said,
    )


def kinds_csv(found: Iterable[Kind], now: datetime) -> str:
    """Return the kinds as a file."""
    header = (
        "kind", "state", "last_started_at", "last_finished_at", "seconds", "rows", "runs", "failed", "next_at",
        "error",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                each.kind,
                each.state(now),
                _moment(each.started_at),
                _moment(each.finished_at),
                each.seconds,
                each.rows_done,
                each.runs,
                each.failed,
                _moment(each.next_at),
                each.waits_with or (each.error if each.outcome == "failed" else None),
            )
            for each in found
        ),
    )


def runs_csv(found: Sequence[Run], now: datetime) -> str:
    """Return runs as a file."""
    header = (
        "id", "kind", "key", "state", "due_at", "started_at", "finished_at", "seconds", "rows", "tries", "worker",
        "error",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                each.id,
                each.kind,
                each.key,
                each.state(now),
                _moment(each.run_at),
                _moment(each.started_at),
                _moment(each.finished_at),
                each.seconds,
                each.rows_done,
                each.attempts,
                each.worker,
                each.error,
            )
            for each in found
        ),
    )


def _rank(order: dict[JobState, int], state: JobState) -> int:
    return order[state] if state in TROUBLED else len(order)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
