"""What the page of the cases reads: always as it is now, for who writes the next version has to see the newest."""

from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.coach.lab.case import Case
from bee.coach.lab.cases import case_versions, current_cases
from bee.coach.lab.taking import Message, Taken, messages_of, propose_case
from bee.db import Login
from bee.ui.house import get_house
from bee.ui.reads import Scope

SEE_CASES: Final = (StaffRole.COACH,)


def read_cases(scope: Scope) -> list[Case]:
    """Return the newest version of every case."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return current_cases(session)


def read_versions(scope: Scope, case_id: UUID) -> list[Case]:
    """Return every version of a case, newest first."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return case_versions(session, case_id)


def read_messages(scope: Scope, member_id: UUID) -> list[Message]:
    """Return what a member wrote to the coach, newest first; nothing for somebody else's coach."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return messages_of(session, member_id)


def read_taken(scope: Scope, message_id: UUID) -> Taken:
    """Return a message as a case that nobody has confirmed. Raises :class:`bee.errors.NotFound`."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return propose_case(session, message_id)
