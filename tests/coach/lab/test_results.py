"""What a run came to, each figure with its cause."""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from bee.coach.lab.results import EVERY_CHECK, Difference, Rate, clustered, quantile, results
from tests.coach.lab.answers import answer, no_answer, pair


def by_case(*cases: Sequence[float]) -> dict[UUID, Sequence[float]]:
    return {UUID(int=number): values for number, values in enumerate(cases)}


def test_rates_are_counted_by_state_and_check_and_in_all() -> None:
    found = results(
        [
            *pair("a", True, True, state="Rising"),
            *pair("b", False, True, state="NeedsCare"),
            *pair("c", True, False, state=None),
        ]
    )
    assert found.row(EVERY_CHECK, None) is not None
    rates = {
        (row.check, row.state): (row.candidate, row.baseline)
        for row in found.checks
        if row.check in {EVERY_CHECK, "shaming"}
    }
    assert rates[EVERY_CHECK, None] == (Rate(2, 3), Rate(2, 3))
    assert rates[EVERY_CHECK, "Rising"] == (Rate(1, 1), Rate(1, 1))
    assert rates[EVERY_CHECK, "NeedsCare"] == (Rate(0, 1), Rate(1, 1))
    assert rates[EVERY_CHECK, "unknown"] == (Rate(1, 1), Rate(0, 1))
    assert rates["shaming", None] == (Rate(3, 3), Rate(3, 3))
    assert (EVERY_CHECK, "Steady") not in rates


def test_what_became_worse_comes_first_and_what_chance_does_not_explain_before_that() -> None:
    steady = [each for number in range(8) for each in pair(f"s{number}", False, True, state="Steady")]
    needs = [*pair("n1", False, True), *pair("n2", True, True), *pair("n3", True, True)]
    rising = [each for number in range(3) for each in pair(f"r{number}", True, False, state="Rising")]
    found = results([*rising, *needs, *steady])
    assert [(row.check, row.state) for row in found.checks[:3]] == [
        (EVERY_CHECK, "Steady"),
        ("length", "Steady"),
        (EVERY_CHECK, None),
    ]
    first = found.checks[0].difference
    assert first is not None
    assert first.is_loss
    assert [row.title for row in found.cases[:2]] == ["n1", "s0"]
    assert found.cases[-1].title == "r2"


def test_an_answer_that_did_not_come_passes_nothing_and_no_single_check_counts_it() -> None:
    found = results([no_answer("a", "candidate"), answer("a", "baseline")])
    every, length = found.row(EVERY_CHECK, None), found.row("length", None)
    assert every is not None
    assert length is not None
    assert (every.candidate, every.baseline) == (Rate(0, 1), Rate(1, 1))
    assert (length.candidate, length.baseline, length.difference) == (Rate(0, 0), Rate(1, 1), None)


def test_without_another_version_there_is_no_difference() -> None:
    found = results([answer("a", "candidate"), answer("b", "candidate", passes=False)])
    assert {(row.baseline, row.difference) for row in found.checks} == {(None, None)}
    assert [row.title for row in found.cases] == ["b", "a"], "what passes least comes first"


def test_of_nothing_nothing_is_said() -> None:
    found = results([])
    assert (found.checks, found.cases, found.speeds) == ((), (), ())


def test_time_and_cost_are_those_of_fresh_answers_alone() -> None:
    outputs = [
        answer(f"{ms}", "candidate", total_ms=ms, first_token_ms=ms // 10) for ms in range(100, 2001, 100)
    ]
    cached = answer("cached", "candidate", is_cached=True, total_ms=None, first_token_ms=None, cost_usd=None)
    screened = replace(cached, is_cached=False, is_screened=True, title="danger")
    slow = no_answer("slow", "candidate", total_ms=9000, cost_usd=Decimal("0.002"))
    (speed,) = results([*outputs, cached, screened, slow]).speeds
    # Of 20 answers from 100 to 2000 ms the tenth and the nineteenth.
    assert (speed.fresh, speed.total_p50_ms, speed.total_p95_ms) == (20, 1000, 1900)
    assert (speed.first_p50_ms, speed.first_p95_ms) == (100, 190)
    assert (speed.mean_usd, speed.total_usd) == (Decimal("0.001"), Decimal("0.022"))


def test_where_nothing_is_fresh_nothing_is_known_of_time_and_cost() -> None:
    cached = answer("a", "candidate", is_cached=True, total_ms=None, first_token_ms=None, cost_usd=None)
    (speed,) = results([cached]).speeds
    assert (speed.fresh, speed.total_p95_ms, speed.mean_usd) == (0, None, None)


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [([], 0.5, None), ([7], 0.95, 7), ([1, 2], 0.5, 1), ([3, 1, 2], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_a_quantile_is_the_smallest_value_that_the_share_does_not_exceed(
    values: list[int], share: float, found: int | None
) -> None:
    assert quantile(values, share) == found


def test_an_interval_is_the_one_that_statsmodels_clusters_by_case() -> None:
    cases = by_case([1, 0, 0], [-1, -1, 0], [0, 0, 0], [0, 1, 0], [-1, 0, -1], [0], [0, -1])
    values = np.array([value for each in cases.values() for value in each], dtype=float)
    groups = np.array([number for number, each in enumerate(cases.values()) for _ in each])
    fit = sm.OLS(values, np.ones_like(values)).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "df_correction": True}, use_t=True
    )
    # statsmodels corrects by n − 1 of n − k as well, which is nothing for a single mean.
    low, high = fit.conf_int()[0]
    found = clustered(cases)
    assert found is not None
    assert (found.pairs, found.cases) == (18, 7)
    assert [found.estimate, found.low, found.high] == pytest.approx([fit.params[0], low, high])


def test_more_answers_to_the_same_cases_do_not_make_an_interval_narrower() -> None:
    once = clustered(by_case([1], [-1], [0], [0]))
    often = clustered(by_case([1] * 10, [-1] * 10, [0] * 10, [0] * 10))
    assert once is not None
    assert often is not None
    assert [often.low, often.high] == pytest.approx([once.low, once.high])


@pytest.mark.parametrize("cases", [1, 10, 100])
def test_where_nothing_differs_the_interval_is_what_so_many_cases_rule_out(cases: int) -> None:
    found = clustered(by_case(*[[0.0, 0.0]] * cases))
    # A loss in a share p of the cases shows in none of n with probability (1 − p)^n, which is 2.5 % at the end.
    assert found is not None
    assert math.pow(1 - found.high, cases) == pytest.approx(0.025)
    assert found.low == -found.high


def test_a_single_case_that_varies_says_nothing() -> None:
    assert clustered(by_case([1, 0])) == Difference(0.5, -1.0, 1.0, 2, 1)
    assert clustered({}) is None


@given(st.lists(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=5), min_size=1, max_size=20))
def test_an_interval_holds_its_estimate_and_stays_within_what_can_be(cases: list[list[float]]) -> None:
    found = clustered(by_case(*cases))
    assert found is not None
    assert -1 <= found.low <= found.estimate <= found.high <= 1
