"""The choices of a page, each in the address: what arrives there is somebody's input, so none is believed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import streamlit as st

from bee.engage.queries import Segment
from bee.ui.text import plain

WEEKS: Final = {"4w": 4, "12w": 12, "26w": 26}
USUAL_PERIOD: Final = "12w"
NEXT: Final = "next"
BEFORE: Final = "before"
MOST_LETTERS: Final = 80
Period = TypeVar("Period")


def pick_weeks() -> int:
    """Let the viewer choose a period and return it in weeks."""
    return pick_period(WEEKS, USUAL_PERIOD)


def pick_period(periods: Mapping[str, Period], usual: str) -> Period:
    """Let the viewer choose one of some periods and return what its name stands for."""
    chosen = st.segmented_control(
        "Period",
        tuple(periods),
        default=usual,
        required=True,
        key="period",
        label_visibility="collapsed",
        bind="query-params",
        on_change=start_over,
    )
    return periods.get(chosen or usual, periods[usual])


def pick_one(
    label: str, everything: str, choices: Mapping[str, str], *, key: str, width: int = 165
) -> str | None:
    """Let the viewer choose by name and return what the name stands for; None for everything."""
    chosen = st.selectbox(
        label,
        (everything, *choices),
        key=key,
        label_visibility="collapsed",
        bind="query-params",
        required=True,
        width=width,
        on_change=start_over,
    )
    return choices.get(chosen)


def pick_words(label: str, *, key: str, placeholder: str, width: int = 165) -> str | None:
    """Let the viewer type what is looked for; None where that is nothing."""
    typed = st.text_input(
        label,
        key=key,
        max_chars=MOST_LETTERS,
        placeholder=placeholder,
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=width,
        on_change=start_over,
    )
    # PostgreSQL has no text with this in it.
    return typed.replace("\0", "").strip() or None


def asked_before() -> str | None:
    """Return below which row of a long list the page goes on; None for its beginning."""
    return st.query_params.get(BEFORE) or None


def start_over() -> None:
    """Go back to the beginning of a long list: other choices, other rows."""
    st.query_params.pop(BEFORE, None)


def offer_pages(shown: str, older: str | None) -> None:
    """Draw which part of a long list is shown, and the ways to its beginning and on; ``older``: below which row."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(plain(shown), width="content")
        with st.container(horizontal=True, width="content"):
            st.button(
                "Newest", icon=":material/first_page:", on_click=start_over, disabled=asked_before() is None
            )
            st.button(
                "Older",
                icon=":material/chevron_right:",
                on_click=lambda: st.query_params.update({BEFORE: older or ""}),
                disabled=older is None,
            )


def pick_segment(segments: Sequence[Segment]) -> Segment:
    """Let the viewer choose a segment; the first is the usual one."""
    by_label = {segment.label: segment for segment in segments}
    chosen = st.selectbox(
        "Segment",
        tuple(by_label),
        key="segment",
        label_visibility="collapsed",
        bind="query-params",
        required=True,
        width=165,
        on_change=start_over,
    )
    return by_label.get(chosen, segments[0])


def pick_member_words(*, by_name: bool) -> str:
    """Let the viewer say whom they look for, by number and, where their role sees names, by name."""
    take_next()
    typed = st.text_input(
        "Member",
        key="member",
        max_chars=MOST_LETTERS,
        placeholder="P-1778 or a name" if by_name else "P-1778",
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=165,
    )
    # PostgreSQL has no text with this in it.
    return typed.replace("\0", "")


def search_for(words: str) -> None:
    """Look for somebody as if the words had been typed."""
    set_next(member=words)
    st.rerun()


def set_next(**fields: str) -> None:
    """Have the page's fields, drawn already, take values on the next run, when :func:`take_next` is called."""
    st.session_state[NEXT] = fields


def take_next() -> None:
    """Give the fields the values that the last run asked for; before the first of them is drawn."""
    for key, words in st.session_state.pop(NEXT, {}).items():
        st.session_state[key] = words


def asked_day() -> date | None:
    """Return the day in the address, None where there is none or it is no date."""
    try:
        return date.fromisoformat(st.query_params.get("day", ""))
    except ValueError:
        return None


def pick_day(day: date, first: date, last: date) -> None:
    """Let the viewer choose the day that is taken apart; it goes into the address."""
    chosen = st.date_input(
        "Day",
        day,
        min_value=first,
        max_value=last,
        format="DD/MM/YYYY",
        label_visibility="collapsed",
        width=150,
    )
    if isinstance(chosen, date) and chosen != day:
        st.query_params["day"] = chosen.isoformat()
        st.rerun()
