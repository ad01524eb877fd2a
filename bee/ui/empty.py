"""What stands where there is nothing to show, and where something went wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import streamlit as st

from bee.errors import BeeError, NotFound, Unavailable
from bee.ui.text import plain

EMPTY_HEIGHT: Final = 300


def empty(
    icon: str,
    title: str,
    sentence: str,
    *,
    button: tuple[str, Callable[[], None]] | None = None,
    page: tuple[str, str] | None = None,
    link: tuple[str, str] | None = None,
) -> None:
    """Draw an empty state: an icon, one sentence, one way on.

    ``icon``: a Material symbol's name. ``button``: its words and what it does. ``page``: a page's file and the
    words that lead to it. ``link``: an address of this site outside the dashboard, and its words.
    """
    with st.container(
        border=True, height=EMPTY_HEIGHT, horizontal_alignment="center", vertical_alignment="center"
    ):
        st.markdown(f"# :material/{icon}:", anchors=False, width="content")
        st.markdown(f"**{plain(title)}**", width="content", text_alignment="center")
        st.caption(plain(sentence), width="content", text_alignment="center")
        if button is not None:
            st.button(button[0], on_click=button[1], key=f"empty-{icon}")
        if page is not None:
            st.page_link(page[0], label=page[1], icon=":material/arrow_forward:")
        if link is not None:
            # Not a link button: its script would have to be fetched, which a session that is over can't.
            st.markdown(f"[{plain(link[1])}]({link[0]})", width="content")


def went_wrong(what: str, whats_safe: str) -> None:
    """Draw an error state: what went wrong, what is safe, and a way to try again."""
    with st.container(border=True):
        st.error(f"**{plain(what)}.** {plain(whats_safe)}", icon=":material/error:")
        # The press alone runs the page again; a second run at once may drop what the first had not yet sent.
        st.button("Try again", icon=":material/refresh:", key="try-again")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Turn a domain error inside the block into a notice on the page; the rest of the block is skipped."""
    try:
        yield
    except NotFound as error:
        empty("search_off", "Not found", error.message)
    except Unavailable:
        went_wrong("The database does not answer", "Nothing is lost. Try again in a minute.")
    except BeeError as error:
        st.error(plain(error.message), icon=":material/error:")
