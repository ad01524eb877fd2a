"""Whether alerts reach anybody: that somebody watches, and how each way out fares."""

from datetime import datetime

import streamlit as st

from bee.errors import Invalid
from bee.sla.alerts.carry import ways_of
from bee.sla.alerts.queries import ChannelState
from bee.sla.alerts.told import Channel
from bee.ui.alert_reads import Board
from bee.ui.alert_words import (
    CHANNELS,
    failing,
    failing_words,
    is_watched,
    moment_words,
    unread_words,
    unwatched_words,
)
from bee.ui.blocks import card_head, facts
from bee.ui.house import get_house
from bee.ui.text import plain
from bee.ui.words import NOTHING, counted


def show_trouble(board: Board, now: datetime) -> None:
    """Say it first where nobody watches, or where a way out fails: then no alert may be no news."""
    if not is_watched(board.watch, now):
        st.error(unwatched_words(board.watch, now), icon=":material/visibility_off:")
    for state in failing(board.channels):
        st.error(plain(failing_words(state, now)), icon=":material/unsubscribe:")
    if board.unread:
        st.error(plain(unread_words(board.unread)), icon=":material/visibility_off:")


def show_ways(board: Board) -> None:
    """Draw each way out: whether it is set up here, and how it fared."""
    states = {state.channel: state for state in board.channels}
    there = _set_up()
    for channel in Channel:
        with st.container(border=True):
            _show_way(channel, states.get(channel), is_there=channel in there)
    st.caption(
        "They are set by the environment (BEE_ALERT_…), of the worker as of the dashboard: here stands what the"
        " dashboard knows. What could not be handed over for a day is given up."
    )


def _show_way(channel: Channel, state: ChannelState | None, *, is_there: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        card_head(CHANNELS[channel], "Over the last 30 days")
        if not is_there:
            st.badge("Not set up", color="gray")
        elif state and state.failing_since:
            st.badge("Fails", icon=":material/error:", color="red")
        else:
            st.badge("Set up", icon=":material/check:", color="green")
    if state is None:
        st.caption("Nothing was sent this way yet.")
        return
    taken = moment_words(state.delivered_at) if state.delivered_at else "Never"
    waits = state.next_try_at and state.waiting
    facts(
        [
            ("Last taken (UTC)", taken),
            ("Waiting", f"{state.waiting:,}"),
            ("Next try (UTC)", moment_words(state.next_try_at) if waits and state.next_try_at else NOTHING),
            ("Given up", counted(state.given_up, "message", "messages")),
        ]
    )
    if state.last_error:
        st.text(state.last_error)


def _set_up() -> frozenset[Channel]:
    try:
        return ways_of(get_house().settings).channels
    except Invalid as error:
        st.error(plain(error.message), icon=":material/error:")
        return frozenset()
