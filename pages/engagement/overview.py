"""Engagement › Overview: how people are, how they moved, who may need a call."""

import streamlit as st

from bee.access import StaffRole
from bee.engage.export import at_risk_csv, movements_csv, states_csv
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.cards import show_cards
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.pickers import pick_segment, pick_weeks
from bee.ui.reads import Overview, OverviewQuestion, Scope, forget_reads, read_overview, read_segments
from bee.ui.sessions import utc_now
from bee.ui.tables import people_table
from bee.ui.takeaways import movements_takeaway, states_takeaway
from bee.ui.words import coverage_words, file_words, movements_words

viewer = guard(StaffRole.PRODUCT, StaffRole.COACH)
MEMBER_PAGE = "pages/engagement/member.py"


def show() -> None:
    """Draw the page: the choices, one read, the empty case, the figures."""
    covers, choices = page_head("Overview")
    scope = Scope.of(viewer, (StaffRole.PRODUCT, StaffRole.COACH))
    segments = read_segments(scope)
    overview = None
    if segments:
        with choices:
            segment, weeks = pick_segment(segments), pick_weeks()
        with st.skeleton(height=640):
            overview = read_overview(OverviewQuestion(scope, segment.key, weeks, utc_now().date()))
    if overview is None:
        empty(
            "trending_up",
            "No scores yet",
            "They appear when events are in and a member's first day is over and scored.",
            button=("Look again", forget_reads),
        )
        return
    covers.caption(coverage_words(overview.coverage))
    with choices:
        offer_files(overview, segment.label)
    show_cards(overview.cards)
    show_charts(overview)
    show_people(overview)


def show_charts(overview: Overview) -> None:
    """Draw where people are and how they moved."""
    where, moved = st.columns([5, 3])
    with where.container(border=True, height="stretch"):
        card_head("Where people are", "People per momentum state, daily")
        chart(overview.states_figure, key="states", takeaway=states_takeaway(overview.states))
    with moved.container(border=True, height="stretch"):
        card_head("How they moved", movements_words(overview.states, overview.movements))
        chart(overview.movements_figure, key="moved", takeaway=movements_takeaway(overview.movements))


def show_people(overview: Overview) -> None:
    """Draw who may need a call; a row opens the member's page."""
    card_head(
        "People who may need a call",
        "In Needs care and well below their own usual score, furthest below first",
    )
    if not overview.people:
        empty("celebration", "Nobody right now", "Nobody in Needs care is well below their own usual score.")
        return
    chosen = people_table(overview.people, overview.tasks, key="open-member")
    if chosen is not None:
        st.switch_page(MEMBER_PAGE, query_params={"member": f"P-{chosen.number}"})


def offer_files(overview: Overview, segment: str) -> None:
    """Offer what is on the screen as files."""
    name = f"{file_words(segment)}-{overview.start}-{overview.end}.csv"
    with st.popover("Export", icon=":material/download:"):
        for kind, label, make in (
            ("states", "Where people are", lambda: states_csv(overview.states, overview.recoveries)),
            ("movements", "How they moved", lambda: movements_csv(overview.movements)),
            ("people", "People who may need a call", lambda: at_risk_csv(overview.people, overview.tasks)),
        ):
            st.download_button(
                label,
                make,
                f"{kind}-{name}",
                "text/csv",
                key=f"csv-{kind}",
                on_click="ignore",
                type="tertiary",
            )


with errors_shown():
    show()
