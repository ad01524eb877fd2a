"""What the staff see of memories: never remembered by the pages, and in the trail before any is shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole, Viewer
from bee.audit import Actor, record
from bee.coach.memory import Recollection
from bee.coach.memory.queries import StoredMemory, get_memory, memories_at, proposals
from bee.db import Login
from bee.engage.queries import MemberCard, MemberPerson, find_member_person, get_member_card
from bee.errors import Forbidden
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.reminding import cue_of

SEE_MEMORIES: Final = (StaffRole.COACH,)
MEMORIES_SHOWN: Final = 500
SAME_LOOK: Final = timedelta(minutes=15)
LISTED: Final = "memories-listed"


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """What the page shows of a member. ``proposed``: what waits now, whatever time the memories are of."""

    card: MemberCard
    person: MemberPerson | None
    proposed: list[StoredMemory]
    held: list[StoredMemory]


def read_memories(scope: Scope, member_id: UUID, at: datetime) -> MemoryPage:
    """Return what is known of a member at a time. Raises :class:`bee.errors.NotFound`, also for another coach's."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return MemoryPage(
            card=get_member_card(session, member_id),
            person=find_member_person(session, member_id),
            proposed=proposals(session, member_id=member_id, most=MEMORIES_SHOWN),
            held=memories_at(session, member_id, at=at, most=MEMORIES_SHOWN),
        )


def read_waiting(scope: Scope) -> list[StoredMemory]:
    """Return what waits for a decision, of all whom the viewer may see."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return proposals(session, member_id=None, most=MEMORIES_SHOWN)


def read_one(scope: Scope, memory_id: UUID) -> StoredMemory:
    """Return a memory as it is now. Raises :class:`bee.errors.NotFound`."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return get_memory(session, memory_id)


def read_recollection(scope: Scope, member_id: UUID, message: str, at: datetime) -> Recollection:
    """Return what the coach would be reminded of by a message, as a reply would be at that time."""
    cue = cue_of(scope, member_id, message)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return cue.recall(session, member_id, at=at)


def record_list(viewer: Viewer, scope: Scope, memories: int, now: datetime) -> None:
    """Write to the trail that somebody read members' words in a list, before any is shown."""
    last: datetime | None = st.session_state.get(LISTED)
    if not memories or (last is not None and now - last < SAME_LOOK):
        return
    with get_house().database.writing(Login.DASHBOARD, role=scope.role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="memory.listed",
            subject_kind="memory",
            after={"memories": memories},
        )
    st.session_state[LISTED] = now


def coach_acting() -> Viewer:
    """Return the coach who decides, at this moment. Raises :class:`Forbidden` for an admin, who only reads."""
    viewer = acting(StaffRole.COACH)
    if Scope.of(viewer, SEE_MEMORIES).role != "bee_coach":
        raise Forbidden("coach_decides", "The member's coach decides what is remembered.")
    return viewer
