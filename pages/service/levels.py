"""Service health › Service levels: what was promised, what of it is left, what burns it; maintenance."""

import streamlit as st

from bee.sla.standing import Verdict, standings_csv
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.level_forms import show_done
from bee.ui.level_reads import SEE_SERVICE, LevelsPage, read_levels
from bee.ui.level_table import standings_table
from bee.ui.level_view import look_into, show_amendments, show_look, show_uptime
from bee.ui.level_words import coverage_words
from bee.ui.reads import Scope, forget_reads

viewer = guard(*SEE_SERVICE)


def show() -> None:
    """Draw the choices, one read, the empty case, the objectives, one of them, and what was said of minutes."""
    covers, choices = page_head("Service levels")
    scope = Scope.of(viewer, SEE_SERVICE)
    show_done()
    with st.skeleton(height=640):
        page = read_levels(scope)
    covers.caption(coverage_words(page.levels))
    with choices:
        st.button("Look again", icon=":material/refresh:", on_click=forget_reads)
        st.download_button(
            "Export", lambda: standings_csv(page.levels, page.impact),
            f"service-levels-{page.levels.until:%Y-%m-%d}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    if has_evidence(page):
        show_objectives(page)
        show_uptime(page)
        show_look(scope, page)
    else:
        empty(
            "monitoring",
            "No evidence yet",
            "Figures appear with the first request that the API answers, or the first probe.",
            button=("Look now", forget_reads),
        )
    show_amendments(page.amendments)


def has_evidence(page: LevelsPage) -> bool:
    """Return whether anything is known of any objective."""
    return any(each.verdict is not Verdict.NO_EVIDENCE for each in page.levels.standings)


def show_objectives(page: LevelsPage) -> None:
    """Draw how each objective stands; a row's button has it looked into below."""
    card_head(
        "Objectives",
        "What may be bad in 30 days, how much of that is left, how fast it goes, whom it touched",
    )
    chosen = standings_table(page.levels.standings, page.impact, key="look-into")
    if chosen is not None:
        look_into(chosen)


with errors_shown():
    show()
