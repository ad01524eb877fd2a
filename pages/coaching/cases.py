"""Coaching › Cases: what every version of the prompt is tried with: written, or taken from a conversation."""

import streamlit as st

from bee.coach.lab.case import Case
from bee.ui.blocks import page_head
from bee.ui.case_pickers import CHANGE, NEW, TAKE, VERSIONS, begin, look_at, pick_among, pick_case, pick_view
from bee.ui.case_reads import SEE_CASES, read_cases, read_versions
from bee.ui.case_table import cases_table, versions_table
from bee.ui.case_view import show_case, show_change, show_new, show_taking
from bee.ui.case_words import case_words, cases_csv, cases_words, titles
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

viewer = guard(*SEE_CASES)


def show() -> None:
    """Draw the page: all cases, one of them, a new one, or one to be taken from a conversation."""
    covers, choices = page_head("Cases")
    scope = Scope.of(viewer, SEE_CASES)
    with st.skeleton(height=480):
        cases = read_cases(scope)
    with choices:
        chosen = pick_case(cases)
    if chosen is None:
        covers.caption(cases_words(cases))
        shown = show_all(cases)
        with choices:
            st.download_button(
                "Export", lambda: cases_csv(shown), f"cases-{utc_now().date()}.csv", "text/csv",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip
    elif isinstance(chosen, Case):
        covers.caption(case_words(chosen))
        show_one(scope, chosen)
    elif chosen == TAKE:
        covers.caption("Nothing is kept before you have read and confirmed it.")
        show_taking(viewer, scope)
    else:
        covers.caption("Every run that begins later is over it.")
        show_new()


def show_all(cases: list[Case]) -> list[Case]:
    """Draw the cases that fit what was chosen, and return them; a row opens one."""
    with st.container(horizontal=True):
        shown = pick_among(cases)
        st.button(NEW, icon=":material/add:", on_click=begin, args=(NEW,))
        st.button(TAKE, icon=":material/forum:", on_click=begin, args=(TAKE,))
    if not cases:
        empty("quiz", "There are no cases yet", "They come with `bee migrate`, or somebody writes one.")
    elif not shown:
        empty("filter_alt_off", "No case is like that", "Ask for less.")
    elif (case := cases_table(shown, key="open-case")) is not None:
        look_at(next(name for name, known in titles(cases).items() if known.id == case.id))
    return shown


def show_one(scope: Scope, case: Case) -> None:
    """Draw one case in the view that was chosen."""
    view = pick_view()
    if view == CHANGE:
        show_change(case)
    elif view == VERSIONS:
        versions_table(read_versions(scope, case.case_id))
    else:
        show_case(case)


with errors_shown():
    show()
