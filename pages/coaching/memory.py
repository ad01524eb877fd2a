"""Coaching › Memory: what is proposed to be remembered, what is, and what a message would call up."""

from datetime import datetime
from uuid import UUID

import streamlit as st

from bee.coach.memory.decisions import LONGEST_VALUE
from bee.coach.memory.queries import StoredMemory, memories_csv
from bee.engage.queries import MemberMatch
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_reads import MOST_MATCHES, SearchQuestion, read_matches, record_look
from bee.ui.memory_acts import accept, expire, reject, reword
from bee.ui.memory_pickers import end_of, pick_date, pick_message
from bee.ui.memory_reads import (
    SEE_MEMORIES,
    MemoryPage,
    read_memories,
    read_one,
    read_recollection,
    read_waiting,
    record_list,
)
from bee.ui.memory_table import memories_table, proposals_table, recalled_table, whole_memory
from bee.ui.memory_words import compared_words, tally_words, waiting_words
from bee.ui.pickers import pick_member_words, search_for
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.tables import matches_table
from bee.ui.words import matches_words

viewer = guard(*SEE_MEMORIES)
scope = Scope.of(viewer, SEE_MEMORIES)
DECIDES = scope.role == "bee_coach"


def show() -> None:
    """Draw the choices, then what waits of everybody, or one member."""
    covers, choices = page_head("Memory")
    with choices:
        words = pick_member_words(by_name=True)
        on = pick_date(utc_now()) if words else None
    if not words:
        with st.skeleton(height=480):
            waiting = read_waiting(scope)
        covers.caption(f"{waiting_words(len(waiting))} · type a member to see what is remembered")
        show_waiting(waiting)
        return
    matches = read_matches(SearchQuestion(scope, words))
    if len(matches) != 1:
        show_matches(matches)
        return
    at = utc_now() if on is None else end_of(on)
    record_look(viewer, scope, matches[0].id, utc_now())
    with st.skeleton(height=480):
        page = read_memories(scope, matches[0].id, at)
    name = page.person.full_name if page.person else None
    who = f"{page.card.name} · {name}" if name else page.card.name
    covers.caption(tally_words(who, len(page.proposed), len(page.held), on))
    with choices:
        offer_file(page)
    show_member(page, at)


def show_waiting(waiting: list[StoredMemory]) -> None:
    """Draw what waits of all members."""
    if not waiting:
        empty(
            "psychology",
            "Nothing waits for a decision",
            "What members say of themselves is proposed here within minutes, with the words it comes from.",
        )
        return
    record_list(viewer, scope, len(waiting), utc_now())
    chosen = proposals_table(waiting, key="open-waiting")
    if chosen is not None:
        show_memory(chosen.id)


def show_matches(matches: list[MemberMatch]) -> None:
    """Draw who was found."""
    if not matches:
        empty("person_search", "Nobody found among the members you may see", "Type a number such as P-1778.")
        return
    card_head("Members", matches_words(len(matches), MOST_MATCHES))
    chosen = matches_table(matches, key="open-match")
    if chosen is not None:
        search_for(f"P-{chosen.number}")


def show_member(page: MemoryPage, at: datetime) -> None:
    """Draw what waits, what is remembered, and what a message calls up."""
    if page.proposed:
        with st.container(border=True):
            card_head("Proposed", "From what the member wrote; nothing of it is used before you accept it")
            chosen = proposals_table(page.proposed, key="open-proposal")
            if chosen is not None:
                show_memory(chosen.id)
    with st.container(border=True):
        card_head("Remembered", "What replies may rest on")
        if not page.held:
            empty("psychology", "Nothing is remembered", "Accept a proposal, or choose a later day.")
        else:
            held = memories_table(page.held, key="open-memory")
            if held is not None:
                show_memory(held.id)
    with st.container(border=True):
        card_head("What a message calls up", "The memories that the coach would be given, the best first")
        show_recollection(page.card.id, at)


def show_recollection(member_id: UUID, at: datetime) -> None:
    """Ask for a message, and draw what it calls up and what compared."""
    message = pick_message()
    if not message.strip():
        st.caption("Type a message to see.")
        return
    found = read_recollection(scope, member_id, message, at)
    st.caption(compared_words(found))
    if found.recalled:
        recalled_table(found)
    else:
        st.caption("It calls up nothing: nothing is remembered then.")


@st.dialog("One memory", position="right", width="medium")
def show_memory(memory_id: UUID) -> None:
    """Show a memory in full and what may be done; that somebody looked is in the trail before."""
    with errors_shown():
        memory = read_one(scope, memory_id)
        record_look(viewer, scope, memory.user_id, utc_now())
        whole_memory(memory)
        # Not a page link: a dialog reruns without the navigation that knows the pages.
        st.markdown(f"[All that is remembered of P-{memory.number}](/memory?member=P-{memory.number})")
        if not DECIDES:
            st.caption("The member's coach decides what is remembered.")
        elif memory.is_proposed or memory.holds:
            offer_acts(memory)


def offer_acts(memory: StoredMemory) -> None:
    """Offer to accept or end it as it is, or in other words, or to reject it."""
    with st.form("decide", border=False):
        words = st.text_area("In these words", memory.trait_value, max_chars=LONGEST_VALUE)
        with st.container(horizontal=True):
            first = "Accept" if memory.is_proposed else "Keep these words"
            keeps = st.form_submit_button(first, icon=":material/check:")
            second = "Reject" if memory.is_proposed else "End it now"
            ends = st.form_submit_button(second, icon=":material/close:")
    if keeps or ends:
        with errors_shown():
            decide(memory, words, keeps=keeps)
            st.rerun()


def decide(memory: StoredMemory, words: str, *, keeps: bool) -> None:
    """Do what was pressed: other words than before are a memory of their own."""
    if not keeps:
        (reject if memory.is_proposed else expire)(memory)
    elif words.strip() != memory.trait_value:
        reword(memory, words)
    elif memory.is_proposed:
        accept(memory)


def offer_file(page: MemoryPage) -> None:
    """Offer what is on the screen as a file."""
    st.download_button(
        "Export", lambda: memories_csv([*page.proposed, *page.held]), f"memory-{page.card.name}.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


with errors_shown():
    show()
