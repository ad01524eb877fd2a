"""The estimators on trials whose effect is known: no bias, and 95 % intervals that hold it 95 times in a hundred.

Each scenario is drawn 1,000 times from a fixed seed. A coverage is right when it lies within three standard errors
of what it should be, ``3 √(0.95 · 0.05 / 1000) = 0.021``; a mean estimate when it lies within four of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from bee.notify.effect import Question, effect_of

Numbers = NDArray[np.float64]
Drawn = dict[str, Numbers]
Draw = Callable[[np.random.Generator], Drawn]

TRIALS = 1_000
WITHIN = 0.021


@dataclass(frozen=True)
class Found:
    """What a thousand trials found, a trial a row and a term a column."""

    estimates: Numbers
    covered: Numbers
    truth: Numbers

    @property
    def coverage(self) -> Numbers:
        return np.asarray(self.covered.mean(axis=0))

    @property
    def bias(self) -> Numbers:
        """Return the mean error, in its own standard errors."""
        error = self.estimates.std(axis=0) / np.sqrt(len(self.estimates))
        return np.asarray((self.estimates.mean(axis=0) - self.truth) / error)


def simulated(draw: Draw, question: Question, truth: Sequence[float], *, small_sample: bool = True) -> Found:
    rng = np.random.default_rng(20_261_102)
    estimates, covered = [], []
    for _ in range(TRIALS):
        found = effect_of(pa.table(draw(rng)), question, small_sample=small_sample)
        estimates.append([term.estimate for term in found.terms])
        covered.append([term.low <= true <= term.high for term, true in zip(found.terms, truth, strict=True)])
    return Found(np.array(estimates), np.array(covered, dtype=np.float64), np.array(truth))


def assert_right(found: Found) -> None:
    assert np.abs(found.bias).max() < 4
    assert np.abs(found.coverage - 0.95).max() < WITHIN


def drawn(rng: np.random.Generator, probability: Numbers) -> Numbers:
    return (rng.random(len(probability)) < probability).astype(np.float64)


def carried(rng: np.random.Generator, members: int, points: int, share: float = 0.6) -> Numbers:
    """Return noise that a member carries from one point to the next, its variance 1."""
    noise = rng.normal(size=(members, points))
    for point in range(1, points):
        noise[:, point] = share * noise[:, point - 1] + np.sqrt(1 - share**2) * noise[:, point]
    return np.asarray(noise.ravel())


def changing(rng: np.random.Generator, members: int = 30, points: int = 30) -> Drawn:
    """Return a trial in which everything changes: whether one is available, the state, and so the probability.

    The outcome hangs on the state in a bow that no line describes. The effect is 0.5, and 0.3 more in a good state.
    """
    size = members * points
    tired = carried(rng, members, points)
    state = (tired + 0.5 * rng.normal(size=size) > 0).astype(np.float64)
    available = drawn(rng, np.where(tired > 1, 0.4, 0.9))
    probability = np.where(tired > 0, 0.6, 0.3)
    treatment = drawn(rng, probability) * available
    level = np.repeat(rng.normal(size=members), points)
    bow = np.exp(tired) + np.sin(3 * tired)
    outcome = 2 + level + bow + treatment * (0.5 + 0.3 * state) + carried(rng, members, points)
    return {
        "member": np.repeat(np.arange(members), points).astype(np.float64),
        "outcome": outcome,
        "treatment": treatment,
        "probability": probability,
        "available": available,
        "state": state,
        "tired": tired,
    }


CHANGING = Question(
    "member", "outcome", "treatment", "probability", ("tired",), ("state",), available="available"
)


@pytest.mark.slow
def test_an_effect_that_changes_with_the_state_is_recovered_though_the_controls_are_wrong() -> None:
    assert_right(simulated(changing, CHANGING, [0.5, 0.3]))


@pytest.mark.slow
def test_without_centring_and_weights_the_same_trials_mislead() -> None:
    rng = np.random.default_rng(5)
    plain = []
    for _ in range(200):
        trial = changing(rng)
        used = trial["available"] == 1
        treatment, state = trial["treatment"][used], trial["state"][used]
        design = np.column_stack([np.ones_like(state), trial["tired"][used], treatment, treatment * state])
        plain.append(np.linalg.lstsq(design, trial["outcome"][used])[0][3])
    assert np.abs(np.mean(plain) - 0.3) > 10 * np.std(plain) / np.sqrt(len(plain))


def small(rng: np.random.Generator, members: int = 20) -> Drawn:
    """Return a trial of few members: some stay long and some leave at once, and each responds differently."""
    points = np.minimum(3 + rng.exponential(20, members).astype(int), 120)
    member = np.repeat(np.arange(members), points)
    size = len(member)
    day = np.concatenate([np.arange(count) for count in points]).astype(np.float64)
    age, use = rng.normal(size=members)[member], rng.exponential(size=members)[member]
    treatment = drawn(rng, np.full(size, 0.5))
    response = 0.4 + rng.normal(0, 1.5, members)[member]
    outcome = rng.normal(size=members)[member] + 0.2 * age + treatment * response + rng.normal(size=size)
    return {
        "member": member.astype(np.float64),
        "outcome": outcome,
        "treatment": treatment,
        "day": day,
        "age": age,
        "use": use,
    }


SMALL = Question("member", "outcome", "treatment", 0.5, ("day", "age", "use"))


def many(rng: np.random.Generator) -> Drawn:
    return small(rng, members=40)


@pytest.mark.slow
@pytest.mark.parametrize("draw", [small, many], ids=["20 members", "40 members"])
def test_with_few_members_the_corrected_interval_covers(draw: Draw) -> None:
    assert_right(simulated(draw, SMALL, [0.4]))


@pytest.mark.slow
def test_with_few_members_the_uncorrected_interval_covers_too_rarely() -> None:
    found = simulated(small, SMALL, [0.4], small_sample=False)
    assert found.coverage[0] < 0.95 - WITHIN


def relative(rng: np.random.Generator, members: int = 30, points: int = 30) -> Drawn:
    """Return a trial like that of Qian et al. 2021: three states, each with a risk and a relative risk.

    Without treatment the outcome has the probabilities 0.2, 0.5 and 0.4; treatment multiplies them by
    ``exp(0.1 + 0.3 Z)``.
    """
    size = members * points
    state = rng.integers(0, 3, size).astype(np.float64)
    probability = np.array([0.3, 0.5, 0.7])[rng.integers(0, 3, size)]
    available = drawn(rng, np.full(size, 0.8))
    treatment = drawn(rng, probability) * available
    risk = np.array([0.2, 0.5, 0.4])[state.astype(int)] * np.exp(treatment * (0.1 + 0.3 * state))
    return {
        "member": np.repeat(np.arange(members), points).astype(np.float64),
        "outcome": drawn(rng, risk),
        "treatment": treatment,
        "probability": probability,
        "available": available,
        "state": state,
    }


def relative_question(*moderators: str) -> Question:
    return Question(
        "member", "outcome", "treatment", "probability", ("state",), moderators, available="available"
    )


@pytest.mark.slow
def test_a_relative_risk_that_changes_with_the_state_is_recovered_though_the_controls_are_wrong() -> None:
    assert_right(simulated(relative, relative_question("state"), [0.1, 0.3]))


@pytest.mark.slow
def test_the_marginal_relative_risk_is_recovered() -> None:
    # log((0.2 e^0.1 + 0.5 e^0.4 + 0.4 e^0.7) / (0.2 + 0.5 + 0.4)), the states being equally likely.
    truth = float(np.log(np.dot([0.2, 0.5, 0.4], np.exp([0.1, 0.4, 0.7])) / 1.1))
    assert truth == pytest.approx(0.477, abs=5e-4)
    assert_right(simulated(relative, relative_question(), [truth]))


def few(rng: np.random.Generator) -> Drawn:
    return relative(rng, members=20, points=20)


@pytest.mark.slow
def test_the_relative_risk_covers_with_twenty_members() -> None:
    found = simulated(few, relative_question("state"), [0.1, 0.3])
    assert np.abs(found.coverage - 0.95).max() < WITHIN


@pytest.mark.slow
def test_where_nothing_happens_one_trial_in_twenty_says_otherwise() -> None:
    def nothing(rng: np.random.Generator) -> Drawn:
        trial = changing(rng)
        effect = trial["treatment"] * (0.5 + 0.3 * trial["state"])
        return {**trial, "outcome": trial["outcome"] - effect}

    assert_right(simulated(nothing, CHANGING, [0.0, 0.0]))
