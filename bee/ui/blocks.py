"""Blocks that pages repeat: the head of a page and of a card, a chart."""

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.ui.charts import NO_MODE_BAR
from bee.ui.text import plain


def page_head(title: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Draw a page's title; return the place for what its figures cover, and the one for its choices."""
    st.title(title, anchor=False)
    row = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
    covers = row.container(width="content")
    choices = row.container(horizontal=True, vertical_alignment="center", width="content")
    return covers, choices


def card_head(title: str, caption: str) -> None:
    """Draw what a card shows and in which unit."""
    st.subheader(title, anchor=False)
    st.caption(plain(caption))


def chart(figure: go.Figure, *, key: str, takeaway: str) -> None:
    """Draw a figure; ``takeaway`` is what somebody who can't see it should know."""
    st.plotly_chart(figure, key=key, config=NO_MODE_BAR, alt=takeaway)
