"""What the page of use and cost reads, remembered for a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole
from bee.coach.ledger import Purpose
from bee.coach.model.prices import Price, price_list
from bee.coach.standing import day_began
from bee.coach.usage import CoachUsage, Grouping, UsageLine, added_up, usage_by_coach, whole
from bee.db import Login
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.usage_figures import days_figure

SEE_USAGE: Final = (StaffRole.COACH,)
PERIODS: Final = {"1w": 7, "4w": 28, "12w": 84, "1y": 365}
USUAL_PERIOD: Final = "4w"


@dataclass(frozen=True, slots=True)
class UsageQuestion:
    """Whose calls, of how many days until ``now`` (to the hour), for what, added up by what."""

    scope: Scope
    now: datetime
    days: int
    by: Grouping
    purpose: Purpose | None

    @property
    def since(self) -> datetime:
        """When the first of the days began, in UTC."""
        return day_began(self.now) - timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class UsagePage:
    """What the page shows. ``figure``: None where no call has a price."""

    total: UsageLine
    lines: list[UsageLine]
    figure: go.Figure | None
    prices: tuple[Price, ...]


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_usage(question: UsageQuestion) -> UsagePage:
    """Return what models took and cost. Raises :class:`bee.errors.Invalid` where the prices can't be read."""
    scope, house = question.scope, get_house()
    until = question.now + timedelta(hours=1)
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        found = usage_by_coach(session, question.since, until)
    rows = [row for row in found if question.purpose in (None, row.purpose)]
    days = added_up(rows, Grouping.DAY)
    return UsagePage(
        total=whole(rows),
        lines=added_up(rows, question.by),
        figure=days_figure(days) if any(day.cost_usd is not None for day in days) else None,
        prices=_shown(rows, price_list(house.settings)),
    )


def _shown(rows: list[CoachUsage], prices: tuple[Price, ...]) -> tuple[Price, ...]:
    """Return the prices of the models that were asked; all of them where none was."""
    asked = {(row.provider, row.model) for row in rows}
    used = [
        price
        for price in prices
        if any(provider == price.provider and model.startswith(price.model) for provider, model in asked)
    ]
    return tuple(used) or prices
