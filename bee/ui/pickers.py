"""The choices of a page, each in the address: what arrives there is somebody's input, so none is believed."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from bee.engage.queries import Segment

WEEKS: Final = {"4w": 4, "12w": 12, "26w": 26}
USUAL_PERIOD: Final = "12w"
SEARCH_NEXT: Final = "member-next"


def pick_weeks() -> int:
    """Let the viewer choose a period and return it in weeks."""
    chosen = st.segmented_control(
        "Period",
        tuple(WEEKS),
        default=USUAL_PERIOD,
        required=True,
        key="period",
        label_visibility="collapsed",
        bind="query-params",
    )
    return WEEKS.get(chosen or USUAL_PERIOD, WEEKS[USUAL_PERIOD])


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
    )
    return by_label.get(chosen, segments[0])


def pick_member_words(*, by_name: bool) -> str:
    """Let the viewer say whom they look for, by number and, where their role sees names, by name."""
    if SEARCH_NEXT in st.session_state:
        st.session_state["member"] = st.session_state.pop(SEARCH_NEXT)
    return st.text_input(
        "Member",
        key="member",
        max_chars=80,
        placeholder="P-1778 or a name" if by_name else "P-1778",
        icon=":material/search:",
        label_visibility="collapsed",
        bind="query-params",
        width=165,
    )


def search_for(words: str) -> None:
    """Look for somebody as if the words had been typed; the field, drawn already, takes them on the next run."""
    st.session_state[SEARCH_NEXT] = words
    st.rerun()


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
