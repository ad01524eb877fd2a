"""The back-test itself: members' events out of the database, scored in memory by any definition, judged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from bee.db import Database, Login, ReadSession
from bee.errors import NotFound
from bee.momentum.backtest.courses import BacktestMember, Course, batches, course_of, subjects_of
from bee.momentum.backtest.observations import Observations, Outcome, evaluation_days, joined, observe
from bee.momentum.backtest.persistence import Moves, count_moves, state_figures
from bee.momentum.backtest.population import Population, chosen_population
from bee.momentum.backtest.report import Backtest, Coverage, outcome_figures
from bee.momentum.batch import DueMember
from bee.momentum.definition import Definition
from bee.momentum.engine import Past, raw_points, score_days
from bee.momentum.exchange import read_events
from bee.momentum.registry import chosen_definition
from bee.momentum.scoring import zones_of

# Cells of a grid of days and members: a batch takes some hundred megabytes at the most.
BATCH_CELLS: Final = 500_000
ONE_DAY: Final = timedelta(days=1)
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for every batch."""

    session: ReadSession
    definition: Definition
    population: Population
    through: date


def backtest(
    database: Database,
    *,
    now: datetime,
    definition: str | None = None,
    population: str | None = None,
    segment: str = "all",
    batch_cells: int = BATCH_CELLS,
    progress: Progress = lambda _done, _total: None,
) -> Backtest:
    """Score the members of a segment in memory and judge the scores by what came after. Nothing is written.

    ``definition``, ``population``: a name or a ``.json`` file; None takes the active and the fitting one. Raises
    :class:`NotFound` when there is no such thing or nobody to judge, :class:`Invalid` for a faulty file.
    """
    with database.reading(Login.OWNER) as session:
        judge = chosen_definition(session, definition)
        run = _Run(
            session, judge.definition, chosen_population(session, population), _complete_through(session, now)
        )
        members = _members(run, segment)
        courses = _courses(run, members)
        parts: list[tuple[Observations, Moves]] = []
        cuts = list(batches([course.rows for course in courses], batch_cells))
        for cut in cuts:
            parts.append(_judge(run, courses[cut]))
            progress(cut.stop, len(courses))
    observations = joined([observed for observed, _ in parts], [cut.stop - cut.start for cut in cuts])
    return Backtest(
        definition=judge.definition.name,
        origin=judge.origin,
        population=run.population,
        coverage=Coverage(
            segment=segment,
            through=run.through,
            members=len(courses),
            demo_members=sum(course.member.is_demo for course in courses),
            left_out=len(members) - len(courses),
        ),
        outcomes=tuple(outcome_figures(observations, outcome) for outcome in Outcome),
        states=state_figures(sum((moves for _, moves in parts), start=Moves.none())),
    )


def _complete_through(session: ReadSession, now: datetime) -> date:
    """Return the last day that is over wherever members live."""
    return min((zone.complete_through for zone in zones_of(session, now)), default=now.date() - ONE_DAY)


def _members(run: _Run, segment: str) -> list[BacktestMember]:
    members = run.session.all(
        BacktestMember,
        "momentum/backtest_members",
        segment=segment,
        through=run.through,
        start_attribute=run.population.start_attribute,
        end_attribute=run.population.end_attribute,
    )
    if not members:
        raise NotFound(
            "nobody_to_judge", f"Nobody in the segment {segment!r} has an event until {run.through}."
        )
    return members


def _courses(run: _Run, members: Sequence[BacktestMember]) -> list[Course]:
    found = [course_of(member, run.population, through=run.through) for member in members]
    courses = [course for course in found if course is not None]
    if not courses:
        raise NotFound(
            "nobody_to_judge",
            f"None of {len(members):,} members has the days, written as 2026-11-02, in the attributes that"
            f" the population {run.population.name} starts and ends with.",
        )
    return courses


def _judge(run: _Run, courses: Sequence[Course]) -> tuple[Observations, Moves]:
    rows = np.array([course.rows for course in courses])
    shape = (int(rows.max()), len(courses))
    due = [_due(course.member) for course in courses]
    events = read_events(run.session, due, definition=run.definition)
    weights = np.array([run.definition.weight(name) for name in events.types])
    over = events.day < shape[0]
    raw, counts = raw_points(
        events.member[over],
        events.day[over],
        events.event_type[over],
        shape,
        weights,
        definition=run.definition,
    )
    finals, states = score_days(raw, Past.none(len(courses), run.definition), definition=run.definition)
    subjects = subjects_of(courses, through=run.through)
    observed = observe(subjects, evaluation_days(subjects, run.population), raw, counts, finals)
    return observed, count_moves(states, np.arange(shape[0])[:, None] < rows)


def _due(member: BacktestMember) -> DueMember:
    return DueMember(member.user_id, member.first_on, None, member.time_zone, member.left_on)
