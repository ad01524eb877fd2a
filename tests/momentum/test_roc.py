"""Areas under ROC curves and their intervals, against definitions, DeLong and a bootstrap of whole members."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from bee.momentum.backtest.roc import Areas, Z, areas, placements
from bee.momentum.batch import Flags
from bee.momentum.engine import Floats, Ints


def found(markers: Floats, outcome: Flags, member: Ints) -> Areas:
    areas_found = areas(markers, outcome, member)
    assert areas_found is not None
    return areas_found


def kernel(value: float, other: float) -> float:
    return 1.0 if value > other else 0.5 if value == other else 0.0


def by_the_book(markers: Floats, outcome: Flags, member: Ints) -> Floats:
    """Obuchowski's covariance as her paper writes it, a pair at a time."""
    whose = np.unique(member)
    m, n = int(outcome.sum()), int((~outcome).sum())
    sums = {True: np.zeros((len(markers), len(whose))), False: np.zeros((len(markers), len(whose)))}
    for row, marker in enumerate(markers):
        pairs = np.array([[kernel(x, y) for y in marker[~outcome]] for x in marker[outcome]])
        for kind, placed in ((True, pairs.mean(axis=1)), (False, pairs.mean(axis=0))):
            owner = member[outcome == kind]
            for column, name in enumerate(whose):
                mine = placed[owner == name]
                sums[kind][row, column] = mine.sum() - len(mine) * pairs.mean()
    i10, i01, i = len(set(member[outcome])), len(set(member[~outcome])), len(whose)
    s10 = i10 / ((i10 - 1) * m) * sums[True] @ sums[True].T
    s01 = i01 / ((i01 - 1) * n) * sums[False] @ sums[False].T
    s11 = i / (i - 1) * sums[True] @ sums[False].T
    return s10 / m + s01 / n + (s11 + s11.T) / (m * n)


def clustered(seed: int, members: int = 120, days: int = 6) -> tuple[Floats, Flags, Ints]:
    """Members whose days resemble one another, in the markers and in the outcome."""
    random = np.random.default_rng(seed)
    member = np.repeat(np.arange(members), days)
    trait = random.normal(size=members)[member]
    outcome = random.normal(size=len(member)) + trait > 0.8
    noise = random.normal(size=(2, len(member)))
    markers = np.array([[1.0], [0.4]]) * trait + noise + 0.5 * outcome
    return np.asarray(np.round(markers, 1), np.float64), outcome, np.asarray(member, np.int64)


def test_a_tie_counts_half() -> None:
    # Of the pairs (3,2) (3,1) (2,2) (2,1) three are in order and one is tied: 3.5 of 4.
    area = found(np.array([[3.0, 2, 2, 1]]), np.array([True, True, False, False]), np.arange(4)).area(0)
    assert area.value == 0.875
    assert placements(np.array([3.0, 2]), np.array([2.0, 1])).tolist() == [1, 0.75]


def test_where_all_are_tied_nothing_is_told() -> None:
    area = found(np.zeros((1, 6)), np.arange(6) < 2, np.arange(6)).area(0)
    assert (area.value, area.low, area.high) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize("outcome", [np.zeros(4, bool), np.ones(4, bool), np.zeros(0, bool)])
def test_without_positives_or_without_negatives_there_is_no_area(outcome: Flags) -> None:
    size = len(outcome)
    assert areas(np.zeros((1, size)), outcome, np.arange(size)) is None


@pytest.mark.parametrize(
    "member",
    [
        [7, 7, 7, 7],  # one member only
        [1, 1, 2, 3],  # both positives are one member's
        [1, 2, 3, 3],  # both negatives are one member's
    ],
)
def test_too_few_members_give_an_area_without_an_interval(member: list[int]) -> None:
    two = found(
        np.array([[3.0, 1, 2, 0], [0, 1, 2, 3]]), np.array([True, True, False, False]), np.array(member)
    )
    assert (two.area(0).value, two.area(0).low, two.area(0).high) == (0.75, None, None)
    assert (two.lead(0, 1).value, two.lead(0, 1).low) == (0.75, None)


def test_an_interval_ends_at_one() -> None:
    area = found(
        np.array([[9.0, 8, 7, 6, 2.5, 3, 2, 1]]), np.array([True] * 5 + [False] * 3), np.arange(8)
    ).area(0)
    assert area.high == 1
    assert area.low is not None
    assert area.low < area.value == 14 / 15


values = st.integers(0, 6).map(float)
day = st.tuples(values, values, st.booleans(), st.integers(0, 5))


def arrays(days: list[tuple[float, float, bool, int]]) -> tuple[Floats, Flags, Ints]:
    first, second, outcome, member = zip(*days, strict=True)
    return np.array([first, second]), np.array(outcome), np.array(member)


def tells(days: list[tuple[float, float, bool, int]]) -> bool:
    """Whether at least two members have the outcome, and at least two a day without it."""
    return all(len({whose for _, _, outcome, whose in days if outcome is kind}) > 1 for kind in (True, False))


@settings(max_examples=100, deadline=None)
@given(st.lists(day, min_size=4, max_size=30).filter(tells))
def test_the_variance_is_obuchowskis_to_the_letter(days: list[tuple[float, float, bool, int]]) -> None:
    markers, outcome, member = arrays(days)
    result = found(markers, outcome, member)
    assert result.values == pytest.approx([roc_auc_score(outcome, marker) for marker in markers])
    assert result.covariance == pytest.approx(by_the_book(markers, outcome, member), abs=1e-12)
    for marker in markers:
        area = roc_auc_score(outcome, marker)
        assert placements(marker[outcome], marker[~outcome]).mean() == pytest.approx(area)


@settings(max_examples=100, deadline=None)
@given(st.lists(day, min_size=4, max_size=30).filter(tells))
def test_with_a_day_a_member_it_is_delongs(days: list[tuple[float, float, bool, int]]) -> None:
    markers, outcome, _ = arrays(days)
    if not 1 < outcome.sum() < len(outcome) - 1:
        return
    positive = np.array([placements(marker[outcome], marker[~outcome]) for marker in markers])
    negative = np.array([placements(-marker[~outcome], -marker[outcome]) for marker in markers])
    delong = np.cov(positive) / outcome.sum() + np.cov(negative) / (~outcome).sum()
    result = found(markers, outcome, np.arange(len(outcome)))
    assert result.covariance == pytest.approx(delong, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.lists(day, min_size=4, max_size=30).filter(tells), st.randoms())
def test_names_order_scale_and_repetition_do_not_matter(
    days: list[tuple[float, float, bool, int]], random: Random
) -> None:
    markers, outcome, member = arrays(days)
    expected = found(markers, outcome, member)
    order = np.array(random.sample(range(len(days)), len(days)))
    for same in (
        found(markers[:, order], outcome[order], 99 - member[order]),
        found(np.exp(markers), outcome, member),
        # The same day looked at twice tells nothing new: its member still counts once.
        found(np.tile(markers, 2), np.tile(outcome, 2), np.tile(member, 2)),
    ):
        assert same.values == pytest.approx(expected.values)
        assert same.covariance == pytest.approx(expected.covariance, abs=1e-12)
    turned = found(-markers, outcome, member)
    assert turned.values == pytest.approx(1 - expected.values)


def test_a_bootstrap_of_whole_members_finds_the_same_spread() -> None:
    markers, outcome, member = clustered(seed=3)
    result = found(markers, outcome, member)
    days_of = [np.flatnonzero(member == whose) for whose in np.unique(member)]
    random = np.random.default_rng(11)
    resampled = []
    for _ in range(800):
        days = np.concatenate([days_of[whose] for whose in random.integers(0, len(days_of), len(days_of))])
        positive, negative = days[outcome[days]], days[~outcome[days]]
        resampled.append([placements(marker[positive], marker[negative]).mean() for marker in markers])
    spread = np.cov(np.array(resampled).T)
    # 800 resamples know a standard deviation to about 2.5 % (1 / sqrt(2 · 800)); four times that is allowed.
    deviation = np.sqrt([result.covariance[0, 0], result.covariance[1, 1], lead_variance(result.covariance)])
    boot = np.sqrt([spread[0, 0], spread[1, 1], lead_variance(spread)])
    assert deviation == pytest.approx(boot, rel=0.1)
    area = result.area(0)
    assert area.high is not None
    assert area.high - area.value == pytest.approx(Z * deviation[0])


def lead_variance(covariance: Floats) -> float:
    return float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])


def test_days_that_resemble_one_another_make_it_less_sure() -> None:
    markers, outcome, member = clustered(seed=3)
    honest = found(markers, outcome, member).covariance[0, 0]
    naive = found(markers, outcome, np.arange(len(member))).covariance[0, 0]
    assert honest > 1.5 * naive
