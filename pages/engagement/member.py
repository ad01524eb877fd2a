"""Engagement › Member: one member's days in lanes, and why a score is what it is."""

import streamlit as st

from bee.access import StaffRole
from bee.engage.export import member_csv
from bee.engage.queries import MemberMatch
from bee.ui.blocks import card_head, chart, facts, page_head, state_badge
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.member_reads import (
    MOST_MATCHES,
    SEE_NAMES,
    MemberPage,
    MemberQuestion,
    SearchQuestion,
    read_matches,
    read_member,
    record_look,
)
from bee.ui.pickers import asked_day, pick_day, pick_member_words, pick_weeks, search_for
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.tables import carry_table, matches_table, parts_table
from bee.ui.takeaways import timeline_takeaway
from bee.ui.why import carry_rows, part_rows, why_sentence
from bee.ui.words import matches_words, member_facts, person_words

viewer = guard(StaffRole.PRODUCT, StaffRole.COACH)


def show() -> None:
    """Draw the page: whom, one read, the empty cases, the member."""
    covers, choices = page_head("Member")
    scope = Scope.of(viewer, (StaffRole.PRODUCT, StaffRole.COACH))
    with choices:
        words, weeks = pick_member_words(by_name=scope.role in SEE_NAMES), pick_weeks()
    matches = read_matches(SearchQuestion(scope, words))
    if len(matches) != 1 or not words:
        show_matches(matches, words)
        return
    member_id = matches[0].id
    record_look(viewer, scope, member_id, utc_now())
    with st.skeleton(height=640):
        page = read_member(MemberQuestion(scope, member_id, weeks, asked_day()))
    covers.caption(person_words(page.card, page.person))
    with choices:
        st.download_button(
            "Export", lambda: member_csv(page.days, page.events), f"{page.card.name}-{page.start}-{page.end}.csv",
            "text/csv", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    show_timeline(page)
    show_why(page)


def show_matches(matches: list[MemberMatch], words: str) -> None:
    """Draw who was found, or how to look for somebody."""
    if not matches:
        empty(
            "person_search",
            "Nobody found among the members you may see" if words else "Whose days?",
            "Type a number such as P-1778, or open somebody from the overview.",
            page=("pages/engagement/overview.py", "Open the overview"),
        )
        return
    card_head("Members", matches_words(len(matches), MOST_MATCHES))
    chosen = matches_table(matches, key="open-match")
    if chosen is not None:
        search_for(f"P-{chosen.number}")


def show_timeline(page: MemberPage) -> None:
    """Draw the member's days in lanes."""
    if page.figure is None:
        empty("hourglass_empty", "No scores yet", "The first appears when the member's first day is over.")
        return
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            card_head(f"{page.card.name} timeline", "Score, state and what happened around it")
            state_badge(page.card, page.days_in_state)
        chart(page.figure, key="timeline", takeaway=timeline_takeaway(page.card.name, page.days))
        facts(member_facts(page.card, page.person))


def show_why(page: MemberPage) -> None:
    """Draw what made the score of the chosen day."""
    if page.selected is None:
        return
    day, explanation = page.selected.score_date, page.selected.explanation
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            card_head("Why this score", why_sentence(explanation, day))
            pick_day(day, page.start, page.end)
        if not page.selected.is_current:
            st.warning("Events have come in since this day was scored; it will be scored again.")
        parts_table(part_rows(explanation))
        if explanation.carry:
            with st.expander("What each earlier day brought"):
                carry_table(carry_rows(explanation, day))
        st.caption(f"Definition {explanation.definition}")


with errors_shown():
    show()
