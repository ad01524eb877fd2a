"""A batch of members (pure): their events and stored scores in, the rows that have to be written out."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from bee.momentum.definition import Definition
from bee.momentum.engine import NO_STATE, Codes, Floats, Ints, Past, raw_points, score_days

Flags = NDArray[np.bool_]
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class DueMember:
    """Somebody to score from ``start_on`` on. ``seq``: of the row that said so; None where the calendar did."""

    user_id: UUID
    start_on: date
    seq: int | None
    time_zone: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Window:
    """Which days of a batch's members are looked at, counted in days since 1970, one entry a member.

    ``complete``: the last day that is over where they live. ``left``: when they left, else a day far ahead.
    ``rewrite_through``: every row through this day is written, whatever is stored, and later ones as far as the
    change reaches; None where any row that differs is written.
    """

    start: Ints
    complete: Ints
    left: Ints
    rewrite_through: int | None = None


@dataclass(frozen=True, slots=True)
class Events:
    """An entry an event: whose (place in the batch), when (days since the start), which (place in ``types``)."""

    member: Ints
    day: Ints
    event_type: Ints
    types: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry a stored score: whose, when (days since the start, may be negative), and what it says."""

    member: Ints
    day: Ints
    raw: Floats
    final: Floats
    state: Codes
    events: Ints
    is_complete: Flags

    def __len__(self) -> int:
        return len(self.member)


@dataclass(frozen=True, slots=True)
class Rows:
    """An entry a row: whose (place in the batch), which day (since 1970) and the score."""

    member: Ints
    day: Ints
    raw: Floats
    final: Floats
    state: Codes
    events: Ints
    is_complete: Flags

    def __len__(self) -> int:
        return len(self.member)

    def of(self, members: Ints) -> "Rows":
        """Return the rows of some members only."""
        which = np.isin(self.member, members)
        return Rows(*(getattr(self, column.name)[which] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class _Grid:
    """What was computed, each of shape (days, members), and which of it are days that the members have."""

    day: Ints
    wanted: Flags
    raw: Floats
    final: Floats
    state: Codes
    events: Ints
    is_complete: Flags

    def rows(self, which: Flags) -> Rows:
        """Return some of it as rows, by member and day."""
        member, at = np.nonzero(which.T)
        cell = (at, member)
        return Rows(
            member,
            self.day[cell],
            self.raw[cell],
            self.final[cell],
            self.state[cell],
            self.events[cell],
            self.is_complete[cell],
        )


@dataclass(frozen=True, slots=True)
class BatchScores:
    """What a batch comes to. ``changed`` are to be written, ``gone`` to be removed (member, day since 1970).

    ``is_new``: nothing is stored from the starts on, so that rows can be appended without looking.
    ``touched_days``: days since 1970 whose totals are no longer right.
    """

    changed: Rows
    gone_member: Ints
    gone_day: Ints
    is_new: bool
    touched_days: Ints

    def of(self, members: Ints) -> "BatchScores":
        """Return what it comes to for some members only."""
        return replace(self, changed=self.changed.of(members))


def score_batch(window: Window, events: Events, stored: Stored, *, definition: Definition) -> BatchScores:
    """Score every day of the members from their starts on and return what differs from what is stored.

    From where a change has died out, the rows computed are those stored, and nothing is written.
    """
    past = _past(stored, len(window.start), definition)
    end = _last_days(window, events)
    days = max(0, int((end - window.start).max()) + 1)
    shift = _first_days(past, events, days)
    start = window.start + shift
    inside = _take(events, (events.day >= 0) & (events.day < days))
    weights = np.array([definition.weight(name) for name in events.types] or [0.0])
    # The first row here is the first event's day of those without a past, so that each has its own first day.
    aligned = inside.day - shift[inside.member]
    raw, counts = raw_points(
        inside.member, aligned, inside.event_type, (days, len(start)), weights, definition=definition
    )
    finals, states = score_days(raw, past, definition=definition)

    day = start + np.arange(days)[:, None]
    wanted = (day <= end) & (shift < days)
    is_complete = day <= window.complete
    grid = _Grid(day, wanted, raw, finals, states, counts, is_complete)
    return _differences(window, shift, stored, grid, calm_days=definition.history_days)


def _differences(window: Window, shift: Ints, stored: Stored, grid: _Grid, *, calm_days: int) -> BatchScores:
    kept = np.flatnonzero(stored.day >= 0)
    member, at = stored.member[kept], stored.day[kept] - shift[stored.member[kept]]
    on_grid = (at >= 0) & (at < len(grid.raw))
    cell = (at[on_grid], member[on_grid])
    present = kept[on_grid]

    same_value, same_row, was_complete = (np.zeros(grid.wanted.shape, bool) for _ in range(3))
    same_value[cell] = (grid.final[cell] == stored.final[present]) & (
        grid.state[cell] == stored.state[present]
    )
    same_row[cell] = (
        same_value[cell]
        & (grid.raw[cell] == stored.raw[present])
        & (grid.events[cell] == stored.events[present])
        & (grid.is_complete[cell] == stored.is_complete[present])
    )
    was_complete[cell] = stored.is_complete[present]
    differs = grid.wanted & ~same_row
    if window.rewrite_through is not None:
        later = grid.day > window.rewrite_through
        differs = grid.wanted & (~later | (differs & ~_died_out(same_value & later, calm_days)))

    is_wanted = np.zeros(len(at), bool)
    is_wanted[on_grid] = grid.wanted[cell]
    gone_member, gone_day = (
        member[~is_wanted],
        (window.start[stored.member[kept]] + stored.day[kept])[~is_wanted],
    )
    published = grid.day[differs & (grid.is_complete | was_complete)]
    return BatchScores(
        changed=grid.rows(differs),
        gone_member=gone_member,
        gone_day=gone_day,
        is_new=len(at) == 0,
        touched_days=np.unique(np.concatenate([published, gone_day])),
    )


def _died_out(same: Flags, calm_days: int) -> Flags:
    """Return from which day on, in each column, so many in a row were the same that no later one can differ."""
    row = np.arange(len(same))[:, None]
    last_other = np.maximum.accumulate(np.where(same, -1, row), axis=0)
    return np.logical_or.accumulate(row - last_other >= calm_days, axis=0)


def _past(stored: Stored, members: int, definition: Definition) -> Past:
    """Return the days before the starts, as far back as they go without a gap."""
    reach = definition.history_days
    before = (stored.day < 0) & (stored.day >= -reach)
    back = -stored.day[before] - 1
    member = stored.member[before]
    finals = np.zeros((reach, members))
    known = np.zeros((reach, members), bool)
    finals[back, member] = stored.final[before]
    known[back, member] = True
    unbroken = np.logical_and.accumulate(known, axis=0)
    states = np.full(members, NO_STATE, np.int8)
    yesterday = before & (stored.day == -1)
    states[stored.member[yesterday]] = stored.state[yesterday]
    return Past(np.where(unbroken, finals, 0.0), unbroken.sum(axis=0).astype(np.int64), states)


def _last_days(window: Window, events: Events) -> Ints:
    """Return the day of each member's last row: today, or when they left if no event came after."""
    last_event = window.start - 1
    np.maximum.at(last_event, events.member, events.day + window.start[events.member])
    return np.minimum(np.maximum(window.left, last_event), window.complete + 1)


def _first_days(past: Past, events: Events, days: int) -> Ints:
    """Return how many days after the start each member's first row is: the first event's day without a past."""
    first = np.full(len(past.days), days, np.int64)
    np.minimum.at(first, events.member, events.day)
    return np.where(past.days > 0, 0, first)


def _take(events: Events, which: Flags) -> Events:
    return Events(events.member[which], events.day[which], events.event_type[which], events.types)


def days_since_epoch(day: date) -> int:
    """Return a day as a number."""
    return (day - EPOCH).days


def from_epoch(days: int) -> date:
    """Return the day that a number stands for."""
    return EPOCH + timedelta(days=int(days))
