"""Deciles, call lists and the staying power of states: every number with its cause."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bee.momentum.backtest.calibration import deciles
from bee.momentum.backtest.persistence import Moves, count_moves, state_figures
from bee.momentum.backtest.shortlists import expected_hits, shortlists
from bee.momentum.engine import NEEDS_CARE, RISING, STATES, STEADY

# Deciles


def test_twenty_scores_make_ten_deciles_of_two() -> None:
    scores = np.arange(20.0)
    found = deciles(scores[::-1], scores[::-1] < 3)
    assert [row.decile for row in found] == list(range(1, 11))
    assert [row.member_days for row in found] == [2] * 10
    assert [row.positives for row in found] == [2, 1, *[0] * 8]
    assert (found[1].lowest, found[1].highest, found[1].mean, found[1].share) == (2, 3, 2.5, 0.5)


def test_equal_scores_stay_together() -> None:
    # The first to the sixth of ten are tied, so that the edges of six deciles coincide.
    found = deciles(np.array([1.0] * 6 + [2, 3, 4, 5]), np.array([True] * 3 + [False] * 7))
    assert [(row.decile, row.member_days, row.share) for row in found] == [
        (1, 6, 0.5),
        (7, 1, 0),
        (8, 1, 0),
        (9, 1, 0),
        (10, 1, 0),
    ]


def test_one_score_is_one_decile_and_none_is_none() -> None:
    assert [row.member_days for row in deciles(np.full(7, 3.0), np.ones(7, bool))] == [7]
    assert deciles(np.zeros(0), np.zeros(0, bool)) == ()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30).map(float), st.booleans()), min_size=1, max_size=60))
def test_deciles_divide_the_days_and_rise(days: list[tuple[float, bool]]) -> None:
    scores, outcome = np.array([day[0] for day in days]), np.array([day[1] for day in days])
    found = deciles(scores, outcome)
    assert sum(row.member_days for row in found) == len(days)
    assert sum(row.positives for row in found) == outcome.sum()
    assert all(low.highest < high.lowest for low, high in pairwise(found))


# Call lists


def test_each_evaluation_day_has_a_list_of_its_own() -> None:
    marker = np.array([9.0, 8, 1, 7, 6, 5])
    outcome = np.array([True, False, True, False, True, True])
    evaluation = np.array([14, 14, 14, 28, 28, 28])
    one, two, nine = shortlists(marker, outcome, evaluation, (1, 2, 9))
    # Day 14 lists 9 (a hit), day 28 lists 7 (none).
    assert (one.lists, one.listed, one.hits, one.precision, one.recall) == (2, 2, 1, 0.5, 0.25)
    # 9 and 8, 7 and 6: one hit each.
    assert (two.listed, two.hits, two.precision, two.recall) == (4, 2, 0.5, 0.5)
    # Fewer than nine are there, so all are listed.
    assert (nine.listed, nine.hits, nine.precision, nine.recall) == (6, 4, 4 / 6, 1)


def test_days_need_not_be_sorted() -> None:
    marker = np.array([5.0, 1, 9, 8])
    outcome = np.array([True, False, False, True])
    (first,) = shortlists(marker, outcome, np.array([28, 14, 28, 14]), (1,))
    assert (first.lists, first.hits) == (2, 1), "8 of day 14 is a hit, 9 of day 28 is not"


def test_without_an_outcome_there_is_nothing_to_recall() -> None:
    (found,) = shortlists(np.array([1.0, 2]), np.zeros(2, bool), np.array([14, 14]), (1,))
    assert (found.precision, found.recall) == (0, None)
    assert shortlists(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64), (1, 2)) == ()


tied = st.lists(st.tuples(st.integers(0, 3).map(float), st.booleans()), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(tied, st.integers(1, 7))
def test_ties_for_the_last_place_are_drawn_by_lot(days: list[tuple[float, bool]], size: int) -> None:
    # Every order of the members is as likely; the sort keeps ties in that order.
    draws = [
        sum(outcome for _, outcome in sorted(order, key=lambda day: -day[0])[:size])
        for order in permutations(days)
    ]
    ordered = sorted(days, key=lambda day: -day[0])
    marker, outcome = np.array([day[0] for day in ordered]), np.array([day[1] for day in ordered])
    assert expected_hits(marker, outcome, size) == pytest.approx(np.mean(draws))


# States

N, S, R = NEEDS_CARE, STEADY, RISING


def test_states_that_come_and_go() -> None:
    # The first member has eight days; the second three, what stands below them is no day of theirs.
    first, second = [N, N, S, R, R, R, N, N], [S, S, N, R, R, R, R, R]
    counted = np.array([[True] * 8, [True] * 3 + [False] * 5]).T
    found = state_figures(count_moves(np.array([first, second], np.int8).T, counted))
    assert (found.member_days, found.member_weeks, found.flips) == (11, 11 / 7, 4)
    assert found.flips_per_member_week == pytest.approx(4 * 7 / 11)
    care, steady, rising = found.states
    assert [row.state for row in found.states] == list(STATES)
    assert (care.member_days, care.share) == (5, 5 / 11)
    # Needs care on days 1, 2 and 7 of the first: followed by the same twice. The two last days have no next.
    assert (care.stays_next_day, steady.stays_next_day, rising.stays_next_day) == (2 / 3, 1 / 3, 2 / 3)
    # A week after day 1 of the first member it needs care again; no other day has a week behind it.
    assert (care.stays_next_week, steady.stays_next_week, rising.stays_next_week) == (1, None, None)
    # Needs care: 2 days, 2 days and 1 day. Steady: 1 and 2. Rising: 3.
    assert (care.mean_spell_days, steady.mean_spell_days, rising.mean_spell_days) == (5 / 3, 1.5, 3)


def test_no_days_have_no_figures() -> None:
    found = state_figures(Moves.none())
    assert (found.member_days, found.flips_per_member_week) == (0, None)
    assert all(row.mean_spell_days is None and row.share == 0 for row in found.states)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from([N, S, R]), min_size=1, max_size=20), min_size=1, max_size=5))
def test_batches_add_up(members: list[list[int]]) -> None:
    together = Moves.none()
    for member in members:
        column = np.array(member, np.int8).reshape(-1, 1)
        together += count_moves(column, np.ones_like(column, bool))
    height = max(map(len, members))
    grid = np.array([member + [R] * (height - len(member)) for member in members], np.int8).T
    at_once = count_moves(grid, np.arange(height)[:, None] < np.array([len(member) for member in members]))
    assert state_figures(at_once) == state_figures(together)
    assert state_figures(at_once).flips == sum(
        today != tomorrow for member in members for today, tomorrow in pairwise(member)
    )
