"""What the page of the present reads, remembered for some seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import streamlit as st

from bee.coach.prompts.live import LivePrompt, live_prompts
from bee.db import Login, ReadSession
from bee.sla.alerts.rota import OnCall, on_call
from bee.sla.dependencies import Dependencies, Disk, dependencies, disk_of
from bee.sla.probes.roster import Roster, read_roster
from bee.sla.standing import Levels, levels
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, Scope
from bee.ui.sessions import utc_now

REMEMBERED_S: Final = 10


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that is open. ``severity``: page or ticket."""

    id: int
    rule: str
    subject: str
    severity: str
    opened_at: datetime
    evidence: Mapping[str, Any]
    acknowledged_by_name: str | None
    acknowledged_until: datetime | None
    snoozed_until: datetime | None


@dataclass(frozen=True, slots=True)
class NowPage:
    """Everything that the page shows, as it was at ``at``. ``prompts``: what is live, with which model."""

    at: datetime
    levels: Levels
    alerts: Sequence[OpenAlert]
    on_call: Sequence[OnCall]
    dependencies: Dependencies
    disk: Disk | None
    prompts: Sequence[LivePrompt]
    roster: Roster


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_now(scope: Scope) -> NowPage:
    """Return how everything is."""
    house = get_house()
    with house.database.reading(Login.DASHBOARD, role=scope.role) as session:
        return answer_now(session, now=utc_now(), disk=disk_of(house.settings.home))


def answer_now(session: ReadSession, *, now: datetime, disk: Disk | None) -> NowPage:
    """Return how everything is, from the database."""
    return NowPage(
        now,
        levels(session, now=now),
        session.all(OpenAlert, "sla/open_alerts"),
        on_call(session, now),
        dependencies(session, now=now),
        disk,
        live_prompts(session),
        read_roster(session, now=now),
    )
