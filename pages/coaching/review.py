"""Coaching › Blind review: two answers side by side, of which nobody is told who wrote which."""

from decimal import Decimal
from typing import Final

import streamlit as st

from bee.coach.lab.reviews import MOST_RATERS, Review, ratings_csv
from bee.coach.lab.run import Run
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.pickers import pick_one
from bee.ui.reads import Scope
from bee.ui.review_acts import (
    SEE_REVIEWS,
    ask_judge,
    ask_review,
    cancel,
    join,
    may_rate,
    read_next,
    read_over,
    read_reviewable,
    read_reviews,
)
from bee.ui.review_view import ask_rating, reviews_table, show_over
from bee.ui.review_words import review_words, reviews_words
from bee.ui.run_words import hidden_words
from bee.ui.sessions import utc_now

viewer = guard(*SEE_REVIEWS)
REVIEW: Final = "review"
NEXT: Final = "review-next"


def show() -> None:
    """Draw the page: all reviews, or one of them."""
    covers, choices = page_head("Blind review")
    scope = Scope.of(viewer, SEE_REVIEWS)
    with st.skeleton(height=480):
        reviews = read_reviews(scope)
    by_name = {f"Review {review.number}": review for review in reviews}
    if NEXT in st.session_state:
        st.session_state[REVIEW] = st.session_state.pop(NEXT)
    with choices:
        name = pick_one("Review", "All reviews", {name: name for name in by_name}, key=REVIEW)
    if name is None:
        covers.caption(reviews_words(reviews))
        show_all(scope, reviews)
        return
    review = by_name[name]
    covers.caption(review_words(review))
    if review.outcome is None:
        show_open(scope, review)
        return
    if review.hidden_by is not None:
        empty("visibility_off", "Hidden while you rate", hidden_words(review.hidden_by))
        return
    over = read_over(scope, review)
    with choices:
        st.download_button(
            "Export", lambda: ratings_csv(over.pairs, over.ratings),
            f"review-{review.number}-{utc_now().date()}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    show_over(over)


def show_all(scope: Scope, reviews: list[Review]) -> None:
    """Draw every review, and offer to ask for another."""
    if st.button("Ask for a review", icon=":material/add:"):
        ask_for_one(scope)
    if not reviews:
        empty(
            "compare",
            "Nothing has been asked for yet",
            "A review shows coaches the answers of two versions side by side, without saying which is which.",
        )
        return
    chosen = reviews_table(reviews, key="open-review")
    if chosen is not None:
        # The field is drawn already: it takes this on the next run.
        st.session_state[NEXT] = f"Review {chosen.number}"
        st.rerun()


@st.dialog("Ask for a review")
def ask_for_one(scope: Scope) -> None:
    """Ask which run is to be reviewed, by how many."""
    with errors_shown():
        runs = {run_name(run): run for run in read_reviewable(scope)}
        if not runs:
            st.info("First let two versions answer the cases, under Runs.", icon=":material/science:")
            return
        with st.form("ask-review", border=False):
            chosen = st.selectbox("Answers of", tuple(runs), index=None)
            raters = st.number_input("Coaches who rate each pair", 1, MOST_RATERS, 2)
            sent = st.form_submit_button("Ask", icon=":material/send:")
        if sent and chosen is not None:
            ask_review(runs[chosen].id, int(raters))
            st.rerun()


def run_name(run: Run) -> str:
    """Return a run as people call it, without which versions it is of."""
    return f"Run {run.number} · {run.requested_at:%-d %B %Y} · {run.cases} cases"


def show_open(scope: Scope, review: Review) -> None:
    """Draw the next pair for whoever rates, and how far it is for everybody else."""
    st.progress(
        review.complete / max(review.pairs, 1), f"{review.complete:,} of {review.pairs:,} pairs complete"
    )
    if not may_rate(viewer):
        empty("visibility_off", "Coaches are rating", "Who sees which version is which does not rate.")
    elif not review.is_rater:
        offer_to_join(review)
    elif (pair := read_next(scope, review)) is not None:
        st.caption("Nobody is told which version wrote which answer, and what others said, until it is over.")
        ask_rating(pair, review.criteria)
    else:
        empty("done_all", "You have rated all that waits for you", "It is over once the others have, too.")
    offer_acts(review)


def offer_to_join(review: Review) -> None:
    """Offer to rate, with what that takes away for a while."""
    empty(
        "balance",
        "Coaches are rating",
        "Whoever rates is not told which version wrote which answer, neither here nor under Runs, until nothing is"
        " left for them to rate. Leave it to others if you have read that already.",
    )
    if st.button("Rate in this review", icon=":material/how_to_vote:"):
        join(review)
        st.rerun()


def offer_acts(review: Review) -> None:
    """Offer to ask a model as well, and to end the review."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.text_input(
            "Ask a model as well", placeholder="openai/…", key=f"judge-{review.number}", width=260
        )
        most = st.number_input(
            "For at most, $", 0.0, 100.0, 2.0, key=f"judge-most-{review.number}", width=120
        )
        if st.button("Ask the model", disabled=not model):
            ask_judge(review, model.strip(), Decimal(str(most)))
            st.toast("It is asked as soon as the worker comes to it.")
        if st.button("End the review", icon=":material/stop_circle:"):
            cancel(review)
            st.rerun()


with errors_shown():
    show()
