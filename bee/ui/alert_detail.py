"""One alert: what it stands on, what to do, what was done, and what may be done now."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal

import streamlit as st

from bee.sla.alerts.queries import AlertCard
from bee.sla.alerts.runbook import runbook
from bee.sla.alerts.words import evidence_words
from bee.sla.burn import Severity
from bee.sla.impact import alert_since, share_words
from bee.ui.alert_acts import acknowledge, close, escalate, judge, note, snooze
from bee.ui.alert_reads import Whole
from bee.ui.alert_table import deliveries_table
from bee.ui.alert_words import (
    FIRES,
    OVER,
    QUIET,
    SEEN,
    SEVERITIES,
    SNOOZED,
    act_words,
    held_words,
    moment_words,
    since_words,
    state_words,
    who_words,
)
from bee.ui.blocks import card_head, facts
from bee.ui.empty import errors_shown
from bee.ui.tables import acts_table
from bee.ui.text import plain
from bee.ui.words import NOTHING, counted

Tone = Literal["red", "gray", "orange", "green"]
TONES: Final[Mapping[str, Tone]] = {
    FIRES: "red",
    QUIET: "gray",
    SEEN: "orange",
    SNOOZED: "gray",
    OVER: "green",
}
DRAWN: Final = "alert-drawn"
ACKNOWLEDGED_FOR: Final = {"30 min": 30, "1 h": 60, "4 h": 240, "12 h": 720}
SNOOZED_FOR: Final = {"1 h": 60, "8 h": 480, "1 d": 1440, "7 d": 10_079}


def show_alert(whole: Whole, now: datetime) -> None:
    """Draw an alert in full."""
    card = whole.card
    drawn = _as_drawn(card)
    with st.container(border=True):
        _head(card, now)
        st.text("\n".join(evidence_words(card.evidence)))
        facts(_facts(whole, now))
        _offer_acts(card, drawn, now)
    page, beside = st.columns(2)
    with page.container(border=True, height="stretch"):
        title, _, text = runbook(card, now=now, shown=plain).partition("\n")
        st.header(title.removeprefix("# "), anchor=False)
        st.markdown(text, anchors=False)
    with beside.container(border=True, height="stretch"):
        _ask_note(drawn)
        _show_messages(whole)
    card_head("What became of it", "Newest first")
    acts_table(
        [(act.done_at, act_words(act), who_words(act), act.note or NOTHING) for act in whole.acts],
        alt="What became of the alert, newest first",
    )


def _as_drawn(card: AlertCard) -> AlertCard:
    """Return the alert as it stood on the screen when whoever acts now pressed a button."""
    drawn = st.session_state.get(DRAWN)
    st.session_state[DRAWN] = card
    return drawn if isinstance(drawn, AlertCard) and drawn.id == card.id else card


def _head(card: AlertCard, now: datetime) -> None:
    state = state_words(card, now)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(plain(card.headline), anchor=False, width="content")
        st.badge(
            SEVERITIES[Severity(card.severity)], color="red" if card.severity == Severity.PAGE else "gray"
        )
        st.badge(state, color=TONES[state])


def _facts(whole: Whole, now: datetime) -> list[tuple[str, str]]:
    card = whole.card
    judged = {None: NOTHING, True: "Yes", False: "No"}[card.is_actionable]
    return [
        ("Began (UTC)", moment_words(card.opened_at)),
        ("For", since_words(card.opened_at, card.closed_at or now)),
        ("Began to fire", counted(card.times, "time", "times")),
        ("Who has it", held_words(card, now)),
        ("Steps told", f"{card.steps_told} in round {card.round}"),
        ("Was there anything to do", judged),
        _affected(whole),
    ]


def _affected(whole: Whole) -> tuple[str, str]:
    """Return whom it touched, and since when that is counted."""
    if whole.affected is None:
        return "Members affected", "Not counted"
    since = moment_words(alert_since(whole.card))
    return f"Members affected since {since}", share_words(whole.affected, whole.active).capitalize()


def _offer_acts(card: AlertCard, drawn: AlertCard, now: datetime) -> None:
    """Offer what may be done; done is it to the alert as it was drawn, so that nobody acts on what was."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if card.is_open:
            _offer_holding(drawn, now)
            if st.button(
                "Call the next",
                icon=":material/call_made:",
                help="Has the next step told now; after the last, that one again.",
            ):
                _do(lambda: escalate(drawn))
            if card.quiet_since is not None and st.button("Close", icon=":material/check:"):
                _do(lambda: close(drawn))
        if st.button("There was something to do", icon=":material/thumb_up:"):
            _do(lambda: judge(drawn, is_actionable=True))
        if st.button("There was nothing to do", icon=":material/thumb_down:"):
            _do(lambda: judge(drawn, is_actionable=False))


def _offer_holding(card: AlertCard, now: datetime) -> None:
    with st.popover("I see to it", icon=":material/front_hand:"):
        st.caption("Nobody else is called until then.")
        for words, minutes in ACKNOWLEDGED_FOR.items():
            if st.button(words, key=f"acknowledge-{minutes}", type="tertiary"):
                _do(partial(acknowledge, card, now + timedelta(minutes=minutes)))
    with st.popover("Snooze", icon=":material/snooze:"):
        st.caption("It is told anew if it fires then.")
        for words, minutes in SNOOZED_FOR.items():
            if st.button(words, key=f"snooze-{minutes}", type="tertiary"):
                _do(partial(snooze, card, now + timedelta(minutes=minutes)))


def _ask_note(drawn: AlertCard) -> None:
    with st.form("note", border=False, clear_on_submit=True):
        text = st.text_area(
            "Note", max_chars=2000, placeholder="What you saw or did, for whoever comes after you"
        )
        sent = st.form_submit_button("Write it down", icon=":material/edit_note:")
    if sent:
        _do(lambda: note(drawn, text))


def _show_messages(whole: Whole) -> None:
    card_head("Messages", "To whom, and whether they were taken")
    if whole.deliveries:
        deliveries_table(whole.deliveries)
    else:
        st.caption("None was sent: no way out is set up, or its first step is still to come.")


def _do(what: Callable[[], None]) -> None:
    with errors_shown():
        what()
        st.rerun()
