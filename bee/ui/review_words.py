"""What is said about blind reviews. Pure."""

from collections.abc import Mapping
from typing import Final

from bee.coach.lab.reviews import JudgeResult, Result, Review
from bee.coach.lab.rubric import Criterion
from bee.coach.lab.voting import LEAST_KAPPA, LEAST_PAIRS, Agreement, Standing, Vote
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS
from bee.ui.text import plain
from bee.ui.words import NOTHING, counted

OUTCOMES: Final[Mapping[str | None, str]] = {
    None: "Open",
    "decided": "Decided",
    "exhausted": "All rated",
    "cancelled": "Cancelled",
}


def reviews_words(reviews: list[Review]) -> str:
    """Return how many reviews there are and wait."""
    waiting = sum(review.outcome is None for review in reviews)
    return f"{counted(len(reviews), 'review', 'reviews')} · {waiting:,} open"


def review_words(review: Review) -> str:
    """Return what a review is of, and how far it is."""
    raters = counted(review.raters, "coach rates", "coaches rate")
    return (
        f"Run {review.run_number} · {raters} each of {counted(review.pairs, 'pair', 'pairs')}"
        f" · {review.complete:,} complete · {OUTCOMES[review.outcome].lower()}"
    )


def criterion_words(criterion: Criterion) -> str:
    """Return a criterion with the points that it gives or takes."""
    return plain(f"{criterion.criterion} ({criterion.points:+d})".replace("(-", "(−"))


def winner_words(standing: Standing) -> str:
    """Return who has won, with how sure that is."""
    if not standing.wins + standing.losses:
        return "No case is decided yet: nothing can be said."
    counts = (
        f"The new version is the better one in {standing.wins:,} of {standing.wins + standing.losses:,} decided"
        f" cases, {counted(standing.ties, 'is a tie', 'are ties')}"
    )
    if standing.winner is None:
        return f"{counts}. That may still be chance."
    better = "The new version" if standing.winner is Vote.CANDIDATE else "The version before"
    return f"{better} wins. {counts}."


def ratio_words(standing: Standing) -> str:
    """Return the share of decided cases that were won, with its interval of 95 %."""
    if standing.win_ratio is None or standing.low is None or standing.high is None:
        return NOTHING
    return f"{100 * standing.win_ratio:.0f}% ({100 * standing.low:.0f}–{100 * standing.high:.0f})"


def agreement_words(agreement: Agreement) -> str:
    """Return how far people agree beyond chance."""
    if agreement.kappa is None:
        return f"κ can't be said from {counted(agreement.n, 'pair', 'pairs')}"
    interval = (
        ""
        if agreement.low is None or agreement.high is None
        else f" ({agreement.low:.2f} to {agreement.high:.2f})"
    )
    return f"κ {agreement.kappa:.2f}{interval} over {counted(agreement.n, 'pair', 'pairs')}"


def judge_words(found: JudgeResult) -> str:
    """Return what a judge's word is worth."""
    kept = (
        "" if found.kept_ratio is None else f"kept its verdict in {100 * found.kept_ratio:.0f}% of the swaps"
    )
    failed = f"{found.judge.failed:,} without a verdict" if found.judge.failed else ""
    worth = (
        "agrees with the coaches well enough to count"
        if found.with_raters.is_trusted
        else f"only advice: it counts from κ {LEAST_KAPPA} over {LEAST_PAIRS} pairs on"
    )
    told = f"{found.judge.done:,} of {found.judge.due:,} verdicts"
    return " · ".join(
        part for part in (told, kept, failed, agreement_words(found.with_raters), worth) if part
    )


def state_rows(result: Result) -> list[tuple[str, int, int, int, str]]:
    """Return a row a momentum state, those who need care first: won, lost, ties, the share won."""
    order = (
        *(state.value for state in (MomentumState.NEEDS_CARE, MomentumState.STEADY, MomentumState.RISING)),
        None,
    )
    return [
        (
            WORDS[MomentumState(state)] if state else "Unknown",
            found.wins,
            found.losses,
            found.ties,
            ratio_words(found),
        )
        for state in order
        if (found := result.by_state.get(state)) is not None
    ]


def score_words(result: Result, arm: Vote) -> str:
    """Return the mean score of a version's answers by the rubric."""
    if arm not in result.scores:
        return NOTHING
    mean, n = result.scores[arm]
    return f"{100 * mean:.0f} of 100 over {counted(n, 'rating', 'ratings')}"
