"""What a definition is worth on a population (pure): every figure with how many member-days it rests on."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from bee.momentum.backtest.calibration import Decile, deciles
from bee.momentum.backtest.observations import (
    DIRECTIONS,
    HORIZON_DAYS,
    MEASURES,
    Measure,
    Observations,
    Outcome,
)
from bee.momentum.backtest.persistence import StatesFigures
from bee.momentum.backtest.population import Population
from bee.momentum.backtest.roc import Areas, Estimate, areas
from bee.momentum.backtest.shortlists import Shortlist, shortlists

# What one coach can call in a day, in a week; what a team can reach.
LIST_SIZES: Final = (20, 50, 100, 500)
SCORE: Final = MEASURES.index(Measure.SCORE)


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """How well a measure tells an outcome ahead. ``area``: under the ROC curve.

    ``score_leads_by``: the score's area less this one. Both None where every member-day or none had the outcome.
    """

    measure: Measure
    area: Estimate | None
    score_leads_by: Estimate | None
    shortlists: tuple[Shortlist, ...]


@dataclass(frozen=True, slots=True)
class OutcomeFigures:
    """An outcome: whom it could be said of, how many had it, how well it was told. ``deciles``: of the score."""

    outcome: Outcome
    horizon_days: int
    member_days: int
    members: int
    positives: int
    positive_share: float | None
    measures: tuple[MeasureFigures, ...]
    deciles: tuple[Decile, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whom it is about. ``through``: the last complete day. ``demo_members``: how many of the members are made up.

    ``left_out``: members whose attribute holds no day to start or to end on; they count in no figure.
    """

    segment: str
    through: date
    members: int
    demo_members: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """A definition judged on a population. ``origin``: where the definition comes from."""

    definition: str
    origin: str
    population: Population
    coverage: Coverage
    outcomes: tuple[OutcomeFigures, ...]
    states: StatesFigures


def outcome_figures(observations: Observations, outcome: Outcome) -> OutcomeFigures:
    """Return all that the observations say about an outcome."""
    judged = observations.judged[outcome]
    positive = observations.positive[outcome][judged]
    values = observations.values[:, judged]
    member = observations.evaluations.member[judged]
    after = observations.evaluations.after[judged]
    markers = values * DIRECTIONS[:, None]
    found = areas(markers, positive, member)
    return OutcomeFigures(
        outcome=outcome,
        horizon_days=HORIZON_DAYS[outcome],
        member_days=len(positive),
        members=len(np.unique(member)),
        positives=int(positive.sum()),
        positive_share=float(positive.mean()) if len(positive) else None,
        measures=tuple(
            _measure_figures(place, found, shortlists(markers[place], positive, after, LIST_SIZES))
            for place in range(len(MEASURES))
        ),
        deciles=deciles(values[SCORE], positive),
    )


def _measure_figures(place: int, found: Areas | None, lists: tuple[Shortlist, ...]) -> MeasureFigures:
    return MeasureFigures(
        measure=MEASURES[place],
        area=None if found is None else found.area(place),
        score_leads_by=None if found is None or place == SCORE else found.lead(SCORE, place),
        shortlists=lists,
    )
