"""What the public is told of incidents, drawn, and the ways to tell more."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

import streamlit as st

from bee.sla.status.notes import Kind, Note, Told
from bee.ui.blocks import card_head
from bee.ui.empty import empty, errors_shown
from bee.ui.notice_acts import publish, withdraw
from bee.ui.notice_forms import ask_first, ask_next, ask_withdrawal
from bee.ui.notice_reads import Notices
from bee.ui.notice_words import KINDS, note_words, told_words, warnings_of
from bee.ui.text import plain

COLOURS: Final[Mapping[Kind, Literal["orange", "blue", "green"]]] = {
    Kind.PUBLISHED: "orange",
    Kind.UPDATED: "blue",
    Kind.RESOLVED: "green",
}
PUT_ASIDE: Final = "Put aside before anybody saw it"
INCIDENTS_SHOWN: Final = 10


def show_notices(notices: Notices, alerts: Mapping[str, int], began: datetime) -> None:
    """Draw the incidents that the public is told of. ``alerts``, ``began``: of a new one."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head(
            "Told to the public", "On the status page, beside the minutes that were measured; last 90 days"
        )
        if st.button("Tell the public", icon=":material/campaign:"):
            ask_first(alerts, began)
    if not notices.incidents:
        empty("campaign", "The public is told of nothing", "A note is saved, looked at, and then published.")
    for incident in notices.incidents[:INCIDENTS_SHOWN]:
        with st.container(border=True):
            _show_incident(incident, notices)


def _show_incident(incident: Told, notices: Notices) -> None:
    latest = (incident.shown or incident.notes)[-1]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head(plain(latest.title), told_words(incident))
        if incident.shown and not incident.resolved_at:
            with st.container(horizontal=True, width="content"):
                if st.button("Update", icon=":material/edit_note:", key=f"update-{incident.id}"):
                    ask_next(incident, Kind.UPDATED)
                if st.button("Resolve", icon=":material/task_alt:", key=f"resolve-{incident.id}"):
                    ask_next(incident, Kind.RESOLVED)
    for note in reversed(incident.notes):
        _show_note(note, notices.names.get(note.id, []))


def _show_note(note: Note, names: list[str]) -> None:
    kind = Kind(note.kind)
    with st.container(gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(KINDS[kind], color=COLOURS[kind] if note.is_shown else "gray")
            st.caption(plain(note_words(note)), width="content")
        if note.withdrawn_at is None:
            st.markdown(plain(note.body))
        if note.is_draft:
            _offer_draft(note, names)
        elif note.is_shown and st.button(
            "Withdraw", icon=":material/undo:", type="tertiary", key=f"withdraw-{note.id}"
        ):
            ask_withdrawal(note)


def _offer_draft(note: Note, names: list[str]) -> None:
    for sentence in warnings_of(note, names):
        st.warning(plain(sentence), icon=":material/visibility:")
    with st.container(horizontal=True):
        if st.button("Publish", icon=":material/public:", key=f"publish-{note.id}"):
            with errors_shown():
                publish(note.id)
                st.rerun()
        if st.button("Put aside", icon=":material/delete:", key=f"aside-{note.id}"):
            with errors_shown():
                withdraw(note.id, PUT_ASIDE)
                st.rerun()
