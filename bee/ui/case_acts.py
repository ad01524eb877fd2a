"""What people do with cases on the page: each act one call and one transaction, by who is there then."""

from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.coach.lab import cases
from bee.coach.lab.case import Case, CaseBody
from bee.coach.lab.taking import Taken
from bee.ui.acts import act
from bee.ui.sessions import utc_now

MAY_WRITE: Final = StaffRole.COACH


def write(body: CaseBody) -> UUID:
    """Store a new case."""
    return act(MAY_WRITE, lambda session, actor: cases.write_case(session, body, actor=actor))


def take(taken: Taken, body: CaseBody) -> UUID:
    """Store a case of a conversation, as it was read and confirmed."""
    return act(
        MAY_WRITE, lambda session, actor: cases.take_case(session, taken, body, actor=actor, now=utc_now())
    )


def revise(before: Case, body: CaseBody, *, is_retired: bool = False) -> int:
    """Store the next version of a case. Raises :class:`bee.errors.Conflict` where somebody was quicker."""
    return act(
        MAY_WRITE,
        lambda session, actor: cases.revise_case(
            session, before, body, actor=actor, now=utc_now(), is_retired=is_retired
        ),
    )
