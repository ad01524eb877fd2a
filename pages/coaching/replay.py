"""Coaching › Replay: a day again, each prompt as it was, and what would have gone out with another version."""

from datetime import timedelta
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.coach.replay import Change, Day, Replayed
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.house import get_house
from bee.ui.member_picker import find_one
from bee.ui.member_reads import record_look
from bee.ui.pickers import asked_day, pick_day, pick_member_words
from bee.ui.playground_acts import SEE_LAB, read_offer
from bee.ui.reads import Scope
from bee.ui.replay_acts import (
    ReplayQuestion,
    read_changes,
    read_population,
    read_replay,
    read_replays,
    record_replay,
    request,
)
from bee.ui.replay_form import ask_replay
from bee.ui.replay_pickers import look_at, pick_replay
from bee.ui.replay_table import moments_table, whole_moment
from bee.ui.replay_view import show_changes, show_standing, whole_change
from bee.ui.replay_words import covers_words, replay_name
from bee.ui.sessions import utc_now
from bee.ui.words import long_date

viewer = guard(*SEE_LAB)

OLDEST: Final = timedelta(days=3660)


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
    show_again(scope, question)


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


def show_again(scope: Scope, question: ReplayQuestion) -> None:
    """Draw what would have gone out with another version, or ask for it."""
    with st.container(border=True):
        card_head("What would have gone out", "Messages asked again as of then; nobody hears of it")
        replay = pick_replay(read_replays(question))
        if replay is None:
            show_new(scope, question)
            return
        show_standing(question, replay)
        changes = read_changes(question, replay.id)
        if not changes:
            st.caption("No answer yet: the worker asks for them.")
            return
        chosen = show_changes(replay, changes)
    if chosen is not None:
        show_change(scope, chosen, replay_name(replay))


def show_new(scope: Scope, question: ReplayQuestion) -> None:
    """Ask for a replay of the day, whoever is looked at."""
    population = read_population(question, utc_now())
    wanted = ask_replay(read_offer(scope), question, population, get_house().settings)
    if wanted is not None:
        with errors_shown():
            look_at(request(wanted), wanted.version)


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
        record_look(viewer, scope, change.user_id, utc_now())
        st.caption(name)
        whole_change(change)


with errors_shown():
    show()
