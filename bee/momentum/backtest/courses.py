"""Members' courses (pure): from which of their days to which a population judges them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from bee.momentum.backtest.observations import Subjects
from bee.momentum.backtest.population import Population
from bee.momentum.batch import days_since_epoch
from bee.momentum.exchange import FAR, window_numbers


@dataclass(frozen=True, slots=True)
class BacktestMember:
    """A member with an event: the days that bound what can be said of them, attributes as they are written."""

    user_id: UUID
    time_zone: str
    joined_on: date
    left_on: date | None
    is_demo: bool
    first_on: date
    last_on: date
    start_text: str | None
    end_text: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """A member's days in a population: counted from ``start_on``, over for everybody on ``end_on``.

    ``rows``: how many scores there are, from the first event's day on.
    """

    member: BacktestMember
    start_on: date
    end_on: date | None
    rows: int


def course_of(member: BacktestMember, population: Population, *, through: date) -> Course | None:
    """Return a member's course until the last complete day; None where an attribute that it needs holds no day."""
    start_on = _day(member.start_text) if population.start_attribute else member.joined_on
    end_on = _day(member.end_text) if population.end_attribute else None
    if start_on is None or (population.end_attribute and end_on is None):
        return None
    return Course(member, start_on, end_on, (_last_row_on(member, through) - member.first_on).days + 1)


def subjects_of(courses: Sequence[Course], *, through: date) -> Subjects:
    """Return courses as numbers. Who leaves on the end's day or later has not left but finished."""
    ends = window_numbers([course.end_on for course in courses])
    left = window_numbers([course.member.left_on for course in courses])
    return Subjects(
        start=window_numbers([course.start_on for course in courses]),
        first=window_numbers([course.member.first_on for course in courses]),
        observed=np.minimum(ends, days_since_epoch(through)),
        left=np.where(left < ends, left, days_since_epoch(FAR)),
    )


def batches(rows: Sequence[int], cells: int) -> Iterator[slice]:
    """Cut members into batches of at most so many cells, all as high as the highest; at least one member each."""
    first = highest = 0
    for place, height in enumerate(rows):
        if place > first and max(highest, height) * (place + 1 - first) > cells:
            yield slice(first, place)
            first, highest = place, 0
        highest = max(highest, height)
    if rows:
        yield slice(first, len(rows))


def _last_row_on(member: BacktestMember, through: date) -> date:
    """Return the day of the last score: of leaving or, if later, the last event; never after ``through``."""
    if member.left_on is None:
        return through
    return min(max(member.left_on, member.last_on), through)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        return None
