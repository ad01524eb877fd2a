"""What stands where there is nothing to show, and where something went wrong."""

from collections.abc import Callable
from html import escape
from typing import Final

import streamlit as st

EMPTY_HEIGHT: Final = 300


def empty(
    icon: str,
    title: str,
    sentence: str,
    *,
    button: tuple[str, Callable[[], None]] | None = None,
    link: tuple[str, str] | None = None,
) -> None:
    """Draw an empty state: an icon, one sentence, one way on.

    ``icon``: a Material symbol's name. ``button``: its words and what it does. ``link``: an address of this
    site outside the dashboard, and its words.
    """
    with st.container(
        border=True, height=EMPTY_HEIGHT, horizontal_alignment="center", vertical_alignment="center"
    ):
        st.markdown(f"## :material/{icon}:", width="content", text_alignment="center")
        st.markdown(f"**{_plain(title)}**", width="content", text_alignment="center")
        st.caption(_plain(sentence), width="content", text_alignment="center")
        if button is not None:
            st.button(button[0], on_click=button[1], key=f"empty-{icon}")
        if link is not None:
            st.html(f'<a href="{escape(link[0])}" target="_self">{escape(link[1])}</a>', width="content")


def went_wrong(what: str, whats_safe: str) -> None:
    """Draw an error state: what went wrong, what is safe, and a way to try again."""
    with st.container(border=True):
        st.error(f"**{_plain(what)}.** {_plain(whats_safe)}", icon=":material/error:")
        if st.button("Try again", icon=":material/refresh:"):
            st.rerun()


def _plain(text: str) -> str:
    """Keep what people typed from being read as Markdown: a remote image would be a tracker."""
    return "".join(f"\\{letter}" if letter in "\\[]!<>*_#~$:" else letter for letter in text)
