"""What the page of service levels reads, remembered for a minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from bee.access import StaffRole
from bee.db import Login, ReadSession
from bee.sla.amendments import Amendment, amendments
from bee.sla.blame import Verdicts, blame
from bee.sla.charges import (
    By,
    Charge,
    RequestsOfMinute,
    Step,
    Where,
    charges,
    hours_to_compare,
    requests_of_hour,
    steps,
)
from bee.sla.derivation import minute_at
from bee.sla.impact import Affected, BadRequest, Impact, affected, affected_by, bad_requests, impact
from bee.sla.objectives import Objective, get_objective
from bee.sla.standing import Levels, levels
from bee.ui.house import get_house
from bee.ui.level_figures import steps_figure, strip_figure
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.sessions import utc_now

SEE_SERVICE: Final = (StaffRole.ONCALL,)
AMENDMENTS_OF: Final = timedelta(days=90)
HOUR_MIN: Final = 60


@dataclass(frozen=True, slots=True)
class Period:
    """How far back, and in how long steps."""

    minutes: int
    step_min: int


PERIODS: Final = {
    "6h": Period(360, 5),
    "24h": Period(1440, 15),
    "7d": Period(10_080, 120),
    "30d": Period(43_200, 720),
}
USUAL_PERIOD: Final = "24h"


@dataclass(frozen=True, slots=True)
class LevelsPage:
    """How everything stands. ``strip``: uptime over its window; None without evidence."""

    levels: Levels
    impact: Impact
    strip: go.Figure
    amendments: list[Amendment]


@dataclass(frozen=True, slots=True)
class Question:
    """Which objective is looked into, over which of the :data:`PERIODS`, seen by whom."""

    scope: Scope
    objective: str
    period: str


@dataclass(frozen=True, slots=True)
class Slot:
    """Which part of a period: a minute, an hour, or with neither all of it, the minute that runs too."""

    hour: datetime | None = None
    minute: datetime | None = None

    def times(self, period: Period, now: datetime) -> tuple[datetime, datetime]:
        """Return from when on and before when that is."""
        if self.minute is not None:
            return self.minute, self.minute + timedelta(minutes=1)
        if self.hour is not None:
            return self.hour, self.hour + timedelta(hours=1)
        since, until = _times(period, now)
        return since.replace(minute=0), until + timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Look:
    """What is seen of one objective. ``hours``: those with a bad event, the latest first.

    ``routes``, ``releases``: the names that its requests have, the most bad first. ``affected``: whom the bad ones
    touched; None where members are not counted.
    """

    objective: Objective
    steps: list[Step]
    figure: go.Figure
    hours: list[datetime]
    bad: int
    routes: list[str]
    releases: list[str]
    affected: Affected | None


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_levels(scope: Scope) -> LevelsPage:
    """Return how everything stands now."""
    now = utc_now()
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        found = levels(session, now=now)
        touched = impact(session, now=now, until=found.until)
        said = amendments(session, since=now - AMENDMENTS_OF)
    return LevelsPage(found, touched, strip_figure(found.runs), said)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_look(question: Question) -> Look:
    """Return what is seen of one objective."""
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        return answer_look(session, question, now=utc_now())


def answer_look(session: ReadSession, question: Question, *, now: datetime) -> Look:
    """Return what is seen of one objective from the database."""
    objective, period = get_objective(question.objective), PERIODS[question.period]
    since, until = _times(period, now)
    found = steps(session, objective, since=since, until=until, minutes=period.step_min)
    hourly = steps(session, objective, since=since.replace(minute=0), until=until, minutes=HOUR_MIN)

    def names(by: By) -> list[str]:
        return [
            row.name
            for row in charges(session, objective, by, since=since, until=until, where=Where())
            if row.name
        ]

    return Look(
        objective,
        found,
        steps_figure(found, objective, since=since, until=until, step_min=period.step_min),
        [step.at for step in reversed(hourly) if step.bad],
        sum(step.bad for step in hourly),
        names(By.ROUTE) if objective.is_of_requests else [],
        names(By.RELEASE) if objective.is_of_requests else [],
        affected(session, objective, since=since.replace(minute=0), until=until)
        if objective.is_of_requests
        else None,
    )


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_charges(question: Question, by: By, where: Where) -> list[Charge]:
    """Return what the bad requests of an objective are charged to."""
    since, until = _times(PERIODS[question.period], utc_now())
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        return charges(session, get_objective(question.objective), by, since=since, until=until, where=where)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_affected(question: Question, by: By, where: Where) -> dict[str, Affected]:
    """Return whom bad requests touched, by what they are charged to."""
    since, until = _times(PERIODS[question.period], utc_now())
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        return affected_by(
            session,
            get_objective(question.objective),
            by,
            since=since.replace(minute=0),
            until=until,
            where=where,
        )


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_bad_requests(question: Question, slot: Slot, where: Where) -> list[BadRequest]:
    """Return the bad requests of a minute, of an hour, or of the whole period."""
    since, until = slot.times(PERIODS[question.period], utc_now())
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        return bad_requests(session, get_objective(question.objective), since=since, until=until, where=where)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_blame(question: Question, by: By) -> Verdicts:
    """Return who burnt the budget of an objective, as far as that can be said."""
    since, until = _times(PERIODS[question.period], utc_now())
    hour = since.replace(minute=0)
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        hours = hours_to_compare(session, get_objective(question.objective), by, since=hour, until=until)
    return blame(hours, since=hour)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_requests(question: Question, hour: datetime, where: Where) -> list[RequestsOfMinute]:
    """Return the requests of an hour."""
    with get_house().database.reading(Login.DASHBOARD, role=question.scope.role) as session:
        return requests_of_hour(session, get_objective(question.objective), hour, where)


def _times(period: Period, now: datetime) -> tuple[datetime, datetime]:
    until = minute_at(now)
    return until - timedelta(minutes=period.minutes), until
