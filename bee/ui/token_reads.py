"""What the page of push addresses reads, remembered for a minute."""

from dataclasses import dataclass
from datetime import date
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole
from bee.db import Login
from bee.notify.tokens import TokenHealth, TokenSearch, token_health
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.sessions import utc_now
from bee.ui.token_figures import ages_figure, weeks_figure

SEE_TOKENS: Final = (StaffRole.PRODUCT, StaffRole.ONCALL)
PERIODS: Final = {"12w": 12, "26w": 26, "52w": 52}
USUAL_PERIOD: Final = "12w"


@dataclass(frozen=True, slots=True)
class TokenQuestion:
    """Which addresses, seen by whom."""

    scope: Scope
    platform: str | None
    segment: str
    weeks: int
    today: date


@dataclass(frozen=True, slots=True)
class TokenPage:
    """What the page shows."""

    health: TokenHealth
    ages: go.Figure
    weeks: go.Figure


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_tokens(question: TokenQuestion) -> TokenPage:
    """Return the health of the addresses."""
    scope = question.scope
    search = TokenSearch(utc_now(), question.weeks, question.platform, question.segment)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        health = token_health(session, search)
    return TokenPage(health, ages_figure(health), weeks_figure(health.weeks))
