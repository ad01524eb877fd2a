"""The choices of what would have gone out, each in the address."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from bee.coach.replay import Change, Replay, risk_of
from bee.ui.palette import WORDS
from bee.ui.pickers import pick_one
from bee.ui.replay_words import RISKS, replay_name

REPLAY_NEXT: Final = "replay-next"
NEWEST: Final = "Newest replay"
NEW: Final = "New replay"
EVERY_RISK: Final = "Every change"
EVERY_STATE: Final = "Every state"


def pick_replay(replays: Sequence[Replay]) -> Replay | None:
    """Let the viewer choose a replay of the day, the newest unless told otherwise; None is a new one.

    ``replays``: newest first.
    """
    if not replays:
        return None
    if REPLAY_NEXT in st.session_state:
        st.session_state["replay"] = st.session_state.pop(REPLAY_NEXT)
    named = {replay_name(replay): replay for replay in replays}
    # The first one is not in the address: a link to one replay has to name it.
    options = (NEWEST, *named, NEW)
    if st.session_state.get("replay", NEW) not in options:
        del st.session_state["replay"]
    chosen = st.selectbox(
        "Replay", options, key="replay", label_visibility="collapsed", bind="query-params", required=True,
        width=240,
    )  # fmt: skip
    return None if chosen == NEW else named.get(chosen, replays[0])


def look_at(number: int, version: int) -> None:
    """Look at a replay; a field that was never drawn takes it from the address."""
    st.query_params["replay"] = st.session_state[REPLAY_NEXT] = f"Replay {number} · version {version}"
    st.rerun()


def pick_changes(changes: Sequence[Change]) -> list[Change]:
    """Let the viewer choose how risky the changes are, and in which state the members were then."""
    risks = {words: risk.value for risk, words in RISKS.items()}
    states = {words: state.value for state, words in WORDS.items()}
    with st.container(horizontal=True):
        risk = pick_one("Risk", EVERY_RISK, risks, key="risk")
        state = pick_one("State then", EVERY_STATE, states, key="state", width=150)
    return [
        change
        for change in changes
        if risk in {None, risk_of(change).value} and state in {None, change.state}
    ]
