"""The estimators where another way leads to the same figure: a difference of means, statsmodels, a ratio."""

import numpy as np
import pytest
from numpy.typing import NDArray
from statsmodels.api import GEE, OLS
from statsmodels.genmod.cov_struct import Independence

from bee.notify.effect import Question, effect_of

Numbers = NDArray[np.float64]
EXACT = 1e-10
ONLY = Question("member", "outcome", "treatment", 0.4)


def trial(members: int = 25, points: int = 30, seed: int = 7) -> dict[str, Numbers]:
    """Return a trial whose members differ in level, number of points and everything else."""
    rng = np.random.default_rng(seed)
    member = np.repeat(np.arange(members), rng.integers(points // 2, points, members))
    size = len(member)
    treatment = (rng.random(size) < 0.4).astype(np.float64)
    mood, day = rng.normal(size=size), rng.integers(0, 30, size).astype(np.float64)
    level = rng.normal(size=members)[member]
    outcome = 50 + level + mood + 0.1 * day + treatment * (1 - 0.05 * day) + rng.normal(size=size)
    return {
        "member": member.astype(np.float64),
        "outcome": outcome,
        "treatment": treatment,
        "mood": mood,
        "day": day,
    }


def test_without_controls_it_is_the_difference_of_means() -> None:
    drawn = trial()
    treated = drawn["treatment"] == 1
    found = effect_of(drawn, ONLY).terms[0]
    difference = drawn["outcome"][treated].mean() - drawn["outcome"][~treated].mean()
    assert found.estimate == pytest.approx(difference, rel=EXACT)


def test_with_one_probability_it_is_least_squares_with_errors_by_cluster() -> None:
    drawn = trial()
    question = Question("member", "outcome", "treatment", 0.4, ("mood", "day"), ("day",))
    found = effect_of(drawn, question, small_sample=False)
    centred = drawn["treatment"] - 0.4
    design = np.column_stack(
        [np.ones_like(centred), drawn["mood"], drawn["day"], centred, centred * drawn["day"]]
    )
    reference = OLS(drawn["outcome"], design).fit(
        cov_type="cluster", cov_kwds={"groups": drawn["member"], "use_correction": False}
    )
    assert [term.estimate for term in found.terms] == pytest.approx(reference.params[3:], rel=EXACT)
    assert [term.se for term in found.terms] == pytest.approx(reference.bse[3:], rel=EXACT)
    assert np.array(found.covariance) == pytest.approx(reference.cov_params()[3:, 3:], rel=1e-9)


def test_the_correction_is_that_of_mancl_and_derouen_as_statsmodels_has_it() -> None:
    drawn = trial()
    question = Question("member", "outcome", "treatment", 0.4, ("mood",))
    found = effect_of(drawn, question).terms[0]
    design = np.column_stack([np.ones(len(drawn["mood"])), drawn["mood"], drawn["treatment"] - 0.4])
    model = GEE(drawn["outcome"], design, groups=drawn["member"], cov_struct=Independence())
    reference = model.fit(cov_type="bias_reduced")
    assert found.estimate == pytest.approx(reference.params[2], rel=EXACT)
    assert found.se == pytest.approx(reference.bse[2], rel=EXACT)


def test_with_changing_probabilities_it_is_weighted_least_squares() -> None:
    drawn = trial()
    rng = np.random.default_rng(1)
    drawn["probability"] = rng.choice([0.2, 0.5, 0.7], len(drawn["mood"]))
    drawn["treatment"] = (rng.random(len(drawn["mood"])) < drawn["probability"]).astype(np.float64)
    found = effect_of(drawn, Question("member", "outcome", "treatment", "probability", ("mood",)))
    centre = drawn["probability"].mean()
    assert found.numerator == pytest.approx(centre)
    weight = np.where(
        drawn["treatment"] == 1, centre / drawn["probability"], (1 - centre) / (1 - drawn["probability"])
    )
    design = np.column_stack([np.ones(len(weight)), drawn["mood"], drawn["treatment"] - centre])
    root = np.sqrt(weight)[:, None]
    expected = np.linalg.lstsq(root * design, root[:, 0] * drawn["outcome"])[0][2]
    assert found.terms[0].estimate == pytest.approx(expected, rel=EXACT)


def test_a_binary_outcome_without_controls_gives_the_log_of_the_ratio_of_risks() -> None:
    drawn = trial()
    drawn["outcome"] = (drawn["outcome"] > 52).astype(np.float64)
    treated = drawn["treatment"] == 1
    ratio = drawn["outcome"][treated].mean() / drawn["outcome"][~treated].mean()
    assert effect_of(drawn, ONLY).terms[0].estimate == pytest.approx(np.log(ratio), rel=EXACT)


@pytest.mark.parametrize("binary", [False, True])
def test_order_of_rows_names_of_members_and_units_of_measure_do_not_matter(binary: bool) -> None:
    drawn = trial()
    if binary:
        drawn["outcome"] = (drawn["outcome"] > 52).astype(np.float64)
    question = Question("member", "outcome", "treatment", 0.4, ("mood", "day"), ("day",))
    once = effect_of(drawn, question)
    order = np.random.default_rng(3).permutation(len(drawn["day"]))
    shuffled = {name: values[order] for name, values in drawn.items()}
    shuffled["member"] = 1_000 - shuffled["member"]
    # Days as seconds since 1970: a day is 86,400 of them, and the first is far from 0.
    shuffled["day"] = 1_700_000_000 + 86_400 * shuffled["day"]
    again = effect_of(shuffled, question)
    assert again.terms[1].estimate * 86_400 == pytest.approx(once.terms[1].estimate, rel=1e-6)
    assert again.terms[1].p == pytest.approx(once.terms[1].p, rel=1e-5)
    tenth = again.at("tenth", {"day": 1_700_000_000 + 86_400 * 10.0})
    assert tenth.estimate == pytest.approx(once.at("tenth", {"day": 10}).estimate, rel=1e-5)
    assert tenth.se == pytest.approx(once.at("tenth", {"day": 10}).se, rel=1e-4)


def test_a_text_is_compared_with_the_first_in_the_alphabet() -> None:
    drawn = trial()
    states = np.array(["Steady", "NeedsCare", "Rising"])[np.asarray(drawn["day"], dtype=int) % 3]
    question = Question("member", "outcome", "treatment", 0.4, ("state",), ("state",))
    found = effect_of({**drawn, "state": states.tolist()}, question)
    assert [term.name for term in found.terms] == ["effect", "state: Rising", "state: Steady"]
    assert found.references == {"state": "NeedsCare"}
    rising = states == "Rising"
    within = {name: values[rising] for name, values in drawn.items()}
    alone = effect_of(within, ONLY).terms[0].estimate
    assert found.at("Rising", {"state: Rising": 1}).estimate == pytest.approx(alone, rel=1e-9)


def test_rows_that_are_not_available_may_hold_anything() -> None:
    drawn = trial()
    plain = effect_of(drawn, ONLY)
    size = len(drawn["day"])
    longer = {name: np.concatenate([values, values[:50]]) for name, values in drawn.items()}
    longer["available"] = np.r_[np.ones(size), np.zeros(50)]
    longer["outcome"][size:] = np.nan
    longer["treatment"][size:] = np.nan
    longer["member"][-1] = 999.0
    found = effect_of(longer, Question("member", "outcome", "treatment", 0.4, available="available"))
    assert found.terms == plain.terms
    assert (found.members, found.members_available) == (26, 25)
    assert (found.decision_points, found.available) == (size + 50, size)
