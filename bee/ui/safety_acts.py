"""What coaches see of safety events and do about them: never remembered, each act one call and one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole, Viewer
from bee.audit import Actor, record
from bee.coach import actions
from bee.coach.queries import SafetyEvent, SafetySearch, find_safety_event, safety_events
from bee.db import Login
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

SEE_SAFETY: Final = (StaffRole.COACH,)
EVENTS_SHOWN: Final = 500
SAME_LOOK: Final = timedelta(minutes=15)
LISTED: Final = "safety-listed"


@dataclass(frozen=True, slots=True)
class SafetyTally:
    """How many of some events wait, how many are closed, and how many of those were false alarms."""

    waiting: int
    closed: int
    false_alarms: int

    @classmethod
    def of(cls, events: list[SafetyEvent]) -> "SafetyTally":
        """Count events."""
        closed = [event for event in events if event.is_closed]
        return cls(
            len(events) - len(closed), len(closed), sum(event.finding == "false_alarm" for event in closed)
        )


def read_safety(scope: Scope, search: SafetySearch) -> list[SafetyEvent]:
    """Return the events as they are now: of a coach's own members, or all of them."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return safety_events(session, search, most=EVENTS_SHOWN)


def read_event(scope: Scope, event_id: UUID) -> SafetyEvent | None:
    """Return an event as it is now."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return find_safety_event(session, event_id)


def record_list(viewer: Viewer, scope: Scope, events: int, now: datetime) -> None:
    """Write to the trail that somebody read members' words in a list, before any is shown."""
    last: datetime | None = st.session_state.get(LISTED)
    if not events or (last is not None and now - last < SAME_LOOK):
        return
    with get_house().database.writing(Login.DASHBOARD, role=scope.role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="safety.listed",
            subject_kind="safety_event",
            after={"events": events},
        )
    st.session_state[LISTED] = now


def take(event_id: UUID) -> None:
    """Take an event, as whoever acts. Raises :class:`bee.errors.Conflict` when it isn't open."""
    viewer = acting(StaffRole.COACH)
    role = Scope.of(viewer, SEE_SAFETY).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        actions.take_event(session, event_id, staff_id=viewer.staff_id, now=utc_now())


def close(event_id: UUID, finding: str, note: str) -> None:
    """Close an event that whoever acts took. Raises :class:`bee.errors.Conflict` for any other."""
    viewer = acting(StaffRole.COACH)
    role = Scope.of(viewer, SEE_SAFETY).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        actions.close_event(
            session, event_id, staff_id=viewer.staff_id, finding=finding, note=note, now=utc_now()
        )
