"""Service health › Now: are we up, what burns, who is on call, and what we stand on."""

import streamlit as st

from bee.ui.blocks import page_head
from bee.ui.empty import errors_shown
from bee.ui.guard import guard
from bee.ui.level_reads import SEE_SERVICE
from bee.ui.now_dependencies import show_dependencies
from bee.ui.now_probers import show_probers
from bee.ui.now_reads import read_now
from bee.ui.now_view import pair, show_alerts, show_burning, show_state
from bee.ui.reads import Scope, forget_reads

viewer = guard(*SEE_SERVICE)


def show() -> None:
    """Draw one read: the state, what burns beside what is open, who looks, the dependencies."""
    covers, choices = page_head("Now")
    with choices:
        st.button("Look again", icon=":material/refresh:", on_click=forget_reads)
    with st.skeleton(height=640):
        page = read_now(Scope.of(viewer, SEE_SERVICE))
    covers.caption(f"As of {page.at:%-d %B %Y, %H:%M:%S} UTC · what is over is told by whole minutes")
    show_state(page)
    burning, alerts = pair()
    with burning:
        show_burning(page.levels.standings)
    with alerts:
        show_alerts(page.alerts, page.on_call, page.at)
    show_probers(page.roster, page.at)
    show_dependencies(page)


with errors_shown():
    show()
