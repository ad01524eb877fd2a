"""The back-test on the real data, against figures measured on it by other means."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bee.db import Database
from bee.momentum.backtest.observations import Measure, Outcome
from bee.momentum.backtest.report import Backtest
from bee.momentum.backtest.run import backtest
from bee.momentum.score import MomentumState

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

AREAS = {
    Outcome.SILENT: {
        Measure.SCORE: 0.873,
        Measure.DAYS_SINCE: 0.857,
        Measure.ACTIVE_DAYS: 0.867,
        Measure.AVERAGE_10: 0.888,
        Measure.AVERAGE_20: 0.889,
    },
    Outcome.LEFT: {
        Measure.SCORE: 0.635,
        Measure.DAYS_SINCE: 0.631,
        Measure.ACTIVE_DAYS: 0.632,
        Measure.AVERAGE_10: 0.636,
        Measure.AVERAGE_20: 0.634,
    },
}


@pytest.fixture(scope="module")
def judged(open_university: Database) -> Backtest:
    """The definition that scores, on the population that fits, without asking for either."""
    return backtest(open_university, now=NOW)


def test_it_is_v1_that_is_judged_in_the_course_of_presentations(judged: Backtest) -> None:
    assert (judged.definition, judged.origin, judged.population.name) == ("v1", "active", "presentations")
    assert (judged.coverage.members, judged.coverage.left_out, judged.coverage.demo_members) == (10_885, 0, 0)
    assert judged.coverage.through == date(2026, 3, 1)


def test_the_outcomes_are_as_frequent_as_they_are(judged: Backtest) -> None:
    silent, left = judged.outcomes
    assert (silent.member_days, left.member_days) == (134_303, 135_449)
    assert silent.positive_share == pytest.approx(0.228, abs=0.0005)
    assert left.positive_share == pytest.approx(0.032, abs=0.0005)


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("measure", list(Measure))
def test_the_areas_are_those_measured(judged: Backtest, outcome: Outcome, measure: Measure) -> None:
    (figures,) = (figures for figures in judged.outcomes if figures.outcome is outcome)
    (row,) = (row for row in figures.measures if row.measure is measure)
    assert row.area is not None
    assert row.area.low is not None
    assert row.area.high is not None
    assert row.area.value == pytest.approx(AREAS[outcome][measure], abs=0.001)
    assert row.area.low < row.area.value < row.area.high < row.area.low + 0.03


def test_a_plain_average_is_surely_better_at_silence(judged: Backtest) -> None:
    (row,) = (row for row in judged.outcomes[0].measures if row.measure is Measure.AVERAGE_20)
    assert row.score_leads_by is not None
    assert row.score_leads_by.high is not None
    assert row.score_leads_by.high < 0


def test_nearly_everybody_needs_care_by_thresholds_made_for_another_population(judged: Backtest) -> None:
    assert judged.states.member_days == 2_355_527
    shares = {row.state: row.share for row in judged.states.states}
    assert shares[MomentumState.NEEDS_CARE] == pytest.approx(0.96, abs=0.01)


def test_a_candidate_with_other_thresholds_tells_as_much_and_fills_the_states(
    open_university: Database, judged: Backtest, candidate: Path
) -> None:
    found = backtest(open_university, now=NOW, definition=str(candidate))
    assert (found.definition, found.origin) == ("gentle", str(candidate))
    assert found.outcomes == judged.outcomes, "thresholds do not change the scores"
    assert all(row.share > 0.1 for row in found.states.states)
