"""A batch of members (pure): their events and stored scores in, the rows that have to be written out."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """

    start: Ints
    complete: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class Events:
    """An entry an event: whose (place in the batch), when (days since the start), which (place in ``types``)."""

    member: Ints
    day: Ints
    event_type: Ints
    types: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry a stored score: whose, when (days since the start, may be negative), and what it says.

    ``state`` by code; ``same_definition``: whether it comes from the definition that scores now.
    """

    member: Ints
    day: Ints
    raw: Floats
    final: Floats
    state: Codes
    events: Ints
    is_complete: Flags
    same_definition: Flags

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


def score_batch(
    window: Window, events: Events, stored: Stored, *, definition: Definition, rewrite: bool
) -> BatchScores:
    """Score every day of the members from their starts on and return what differs from what is stored.

    From where a change has died out, the rows computed are those stored, and nothing is written.
    ``rewrite``: write rows of another definition again, even where their numbers are the same.
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
    return _differences(
        start, shift, stored, (raw, finals, states, counts, is_complete), wanted, day, rewrite=rewrite
    )


def _differences(
    start: Ints,
    shift: Ints,
    stored: Stored,
    computed: tuple[Floats, Floats, Codes, Ints, Flags],
    wanted: Flags,
    day: Ints,
    *,
    rewrite: bool,
) -> BatchScores:
    raw, finals, states, counts, is_complete = computed
    kept = stored.day >= 0
    member, at = stored.member[kept], stored.day[kept] - shift[stored.member[kept]]
    on_grid = (at >= 0) & (at < len(raw))
    cell = (at[on_grid], member[on_grid])
    is_wanted = np.zeros(len(at), bool)
    is_wanted[on_grid] = wanted[cell]

    differs = wanted.copy()
    present = _take_rows(stored, kept, on_grid)
    same = (
        (raw[cell] == present.raw)
        & (finals[cell] == present.final)
        & (states[cell] == present.state)
        & (counts[cell] == present.events)
        & (is_complete[cell] == present.is_complete)
    )
    if rewrite:
        same &= present.same_definition
    differs[cell] &= ~same

    who, when = np.nonzero(differs.T)
    changed = Rows(
        who,
        day[when, who],
        raw[when, who],
        finals[when, who],
        states[when, who],
        counts[when, who],
        is_complete[when, who],
    )
    gone = ~is_wanted
    gone_member, gone_day = member[gone], start[member[gone]] + at[gone]
    touched = np.unique(np.concatenate([changed.day[changed.is_complete], gone_day]))
    return BatchScores(changed, gone_member, gone_day, is_new=len(at) == 0, touched_days=touched)


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


def _take_rows(stored: Stored, kept: Flags, on_grid: Flags) -> Stored:
    which = np.flatnonzero(kept)[on_grid]
    return Stored(
        stored.member[which],
        stored.day[which],
        stored.raw[which],
        stored.final[which],
        stored.state[which],
        stored.events[which],
        stored.is_complete[which],
        stored.same_definition[which],
    )


def days_since_epoch(day: date) -> int:
    """Return a day as a number."""
    return (day - EPOCH).days


def from_epoch(days: int) -> date:
    """Return the day that a number stands for."""
    return EPOCH + timedelta(days=int(days))
