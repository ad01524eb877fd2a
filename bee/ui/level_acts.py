"""What whoever is on call says of minutes; each act one call and one transaction."""

from datetime import datetime
from typing import Final

from bee.access import StaffRole
from bee.sla import amendments, maintenance
from bee.sla.amendments import Effect
from bee.sla.uptime import State
from bee.ui.acts import act
from bee.ui.sessions import utc_now

MAY_AMEND: Final = StaffRole.ONCALL


def declare(starts_at: datetime, ends_at: datetime, reason: str) -> Effect:
    """Declare maintenance. Raises :class:`bee.errors.Invalid` for times that can't be meant."""
    return act(
        MAY_AMEND,
        lambda session, actor: amendments.declare_maintenance(
            session, starts_at, ends_at, reason=reason, actor=actor, now=utc_now()
        ),
    )


def correct(starts_at: datetime, ends_at: datetime, state: State, reason: str) -> Effect:
    """Correct how some minutes were. Raises as :func:`declare` does."""
    return act(
        MAY_AMEND,
        lambda session, actor: amendments.correct(
            session, starts_at, ends_at, state, reason=reason, actor=actor, now=utc_now()
        ),
    )


def withdraw(amendment_id: int, reason: str) -> Effect:
    """Take back what was said. Raises :class:`bee.errors.Conflict` where it was before."""
    return act(
        MAY_AMEND,
        lambda session, actor: amendments.withdraw(
            session, amendment_id, reason=reason, actor=actor, now=utc_now()
        ),
    )


def end(amendment_id: int, reason: str) -> Effect:
    """End maintenance now. Raises :class:`bee.errors.Conflict` where it does not run, and for another's."""
    return act(
        MAY_AMEND,
        lambda session, actor: maintenance.end_maintenance(
            session, amendment_id, reason=reason, actor=actor, now=utc_now()
        ),
    )


def move(amendment_id: int, starts_at: datetime, ends_at: datetime, reason: str) -> Effect:
    """Move maintenance that has not begun. Raises as :func:`end` and :func:`declare` do."""
    return act(
        MAY_AMEND,
        lambda session, actor: maintenance.move_maintenance(
            session, amendment_id, starts_at, ends_at, reason=reason, actor=actor, now=utc_now()
        ),
    )


def resume(amendment_id: int, reason: str) -> Effect:
    """Take back that maintenance was ended. Raises as :func:`end` does."""
    return act(
        MAY_AMEND,
        lambda session, actor: maintenance.resume_maintenance(
            session, amendment_id, reason=reason, actor=actor, now=utc_now()
        ),
    )
