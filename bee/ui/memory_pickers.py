"""The choices of the page of memories, each in the address."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import streamlit as st

LONGEST_MESSAGE: Final = 2000


def asked_date() -> date | None:
    """Return the day in the address, None where there is none or it is no date."""
    try:
        return date.fromisoformat(st.query_params.get("on", ""))
    except ValueError:
        return None


def pick_date(now: datetime) -> date | None:
    """Let the viewer choose the day at whose end the memories are; None for now, which today is."""
    today = now.astimezone(UTC).date()
    asked = asked_date()
    shown = today if asked is None or asked > today else asked
    chosen = st.date_input(
        "As of", shown, max_value=today, format="DD/MM/YYYY", label_visibility="collapsed", width=150
    )
    if isinstance(chosen, date) and chosen != shown:
        _keep(chosen, today)
        st.rerun()
    return None if shown == today else shown


def end_of(day: date) -> datetime:
    """Return when a day ends, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1)


def pick_message() -> str:
    """Let the viewer type what a member might write."""
    return st.text_input(
        "A message",
        key="message",
        max_chars=LONGEST_MESSAGE,
        placeholder="What the member might write, such as: I slept badly again",
        label_visibility="collapsed",
        bind="query-params",
    ).replace("\0", "")


def _keep(chosen: date, today: date) -> None:
    if chosen == today:
        st.query_params.pop("on", None)
    else:
        st.query_params["on"] = chosen.isoformat()
