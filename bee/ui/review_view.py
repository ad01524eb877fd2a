"""Blind reviews as they are drawn: the list, a pair to rate, what a review came to."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.lab.reviews import CHOICES, MOST_COMMENT, RATING_COLUMNS, Review, Shown, rating_rows
from bee.coach.lab.rubric import Criterion
from bee.coach.lab.voting import Vote
from bee.errors import Invalid
from bee.momentum.score import MomentumState
from bee.ui.blocks import card_head, facts
from bee.ui.palette import WORDS
from bee.ui.review_acts import OverView, rate
from bee.ui.review_words import (
    OUTCOMES,
    agreement_words,
    criterion_words,
    judge_words,
    ratio_words,
    score_words,
    state_rows,
    winner_words,
)
from bee.ui.sheet import ROW_HEIGHT, sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING

OPEN: Final = ":material/compare: Open"
ROWS_SHOWN: Final = 15
RATING_WIDTHS: Final = (140, 95, 115, 120, 140, 200, 200)
BETTER: Final = {"Left is better": "left", "Right is better": "right", "Neither is": "tie"}
SPEAKERS: Final = {"member": "Member", "coach": "Coach"}
assert set(BETTER.values()) == set(CHOICES)


def reviews_table(reviews: Sequence[Review], *, key: str) -> Review | None:
    """Draw reviews and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "number": [f"Review {review.number}" for review in reviews],
            "run": [f"Run {review.run_number}" for review in reviews],
            "state": [[OUTCOMES[review.outcome]] for review in reviews],
            "done": [100 * review.complete / max(review.pairs, 1) for review in reviews],
            "mine": [f"{review.mine:,} of {review.pairs:,}" for review in reviews],
            "raters": [review.raters for review in reviews],
            "asked": [review.asked_at for review in reviews],
            "who": [review.asker_name or NOTHING for review in reviews],
            "action": [[OPEN] for _ in reviews],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "number": columns.TextColumn("Review", width=95),
            "run": columns.TextColumn("Of", width=80),
            "state": columns.MultiselectColumn(
                "State", options=list(OUTCOMES.values()), color="gray", width=100
            ),
            "done": columns.ProgressColumn("Complete", min_value=0, max_value=100, format="%d%%", width=150),
            "mine": columns.TextColumn("Rated by you", width=110),
            "raters": columns.NumberColumn("Raters", width=70),
            "asked": columns.DatetimeColumn(
                "Asked (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=150
            ),
            "who": columns.TextColumn("By", width=150),
            "action": columns.ButtonColumn("Action", key=key, width=100),
        },
        alt="Blind reviews, open ones first",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, reviews)


def ask_rating(pair: Shown, rubric: Sequence[Criterion]) -> None:
    """Draw a pair and ask which answer is better; what is sent is kept, and the next one is drawn."""
    _show_case(pair)
    # Another pair is another form, in which nothing is ticked yet.
    key = f"rate-{pair.pair_id}"
    with st.form(key, border=False):
        left, right = st.columns(2, border=True)
        with left:
            met_left = _ask_criteria("Left", pair.left_text, rubric, f"{key}-left")
        with right:
            met_right = _ask_criteria("Right", pair.right_text, rubric, f"{key}-right")
        better = st.radio(
            "Which serves the member better", tuple(BETTER), index=None, horizontal=True, key=f"{key}-better"
        )
        comment = st.text_area("Why", max_chars=MOST_COMMENT, key=f"{key}-comment", height=80)
        sent = st.form_submit_button("Save and show the next", icon=":material/check:")
    if sent:
        if better is None:
            raise Invalid("no_choice", "Say which answer is the better one, or that neither is.")
        rate(pair.pair_id, BETTER[better], met_left, met_right, comment)
        st.rerun()


def show_over(over: OverView) -> None:
    """Draw what a review that is over came to."""
    result = over.result
    st.markdown(f"**{winner_words(result.total)}**")
    facts(
        [
            ("Won of the decided, 95 %", ratio_words(result.total)),
            ("Odds against chance", f"{result.total.odds:,.1f} : 1"),
            ("Raters agree", agreement_words(result.agreement)),
            ("New version by the rubric", score_words(result, Vote.CANDIDATE)),
            ("Version before by the rubric", score_words(result, Vote.BASELINE)),
        ]
    )
    card_head(
        "By momentum state", "A version that wins overall and loses where people need care must not go live"
    )
    st.dataframe(
        pd.DataFrame(
            state_rows(result), columns=["State", "Won", "Lost", "Ties", "Won of the decided, 95 %"]
        ),
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt="What the review came to by momentum state",
    )
    for found in result.judges:
        with st.container(border=True):
            st.caption("Model as a judge, shown each pair in both orders")
            st.markdown(f"`{found.judge.model}`")
            st.text(judge_words(found))
            st.text(winner_words(found.standing))
    _show_pairs(over)


def _show_pairs(over: OverView) -> None:
    card_head("Pair by pair", "Who wrote what, and what was said of it")
    sheet(
        _ratings_table(over),
        {
            name: st.column_config.TextColumn(name.capitalize(), width=width)
            for name, width in zip(RATING_COLUMNS, RATING_WIDTHS, strict=True)
        },
        alt="Every rating, with what each version wrote",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )


def _ratings_table(over: OverView) -> pd.DataFrame:
    table = pd.DataFrame(rating_rows(over.pairs, over.ratings), columns=list(RATING_COLUMNS))
    table["state"] = [WORDS[MomentumState(state)] if state else "Unknown" for state in table["state"]]
    return table


def _show_case(pair: Shown) -> None:
    known = WORDS[MomentumState(pair.state)] if pair.state else "Unknown"
    with st.container(border=True):
        facts(
            [
                ("The member is", known),
                ("What is known of them", " · ".join(pair.memories) or "Nothing"),
            ]
        )
        for turn in pair.recent:
            st.caption(SPEAKERS[turn["role"]])
            st.text(turn["body"])
        st.caption("They write")
        st.text(pair.message)


def _ask_criteria(side: str, text: str, rubric: Sequence[Criterion], key: str) -> list[int]:
    st.caption(side)
    st.text(text)
    st.divider()
    return [
        place
        for place, criterion in enumerate(rubric)
        if st.checkbox(criterion_words(criterion), key=f"{key}-{place}", wrap=True)
    ]
