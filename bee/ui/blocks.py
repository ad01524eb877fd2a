"""Blocks that pages repeat: the head of a page and of a card, a chart."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.engage.queries import MemberCard
from bee.momentum.score import MomentumState
from bee.ui.charts import NO_MODE_BAR
from bee.ui.palette import ICONS, TONES
from bee.ui.text import plain
from bee.ui.words import state_words


def page_head(title: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw a page's title; return the place for what its figures cover, and the one for its choices."""
    st.title(title, anchor=False)
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    covers = row.container(width="content")
    choices = row.container(horizontal=True, vertical_alignment="center", width="content")
    return covers, choices


def card_head(title: str, caption: str) -> None:
    """Draw what a card shows and in which unit."""
    with st.container(gap=None, width="content"):
        st.header(title, anchor=False)
        st.caption(plain(caption))


def chart(figure: go.Figure, *, key: str, takeaway: str) -> None:
    """Draw a figure; ``takeaway`` is what somebody who can't see it should know."""
    st.plotly_chart(figure, key=key, config=NO_MODE_BAR, alt=takeaway)


def state_badge(card: MemberCard, days_in_state: int | None) -> None:
    """Draw a member's state as a chip, with for how long."""
    if card.momentum_state is not None:
        state = MomentumState(card.momentum_state)
        st.badge(state_words(card, days_in_state), icon=ICONS[state], color=TONES[state])


def facts(named: Sequence[tuple[str, str]]) -> None:
    """Draw what is known of something, names small above their values."""
    with st.container(horizontal=True, gap="medium"):
        for name, value in named:
            with st.container(width="content", gap=None):
                st.caption(plain(name))
                st.text(value)
