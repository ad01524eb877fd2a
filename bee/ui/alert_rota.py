"""Who is on call: now, from now on, and the form that puts people there."""

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from bee.sla.alerts.rota import LEVELS, MOST_TURNS, turns
from bee.ui.alert_acts import put_on_call, take_back
from bee.ui.alert_reads import Rota, read_rota
from bee.ui.alert_table import shifts_table
from bee.ui.alert_words import moment_words
from bee.ui.blocks import card_head, facts
from bee.ui.empty import empty, errors_shown
from bee.ui.reads import Scope
from bee.zones import ZONES

BEGINS: Final = time(9)
ZONE_NAMES: Final = sorted(ZONES)


def show_rota(scope: Scope, now: datetime) -> None:
    """Draw who is on call and will be, and the form."""
    rota = read_rota(scope, now)
    with st.container(border=True):
        card_head("Now", "Level 1 is told first; a level that nobody holds is the team's address")
        held = {each.level: each for each in rota.on_call}
        facts(
            [
                (
                    f"Level {level}",
                    f"{held[level].full_name}, until {moment_words(held[level].ends_at)} UTC"
                    if level in held
                    else "Nobody",
                )
                for level in LEVELS
            ]
        )
    card_head("Shifts", "From now on, by time")
    if rota.shifts:
        chosen = shifts_table(rota.shifts, key="take-back")
        if chosen is not None:
            with errors_shown():
                take_back(chosen, now)
                st.rerun()
    else:
        empty("event_busy", "Nobody is on call", "Until somebody is, alerts go to the team's address.")
    _ask(rota, now)


def _ask(rota: Rota, now: datetime) -> None:
    """Ask who takes turns, and put them on call."""
    card_head("Put people on call", "They take turns in the order in which you name them")
    if not rota.people:
        st.caption("Nobody on the staff works on call: an admin can invite somebody.")
        return
    names = {person.id: person.full_name for person in rota.people}
    with st.form("rota", border=True):
        chosen = st.multiselect("Who", tuple(names), format_func=lambda person: names[person])
        with st.container(horizontal=True):
            level = st.selectbox("Level", LEVELS, width=90)
            day = st.date_input("From", now.date(), width=150)
            at = st.time_input("At", BEGINS, width=110)
            zone = st.selectbox("Zone", ZONE_NAMES, index=ZONE_NAMES.index("UTC"), width=200)
            days = st.number_input("Days a turn", 1, 31, 7, width=130)
            number = st.number_input("Turns", 1, MOST_TURNS, max(4, len(names)), width=130)
        sent = st.form_submit_button("Put them on call", icon=":material/event_available:")
    if sent:
        with errors_shown():
            assert isinstance(day, date)
            begins = datetime.combine(day, at, ZoneInfo(zone))
            put_on_call(level, turns(chosen, begins, days=days, number=number))
            st.rerun()
