"""Scoring: whoever is due or behind, in batches, each a transaction of its own.

A batch's rows, what it restates and the removal of what said that its members are due are committed together, so
that a scorer that is killed leaves nothing half: the next one finds who is still due.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from bee.db import Database, Login, ReadSession
from bee.db.queries import query
from bee.errors import Conflict
from bee.momentum.batch import BatchScores, DueMember, Window, from_epoch, score_batch
from bee.momentum.days import complete_through
from bee.momentum.definition import Definition
from bee.momentum.exchange import copy_in, read_events, read_stored, rows_text, window_numbers
from bee.momentum.registry import active_definition
from bee.momentum.rollup import (
    Totals,
    mark_stale,
    roll_up,
    segments_of,
    touched_dates,
    write_totals,
)

# Member-days in a batch: some hundred megabytes at the most.
BATCH_DAYS: Final = 400_000
LOCK_PAUSE_S: Final = 0.5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ScoringReport:
    """What was done: members looked at, rows written and removed, and the days whose totals changed."""

    members: int
    rows_written: int
    rows_removed: int
    restated: int
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that members live in, and through which day it is scored, if it ever was."""

    time_zone: str
    scored_through: date | None


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for every batch of a run."""

    database: Database
    login: Login
    definition: Definition
    targets: dict[str, date]
    reason: str
    rewrite: bool
    totals: Totals | None


def score(
    database: Database,
    *,
    now: datetime,
    login: Login = Login.OWNER,
    member_id: UUID | None = None,
    rebuild_from: date | None = None,
    wait_s: float = 0,
    progress: Progress = lambda _done, _total: None,
) -> ScoringReport:
    """Score whatever is missing or touched, of everybody or of one member; or everything again from a day on.

    ``login``: the owner appends new rows without a detour. Raises :class:`Conflict` when somebody else still
    scores after ``wait_s``.
    """
    with _only_scorer(database, login, wait_s):
        return _score(database, now, login, member_id, rebuild_from, progress)


def is_scoring_due(database: Database, *, now: datetime) -> bool:
    """Whether a member or a day waits, or a day has ended in a zone since it was scored."""
    with database.reading(Login.WORKER) as session:
        if session.scalar("momentum/is_scoring_due"):
            return True
        zones = session.all(Zone, "momentum/zones")
    return any(zone.scored_through != complete_through(zone.time_zone, now) for zone in zones)


def _score(
    database: Database,
    now: datetime,
    login: Login,
    member_id: UUID | None,
    rebuild_from: date | None,
    progress: Progress,
) -> ScoringReport:
    with database.reading(login) as session:
        definition = active_definition(session)
        zones = session.all(Zone, "momentum/zones")
        targets = {zone.time_zone: complete_through(zone.time_zone, now) for zone in zones}
        members = _members(session, targets, member_id, rebuild_from)
        is_first = member_id is None and not session.scalar("momentum/has_scores")
    members = [member for member in members if (member.start_on - targets[member.time_zone]).days <= 1]
    run = _Run(
        database,
        login,
        definition,
        targets,
        reason="rebuild" if rebuild_from else "late_event",
        rewrite=rebuild_from is not None,
        totals=Totals() if is_first else None,
    )
    report = _score_batches(run, members, progress)
    if run.totals is None:
        roll_up(database, login)
    with database.writing(login) as session:
        if run.totals is not None:
            write_totals(session, run.totals)
        if member_id is None:
            moved = [zone.time_zone for zone in zones if zone.scored_through != targets[zone.time_zone]]
            session.run("momentum/move_frontiers", zones=moved, targets=[targets[zone] for zone in moved])
    return report


def _members(
    session: ReadSession, targets: dict[str, date], member_id: UUID | None, rebuild_from: date | None
) -> list[DueMember]:
    if rebuild_from is not None:
        return session.all(
            DueMember, "momentum/rebuildable_members", member_id=member_id, start_on=rebuild_from
        )
    due = session.all(DueMember, "momentum/due_members", member_id=member_id)
    if member_id is not None:
        return due
    behind = session.all(
        DueMember, "momentum/members_behind", zones=list(targets), targets=list(targets.values())
    )
    return sorted([*due, *behind], key=lambda member: member.user_id)


def _score_batches(run: _Run, members: Sequence[DueMember], progress: Progress) -> ScoringReport:
    written = removed = restated = done = 0
    days: set[date] = set()
    with ThreadPoolExecutor(1) as reader:
        batches = list(_batches(members, run.targets))
        # While one batch is written, the next is read and computed.
        upcoming = reader.submit(_compute, run, batches[0]) if batches else None
        for number, batch in enumerate(batches):
            assert upcoming is not None
            scores = upcoming.result()
            is_last = number + 1 == len(batches)
            upcoming = None if is_last else reader.submit(_compute, run, batches[number + 1])
            restated += _write(run, batch, scores)
            written += len(scores.changed)
            removed += len(scores.gone_day)
            days.update(touched_dates(scores.touched_days))
            done += len(batch)
            progress(done, len(members))
    return ScoringReport(len(members), written, removed, restated, tuple(sorted(days)))


def _batches(members: Sequence[DueMember], targets: dict[str, date]) -> Iterator[Sequence[DueMember]]:
    """Cut the members into batches of about as many days; at least one member each."""
    first, days = 0, 0
    for number, member in enumerate(members):
        last_on = min(targets[member.time_zone], member.left_on or date.max)
        days += max(1, (last_on - member.start_on).days + 2)
        if days >= BATCH_DAYS:
            yield members[first : number + 1]
            first, days = number + 1, 0
    if first < len(members):
        yield members[first:]


def _compute(run: _Run, batch: Sequence[DueMember]) -> BatchScores:
    complete = [run.targets[member.time_zone] for member in batch]
    window = Window(
        window_numbers([member.start_on for member in batch]),
        window_numbers(complete),
        window_numbers([member.left_on for member in batch]),
    )
    latest = from_epoch(int(window.complete.max()) + 1)
    with run.database.reading(run.login) as session:
        events = read_events(session, batch, latest, definition=run.definition)
        stored = read_stored(session, batch, definition=run.definition)
        if run.totals is not None:
            segments = segments_of(session, [member.user_id for member in batch])
    scores = score_batch(window, events, stored, definition=run.definition, rewrite=run.rewrite)
    if run.totals is not None:
        run.totals.add(scores.changed, segments, len(batch))
    return scores


def _write(run: _Run, batch: Sequence[DueMember], scores: BatchScores) -> int:
    """Write a batch and return how many published days now say something else."""
    restated = 0
    with run.database.writing(run.login) as session:
        if len(scores.changed):
            text = rows_text(scores.changed, batch, definition=run.definition)
            if scores.is_new and run.login is Login.OWNER:
                copy_in(session, "momentum/copy_scores", text)
            else:
                session.run("momentum/make_incoming_scores")
                copy_in(session, "momentum/copy_incoming_scores", text)
                restated = session.run("momentum/restate_scores", reason=run.reason)
                session.run("momentum/merge_scores")
        if len(scores.gone_day):
            session.run(
                "momentum/delete_scores",
                members=[batch[place].user_id for place in scores.gone_member],
                days=[from_epoch(day) for day in scores.gone_day],
            )
        settled = [member for member in batch if member.seq is not None]
        if settled:
            session.run(
                "momentum/settle_dues",
                members=[member.user_id for member in settled],
                seqs=[member.seq for member in settled],
            )
        mark_stale(session, touched_dates(scores.touched_days))
    return restated


@contextmanager
def _only_scorer(database: Database, login: Login, wait_s: float) -> Iterator[None]:
    """Hold the lock of whoever scores: two would compute the same and wait for each other."""
    with database.engine(login).connect() as connection:
        deadline = time.monotonic() + wait_s
        while not connection.execute(query("momentum/take_scoring_lock")).scalar():
            connection.rollback()
            if time.monotonic() >= deadline:
                raise Conflict("scoring_runs", "Scores are being computed by another process already.")
            time.sleep(LOCK_PAUSE_S)
        connection.commit()
        try:
            yield
        finally:
            connection.rollback()
            connection.execute(query("momentum/release_scoring_lock"))
            connection.commit()
