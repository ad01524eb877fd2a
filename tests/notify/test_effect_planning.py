"""How many members a trial needs: by published examples, by simulation, and what is refused."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import fdtri

from bee.errors import Invalid
from bee.notify.effect import Question, effect_of
from bee.notify.effect.planning import Course, Days, Plan, Shape, binary, continuous

QUADRATIC, LINEAR = Shape.QUADRATIC, Shape.LINEAR


def heartsteps(mean: float, available: float, days: int = 42) -> Plan:
    """Return the design of HeartSteps: five occasions a day, an effect that starts at 0 and turns on day 28."""
    trial = Days(days, 5, 0.4, Course(available), QUADRATIC)
    return continuous(trial, Course(mean, QUADRATIC, 0.0, 28))


@pytest.mark.parametrize(
    ("mean", "available", "members"),
    [(0.1, 0.5, 42), (0.08, 0.5, 64), (0.06, 0.5, 109), (0.1, 0.7, 32), (0.08, 0.7, 47), (0.06, 0.7, 79)],
)
def test_heartsteps_needs_so_many_members(mean: float, available: float, members: int) -> None:
    plan = heartsteps(mean, available)
    assert plan.members() == members
    assert plan.power(members - 1) < 0.8 <= plan.power(members)


def curve(values: np.ndarray[Any, np.dtype[np.float64]], second: float, first: float) -> Course:
    """Return a quadratic over days 1, 2, … by its coefficients."""
    return Course(float(values.mean()), QUADRATIC, float(values[0]), -first / (2 * second) - 1)


def test_binary_outcomes_need_as_many_as_the_published_package_says() -> None:
    # MRTSampleSizeBinary 0.1.2, test-mrt_binary_ss.R: 274.0055, 184.4382 and 32.0033 before rounding.
    day = np.arange(1.0, 11)
    risk = curve(-0.2 - 0.1 * day + 0.01 * day**2, 0.01, -0.1)
    lift = curve(0.15 - 0.01 * day - 0.1 * day**2, -0.1, -0.01)
    line = Course(0.095, LINEAR, 0.14)
    trial = Days(10, 1, 0.4, Course(0.8), LINEAR)
    assert binary(trial, line, Course(-0.75, LINEAR, -0.3), controls=LINEAR).members() == 275
    assert binary(trial, line, risk, controls=QUADRATIC).members() == 185
    assert binary(Days(10, 1, 0.4, Course(0.8), QUADRATIC), lift, risk).members() == 33


@pytest.mark.slow
def test_a_trial_of_that_size_shows_the_effect_in_four_of_five() -> None:
    members, days, trials = 42, 42, 300
    effect = np.repeat(Course(0.1, QUADRATIC, 0.0, 28).over(days), 5)
    day = np.tile(np.repeat(np.arange(days), 5), members).astype(np.float64)
    question = Question("member", "outcome", "treatment", 0.4, ("day", "day2"), ("day", "day2"), "available")
    # Hotelling's T² in the form of Liao et al. 2016: 3 coefficients of the effect, 3 of the controls.
    critical = 3 * (members - 3 - 1) / (members - 6) * fdtri(3, members - 6, 0.95)
    rng = np.random.default_rng(42)
    shown = 0
    for _ in range(trials):
        available = (rng.random(len(day)) < 0.5).astype(np.float64)
        treatment = (rng.random(len(day)) < 0.4) * available
        found = effect_of(
            pa.table(
                {
                    "member": np.repeat(np.arange(members), days * 5),
                    "outcome": rng.normal(size=len(day)) + treatment * np.tile(effect, members),
                    "treatment": treatment,
                    "available": available,
                    "day": day,
                    "day2": day**2,
                }
            ),
            question,
        )
        beta = np.array([term.estimate for term in found.terms])
        shown += beta @ np.linalg.solve(np.array(found.covariance), beta) > critical
    assert shown / trials == pytest.approx(0.8, abs=3 * np.sqrt(0.8 * 0.2 / trials))


def test_a_course_has_its_mean_its_start_and_its_turn() -> None:
    bow = Course(0.1, QUADRATIC, 0.02, 28).over(42)
    assert [bow.mean(), bow[0]] == pytest.approx([0.1, 0.02])
    assert int(bow.argmax()) == 28
    line = Course(0.5, LINEAR, 0.7).over(42)
    assert [line.mean(), line[0], line[-1]] == pytest.approx([0.5, 0.7, 0.3])
    assert Course(0.3).over(3).tolist() == [0.3, 0.3, 0.3]
    assert Course(0.3, LINEAR, 0.1).over(1).tolist() == [0.3]


def test_more_days_more_occasions_and_more_power_go_the_way_they_should() -> None:
    assert heartsteps(0.1, 0.5, days=56).members() < heartsteps(0.1, 0.5).members()
    plan = heartsteps(0.1, 0.5)
    assert plan.members(power=0.9) > plan.members(power=0.8) > plan.members(power=0.8, significance=0.1)
    assert plan.power(6) == 0.0
    assert heartsteps(0.0, 0.5).power(100) == pytest.approx(0.05)


def test_a_constant_effect_without_availability_is_a_test_of_a_mean() -> None:
    # c = 210 · 0.5 · 0.25 · 0.1²; with one coefficient of each, F has 1 and n − 2 degrees of freedom.
    plan = continuous(Days(42, 5, 0.5, Course(0.5), Shape.CONSTANT), Course(0.1), controls=Shape.CONSTANT)
    assert plan.each == pytest.approx(210 * 0.5 * 0.25 * 0.01)
    assert (plan.effects, plan.controls) == (1, 1)


@pytest.mark.parametrize(
    ("days", "occasions", "probability", "available", "code"),
    [
        (0, 5, 0.4, Course(0.5), "no_days"),
        (42, 0, 0.4, Course(0.5), "no_days"),
        (42, 5, 0.0, Course(0.5), "probability_outside"),
        (42, 5, 1.0, Course(0.5), "probability_outside"),
        (42, 5, 0.4, Course(0.0), "availability_outside"),
        (42, 5, 0.4, Course(0.5, LINEAR, 1.2), "availability_outside"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(
    days: int, occasions: int, probability: float, available: Course, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Days(days, occasions, probability, available, QUADRATIC)
    assert refused.value.code == code


def test_what_cannot_be_reached_is_refused() -> None:
    with pytest.raises(Invalid, match=r"more than 100,000 members"):
        heartsteps(0.0001, 0.5).members()
    with pytest.raises(Invalid, match="between 0 and 1"):
        heartsteps(0.1, 0.5).members(power=1)
    with pytest.raises(Invalid, match="below 1 every day"):
        binary(Days(10, 1, 0.4, Course(0.8), Shape.CONSTANT), Course(0.5), Course(float(np.log(0.7))))
    with pytest.raises(Invalid, match="No quadratic course"):
        Course(0.1, QUADRATIC, 0.0, 0.5).over(2)
