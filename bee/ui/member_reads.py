"""What the member page reads; each look at a member goes to the trail first."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import plotly.graph_objects as go
import streamlit as st

from bee.access import Viewer
from bee.audit import Actor, record
from bee.db import Login, ReadSession
from bee.engage import queries
from bee.momentum.queries import DayExplanation, explain_day
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, WEEK, Scope
from bee.ui.timeline import timeline_figure

SEE_NAMES: Final = frozenset({"bee_coach", "bee_admin"})
MOST_MATCHES: Final = 50
# Reruns of an open page within this time are the same look.
SAME_LOOK: Final = timedelta(minutes=15)
LOOKED: Final = "looked-at"


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """Who is looked for, by whom."""

    scope: Scope
    words: str


@dataclass(frozen=True, slots=True)
class MemberQuestion:
    """Which member's page, over how many weeks, with which day taken apart; None is the newest complete one."""

    scope: Scope
    member_id: UUID
    weeks: int
    day: date | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Everything that the page shows. ``person``: None for a role that works with pseudonyms."""

    card: queries.MemberCard
    person: queries.MemberPerson | None
    start: date
    end: date
    days_in_state: int | None
    days: list[queries.ScoredDay]
    events: list[queries.EventsOfDay]
    moments: list[queries.NotificationMoment]
    selected: DayExplanation | None
    figure: go.Figure | None


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_matches(question: SearchQuestion) -> list[queries.MemberMatch]:
    """Return who matches the words; who works with pseudonyms finds people by their number only."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        if scope.role in SEE_NAMES:
            return queries.search_members(session, question.words, MOST_MATCHES)
        number = re.fullmatch(r"(?:[Pp]-)?(\d{1,15})", question.words.strip())
        member_id = queries.find_member(session, int(number[1])) if number else None
        if number is None or member_id is None:
            return []
        card = queries.get_member_card(session, member_id)
        return [queries.MemberMatch(member_id, card.number, None, card.is_demo)]


def record_look(viewer: Viewer, scope: Scope, member_id: UUID, now: datetime) -> None:
    """Write to the trail that somebody looked at a member, before anything of the member is shown."""
    last: tuple[UUID, datetime] | None = st.session_state.get(LOOKED)
    if last is not None and last[0] == member_id and now - last[1] < SAME_LOOK:
        return
    house = get_house()
    with house.database.writing(Login.DASHBOARD, role=scope.role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="member.viewed",
            subject_kind="member",
            subject_id=member_id,
        )
    st.session_state[LOOKED] = (member_id, now)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_member(question: MemberQuestion) -> MemberPage:
    """Return a member's page. Raises :class:`bee.errors.NotFound` for a member that the scope does not have."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return answer_member(session, question)


def answer_member(session: ReadSession, question: MemberQuestion) -> MemberPage:
    """Return a member's page from the database."""
    member_id = question.member_id
    card = queries.get_member_card(session, member_id)
    sees_names = question.scope.role in SEE_NAMES
    person = queries.find_member_person(session, member_id) if sees_names else None
    end = card.through or card.joined_on
    start = max(end - question.weeks * WEEK + timedelta(days=1), card.joined_on)
    days = [day for day in queries.member_timeline(session, member_id, start, end) if day.is_complete]
    events = queries.member_events_by_day(session, member_id, start, end)
    moments = queries.member_notifications(session, member_id, start, end)
    tasks = queries.member_tasks(session, member_id, start, end) if sees_names else []
    scored = {day.score_date for day in days}
    chosen = question.day if question.day in scored else card.through
    return MemberPage(
        card=card,
        person=person,
        start=start,
        end=end,
        days_in_state=queries.days_in_state(session, member_id),
        days=days,
        events=events,
        moments=moments,
        selected=explain_day(session, member_id, chosen) if chosen else None,
        figure=timeline_figure(days, events, moments, tasks, selected=chosen) if days else None,
    )
