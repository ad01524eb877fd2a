"""Coaching › Safety: messages in which somebody may be in danger, the words that say so, and who sees to it."""

from datetime import timedelta
from typing import Final
from uuid import UUID

import streamlit as st

from bee.coach.queries import SafetyEvent, SafetySearch, safety_csv
from bee.coach.safety import Category
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_reads import record_look
from bee.ui.pickers import pick_one, pick_period
from bee.ui.reads import Scope
from bee.ui.safety_acts import (
    SEE_SAFETY,
    SafetyTally,
    close,
    read_event,
    read_safety,
    record_list,
    take,
)
from bee.ui.safety_table import CATEGORIES, FINDINGS, safety_table, tally_words, whole_event
from bee.ui.sessions import utc_now

viewer = guard(*SEE_SAFETY)

PERIODS: Final = {"1w": 7, "4w": 28, "12w": 84, "1y": 365}
STATES: Final = {"Waiting": "waiting", "Closed": "closed"}


def show() -> None:
    """Draw the choices, one read, the empty cases, the events."""
    covers, choices = page_head("Safety")
    scope = Scope.of(viewer, SEE_SAFETY)
    with choices:
        search = ask()
    with st.skeleton(height=480):
        events = read_safety(scope, search)
    covers.caption(tally_words(SafetyTally.of(events)))
    if not events:
        show_nothing(search)
        return
    record_list(viewer, scope, len(events), utc_now())
    with choices:
        offer_file(events)
    st.caption(
        "Where danger is rare most alerts are false: read the words. And the check misses people: that nothing rang"
        " does not mean that somebody is safe."
    )
    chosen = safety_table(events, key="open-event")
    if chosen is not None:
        show_event(scope, chosen.id)


def ask() -> SafetySearch:
    """Return what was chosen."""
    days = pick_period(PERIODS, "4w")
    state = pick_one("Which", "Waiting and closed", STATES, key="which")
    category = pick_one("What it may be", "Any danger", CATEGORIES, key="danger", width=145)
    since = utc_now() - timedelta(days=days)
    is_closed = None if state is None else state == "closed"
    return SafetySearch(since, is_closed, None if category is None else Category(category))


def show_nothing(search: SafetySearch) -> None:
    """Say that there is nothing, and what would bring something."""
    if search.is_closed is None and search.category is None:
        empty(
            "health_and_safety",
            "Nobody of yours wrote of danger",
            "A message appears here, and as an urgent task, as soon as its words may tell of danger.",
        )
        return
    empty("filter_alt_off", "No message is like that", "Ask for less, or look at a longer period.")


@st.dialog("A message that may tell of danger", position="right", width="medium")
def show_event(scope: Scope, event_id: UUID) -> None:
    """Show an event in full and what may be done; that somebody looked is in the trail before."""
    with errors_shown():
        event = read_event(scope, event_id)
        if event is None:
            empty("search_off", "It is gone", "Its member left, or has another coach now.")
            return
        record_look(viewer, scope, event.user_id, utc_now())
        whole_event(event)
        offer_acts(event)


def offer_acts(event: SafetyEvent) -> None:
    """Offer what may be done next: take it, or close it with what was found."""
    if event.status == "open":
        if st.button("I take this", icon=":material/front_hand:"):
            with errors_shown():
                take(event.id)
                st.rerun(scope="fragment")
    elif event.status == "taken" and event.taken_by == viewer.staff_id:
        ask_to_close(event)
    elif event.status == "taken":
        st.caption("Who took it closes it.")


def ask_to_close(event: SafetyEvent) -> None:
    """Ask what was found, and close it."""
    # Of this message alone: what was written about one member, and left, never stands at the next one's.
    with st.form(f"close-event-{event.id}", border=False):
        found = st.radio("What was it", tuple(FINDINGS), index=None, horizontal=True)
        note = st.text_area("Note", max_chars=2000, placeholder="What you did, for whoever comes after you")
        sent = st.form_submit_button("Close", icon=":material/check:")
    if sent:
        with errors_shown():
            close(event.id, FINDINGS.get(found or "", ""), note)
            st.rerun()


def offer_file(events: list[SafetyEvent]) -> None:
    """Offer what is on the screen as a file."""
    st.download_button(
        "Export", lambda: safety_csv(events), f"safety-{utc_now().date()}.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


with errors_shown():
    show()
