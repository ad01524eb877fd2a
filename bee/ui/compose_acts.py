"""What people do with campaigns on the page: each act one call and one transaction, by who is there then."""

from collections.abc import Callable
from typing import Final, TypeVar

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Login, WriteSession
from bee.notify.compose import actions
from bee.notify.compose.campaign import Campaign
from bee.notify.compose.catalogue import CampaignCard
from bee.notify.compose.trials import ask_trial
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope, forget_reads

MAY_COMPOSE: Final = StaffRole.PRODUCT
MAY_APPROVE: Final = StaffRole.ADMIN
Result = TypeVar("Result")


def save(campaign: Campaign, number: int | None) -> int:
    """Save what a campaign says and whom it means now, and return its number."""
    return _act(
        MAY_COMPOSE,
        lambda session, actor: actions.save(session, campaign, number=number, actor=actor).campaign,
    )


def ask(card: CampaignCard, reason: str) -> None:
    """Ask for approval."""
    _act(MAY_COMPOSE, lambda session, actor: actions.ask(session, card, reason=reason, actor=actor))


def approve(card: CampaignCard) -> None:
    """Approve a campaign as it was read. Raises :class:`bee.errors.Forbidden` for its author."""
    _act(MAY_APPROVE, lambda session, actor: actions.approve(session, card, actor=actor))


def refuse(card: CampaignCard, reason: str) -> None:
    """Refuse a campaign."""
    _act(MAY_APPROVE, lambda session, actor: actions.refuse(session, card, reason=reason, actor=actor))


def start(card: CampaignCard) -> None:
    """Send an approved campaign from now on."""
    _act(MAY_COMPOSE, lambda session, actor: actions.start(session, card, actor=actor))


def stop(card: CampaignCard, reason: str) -> None:
    """End a campaign."""
    _act(MAY_COMPOSE, lambda session, actor: actions.stop(session, card, reason=reason, actor=actor))


def test(card: CampaignCard, *, variant: str, platform: str, address: str) -> None:
    """Have a wording posted to a device of one's own."""
    _act(
        MAY_COMPOSE,
        lambda session, actor: ask_trial(
            session, card, variant=variant, platform=platform, address=address, actor=actor
        ),
    )


def _act(needs: StaffRole, act: Callable[[WriteSession, Actor], Result]) -> Result:
    viewer = acting(needs)
    role = Scope.of(viewer, (needs,)).role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        result = act(session, Actor.staff(viewer.staff_id))
    forget_reads()
    return result
