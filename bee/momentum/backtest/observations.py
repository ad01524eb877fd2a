"""What was known of members on their evaluation days, and what became of them (pure).

A member-day is judged by an outcome only where the whole time that the outcome is about can be seen: it ends
neither after the last complete day nor after the population's end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from bee.momentum.backtest.population import Population
from bee.momentum.batch import Flags
from bee.momentum.engine import Floats, Ints

ACTIVE_DAYS: Final = 14
NEVER: Final = -1


class Outcome(StrEnum):
    """What a low score ought to announce."""

    SILENT = "silent"
    LEFT = "left"


HORIZON_DAYS: Final = {Outcome.SILENT: 14, Outcome.LEFT: 28}


class Measure(StrEnum):
    """What is held against the outcomes: the definition's score, and what can be had without it."""

    SCORE = "score"
    DAYS_SINCE = "days_since_activity"
    ACTIVE_DAYS = "active_days_of_14"
    AVERAGE_10 = "average_half_life_10"
    AVERAGE_20 = "average_half_life_20"


MEASURES: Final = tuple(Measure)
HALF_LIVES: Final = {Measure.AVERAGE_10: 10, Measure.AVERAGE_20: 20}
# Whether it is a high value that announces trouble, or a low one.
DIRECTIONS: Final = np.array([1.0 if measure is Measure.DAYS_SINCE else -1.0 for measure in MEASURES])


@dataclass(frozen=True, slots=True)
class Subjects:
    """Members, an entry each, days as numbers since 1970. ``start``: what evaluation days are counted from.

    ``observed``: the last day that tells something, so neither after the last complete day nor after the end.
    ``left``: when they left before the end, else a day far ahead. ``first``: the first event's day.
    """

    start: Ints
    first: Ints
    observed: Ints
    left: Ints


@dataclass(frozen=True, slots=True)
class Evaluations:
    """An entry a member-day: whose (place among the subjects), when (since 1970), how many days after the start."""

    member: Ints
    day: Ints
    after: Ints


@dataclass(frozen=True, slots=True)
class Observations:
    """What the evaluated member-days show. ``values``: of each measure, shape (measures, member-days).

    ``judged``: by outcome, whether it can be said of a member-day; ``positive``: there, whether it came true.
    """

    evaluations: Evaluations
    values: Floats
    judged: dict[Outcome, Flags]
    positive: dict[Outcome, Flags]


def evaluation_days(subjects: Subjects, population: Population) -> Evaluations:
    """Return the days that at least one outcome may judge: enrolled, an event so far, time enough to look ahead."""
    every = population.every_days
    latest = np.minimum(subjects.observed - min(HORIZON_DAYS.values()), subjects.left - 1)
    if population.last_day is not None:
        latest = np.minimum(latest, subjects.start + population.last_day)
    first = np.maximum(-((subjects.start - subjects.first) // every), 1)
    count = np.maximum((latest - subjects.start) // every - first + 1, 0)
    member = np.repeat(np.arange(len(count)), count)
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    after = (first[member] + nth) * every
    return Evaluations(member, subjects.start[member] + after, after)


def observe(
    subjects: Subjects, evaluations: Evaluations, raw: Floats, events: Ints, finals: Floats
) -> Observations:
    """Return what each evaluation day shows. ``raw``, ``events``, ``finals``: a row a day since the first event."""
    member = evaluations.member
    cell = (evaluations.day - subjects.first[member], member)
    active = np.vstack([np.zeros((1, events.shape[1]), np.int64), np.cumsum(events > 0, axis=0)])
    last_active = np.maximum.accumulate(np.where(events > 0, np.arange(len(events))[:, None], NEVER))
    values = {
        Measure.SCORE: finals[cell],
        Measure.DAYS_SINCE: cell[0] - last_active[cell],
        Measure.ACTIVE_DAYS: _active_days(active, cell[0] - ACTIVE_DAYS + 1, cell[0], member),
    } | {measure: exponential_average(raw, half_life)[cell] for measure, half_life in HALF_LIVES.items()}

    ahead = {outcome: evaluations.day + days for outcome, days in HORIZON_DAYS.items()}
    seen = {outcome: ahead[outcome] <= subjects.observed[member] for outcome in Outcome}
    left = subjects.left[member]
    quiet = _active_days(active, cell[0] + 1, cell[0] + HORIZON_DAYS[Outcome.SILENT], member) == 0
    return Observations(
        evaluations,
        np.array([values[measure] for measure in MEASURES], np.float64),
        # Who leaves meanwhile falls silent for a reason of their own, and that is the other outcome.
        judged={
            Outcome.SILENT: seen[Outcome.SILENT] & (left > ahead[Outcome.SILENT]),
            Outcome.LEFT: seen[Outcome.LEFT],
        },
        positive={Outcome.SILENT: quiet, Outcome.LEFT: left <= ahead[Outcome.LEFT]},
    )


def joined(parts: Sequence[Observations], members: Sequence[int]) -> Observations:
    """Return the observations of several batches as one. ``members``: how many members each batch has."""
    before = np.cumsum([0, *members[:-1]])
    return Observations(
        Evaluations(
            np.concatenate(
                [part.evaluations.member + count for part, count in zip(parts, before, strict=True)]
            ),
            np.concatenate([part.evaluations.day for part in parts]),
            np.concatenate([part.evaluations.after for part in parts]),
        ),
        np.concatenate([part.values for part in parts], axis=1),
        {outcome: np.concatenate([part.judged[outcome] for part in parts]) for outcome in Outcome},
        {outcome: np.concatenate([part.positive[outcome] for part in parts]) for outcome in Outcome},
    )


def exponential_average(raw: Floats, half_life_days: float) -> Floats:
    """Return the running average of days, shape (days, members), in which a day weighs half after the half-life.

    It begins at 0 and never looks at how long a member has been there: ``a·raw + (1 − a)·yesterday's``.
    """
    kept = 0.5 ** (1 / half_life_days)
    averages = np.empty_like(raw)
    average = np.zeros(raw.shape[1])
    for day, points in enumerate(raw):
        averages[day] = average = (1 - kept) * points + kept * average
    return averages


def _active_days(active: Ints, first: Ints, last: Ints, member: Ints) -> Ints:
    """Return how many days from ``first`` to ``last`` have an event. ``active``: how many days before each row."""
    rows = len(active) - 1
    return active[np.clip(last + 1, 0, rows), member] - active[np.clip(first, 0, rows), member]
