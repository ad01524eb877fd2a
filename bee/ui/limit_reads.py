"""What the page of the limits reads, remembered for a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole
from bee.db import Login
from bee.sla.limits import LimitHealth, LimitSearch, Span, limit_health
from bee.ui.house import get_house
from bee.ui.limit_figures import refusals_figure
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope

SEE_LIMITS: Final = (StaffRole.ONCALL, StaffRole.ADMIN)
# How long it is, and how long each span of it.
PERIODS: Final[dict[str, tuple[timedelta, Span]]] = {
    "1d": (timedelta(days=1), "hour"),
    "1w": (timedelta(weeks=1), "hour"),
    "4w": (timedelta(weeks=4), "day"),
}
USUAL_PERIOD: Final = "1d"


@dataclass(frozen=True, slots=True)
class LimitQuestion:
    """Which limits, seen by whom. ``until``: the minute in which it is asked."""

    scope: Scope
    area: str | None
    period: timedelta
    step: Span
    until: datetime

    @property
    def search(self) -> LimitSearch:
        """What is looked for: whole spans, the one that has begun included."""
        since = (self.until - self.period).replace(minute=0, second=0, microsecond=0)
        whole = since.replace(hour=0) if self.step == "day" else since
        return LimitSearch(whole, self.area, self.step)


@dataclass(frozen=True, slots=True)
class LimitPage:
    """What the page shows."""

    health: LimitHealth
    figure: go.Figure


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_limits(question: LimitQuestion) -> LimitPage:
    """Return who hit which limit."""
    search = question.search
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        health = limit_health(session, search)
    figure = refusals_figure(health.refusals, since=search.since, until=question.until, step=search.step)
    return LimitPage(health, figure)
