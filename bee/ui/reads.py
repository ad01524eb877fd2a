"""What the pages read, remembered for a minute under one key that holds the viewer's scope.

The results are shared between viewers of the same scope and never changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole, Viewer, acting_role
from bee.db import Login, ReadSession
from bee.engage import queries
from bee.engage.cards import Card, overview_cards
from bee.ui.charts import movements_figure, states_figure
from bee.ui.house import get_house

REMEMBERED_S: Final = 60
MOST_ANSWERS: Final = 200
MOST_PEOPLE: Final = 50
# Product sees no tasks: it works with pseudonyms.
SEE_TASKS: Final = frozenset({"bee_coach", "bee_admin"})
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Scope:
    """As whom a page reads: two viewers of the same scope see the same."""

    role: str
    staff_id: UUID | None

    @classmethod
    def of(cls, viewer: Viewer, allowed: Iterable[StaffRole]) -> "Scope":
        """Return the scope of a viewer on a page for the ``allowed`` roles; a coach's is their own."""
        role = acting_role(viewer, allowed)
        return cls(role, viewer.staff_id if role == "bee_coach" else None)


@dataclass(frozen=True, slots=True)
class OverviewQuestion:
    """Which overview: of whom, over how many weeks, asked on which day."""

    scope: Scope
    segment: str
    weeks: int
    today: date


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the overview shows for its period, both days included.

    ``tasks``: by when coaches have to see to these people; None for a role that sees no tasks.
    """

    coverage: queries.Coverage
    start: date
    end: date
    cards: tuple[Card, ...]
    states: list[queries.StateDay]
    recoveries: list[queries.RecoveryDay]
    movements: list[queries.Movement]
    people: list[queries.PersonAtRisk]
    tasks: dict[UUID, datetime] | None
    notes: list[queries.Note]
    states_figure: go.Figure
    movements_figure: go.Figure


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_segments(scope: Scope) -> list[queries.Segment]:
    """Return the segments that a scope may choose from."""
    house = get_house()
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return queries.segments(session)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_overview(question: OverviewQuestion) -> Overview | None:
    """Return an overview; None while no day is complete."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return answer_overview(session, question)


def answer_overview(session: ReadSession, question: OverviewQuestion) -> Overview | None:
    """Return an overview from the database; None while no day is complete."""
    segment = question.segment
    coverage = queries.coverage(session, segment, question.today)
    end = coverage.through
    if end is None:
        return None
    start = end - question.weeks * WEEK + timedelta(days=1)
    # A week more than is shown, so that the first day has a change too.
    states = queries.state_series(session, segment, start - WEEK, end)
    recoveries = queries.recovered_series(session, segment, start - WEEK, end)
    shown = [day for day in states if day.score_date >= start]
    movements = queries.movements(session, segment, shown[0].score_date, end) if shown else []
    notes = queries.notes(session, start, end)
    people = queries.at_risk(session, segment, end, MOST_PEOPLE)
    sees_tasks = question.scope.role in SEE_TASKS
    return Overview(
        coverage=coverage,
        start=start,
        end=end,
        cards=overview_cards(states, recoveries, start=start, end=end),
        states=shown,
        recoveries=[day for day in recoveries if day.score_date >= start],
        movements=movements,
        people=people,
        tasks=queries.open_tasks(session, [person.user_id for person in people]) if sees_tasks else None,
        notes=notes,
        states_figure=states_figure(shown, notes),
        movements_figure=movements_figure(movements),
    )


def forget_reads() -> None:
    """Read everything again; called by whoever changed something that pages show."""
    st.cache_resource.clear()
