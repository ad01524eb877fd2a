"""Where whoever is on call writes what the public reads."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import streamlit as st

from bee.errors import Invalid
from bee.sla.status.notes import MOST_BODY, MOST_TITLE, Kind, Note, Told
from bee.ui.empty import errors_shown
from bee.ui.notice_acts import withdraw, write_first, write_next
from bee.ui.text import plain

FORM_PX: Final = 520
NO_ALERT: Final = "None"
TITLES: Final = {Kind.UPDATED: "Update", Kind.RESOLVED: "Resolve"}


@st.dialog("Tell the public", position="right")
def ask_first(alerts: Mapping[str, int], began: datetime) -> None:
    """Ask for the first note of an incident."""
    st.caption("For members: what they notice, and what they can do. It is looked at before anybody sees it.")
    with st.form("notice-first", border=False, width=FORM_PX):
        with st.container(horizontal=True):
            day = st.date_input("Since (UTC)", began.date(), format="DD/MM/YYYY", width=150)
            at = st.time_input("At", began.time(), step=timedelta(minutes=1), width=110)
        chosen = st.selectbox("Alert that it belongs to", (NO_ALERT, *alerts))
        title, body = _ask_words()
        sent = st.form_submit_button("Save", icon=":material/save:")
    if sent:
        _do(lambda: write_first(title, body, _moment(day, at), alerts.get(chosen)))


@st.dialog("Tell the public more", position="right")
def ask_next(incident: Told, kind: Kind) -> None:
    """Ask for an update, or the end."""
    with st.form(f"notice-{kind}", border=False, width=FORM_PX):
        title, body = _ask_words(incident.shown[-1].title)
        sent = st.form_submit_button("Save", icon=":material/save:")
    if sent:
        _do(lambda: write_next(incident.id, kind, title, body))


@st.dialog("Withdraw", position="right")
def ask_withdrawal(note: Note) -> None:
    """Ask why a note is taken off the page."""
    st.markdown(f"**{plain(note.title)}**")
    st.caption("It goes from the page within minutes. Whoever has read it has read it.")
    with st.form("notice-withdrawal", border=False, width=FORM_PX):
        reason = st.text_input("Why it is taken off", max_chars=500, autocomplete="off")
        sent = st.form_submit_button("Withdraw", icon=":material/undo:")
    if sent:
        _do(lambda: withdraw(note.id, reason))


def _ask_words(title: str = "") -> tuple[str, str]:
    return (
        st.text_input(
            "Title", title, max_chars=MOST_TITLE, autocomplete="off", placeholder="Replies come late"
        ),
        st.text_area(
            "Text", max_chars=MOST_BODY, height=140, placeholder="What members notice, and until when"
        ),
    )


def _moment(day: date | None, at: time | None) -> datetime:
    if day is None or at is None:
        raise Invalid("times", "Say the day and the time.")
    return datetime.combine(day, at, UTC)


def _do(do: Callable[[], object]) -> None:
    with errors_shown():
        do()
        st.rerun()
