"""What the replay reads and does: never remembered; whose words were read is in the trail before they are shown."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole, Viewer
from bee.audit import Actor, record
from bee.coach.replay import (
    Change,
    Day,
    Population,
    Replay,
    Wanted,
    changes,
    end_replay,
    population,
    read_day,
    replays,
    request_replay,
)
from bee.db import Login
from bee.ui.acts import act
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.run_acts import SEEDS
from bee.ui.sessions import utc_now

SAME_LOOK: Final = timedelta(minutes=15)
LISTED: Final = "replay-listed"


@dataclass(frozen=True, slots=True)
class ReplayQuestion:
    """Which day, by each member's own calendar, of whom; None is everybody whom the scope may read."""

    scope: Scope
    member_id: UUID | None
    day: date


def read_replay(question: ReplayQuestion) -> Day:
    """Return what was written that day, each prompt rendered again."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read_day(session, question.member_id, question.day, house.settings)


def record_replay(viewer: Viewer, question: ReplayQuestion, day: Day, now: datetime) -> None:
    """Write to the trail that somebody read a day of members' words in a list, before any is shown."""
    last: tuple[date, datetime] | None = st.session_state.get(LISTED)
    if not day.moments or (last is not None and last[0] == question.day and now - last[1] < SAME_LOOK):
        return
    role = question.scope.role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="coach.replayed",
            subject_kind="coach",
            after={"day": question.day, "messages": len(day.moments), "people": day.people},
        )
    st.session_state[LISTED] = (question.day, now)


def read_population(question: ReplayQuestion, now: datetime) -> Population:
    """Return how many messages of the day can be asked again, whoever wrote them."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return population(session, question.day, now=now)


def read_replays(question: ReplayQuestion) -> list[Replay]:
    """Return the replays of the day as they stand, the newest first."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return replays(session, question.day)


def read_changes(question: ReplayQuestion, replay_id: UUID) -> list[Change]:
    """Return what a replay brought, the riskiest first; of one member where one is asked about."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        found = changes(session, replay_id)
    return [change for change in found if question.member_id in {None, change.user_id}]


def request(wanted: Wanted) -> int:
    """Ask for a replay and return its number; by lot which messages are drawn."""
    house, seed = get_house(), secrets.randbelow(SEEDS)
    return act(
        StaffRole.COACH,
        lambda session, actor: (
            request_replay(
                session, wanted, settings=house.settings, seed=seed, actor=actor, now=utc_now()
            ).number
        ),
    )


def end(replay_id: UUID) -> None:
    """End a replay. Raises :class:`bee.errors.Conflict` where it is over."""
    act(StaffRole.COACH, lambda session, actor: end_replay(session, replay_id, actor=actor))
