"""Scoring: whoever is due or behind, in batches, each a transaction of its own.

A batch's rows, what it restates and the removal of what said that its members are due are committed together, so
that a scorer that is killed leaves nothing half: the next one finds who is still due.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

import numpy as np
import pyarrow as pa

from bee.db import Database, Identity, Login, ReadSession
from bee.errors import Conflict
from bee.momentum.batch import BatchScores, DueMember, Window, days_since_epoch, from_epoch, score_batch
from bee.momentum.definition import Definition
from bee.momentum.exchange import copy_in, read_events, read_stored, rows_text, window_numbers
from bee.momentum.registry import active_definition
from bee.momentum.rollup import (
    Totals,
    mark_stale,
    read_belonging,
    roll_up,
    touched_dates,
    write_totals,
)

# Member-days read or computed in a batch: enough that what each batch costs disappears, few enough that one can be
# read and computed while another is written, also where everybody has just one new day.
BATCH_DAYS: Final = 150_000
LOCK_PAUSE_S: Final = 0.5
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ScoringReport:
    """What was done: members looked at, rows written and removed, and the days whose totals changed.

    ``restated``: published days that now say something else, or are gone.
    """

    members: int
    rows_written: int
    rows_removed: int
    restated: int
    days: tuple[date, ...]

    def after(self, earlier: "ScoringReport") -> "ScoringReport":
        """Return what was done in all, where the same members were looked at before."""
        return ScoringReport(
            max(self.members, earlier.members),
            self.rows_written + earlier.rows_written,
            self.rows_removed + earlier.rows_removed,
            self.restated + earlier.restated,
            tuple(sorted({*self.days, *earlier.days})),
        )


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that members live in: the last day that is over there, and the day through which it is scored."""

    time_zone: str
    scored_through: date | None
    complete_through: date

    @property
    def is_behind(self) -> bool:
        """Whether a day has ended since the zone was scored."""
        return self.scored_through != self.complete_through


@dataclass(frozen=True, slots=True)
class Living:
    """A member who is still there."""

    id: UUID


@dataclass(frozen=True, slots=True)
class _Computed:
    """What a batch came to, from what was there at ``read_at``: what was scored since is newer.

    ``text``: the changed rows as COPY's text.
    """

    scores: BatchScores
    text: pa.Buffer
    read_at: datetime


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for every batch of a run."""

    database: Database
    login: Login
    batch_days: int
    definition: Definition
    targets: dict[str, date]
    reason: str
    rewrite_through: int | None = None
    totals: Totals | None = None
    places: Mapping[UUID, int] = field(default_factory=dict)


def score(
    database: Database,
    *,
    now: datetime,
    login: Login = Login.OWNER,
    member_id: UUID | None = None,
    wait_s: float = 0,
    progress: Progress = lambda _done, _total: None,
    batch_days: int = BATCH_DAYS,
) -> ScoringReport:
    """Score whatever is missing or touched, of everybody or of one member.

    ``login``: the owner appends new rows without a detour. Raises :class:`Conflict` when somebody else still
    scores after ``wait_s``.
    """
    with _only_scorer(database, login, wait_s):
        return _score_due(database, now, login, member_id, progress, batch_days)


def rebuild(
    database: Database,
    *,
    now: datetime,
    from_on: date,
    to_on: date | None = None,
    login: Login = Login.OWNER,
    member_id: UUID | None = None,
    wait_s: float = 0,
    progress: Progress = lambda _done, _total: None,
    batch_days: int = BATCH_DAYS,
) -> ScoringReport:
    """Write every day of a period again by the active definition, once what is missing or touched is scored.

    ``to_on``: the last day of the period; without it there is no end. Days after it follow as far as they
    change: once as many as weigh came out in a row as they are stored, no later one is looked at.
    """
    with _only_scorer(database, login, wait_s):
        before = _score_due(database, now, login, member_id, progress, batch_days)
        through = to_on or date.max
        with database.reading(login) as session:
            run = _prepared(database, session, now, login, batch_days, "rebuild")
            members = session.all(
                DueMember,
                "momentum/rebuildable_members",
                member_id=member_id,
                from_on=from_on,
                to_on=through,
            )
        run = replace(run, rewrite_through=days_since_epoch(through))
        again = _score_batches(run, members, progress)
        roll_up(database, login)
    return again.after(before)


def bring_up_to_now(database: Database, member_id: UUID, *, login: Login, now: datetime) -> None:
    """Score whatever is missing or touched of one member, beside whoever scores everybody.

    For whoever asks right after something happened. Somebody without events has no score. What is still due is
    settled as well; a scorer that had read before does not write over what is written here.
    """
    due = database.find(Identity(login), DueMember, "momentum/member_to_score", member_id=member_id, now=now)
    if due is None:
        return
    with database.reading(login) as session:
        zone = session.get(Zone, "momentum/zone_of_member", member_id=member_id, now=now)
        targets = {zone.time_zone: zone.complete_through}
        run = _Run(database, login, BATCH_DAYS, active_definition(session), targets, "late_event")
    if (due.start_on - zone.complete_through).days <= 1:
        _write_living(run, [due], _compute(run, [due]))


def recompute(database: Database, member_id: UUID, *, from_on: date, login: Login, now: datetime) -> None:
    """Compute one member's days again from a day on, as far as they change."""
    with database.writing(login) as session:
        session.run("momentum/mark_due", member_id=member_id, day=from_on)
    bring_up_to_now(database, member_id, login=login, now=now)


def is_scoring_due(database: Database, *, now: datetime) -> bool:
    """Whether a member or a day waits, or a day has ended in a zone since it was scored."""
    with database.reading(Login.WORKER) as session:
        if session.scalar("momentum/is_scoring_due", now=now):
            return True
        return any(zone.is_behind for zone in zones_of(session, now))


def _score_due(
    database: Database,
    now: datetime,
    login: Login,
    member_id: UUID | None,
    progress: Progress,
    batch_days: int,
) -> ScoringReport:
    with database.reading(login) as session:
        run = _prepared(database, session, now, login, batch_days, "late_event")
        zones = zones_of(session, now)
        members = _due_members(session, run.targets, member_id)
        # Totals go in by COPY, which row-level security refuses to anybody but the owner.
        if member_id is None and login is Login.OWNER and not session.scalar("momentum/has_scores"):
            ids = [member.user_id for member in members]
            places = {user_id: place for place, user_id in enumerate(ids)}
            run = replace(run, totals=Totals(read_belonging(session, ids)), places=places)
    report = _score_batches(run, members, progress)
    if run.totals is None or not write_totals(database, run.totals):
        roll_up(database, login)
    if member_id is None:
        behind = [zone for zone in zones if zone.is_behind]
        with database.writing(login) as session:
            session.run(
                "momentum/move_frontiers",
                zones=[zone.time_zone for zone in behind],
                targets=[zone.complete_through for zone in behind],
            )
    return report


def _prepared(
    database: Database, session: ReadSession, now: datetime, login: Login, batch_days: int, reason: str
) -> _Run:
    targets = {zone.time_zone: zone.complete_through for zone in zones_of(session, now)}
    return _Run(database, login, batch_days, active_definition(session), targets, reason)


def zones_of(session: ReadSession, now: datetime) -> list[Zone]:
    """Return the zones that members live in, by name."""
    return session.all(Zone, "momentum/zones", now=now)


def _due_members(session: ReadSession, targets: dict[str, date], member_id: UUID | None) -> list[DueMember]:
    """Return who is due or behind; not those whose first day is yet to come."""
    due = session.all(DueMember, "momentum/due_members", member_id=member_id)
    behind = session.all(
        DueMember,
        "momentum/members_behind",
        member_id=member_id,
        zones=list(targets),
        targets=list(targets.values()),
    )
    return [member for member in (*due, *behind) if (member.start_on - targets[member.time_zone]).days <= 1]


def _score_batches(run: _Run, members: Sequence[DueMember], progress: Progress) -> ScoringReport:
    written = removed = restated = done = 0
    days: set[date] = set()
    with ThreadPoolExecutor(1) as reader:
        batches = list(_batches(members, run.targets, run.batch_days, run.definition.history_days))
        # While one batch is written, the next is read and computed.
        upcoming = reader.submit(_compute, run, batches[0]) if batches else None
        for number, batch in enumerate(batches):
            assert upcoming is not None
            computed = upcoming.result()
            scores = computed.scores
            is_last = number + 1 == len(batches)
            upcoming = None if is_last else reader.submit(_compute, run, batches[number + 1])
            restated += _write_living(run, batch, computed)
            written += len(scores.changed)
            removed += len(scores.gone_day)
            days.update(touched_dates(scores.touched_days))
            done += len(batch)
            progress(done, len(members))
    return ScoringReport(len(members), written, removed, restated, tuple(sorted(days)))


def _batches(
    members: Sequence[DueMember], targets: dict[str, date], batch_days: int, history_days: int
) -> Iterator[Sequence[DueMember]]:
    """Cut the members into batches of about as many days, those before included; at least one member each.

    A batch is as long as its longest member, so members of like length share one, in order of id.
    """
    spans = [_span_days(member, targets) for member in members]
    order = sorted(range(len(members)), key=lambda n: (spans[n].bit_length(), members[n].user_id))
    batch: list[DueMember] = []
    longest = 0
    for n in order:
        longest = max(longest, spans[n])
        if batch and (history_days + longest) * (len(batch) + 1) > batch_days:
            yield batch
            batch, longest = [], spans[n]
        batch.append(members[n])
    if batch:
        yield batch


def _span_days(member: DueMember, targets: dict[str, date]) -> int:
    last_on = min(targets[member.time_zone], member.left_on or date.max)
    return max(1, (last_on - member.start_on).days + 2)


def _compute(run: _Run, batch: Sequence[DueMember]) -> _Computed:
    """Return what a batch comes to, the changed rows as COPY's text too."""
    complete = [run.targets[member.time_zone] for member in batch]
    window = Window(
        window_numbers([member.start_on for member in batch]),
        window_numbers(complete),
        window_numbers([member.left_on for member in batch]),
        run.rewrite_through,
    )
    with run.database.reading(run.login) as session:
        read_at = session.scalar("momentum/this_moment")
        events = read_events(session, batch, definition=run.definition)
        stored = read_stored(session, batch, definition=run.definition)
    scores = score_batch(window, events, stored, definition=run.definition)
    if run.totals is not None:
        run.totals.add(scores.changed, np.array([run.places[member.user_id] for member in batch]))
    return _Computed(scores, rows_text(scores.changed, batch, definition=run.definition), read_at)


def _write_living(run: _Run, batch: Sequence[DueMember], computed: _Computed) -> int:
    """Write a batch without those who were removed since it was read."""
    scores = computed.scores
    try:
        return _write(run, batch, computed)
    except Conflict as error:
        if error.code == "scored_meanwhile":
            return _write_living(run, batch, replace(computed, scores=replace(scores, is_new=False)))
        if error.code != "member_gone":
            raise
    with run.database.reading(run.login) as session:
        members = [member.user_id for member in batch]
        living = {row.id for row in session.all(Living, "momentum/living_members", members=members)}
    places = [place for place, member in enumerate(members) if member in living]
    rest = scores.of(np.array(places, np.int64))
    text = rows_text(rest.changed, batch, definition=run.definition)
    return _write_living(run, batch, replace(computed, scores=rest, text=text))


def _write(run: _Run, batch: Sequence[DueMember], computed: _Computed) -> int:
    """Write a batch and return how many published days now say something else."""
    restated, scores, read_at = 0, computed.scores, computed.read_at
    with run.database.writing(run.login) as session:
        if len(scores.changed):
            if scores.is_new and run.login is Login.OWNER:
                copy_in(session, "momentum/copy_scores", computed.text)
            else:
                session.run("momentum/make_incoming_scores")
                copy_in(session, "momentum/copy_incoming_scores", computed.text)
                restated = session.run("momentum/restate_scores", reason=run.reason, read_at=read_at)
                session.run("momentum/announce_states")
                if run.reason != "rebuild":
                    session.run("momentum/announce_days", read_at=read_at)
                session.run("momentum/merge_scores", read_at=read_at)
        if len(scores.gone_day):
            restated += session.run(
                "momentum/delete_scores",
                members=[batch[place].user_id for place in scores.gone_member],
                days=[from_epoch(day) for day in scores.gone_day],
                read_at=read_at,
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
    with database.keeping(login) as session:
        deadline = time.monotonic() + wait_s
        while not session.scalar("momentum/take_scoring_lock"):
            if time.monotonic() >= deadline:
                raise Conflict("scoring_runs", "Scores are being computed by another process already.")
            time.sleep(LOCK_PAUSE_S)
        try:
            yield
        finally:
            session.scalar("momentum/release_scoring_lock")
