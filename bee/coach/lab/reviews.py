"""Blind reviews: two answers side by side, of which nobody is told who wrote which until the review is over."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import fmean
from typing import Any, Final
from uuid import UUID, uuid4

from bee.audit import Actor, record
from bee.coach.lab.rubric import Criterion, parse_rubric, rubric_score, rubric_text
from bee.coach.lab.voting import (
    Agreement,
    Pair,
    Standing,
    Vote,
    agreement,
    agreement_of_two,
    case_votes,
    judge_vote,
    majority,
    standing,
    standing_by_state,
)
from bee.coach.text import cleaned
from bee.csv_text import csv_text
from bee.db import ReadSession, WriteSession
from bee.errors import Conflict, Invalid, NotFound

CHOICES: Final = ("left", "right", "tie")
MOST_RATERS: Final = 9
MOST_COMMENT: Final = 2000
REVIEWS_SHOWN: Final = 200
RATING_COLUMNS: Final = ("case", "state", "rater", "better", "comment", "new version", "version before")
BETTER: Final = {Vote.CANDIDATE: "New version", Vote.BASELINE: "Version before", Vote.TIE: "Neither"}


@dataclass(frozen=True, slots=True)
class Review:
    """A review, and how far it is. ``complete``: pairs with all their ratings; ``mine``: ratings of whoever reads.

    ``is_rater``: whether whoever reads joined it. ``hidden_by``: the number of the review because of which they
    are not told who wrote what. ``outcome``: ``decided``, ``exhausted`` or ``cancelled``; None while it is open.
    """

    id: UUID
    number: int
    run_id: UUID
    run_number: int
    prompt: str
    raters: int
    rubric: str
    asked_by: UUID
    asker_name: str | None
    asked_at: datetime
    pairs: int
    complete: int
    ratings: int
    mine: int
    is_rater: bool
    hidden_by: int | None
    outcome: str | None
    ended_at: datetime | None

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What answers are scored by."""
        return parse_rubric(self.rubric)


@dataclass(frozen=True, slots=True)
class Shown:
    """A pair as a rater sees it. ``recent``: oldest first."""

    pair_id: UUID
    place: int
    state: str | None
    memories: list[str]
    recent: list[dict[str, Any]]
    message: str
    left_text: str
    right_text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A pair of a review that is over: who wrote what."""

    id: UUID
    case_id: UUID
    state: str | None
    title: str
    message: str
    memories: list[str]
    candidate_text: str
    baseline_text: str


@dataclass(frozen=True, slots=True)
class Rating:
    """What a rater said of a pair. ``met_left``, ``met_right``: places of criteria in the rubric."""

    pair_id: UUID
    rater_id: UUID
    rater_name: str | None
    candidate_was_left: bool
    chosen: str
    met_left: list[int]
    met_right: list[int]
    comment: str
    rated_at: datetime

    @property
    def vote(self) -> Vote:
        """Whose answer they found better."""
        if self.chosen == "tie":
            return Vote.TIE
        is_candidate = (self.chosen == "left") == self.candidate_was_left
        return Vote.CANDIDATE if is_candidate else Vote.BASELINE

    @property
    def met(self) -> Mapping[Vote, Sequence[int]]:
        """Which criteria each answer meets."""
        left, right = (
            (Vote.CANDIDATE, Vote.BASELINE) if self.candidate_was_left else (Vote.BASELINE, Vote.CANDIDATE)
        )
        return {left: self.met_left, right: self.met_right}


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that judges a review. ``due``: two verdicts a pair; ``failed``: of those done, without a verdict."""

    id: UUID
    model: str
    most_usd: Decimal
    asked_by: UUID
    due: int
    done: int
    failed: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said of a pair in each order."""

    judge_id: UUID
    pair_id: UUID
    candidate_first: str
    candidate_second: str

    @property
    def vote(self) -> Vote:
        """What that comes to."""
        return judge_vote(candidate_first=self.candidate_first, candidate_second=self.candidate_second)


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """How a judge does. ``kept_ratio``: how often it said the same in both orders, None without a pair."""

    judge: Judge
    standing: Standing
    with_raters: Agreement
    kept_ratio: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """What a review came to. ``scores``: the mean score by the rubric, 0–1, and of how many ratings."""

    total: Standing
    by_state: Mapping[str | None, Standing]
    agreement: Agreement
    scores: Mapping[Vote, tuple[float, int]]
    judges: tuple[JudgeResult, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    id: UUID
    raters: int


def ask_review(
    session: WriteSession, run_id: UUID, rubric: Sequence[Criterion], *, raters: int, seed: int, actor: Actor
) -> UUID:
    """Ask for a review of a run that is finished, and return its id.

    Raises :class:`Invalid` for no number of raters, :class:`Conflict` where there is nothing to compare.
    """
    if not 1 <= raters <= MOST_RATERS:
        raise Invalid("raters", f"Between 1 and {MOST_RATERS} people rate a pair.")
    review_id = uuid4()
    session.run(
        "coach/lab_add_review",
        id=review_id,
        run_id=run_id,
        raters=raters,
        rubric=rubric_text(rubric),
        seed=seed,
        asked_by=actor.id,
    )
    _record(session, actor, "coach_review.asked", review_id, {"run": run_id, "raters": raters})
    return review_id


def reviews(session: ReadSession) -> list[Review]:
    """Return the reviews, open ones first."""
    return session.all(Review, "coach/lab_reviews", most=REVIEWS_SHOWN)


def get_review(session: ReadSession, number: int) -> Review:
    """Return a review by what people call it. Raises :class:`NotFound`."""
    for review in reviews(session):
        if review.number == number:
            return review
    raise NotFound("no_review", "There is no such review.")


def join_review(session: WriteSession, review_id: UUID, *, actor: Actor) -> None:
    """Let a coach rate in a review; to do so twice is once.

    From then on who wrote what of its run is hidden from them, until nothing is left for them to rate.
    """
    if session.run("coach/lab_join_review", review_id=review_id, rater_id=actor.id):
        _record(session, actor, "coach_review.joined", review_id, {})


def next_pair(session: ReadSession, review_id: UUID) -> Shown | None:
    """Return what whoever reads, and joined, is to rate next; None where nothing is left for them."""
    return session.find(Shown, "coach/lab_next_pair", review_id=review_id)


def rate(
    session: WriteSession,
    pair_id: UUID,
    chosen: str,
    *,
    met_left: Sequence[int] = (),
    met_right: Sequence[int] = (),
    comment: str = "",
    actor: Actor,
) -> None:
    """Keep what a coach says of a pair, once.

    Raises :class:`Invalid`, and :class:`Conflict` where they rated it before, others have rated it meanwhile as
    often as is asked for, they did not join the review, or it is over.
    """
    if chosen not in CHOICES:
        raise Invalid("no_choice", "Say which answer is the better one, or that neither is.")
    words = cleaned(comment).strip()
    if len(words) > MOST_COMMENT:
        raise Invalid("comment_too_long", f"A comment has at most {MOST_COMMENT:,} characters.")
    session.run(
        "coach/lab_add_rating",
        pair_id=pair_id,
        rater_id=actor.id,
        chosen=chosen,
        met_left=sorted(set(met_left)),
        met_right=sorted(set(met_right)),
        comment=words,
    )


def cancel_review(session: WriteSession, review_id: UUID, *, actor: Actor) -> None:
    """End a review before it is decided. Raises :class:`Conflict` where it is over."""
    if session.run("coach/lab_end_review", review_id=review_id, outcome="cancelled", ended_by=actor.id) != 1:
        raise Conflict("review_over", "The review is over already.")
    _record(session, actor, "coach_review.cancelled", review_id, {})


def ask_judge(session: WriteSession, review_id: UUID, model: str, *, most_usd: Decimal, actor: Actor) -> None:
    """Ask a model to judge a review. Raises :class:`Conflict` where it wrote the answers, or was asked before."""
    judge_id = uuid4()
    session.run(
        "coach/lab_add_judge",
        id=judge_id,
        review_id=review_id,
        model=model,
        most_usd=most_usd,
        asked_by=actor.id,
    )
    _record(session, actor, "coach_review.judge_asked", review_id, {"judge": judge_id, "model": model})


def settle_reviews(session: WriteSession) -> int:
    """End every review that is decided, or has all that it asked for; return how many. As the worker."""
    ended = 0
    for review in session.all(_Open, "coach/lab_open_reviews"):
        pairs = _pairs(opened_pairs(session, review.id), ratings(session, review.id))
        outcome = _outcome(pairs, review.raters)
        if outcome is not None:
            ended += session.run("coach/lab_end_review", review_id=review.id, outcome=outcome, ended_by=None)
    return ended


def opened_pairs(session: ReadSession, review_id: UUID) -> list[Opened]:
    """Return the pairs of a review with who wrote what; none of an open one, for a coach."""
    return session.all(Opened, "coach/lab_review_pairs", review_id=review_id)


def ratings(session: ReadSession, review_id: UUID) -> list[Rating]:
    """Return what raters said of the pairs of a review; none of an open one, for a coach."""
    return session.all(Rating, "coach/lab_ratings", review_id=review_id)


def judges(session: ReadSession, review_id: UUID) -> list[Judge]:
    """Return the models that were asked to judge a review; how far they are, for a coach, once it is over."""
    return session.all(Judge, "coach/lab_judges", review_id=review_id)


def read_result(session: ReadSession, review: Review) -> Result:
    """Return what a review came to."""
    rated = ratings(session, review.id)
    pairs = _pairs(opened_pairs(session, review.id), rated)
    said = session.all(Judged, "coach/lab_judgements", review_id=review.id)
    return Result(
        total=standing(case_votes(pairs, review.raters).values()),
        by_state=standing_by_state(pairs, review.raters),
        agreement=agreement(pairs, review.raters),
        scores=_scores(review.criteria, rated),
        judges=tuple(
            _judge_result(judge, [row for row in said if row.judge_id == judge.id], pairs, review.raters)
            for judge in judges(session, review.id)
        ),
    )


def rating_rows(pairs: Sequence[Opened], rated: Sequence[Rating]) -> list[tuple[str, ...]]:
    """Return a row a rating, with what each version wrote: :data:`RATING_COLUMNS`."""
    by_id = {pair.id: pair for pair in pairs}
    return [
        (
            pair.title,
            pair.state or "",
            rating.rater_name or "",
            BETTER[rating.vote],
            rating.comment,
            pair.candidate_text,
            pair.baseline_text,
        )
        for rating in rated
        if (pair := by_id.get(rating.pair_id)) is not None
    ]


def ratings_csv(pairs: Sequence[Opened], rated: Sequence[Rating]) -> str:
    """Return what raters said as a CSV file, a row a rating."""
    return csv_text(RATING_COLUMNS, rating_rows(pairs, rated))


def _pairs(opened: Sequence[Opened], rated: Sequence[Rating]) -> list[Pair]:
    votes: dict[UUID, list[Vote]] = defaultdict(list)
    for rating in rated:
        votes[rating.pair_id].append(rating.vote)
    return [Pair(pair.id, pair.case_id, pair.state, tuple(votes[pair.id])) for pair in opened]


def _outcome(pairs: Sequence[Pair], raters: int) -> str | None:
    if standing(case_votes(pairs, raters).values()).winner is not None:
        return "decided"
    return "exhausted" if all(len(pair.votes) >= raters for pair in pairs) else None


def _scores(rubric: Sequence[Criterion], rated: Sequence[Rating]) -> dict[Vote, tuple[float, int]]:
    scores: dict[Vote, tuple[float, int]] = {}
    for arm in (Vote.CANDIDATE, Vote.BASELINE):
        found = [rubric_score(rubric, rating.met[arm]) for rating in rated]
        known = [score for score in found if score is not None]
        if known:
            scores[arm] = (fmean(known), len(known))
    return scores


def _judge_result(judge: Judge, said: Sequence[Judged], pairs: Sequence[Pair], raters: int) -> JudgeResult:
    votes = {row.pair_id: row.vote for row in said}
    by_raters = {pair.id: majority(pair.votes) for pair in pairs if len(pair.votes) >= raters}
    of_judge = [
        Pair(pair.id, pair.case_id, pair.state, (votes[pair.id],)) for pair in pairs if pair.id in votes
    ]
    kept = sum(
        {"first": "second", "second": "first", "tie": "tie"}[row.candidate_first] == row.candidate_second
        for row in said
    )
    return JudgeResult(
        judge=judge,
        standing=standing(case_votes(of_judge, 1).values()),
        with_raters=agreement_of_two(by_raters, votes),
        kept_ratio=kept / len(said) if said else None,
    )


def _record(
    session: WriteSession, actor: Actor, action: str, review_id: UUID, after: Mapping[str, object]
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_kind="coach_review",
        subject_id=review_id,
        after=after,
    )
