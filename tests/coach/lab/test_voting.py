"""Who wins, how sure that is, and how far people agree: worked by hand, simulated, and against published tables."""

import random
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from bee.coach.lab.voting import (
    ALPHA,
    Pair,
    Vote,
    agreement,
    agreement_of_two,
    case_votes,
    judge_vote,
    majority,
    odds_against_chance,
    standing,
    standing_by_state,
)

C, B, T = Vote.CANDIDATE, Vote.BASELINE, Vote.TIE


def pair(number: int, *votes: Vote, case: int = 0, state: str | None = "Steady") -> Pair:
    return Pair(UUID(int=number), UUID(int=case or number), state, votes)


@pytest.mark.parametrize(
    ("votes", "expected"),
    [((C, C, B), C), ((C, B), T), ((T, T, C), C), ((B, T), B), ((), T), ((T,), T)],
)
def test_a_majority_is_of_the_votes_that_decide(votes: Sequence[Vote], expected: Vote) -> None:
    assert majority(votes) is expected


def test_a_case_has_one_vote_however_often_it_was_asked() -> None:
    pairs = [pair(1, C, C, case=7), pair(2, C, B, case=7), pair(3, B, B, case=8)]
    assert case_votes(pairs, raters=2) == {UUID(int=7): C, UUID(int=8): B}


def test_a_case_counts_once_all_its_pairs_have_all_their_ratings() -> None:
    pairs = [pair(1, C, C, case=7), pair(2, C, case=7), pair(3, B, B, case=8)]
    assert case_votes(pairs, raters=2) == {UUID(int=8): B}


def test_each_state_is_told_apart() -> None:
    pairs = [pair(1, C, state="Rising"), pair(2, B, state="NeedsCare"), pair(3, B, state="NeedsCare")]
    found = standing_by_state(pairs, raters=1)
    assert (found["Rising"].wins, found["Rising"].losses) == (1, 0)
    assert (found["NeedsCare"].wins, found["NeedsCare"].losses) == (0, 2)


def test_without_a_decisive_vote_nothing_is_said() -> None:
    found = standing([T, T])
    assert (found.win_ratio, found.low, found.high, found.winner) == (None, None, None, None)
    assert found.odds == 1.0


def test_eight_of_eight_decide_and_four_of_four_do_not() -> None:
    # 2⁸ ∫ p⁸ dp = 256/9 = 28.4 > 20; 2⁴/5 = 3.2.
    assert standing([C] * 8).odds == pytest.approx(256 / 9)
    assert standing([C] * 8).winner is C
    assert standing([B] * 8).winner is B
    assert standing([C] * 4).winner is None


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_odds_are_the_mixture_over_every_win_rate(wins: int, losses: int) -> None:
    mixture, _ = quad(lambda rate: (2 * rate) ** wins * (2 * (1 - rate)) ** losses, 0, 1)
    assert odds_against_chance(wins, losses) == pytest.approx(mixture, rel=1e-6)


def test_the_odds_stay_a_number_after_any_number_of_votes() -> None:
    assert odds_against_chance(100_000, 0) > 1e300


def test_looking_after_every_vote_does_not_declare_winners_that_there_are_not() -> None:
    # 1,000 reviews of up to 300 votes in which both are as good: at most α of them may ever name a winner.
    chance = random.Random(20261125)  # noqa: S311  # a simulation
    false_alarms = 0
    for _ in range(1000):
        wins = losses = 0
        for _ in range(300):
            won = chance.random() < 0.5
            wins, losses = wins + won, losses + (not won)
            if odds_against_chance(wins, losses) >= 1 / ALPHA:
                false_alarms += 1
                break
    assert false_alarms <= 1000 * ALPHA


def test_a_version_that_wins_seven_of_ten_is_found_most_of_the_time() -> None:
    chance = random.Random(20261126)  # noqa: S311  # a simulation
    found = 0
    for _ in range(300):
        votes = [C if chance.random() < 0.7 else B for _ in range(120)]
        found += any(standing(votes[:seen]).winner is C for seen in range(1, 121))
    assert found >= 0.9 * 300


def test_raters_agree_as_in_the_published_table() -> None:
    # Cohen 1960, table 2 as given by Fleiss, Levin, Paik 2003: 88, 14, 18 / 10, 40, 10 / 2, 6, 12: κ = 0.4915.
    table = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
    labels = (C, B, T)
    one: dict[UUID, Vote] = {}
    other: dict[UUID, Vote] = {}
    for row, counts in enumerate(table):
        for column, count in enumerate(counts):
            for _ in range(count):
                key = UUID(int=len(one) + 1)
                one[key], other[key] = labels[row], labels[column]
    found = agreement_of_two(one, other)
    assert found.n == 200
    # Observed 140/200 = 0.7; expected (120·100 + 60·60 + 20·40)/200² = 0.41; (0.7 − 0.41)/(1 − 0.41) = 0.4915.
    assert found.kappa == pytest.approx(0.4915, abs=5e-5)
    assert found.low == pytest.approx(0.386, abs=0.01)
    assert found.high == pytest.approx(0.597, abs=0.01)
    assert not found.is_trusted


def test_raters_of_a_review_who_always_agree_agree_wholly() -> None:
    pairs = [pair(1, C, C), pair(2, B, B), pair(3, T, T)]
    assert agreement(pairs, raters=2).kappa == pytest.approx(1.0)


def test_agreement_over_what_is_not_complete_is_not_said() -> None:
    pairs = [pair(1, C, C), pair(2, B)]
    found = agreement(pairs, raters=2)
    assert (found.kappa, found.n) == (None, 1)


def test_whoever_always_says_the_same_agrees_as_chance_has_it() -> None:
    one = {UUID(int=number): C for number in range(4)}
    other = {UUID(int=number): vote for number, vote in enumerate((C, B, T, C))}
    assert agreement_of_two(one, other).kappa == 0.0


@pytest.mark.parametrize("raters", [1, 2])
def test_where_everybody_says_the_same_chance_says_it_too(raters: int) -> None:
    pairs = [pair(number, *[C] * raters) for number in range(1, 9)]
    assert agreement(pairs, raters=raters).kappa is None


def test_a_judge_counts_from_thirty_pairs_and_a_kappa_of_six_tenths_on() -> None:
    labels = [C if number % 2 else B for number in range(40)]
    one = {UUID(int=number + 1): label for number, label in enumerate(labels)}
    assert agreement_of_two(one, one).is_trusted
    few = dict(list(one.items())[:20])
    assert agreement_of_two(few, few).kappa == pytest.approx(1.0)
    assert not agreement_of_two(few, few).is_trusted


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Whoever is first wins: the order decided, not the answer.
        ("first", "first", T),
        ("second", "second", T),
        ("first", "second", C),
        ("second", "first", B),
        ("tie", "tie", T),
        ("first", "tie", T),
    ],
)
def test_a_judge_who_changes_sides_with_the_order_says_tie(first: str, second: str, expected: Vote) -> None:
    assert judge_vote(candidate_first=first, candidate_second=second) is expected
