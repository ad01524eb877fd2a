"""Coaching › Replay: a day again, each prompt as it was, and what would have gone out with another version."""

from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.coach.prompting import Prompt
from bee.coach.replay import Change, Day, Replayed, asked_again, changes_csv, riskiest_first
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_picker import find_one
from bee.ui.member_reads import record_look
from bee.ui.pickers import asked_day, pick_day, pick_member_words
from bee.ui.playground_acts import SEE_LAB, begin_trial, read_offer
from bee.ui.playground_pickers import pick_prompt
from bee.ui.playground_words import prompt_name
from bee.ui.reads import Scope
from bee.ui.replay_acts import MOST_AGAIN, ReplayQuestion, most_usd, read_replay, record_replay
from bee.ui.replay_table import changes_table, moments_table, whole_change, whole_moment
from bee.ui.replay_words import again_words, changes_words, covers_words
from bee.ui.sessions import utc_now
from bee.ui.words import long_date

viewer = guard(*SEE_LAB)

AGAIN: Final = "replay-again"
OLDEST: Final = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Again:
    """What was asked again, of which day and whom, and what came of it."""

    question: ReplayQuestion
    prompt: Prompt
    changes: list[Change]


def show() -> None:
    """Draw the choices, one read, the empty case, the day, and what would have gone out."""
    covers, choices = page_head("Replay")
    scope = Scope.of(viewer, SEE_LAB)
    question = ask(scope, choices)
    if question is None:
        return
    if question.member_id is not None:
        record_look(viewer, scope, question.member_id, utc_now())
    with st.skeleton(height=480):
        day = read_replay(question)
    covers.caption(f"{long_date(question.day)} · {covers_words(day)}")
    if not day.moments:
        empty(
            "chat_bubble",
            "Nobody wrote that day",
            "Choose another day: a message appears on the member's own day.",
        )
        return
    record_replay(viewer, question, day, utc_now())
    show_day(scope, day)
    show_again(scope, question, day)


def ask(scope: Scope, choices: DeltaGenerator) -> ReplayQuestion | None:
    """Return what was chosen, all of it in the address; None where the words name nobody, or several."""
    yesterday = utc_now().date() - timedelta(days=1)
    day = asked_day() or yesterday
    newest, oldest = yesterday + timedelta(days=2), yesterday - OLDEST
    day = min(max(day, oldest), newest)
    with choices:
        words = pick_member_words(by_name=True)
        pick_day(day, oldest, newest)
    member_id = find_one(scope, words, "Leave it empty for all whom you may see.") if words else None
    return None if words and member_id is None else ReplayQuestion(scope, member_id, day)


def show_day(scope: Scope, day: Day) -> None:
    """Draw the day's messages."""
    with st.container(border=True):
        card_head("What was written", "Each prompt is rendered again from what was known then")
        chosen = moments_table(day.moments, key="open-moment")
    if chosen is not None:
        show_moment(scope, chosen)


def show_again(scope: Scope, question: ReplayQuestion, day: Day) -> None:
    """Offer to ask another version in each moment, and draw what came of it."""
    with st.container(border=True):
        card_head("What would have gone out", "Each message asked again as of then; nobody hears of it")
        prompt = pick_prompt(read_offer(scope), 0, is_only=True)
        if prompt is None:
            st.caption("There is no prompt yet.")
            return
        moments = day.askable[:MOST_AGAIN]
        cost = most_usd(moments, prompt, utc_now())
        st.caption(again_words(len(moments), len(day.moments), cost))
        if st.button("Ask again", icon=":material/replay:", disabled=not moments):
            play(question, prompt, moments)
            st.rerun()
        again: Again | None = st.session_state.get(AGAIN)
        if again is not None and (again.question, again.prompt) == (question, prompt):
            show_changes(scope, again)


def play(question: ReplayQuestion, prompt: Prompt, moments: tuple[Replayed, ...]) -> None:
    """Ask a version in each moment, and keep what came of it until something else is asked."""
    stage = begin_trial([prompt], question.member_id)
    changes: list[Change] = []
    bar = st.progress(0.0, "Asked …")
    with closing(asked_again(stage, moments, prompt)) as answers:
        for then, trial in answers:
            changes.append(Change.of(then, trial))
            bar.progress(len(changes) / len(moments), f"{len(changes)} of {len(moments)}")
    st.session_state[AGAIN] = Again(question, prompt, riskiest_first(changes))


def show_changes(scope: Scope, again: Again) -> None:
    """Draw what would have gone out, the riskiest changes first, and offer it as a file."""
    st.caption(changes_words(again.changes))
    chosen = changes_table(again.changes, key="open-change")
    st.download_button(
        "Export", lambda: changes_csv(again.changes), f"replay-{again.question.day}.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    if chosen is not None:
        show_change(scope, chosen, prompt_name(again.prompt))


@st.dialog("A message of that day", position="right", width="large")
def show_moment(scope: Scope, replayed: Replayed) -> None:
    """Show a message in full; that somebody looked is in the trail before."""
    with errors_shown():
        record_look(viewer, scope, replayed.kept.user_id, utc_now())
        whole_moment(replayed)


@st.dialog("What would have gone out", position="right", width="large")
def show_change(scope: Scope, change: Change, name: str) -> None:
    """Show a change in full; that somebody looked is in the trail before."""
    with errors_shown():
        record_look(viewer, scope, change.then.kept.user_id, utc_now())
        st.caption(name)
        whole_change(change)


with errors_shown():
    show()
