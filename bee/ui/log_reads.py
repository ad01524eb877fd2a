"""What the log of notifications reads; whoever looks at one member is in the trail first."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole
from bee.audit.search import member_number
from bee.db import Login
from bee.engage.queries import find_member
from bee.notify.log import (
    Counted,
    Funnel,
    LogRow,
    LogSearch,
    LogText,
    acted_after,
    count_log,
    get_log_text,
    log_rows,
)
from bee.ui.funnel import funnel_figure
from bee.ui.house import get_house
from bee.ui.log_words import Stage, funnel_stages
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope

SEE_LOG: Final = (StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ONCALL)
SEE_TEXT: Final = frozenset({"bee_coach", "bee_admin"})
# On-call has the grants to see neither what members do nor what segments are made of.
SEE_EVENTS: Final = frozenset({"bee_product", "bee_coach", "bee_admin"})
ROWS_A_PAGE: Final = 50
MOST_IN_A_FILE: Final = 100_000
PERIODS: Final = {"1d": 1, "1w": 7, "4w": 28, "12w": 84}
USUAL_PERIOD: Final = "1w"


@dataclass(frozen=True, slots=True)
class LogQuestion:
    """Which decisions, seen by whom, from which place on."""

    scope: Scope
    search: LogSearch
    before: str | None


@dataclass(frozen=True, slots=True)
class LogPage:
    """What the page shows. ``acted``: those rows after which the member did something; None for who sees no events.

    ``older``: the row below which more follow.
    """

    funnel: Funnel
    stages: list[Stage]
    figure: go.Figure
    not_sent: list[tuple[str, int]]
    rows: list[LogRow]
    acted: frozenset[UUID] | None
    older: UUID | None


def log_since(days: int, today: date) -> datetime:
    """Return when a period began that holds so many days, today included."""
    return datetime.combine(today - timedelta(days=days - 1), time(), UTC)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_log_member(scope: Scope, words: str) -> UUID | None:
    """Return the member with the number that was typed, None where there is none that the scope has."""
    number = member_number(words)
    if number is None:
        return None
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return find_member(session, number)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_counts(scope: Scope, search: LogSearch) -> Counted:
    """Return the counts of a period, segment and member."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return count_log(session, search, sees_events=scope.role in SEE_EVENTS)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_log(question: LogQuestion, _counted: Counted) -> LogPage:
    """Return one page of the log; ``_counted`` is what :func:`read_counts` returns for it."""
    scope, search = question.scope, question.search
    chosen = _counted.chosen(search)
    funnel = chosen.funnel()
    stages = funnel_stages(funnel)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        # To find none takes a walk through the whole period.
        most = ROWS_A_PAGE + 1 if funnel.decided else 0
        found = log_rows(session, search, most=most, before=_place(question.before))
        rows = found[:ROWS_A_PAGE]
        acted = acted_after(session, rows) if scope.role in SEE_EVENTS else None
    return LogPage(
        funnel=funnel,
        stages=stages,
        figure=funnel_figure(stages),
        not_sent=chosen.not_sent(),
        rows=rows,
        acted=acted,
        older=rows[-1].id if len(found) > ROWS_A_PAGE else None,
    )


def read_all_rows(scope: Scope, search: LogSearch) -> tuple[list[LogRow], frozenset[UUID] | None]:
    """Return everything that is searched for, and after which of it the member acted, for a file."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        rows = log_rows(session, search, most=MOST_IN_A_FILE)
        return rows, acted_after(session, rows) if scope.role in SEE_EVENTS else None


def read_text(scope: Scope, notification_id: UUID) -> LogText | None:
    """Return what a notification says; None for a role that does not see it."""
    if scope.role not in SEE_TEXT:
        return None
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return get_log_text(session, notification_id)


def _place(before: str | None) -> UUID | None:
    """Return the row below which to go on; what is no id is the beginning."""
    try:
        return UUID(before) if before is not None else None
    except ValueError:
        return None
