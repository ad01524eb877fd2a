"""Service health › Alerts: what fires, who sees to it, what is watched, who is on call, who is reached."""

from datetime import datetime
from typing import Final

import streamlit as st

from bee.errors import NotFound
from bee.sla.alerts.queries import AlertCard, alerts_csv
from bee.ui.alert_detail import show_alert
from bee.ui.alert_reads import PERIODS, SEE_ALERTS, USUAL_PERIOD, Board, read_alert, read_board
from bee.ui.alert_rota import show_rota
from bee.ui.alert_rules import show_rules
from bee.ui.alert_table import alerts_table
from bee.ui.alert_ways import show_trouble, show_ways
from bee.ui.alert_words import coverage_words
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.pickers import pick_one, pick_period
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

viewer = guard(*SEE_ALERTS)

ALERTS, RULES, ON_CALL, WAYS = "Alerts", "Rules", "On call", "Ways out"
WHICH: Final = {"Open": "open", "Over": "over", "Pages": "page", "Tickets": "ticket"}


def show() -> None:
    """Draw one alert, or the view that was chosen."""
    covers, choices = page_head("Alerts")
    scope, now = Scope.of(viewer, SEE_ALERTS), utc_now()
    with choices:
        view = st.segmented_control(
            "View", (ALERTS, RULES, ON_CALL, WAYS), default=ALERTS, required=True, key="view",
            label_visibility="collapsed", bind="query-params",
        )  # fmt: skip
        days = pick_period(PERIODS, USUAL_PERIOD) if view == ALERTS else PERIODS[USUAL_PERIOD]
    board = read_board(scope, days, now)
    covers.caption(coverage_words(board.cards, board.watch, board.on_call))
    show_trouble(board, now)
    if view == RULES:
        show_rules(scope, now)
    elif view == ON_CALL:
        show_rota(scope, now)
    elif view == WAYS:
        show_ways(board)
    elif "alert" in st.query_params:
        show_one(scope, st.query_params["alert"], now)
    else:
        show_all(board, now)


def show_all(board: Board, now: datetime) -> None:
    """Draw all alerts of the period; a row opens one."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        which = pick_one("Which", "Open and over", WHICH, key="which")
        cards = [card for card in board.cards if which is None or which in kinds_of(card)]
        st.download_button(
            "Export", lambda: alerts_csv(cards), f"alerts-{now.date()}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    if not cards:
        empty(
            "notifications_off",
            "Nothing fired",
            "An alert appears here as soon as one of the rules fires, and whoever is on call is told.",
        )
        return
    chosen = alerts_table(cards, now, key="open-alert")
    if chosen is not None:
        st.query_params["alert"] = str(chosen.id)
        st.rerun()


def kinds_of(card: AlertCard) -> tuple[str, str]:
    """Return which choices show an alert."""
    return ("open" if card.is_open else "over", card.severity)


def show_one(scope: Scope, asked: str, now: datetime) -> None:
    """Draw the alert that the address names."""
    if st.button("All alerts", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params["alert"]
        st.rerun()
    whole = (
        read_alert(scope, int(asked), now)
        if asked.isascii() and asked.isdigit() and len(asked) < 19
        else None
    )
    if whole is None:
        raise NotFound("no_alert", "There is no such alert.")
    show_alert(whole, now)


with errors_shown():
    show()
