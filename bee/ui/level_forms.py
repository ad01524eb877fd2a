"""Where whoever is on call says something of minutes, or tries an alert."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never

import streamlit as st

from bee.errors import Invalid
from bee.sla.amendments import Amendment, Effect
from bee.sla.burn import LEAST_BAD, Pair, Severity
from bee.sla.lint import refusals
from bee.sla.maintenance import Change, changes_of
from bee.sla.objectives import Objective
from bee.sla.uptime import State
from bee.ui.empty import errors_shown
from bee.ui.level_acts import correct, declare, end, move, resume, withdraw
from bee.ui.level_words import STATES, amendment_words, done_words, pair_words, times_words
from bee.ui.sessions import utc_now
from bee.ui.text import plain

DONE: Final = "level-done"
CORRECTABLE: Final = {STATES[state]: state for state in (State.UP, State.DOWN, State.UNKNOWN)}
FORM_PX: Final = 520
HOUR: Final = timedelta(hours=1)
CHANGES: Final = {
    Change.END: "End now",
    Change.MOVE: "Move",
    Change.RESUME: "Take the ending back",
    Change.WITHDRAW: "Withdraw",
}
CHANGE_ICONS: Final = {
    Change.END: ":material/stop_circle:",
    Change.MOVE: ":material/edit_calendar:",
    Change.RESUME: ":material/undo:",
    Change.WITHDRAW: ":material/undo:",
}
CONSEQUENCES: Final = {
    Change.END: "From the next minute on everything counts again, and alerts fire again.",
    Change.MOVE: "To a time that has not begun either. Times are UTC.",
    Change.RESUME: "It lasts, or lasted, as it was declared; every number follows.",
    Change.WITHDRAW: "As if it had never been said: every number is again what it was.",
}
WHY: Final = {
    Change.END: "Why it is over",
    Change.MOVE: "Why it is moved",
    Change.RESUME: "Why it goes on",
    Change.WITHDRAW: "Why it is taken back",
}
Times = tuple[tuple[date | None, time | None], tuple[date | None, time | None]]


def show_done() -> None:
    """Say once what the last act came to."""
    if words := st.session_state.pop(DONE, None):
        st.success(words, icon=":material/check:")


@st.dialog("Declare maintenance", position="right")
def ask_maintenance() -> None:
    """Ask when the house will be worked on."""
    st.caption("Before it begins. Its minutes are in no figure then, good or bad. Times are UTC.")
    soon = _whole_hour(utc_now()) + 2 * HOUR
    with st.form("maintenance", border=False, width=FORM_PX):
        starts, ends = _ask_times(soon, soon + HOUR)
        reason = _ask_reason("What is done")
        sent = st.form_submit_button("Declare", icon=":material/construction:")
    if sent:
        _do(lambda: declare(_moment(*starts), _moment(*ends), reason))


@st.dialog("Correct uptime", position="right")
def ask_correction() -> None:
    """Ask how some minutes truly were."""
    st.caption(
        "Of minutes that are over, where what was measured is wrong. It changes uptime alone, and can be withdrawn."
        " Times are UTC."
    )
    past = _whole_hour(utc_now())
    with st.form("correction", border=False, width=FORM_PX):
        starts, ends = _ask_times(past - HOUR, past)
        state = st.segmented_control("They were", tuple(CORRECTABLE), default="Up", required=True)
        reason = _ask_reason("How that is known")
        sent = st.form_submit_button("Correct", icon=":material/edit:")
    if sent:
        _do(lambda: correct(_moment(*starts), _moment(*ends), CORRECTABLE[state or "Up"], reason))


@st.dialog("Change", position="right")
def ask_change(row: Amendment) -> None:
    """Ask what is to become of what was said: each of it a row of its own, so that nothing said is lost."""
    st.markdown(f"**{plain(amendment_words(row))}**")
    st.caption(plain(f"{times_words(row)} UTC. “{row.reason}”"))
    possible = {CHANGES[change]: change for change in changes_of(row, utc_now())}
    chosen = next(iter(possible), None)
    if len(possible) > 1:
        chosen = st.segmented_control("What is done", tuple(possible), default=chosen, required=True)
        st.caption("Whoever declared maintenance changes it, or an admin, as long as it is not over.")
    if chosen is None:
        st.caption("It was withdrawn meanwhile.")
        return
    change = possible[chosen]
    st.caption(CONSEQUENCES[change])
    with st.form(f"change-{change}", border=False, width=FORM_PX):
        times = _ask_times(row.starts_at, row.ends_at) if change is Change.MOVE else None
        reason = _ask_reason(WHY[change])
        sent = st.form_submit_button(chosen, icon=CHANGE_ICONS[change])
    if sent:
        _do(lambda: _changed(row, change, times, reason))


def _changed(row: Amendment, change: Change, times: Times | None, reason: str) -> Effect:
    match change:
        case Change.END:
            return end(row.id, reason)
        case Change.MOVE:
            assert times is not None
            return move(row.id, _moment(*times[0]), _moment(*times[1]), reason)
        case Change.RESUME:
            return resume(row.id, reason)
        case Change.WITHDRAW:
            return withdraw(row.id, reason)
    assert_never(change)


def ask_pair(objective: Objective, events_a_minute: float | None) -> None:
    """Ask for an alert on a budget and say what is wrong with it, if anything is."""
    with st.form("pair", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        factor = st.number_input("Factor", 0.0, 10_000.0, 14.4, 0.1, width=110)
        long_min = st.number_input("Long window, min", 1, 43_200 * 2, 60, width=140)
        short_min = st.number_input("Short window, min", 0, 43_200, 5, width=140)
        least_bad = st.number_input("Bad events, at least", 0, 100_000, LEAST_BAD, width=150)
        sent = st.form_submit_button("Try it", icon=":material/rule:")
    if not sent:
        return
    pair = Pair(factor, int(long_min), int(short_min), Severity.PAGE, int(least_bad))
    found = refusals(pair, objective, events_a_minute=events_a_minute)
    for sentence in found:
        st.error(sentence, icon=":material/block:")
    if not found:
        st.success(f"{pair_words(pair)} makes sense for {objective.name}.", icon=":material/check:")


def _ask_times(starts: datetime, ends: datetime) -> Times:
    with st.container(horizontal=True):
        first = st.date_input("From", starts.date(), format="DD/MM/YYYY", width=150)
        at = st.time_input("At", starts.time(), step=timedelta(minutes=1), width=110)
    with st.container(horizontal=True):
        last = st.date_input("To", ends.date(), format="DD/MM/YYYY", width=150)
        until = st.time_input("Until", ends.time(), step=timedelta(minutes=1), width=110)
    return (first, at), (last, until)


def _ask_reason(label: str) -> str:
    return st.text_input(label, max_chars=500, placeholder="What others should know", autocomplete="off")


def _moment(day: date | None, at: time | None) -> datetime:
    if day is None or at is None:
        raise Invalid("times", "Say both days and both times.")
    return datetime.combine(day, at, UTC)


def _whole_hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _do(do: Callable[[], Effect]) -> None:
    with errors_shown():
        st.session_state[DONE] = done_words(do())
        st.rerun()
