"""What people see of blind reviews and do about them: never remembered, each act one call and one transaction."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from bee.access import StaffRole, Viewer
from bee.coach.lab import reviews
from bee.coach.lab.reviews import Opened, Rating, Result, Review, Shown
from bee.coach.lab.rubric import shipped_rubric
from bee.coach.lab.run import Ended, Run, runs
from bee.db import Login
from bee.ui.acts import act
from bee.ui.house import get_house
from bee.ui.reads import Scope

SEE_REVIEWS: Final = (StaffRole.COACH,)
SEEDS: Final = 2**31


@dataclass(frozen=True, slots=True)
class OverView:
    """A review that is over: what it came to, and every pair with what was said of it."""

    result: Result
    pairs: list[Opened]
    ratings: list[Rating]


def read_reviews(scope: Scope) -> list[Review]:
    """Return the reviews as they stand."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return reviews.reviews(session)


def read_next(scope: Scope, review: Review) -> Shown | None:
    """Return what whoever looks is to rate next."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return reviews.next_pair(session, review.id)


def read_over(scope: Scope, review: Review) -> OverView:
    """Return what a review that is over came to."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return OverView(
            reviews.read_result(session, review),
            reviews.opened_pairs(session, review.id),
            reviews.ratings(session, review.id),
        )


def read_reviewable(scope: Scope) -> list[Run]:
    """Return the runs that can be reviewed: through, and of two versions."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return [run for run in runs(session) if run.outcome == Ended.FINISHED and run.baseline is not None]


def may_rate(viewer: Viewer) -> bool:
    """Whether somebody's word counts here: coaches' alone does, and nobody's who sees who wrote what."""
    return Scope.of(viewer, SEE_REVIEWS).role == "bee_coach"


def ask_review(run_id: UUID, raters: int) -> None:
    """Ask coaches to review a run by the rubric that comes along. Chance decides what is shown where."""
    seed = secrets.randbelow(SEEDS)
    act(
        StaffRole.COACH,
        lambda session, actor: reviews.ask_review(
            session, run_id, shipped_rubric(), raters=raters, seed=seed, actor=actor
        ),
    )


def join(review: Review) -> None:
    """Let whoever acts rate in a review."""
    act(StaffRole.COACH, lambda session, actor: reviews.join_review(session, review.id, actor=actor))


def rate(pair_id: UUID, chosen: str, met_left: Sequence[int], met_right: Sequence[int], comment: str) -> None:
    """Keep what whoever acts says of a pair."""
    act(
        StaffRole.COACH,
        lambda session, actor: reviews.rate(
            session,
            pair_id,
            chosen,
            met_left=met_left,
            met_right=met_right,
            comment=comment,
            actor=actor,
        ),
    )


def cancel(review: Review) -> None:
    """End a review before it is decided."""
    act(StaffRole.COACH, lambda session, actor: reviews.cancel_review(session, review.id, actor=actor))


def ask_judge(review: Review, model: str, most_usd: Decimal) -> None:
    """Ask a model to judge a review."""
    act(
        StaffRole.COACH,
        lambda session, actor: reviews.ask_judge(session, review.id, model, most_usd=most_usd, actor=actor),
    )
