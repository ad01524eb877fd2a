"""The estimators against the figures that the R package MRTAnalysis documents for its synthetic trials."""

import pytest

from bee.notify.effect import Effect, Question, Term, effect_of
from tests.notify.published import binary, mimic_heartsteps

HALF_A_DIGIT = 0.5
STEPS = ("logstep_pre30min", "logstep_30min_lag1", "is_at_home_or_work")


def steps_effect(
    controls: tuple[str, ...], moderators: tuple[str, ...] = (), numerator: float = 0.5
) -> Effect:
    question = Question(
        member="userid",
        outcome="logstep_30min",
        treatment="intervention",
        probability=0.6,
        controls=controls,
        moderators=moderators,
        available="avail",
        numerator=numerator,
    )
    return effect_of(mimic_heartsteps(), question)


def binary_effect(moderators: tuple[str, ...] = (), *, small_sample: bool = True) -> Effect:
    question = Question(
        member="userid",
        outcome="Y",
        treatment="A",
        probability="rand_prob",
        controls=("time_var1", "time_var2"),
        moderators=moderators,
        available="avail",
        numerator=0.5,
    )
    return effect_of(binary(), question, small_sample=small_sample)


def assert_printed(term: Term, estimate: str, low: str, high: str, se: str, p: str, df: int) -> None:
    """Compare a term with what was printed, to the last digit that was."""
    for value, printed in zip(
        (term.estimate, term.low, term.high, term.se, term.p), (estimate, low, high, se, p), strict=True
    ):
        digits = printed.partition("e")[0].partition(".")[2]
        exponent = int(printed.partition("e")[2] or 0)
        assert value == pytest.approx(
            float(printed), abs=HALF_A_DIGIT * 10.0 ** (exponent - len(digits)) * 1.001
        )
    assert term.df == df


def test_the_first_rows_drawn_are_those_that_the_package_prints() -> None:
    drawn = mimic_heartsteps()
    printed = [2.3902, -0.6931, 2.4647, 0.1207, 0.8322, 1.8450, 4.6315, 4.1929, -0.0344, -0.1495]
    assert drawn["logstep_30min"][:10] == pytest.approx(printed, abs=5e-5)
    assert drawn["intervention"][:10].tolist() == [0, 0, 1, 1, 0, 0, 0, 1, 1, 1]
    assert drawn["avail"][:10].tolist() == [0, 1, 1, 1, 0, 0, 1, 1, 1, 1]
    assert binary()["Y"][:10].tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 1]
    assert binary()["A"][20:30].tolist() == [1, 0, 1, 0, 1, 1, 0, 1, 1, 1]


def test_the_marginal_effect_on_steps_is_the_published_one() -> None:
    # The package's own test gives 0.1574444 where the numerator is the probability itself.
    assert steps_effect(STEPS[:1], numerator=0.6).terms[0].estimate == pytest.approx(0.1574444, abs=5e-8)
    assert_printed(steps_effect(STEPS[:1]).terms[0], "0.157", "0.031", "0.284", "0.0622", "0.0162", 34)
    assert_printed(steps_effect(STEPS).terms[0], "0.159", "0.0351", "0.283", "0.0607", "0.0135", 32)


def test_the_effect_on_steps_by_place_is_the_published_one() -> None:
    found = steps_effect(STEPS, moderators=STEPS[2:])
    assert [term.name for term in found.terms] == ["effect", "is_at_home_or_work"]
    assert_printed(found.terms[0], "0.109", "-0.0288", "0.247", "0.0677", "0.117", 31)
    assert_printed(found.terms[1], "0.135", "-0.1661", "0.436", "0.1475", "0.368", 31)


def test_the_marginal_relative_risk_is_the_published_one() -> None:
    found = binary_effect()
    assert_printed(found.terms[0], "0.341", "0.241", "0.44", "0.050", "8.54e-10", 96)
    assert (found.members, found.decision_points) == (100, 3000)


def test_the_relative_risk_over_time_is_the_published_one_to_seven_digits() -> None:
    # tests/testthat/test-emee.R of the package.
    found = binary_effect(("time_var1",))
    assert [term.estimate for term in found.terms] == pytest.approx([0.08114495, 0.42931332], abs=5e-9)
    assert [term.se for term in found.terms] == pytest.approx([0.1316436, 0.1905454], abs=5e-8)
    assert [term.low for term in found.terms] == pytest.approx([-0.1802007, 0.0510328], abs=5e-8)
    assert [term.high for term in found.terms] == pytest.approx([0.3424906, 0.8075939], abs=5e-8)
    assert found.covariance[0] == pytest.approx([0.0173300425, -0.02317355], rel=2e-7)


def test_without_the_correction_the_errors_are_the_published_uncorrected_ones() -> None:
    found = binary_effect(("time_var1",), small_sample=False)
    assert [term.se for term in found.terms] == pytest.approx([0.1301265, 0.1882975], abs=5e-8)
    assert found.covariance[1] == pytest.approx([-0.022639280, 0.035455933], rel=2e-7)


def test_the_effect_at_a_time_is_the_published_combination() -> None:
    found = binary_effect(("time_var1",))
    early = found.at("early", {"time_var1": 0.0333})
    assert_printed(early, "0.0954", "-0.154", "0.345", "0.1258", "4.50e-01", 95)
    assert_printed(found.at("half", {"time_var1": 0.5}), "0.2958", "0.183", "0.409", "0.0569", "1.13e-06", 95)
    assert_printed(found.at("end", {"time_var1": 1}), "0.5105", "0.341", "0.680", "0.0854", "3.93e-08", 95)
