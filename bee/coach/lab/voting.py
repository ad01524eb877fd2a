"""From what raters chose to what a review says: who wins, how sure that is, and how far the raters agree (pure).

Votes about one case are not independent of one another: a pair counts by its majority, and a case by that of its
pairs, once all of them have their ratings.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import Final
from uuid import UUID

import numpy as np
from scipy.special import betaln
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

# How likely a review may be to declare a winner where there is none, however often it is looked at meanwhile.
ALPHA: Final = 0.05
# From when on what a judge says is more than advice: models keep only about two of three verdicts in both orders.
LEAST_KAPPA: Final = 0.6
LEAST_PAIRS: Final = 30


class Vote(StrEnum):
    """Whose answer is the better one."""

    CANDIDATE = "candidate"
    BASELINE = "baseline"
    TIE = "tie"


WEIGHTS: Final = {Vote.CANDIDATE: 1, Vote.BASELINE: -1, Vote.TIE: 0}


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair of a review: of which case it is, in which momentum state, and what its raters chose so far."""

    id: UUID
    case_id: UUID
    state: str | None
    votes: tuple[Vote, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand over some cases. ``odds``: the evidence against both being as good, 1 at the beginning.

    ``win_ratio``: of the decisive cases, None without one, with its interval.
    """

    wins: int
    losses: int
    ties: int
    odds: float
    win_ratio: float | None
    low: float | None
    high: float | None

    @property
    def winner(self) -> Vote | None:
        """Who has won: None while that may be chance."""
        if self.odds < 1 / ALPHA:
            return None
        return Vote.CANDIDATE if self.wins > self.losses else Vote.BASELINE


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree beyond chance. ``kappa``: None where it can't be said; ``n``: over how many pairs."""

    kappa: float | None
    low: float | None
    high: float | None
    n: int

    @property
    def is_trusted(self) -> bool:
        """Whether what a judge says is more than advice."""
        return self.kappa is not None and self.kappa >= LEAST_KAPPA and self.n >= LEAST_PAIRS


def majority(votes: Iterable[Vote]) -> Vote:
    """Return what most chose; as many on both sides are a tie."""
    balance = sum(WEIGHTS[vote] for vote in votes)
    if balance == 0:
        return Vote.TIE
    return Vote.CANDIDATE if balance > 0 else Vote.BASELINE


def case_votes(pairs: Iterable[Pair], raters: int) -> dict[UUID, Vote]:
    """Return a vote a case, of those whose every pair has all its ratings."""
    by_case: dict[UUID, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_case[pair.case_id].append(pair)
    return {
        case_id: majority(majority(pair.votes) for pair in its)
        for case_id, its in by_case.items()
        if all(len(pair.votes) >= raters for pair in its)
    }


def standing(votes: Iterable[Vote]) -> Standing:
    """Return how things stand after some votes, one a case."""
    counts = Counter(votes)
    wins, losses = counts[Vote.CANDIDATE], counts[Vote.BASELINE]
    decisive = wins + losses
    low, high = proportion_confint(wins, decisive, method="wilson") if decisive else (None, None)
    return Standing(
        wins=wins,
        losses=losses,
        ties=counts[Vote.TIE],
        odds=odds_against_chance(wins, losses),
        win_ratio=wins / decisive if decisive else None,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
    )


def standing_by_state(pairs: Sequence[Pair], raters: int) -> Mapping[str | None, Standing]:
    """Return how things stand for each momentum state that is among the cases."""
    states = {pair.case_id: pair.state for pair in pairs}
    by_state: dict[str | None, list[Vote]] = defaultdict(list)
    for case_id, vote in case_votes(pairs, raters).items():
        by_state[states[case_id]].append(vote)
    return {state: standing(votes) for state, votes in by_state.items()}


def odds_against_chance(wins: int, losses: int) -> float:
    """Return how much likelier the votes are under any win rate alike than under one half.

    While both are as good it ever exceeds 1/α, at whatever moment one looks, with a probability of at most α: it is
    a martingale (Ville 1939; Robbins 1970, the mixture of Bernoulli likelihoods over a uniform prior).
    """
    return exp(min(float(betaln(wins + 1, losses + 1)) + (wins + losses) * log(2), 700.0))


def agreement(pairs: Sequence[Pair], raters: int) -> Agreement:
    """Return how far the raters of a review agree (Fleiss' κ), over the pairs that have all their ratings."""
    complete = [[vote.value for vote in pair.votes[:raters]] for pair in pairs if len(pair.votes) >= raters]
    if raters < 2 or len({vote for votes in complete for vote in votes}) < 2:
        return Agreement(None, None, None, len(complete))
    table, _ = aggregate_raters(np.array(complete))
    return Agreement(float(fleiss_kappa(table)), None, None, len(complete))


def agreement_of_two(one: Mapping[UUID, Vote], other: Mapping[UUID, Vote]) -> Agreement:
    """Return how far two agree (Cohen's κ, with its interval), over what both have said something about."""
    both = sorted(one.keys() & other.keys())
    labels: list[Hashable] = list(Vote)
    table = np.zeros((len(labels), len(labels)))
    for pair_id in both:
        table[labels.index(one[pair_id]), labels.index(other[pair_id])] += 1
    said, answered = {one[pair_id] for pair_id in both}, {other[pair_id] for pair_id in both}
    if len(said | answered) < 2:
        return Agreement(None, None, None, len(both))
    if min(len(said), len(answered)) < 2:
        # Who always says the same agrees exactly as often as chance has it.
        return Agreement(0.0, None, None, len(both))
    found = cohens_kappa(table)
    return Agreement(float(found.kappa), float(found.kappa_low), float(found.kappa_upp), len(both))


def judge_vote(*, candidate_first: str, candidate_second: str) -> Vote:
    """Return what a judge says who was shown a pair in both orders: who changes sides with the order, says tie."""
    one = {"first": Vote.CANDIDATE, "second": Vote.BASELINE, "tie": Vote.TIE}[candidate_first]
    other = {"first": Vote.BASELINE, "second": Vote.CANDIDATE, "tie": Vote.TIE}[candidate_second]
    return one if one is other else Vote.TIE
