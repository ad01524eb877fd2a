"""One replay, drawn: how far it is, how many changes are how risky, each as a row, and one in full."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

import pandas as pd
import streamlit as st

from bee.coach.prompts.difference import pieces
from bee.coach.replay import Change, Replay, Risk, changes_csv, risk_of
from bee.ui.blocks import facts
from bee.ui.empty import errors_shown
from bee.ui.guard import find_onlooker
from bee.ui.playground_acts import SEE_LAB
from bee.ui.playground_words import why_words
from bee.ui.prompt_difference import TEXT_PX, marked
from bee.ui.reads import Scope
from bee.ui.replay_acts import ReplayQuestion, end, read_replays
from bee.ui.replay_pickers import pick_changes
from bee.ui.replay_table import OPEN
from bee.ui.replay_words import (
    DANGER_WORDS,
    RISK_MEANS,
    RISKS,
    ended_words,
    progress_words,
    reasons,
    replay_words,
    sent_words,
    shortened,
    state_name,
)
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.text import plain
from bee.ui.usage_words import dollars
from bee.ui.words import type_words

REFRESHED_S: Final = 3


def show_standing(question: ReplayQuestion, replay: Replay) -> None:
    """Draw what a replay is of and how far it is, which refreshes by itself until it is over."""
    if replay.is_over:
        _show(replay)
    else:
        st.fragment(_follow, run_every=REFRESHED_S)(question, replay.id)


def _follow(question: ReplayQuestion, replay_id: UUID) -> None:
    """Draw how far a replay is now; once it is over, or not to be seen any more, the page is drawn anew."""
    with errors_shown():
        viewer = find_onlooker(*SEE_LAB)
        if viewer is None:
            st.rerun()
        theirs = replace(question, scope=Scope.of(viewer, SEE_LAB))
        replay = next((row for row in read_replays(theirs) if row.id == replay_id), None)
        if replay is None or replay.is_over:
            st.rerun()
        _show(replay)


def _show(replay: Replay) -> None:
    """Draw what a replay is of, how far it is, why it ended, and offer to end it."""
    st.caption(plain(replay_words(replay)))
    st.caption(plain(progress_words(replay)))
    if said := ended_words(replay):
        st.warning(plain(said), icon=":material/info:")
    if replay.is_over:
        return
    st.progress(min(1.0, replay.done / replay.seen) if replay.seen else 0.0)
    with st.container(horizontal=True):
        if st.button("Look again", icon=":material/refresh:"):
            st.rerun()
        if st.button("End it", icon=":material/block:"):
            with errors_shown():
                end(replay.id)
                st.rerun()


def show_changes(replay: Replay, changes: Sequence[Change]) -> Change | None:
    """Draw how risky the changes are, and those chosen, the riskiest first; return the one that is opened."""
    counts = Counter(risk_of(change) for change in changes)
    grid = st.grid(len(Risk), min_column_width=130)
    for risk, words in RISKS.items():
        grid.metric(words, f"{counts[risk]:,}", help=RISK_MEANS[risk], border=True, height="stretch")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        shown = pick_changes(changes)
        st.download_button(
            "Export", lambda: changes_csv(shown), f"replay-{replay.number}.csv", "text/csv",
            on_click="ignore", icon=":material/download:", disabled=not shown,
        )  # fmt: skip
    if not shown:
        st.caption("No change is like that.")
        return None
    return changes_table(shown, key="open-change")


def changes_table(changes: Sequence[Change], *, key: str) -> Change | None:
    """Draw what would have gone out, in the order given, and return the one whose row's button was pressed."""
    why = [reasons(change) for change in changes]
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "person": [f"P-{change.person}" for change in changes],
                "risk": [RISKS[risk_of(change)] for change in changes],
                "why": why,
                "distance": [100 * change.distance for change in changes],
                "then": [shortened(change.answer) for change in changes],
                "now": [shortened(sent_words(change)) for change in changes],
                "action": [[OPEN] for _ in changes],
            }
        ),
        {
            "person": columns.TextColumn("Person", width=75),
            "risk": columns.TextColumn("Risk", width=125),
            "why": columns.MultiselectColumn(
                "Why", options=sorted({reason for each in why for reason in each}), color="gray", width=160
            ),
            "distance": columns.ProgressColumn(
                "Other words", min_value=0, max_value=100, format="%.0f%%", color="gray", width=105
            ),
            "then": columns.TextColumn("Sent then", width=200),
            "now": columns.TextColumn("Would be sent", width=200),
            "action": columns.ButtonColumn("Action", key=key, width=88),
        },
        alt="What would have gone out instead, the riskiest changes first",
    )
    return pressed_row(key, changes)


def whole_change(change: Change) -> None:
    """Draw a message with the answer of then and the one that would have been sent, word by word."""
    facts(
        [
            ("Who", f"P-{change.person}"),
            ("When", f"{change.local_at:%-d %B %Y, %H:%M} their time"),
            ("State then", state_name(change.state)),
            ("Risk", RISKS[risk_of(change)]),
            ("Cost", dollars(change.cost_usd)),
        ]
    )
    st.caption("The member wrote")
    st.text(change.message)
    if change.sent is None:
        _show_danger(change)
    else:
        _show_difference(change.answer, change.sent)
    if change.fallback is not None:
        st.caption(f"That is by rules, because {why_words(change.fallback)}.")
        if change.heard is not None:
            st.caption("The model said")
            st.text(change.heard)
    _show_checks(change)


def _show_danger(change: Change) -> None:
    words = next(words for danger, words in DANGER_WORDS.items() if danger == change.danger)
    st.caption(f":material/health_and_safety: {words}: words that told of danger reach no model.")
    st.text(change.answer)


def _show_difference(answer: str, sent: str) -> None:
    if answer == sent:
        st.caption("The very same words")
        st.text(sent)
        return
    st.caption("~~Struck through~~: only sent then. **Bold**: only in what would be sent.")
    with st.container(width=TEXT_PX):
        st.markdown(marked(pieces(answer, sent)))


def _show_checks(change: Change) -> None:
    for name in change.failed:
        before = "passed then" if name in change.now_failed else "failed then too"
        found = "; ".join(str(each) for each in change.results[name]["found"])
        said = f"{type_words(name)} {before}" + (f" ({found})" if found else "")
        st.markdown(f":material/close: {plain(said)}")
    if change.checks is not None and not change.failed:
        st.caption(":material/check: Every check passed.")
