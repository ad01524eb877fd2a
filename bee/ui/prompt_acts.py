"""What people do to prompts on the page: each act one call and one transaction, by who is there at that moment."""

from typing import Final
from uuid import UUID

from bee.access import StaffRole
from bee.coach.prompts import actions
from bee.coach.prompts.draft import Draft
from bee.settings import Environment
from bee.ui.acts import act

# A coach, or an admin, who is another person than who asked and who wrote it.
MAY_DECIDE: Final = StaffRole.COACH


def save(prompt: str, draft: Draft, message: str) -> int:
    """Store what a prompt shall say as a version, and return its number."""
    return act(
        MAY_DECIDE,
        lambda session, actor: actions.add_version(session, prompt, draft, message=message, actor=actor),
    )


def ask(prompt: str, environment: Environment, number: int, reason: str) -> None:
    """Ask for a version to go live."""
    act(
        MAY_DECIDE,
        lambda session, actor: actions.ask(session, prompt, environment, number, reason=reason, actor=actor),
    )


def approve(promotion_id: UUID, reason: str) -> None:
    """Let what was asked for go live. Raises :class:`bee.errors.Forbidden` for who asked or wrote it."""
    act(
        MAY_DECIDE,
        lambda session, actor: actions.approve(session, promotion_id, reason=reason, actor=actor),
    )


def reject(promotion_id: UUID, reason: str) -> None:
    """Say no to what was asked for."""
    act(MAY_DECIDE, lambda session, actor: actions.reject(session, promotion_id, reason=reason, actor=actor))


def withdraw(promotion_id: UUID, reason: str) -> None:
    """Take back what one asked for."""
    act(
        MAY_DECIDE,
        lambda session, actor: actions.withdraw(session, promotion_id, reason=reason, actor=actor),
    )


def roll_back(prompt: str, environment: Environment, number: int, reason: str) -> None:
    """Let a version be live again that was live before."""
    act(
        MAY_DECIDE,
        lambda session, actor: actions.roll_back(
            session, prompt, environment, number, reason=reason, actor=actor
        ),
    )
