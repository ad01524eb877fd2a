"""Service health › Incidents: what happened in a time, in lanes, and a report to go through together."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import streamlit as st

from bee.sla.derivation import minute_at
from bee.sla.incidents import Incident, Lane, incident_csv, report
from bee.ui.alert_reads import SEE_ALERTS
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.incident_figure import incident_figure, incident_takeaway
from bee.ui.incident_reads import read_time_line
from bee.ui.incident_table import happenings_table
from bee.ui.notice_reads import read_notices
from bee.ui.notice_view import show_notices
from bee.ui.pickers import asked_day, pick_day, pick_period
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.words import counted, long_date

viewer = guard(*SEE_ALERTS)

PERIODS: Final = {"1d": 1, "3d": 3, "1w": 7, "4w": 28}
USUAL_PERIOD: Final = "1d"
FIRST_DAY: Final = timedelta(days=400)


def show() -> None:
    """Draw the choices, what happened or the empty case, and what the public is told."""
    covers, choices = page_head("Incidents")
    scope, now = Scope.of(viewer, SEE_ALERTS), utc_now()
    last = min(max(asked_day() or now.date(), now.date() - FIRST_DAY), now.date())
    with choices:
        days = pick_period(PERIODS, USUAL_PERIOD)
        pick_day(last, now.date() - FIRST_DAY, now.date())
    since, until = bounds(last, days, now)
    with st.skeleton(height=480):
        incident = read_time_line(scope, since, until)
    covers.caption(f"{days * 24} hours through {long_date(last)} · times are UTC")
    if incident.happenings:
        with choices:
            offer_files(incident, last)
        show_time_line(incident)
    else:
        empty(
            "event_available", "Nothing happened", "No alert, no outage and no change: look at another time."
        )
    alerts = {f"{fired.card.id}: {fired.card.headline}": fired.card.id for fired in reversed(incident.fired)}
    show_notices(read_notices(scope), alerts, began_at(incident, now))


def show_time_line(incident: Incident) -> None:
    """Draw the lanes and the list."""
    with st.container(border=True):
        card_head("What happened", "Spans are bars, moments are marks")
        chart(incident_figure(incident), key="lanes", takeaway=incident_takeaway(incident))
    card_head("In order of time", counted(len(incident.happenings), "entry", "entries"))
    happenings_table(incident.happenings)


def began_at(incident: Incident, now: datetime) -> datetime:
    """Return when whatever was down last, or fired last, began; now where nothing was."""
    found = [each.starts_at for each in incident.happenings if each.lane in (Lane.DOWN, Lane.ALERTS)]
    return minute_at(max(found, default=now))


def bounds(last: date, days: int, now: datetime) -> tuple[datetime, datetime]:
    """Return the time that is looked at: whole days, the last one up to now at most."""
    until = min(datetime.combine(last + timedelta(days=1), time(), UTC), now)
    return until - timedelta(days=days), until


def offer_files(incident: Incident, last: date) -> None:
    """Offer what is on the screen as a file, and the report."""
    st.download_button(
        "Export", lambda: incident_csv(incident), f"incident-{last}.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    st.download_button(
        "Report", lambda: report(incident), f"incident-{last}.md", "text/markdown",
        on_click="ignore", icon=":material/description:",
    )  # fmt: skip


with errors_shown():
    show()
