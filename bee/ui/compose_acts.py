"""What people do with campaigns on the page: each act one call and one transaction, by who is there then."""

from typing import Final

from bee.access import StaffRole
from bee.notify.compose import actions
from bee.notify.compose.campaign import Campaign
from bee.notify.compose.catalogue import CampaignCard
from bee.notify.compose.trials import ask_trial
from bee.ui.acts import act

MAY_COMPOSE: Final = StaffRole.PRODUCT
MAY_APPROVE: Final = StaffRole.ADMIN


def save(campaign: Campaign, number: int | None) -> int:
    """Save what a campaign says and whom it means now, and return its number."""
    return act(
        MAY_COMPOSE,
        lambda session, actor: actions.save(session, campaign, number=number, actor=actor).campaign,
    )


def ask(card: CampaignCard, reason: str) -> None:
    """Ask for approval."""
    act(MAY_COMPOSE, lambda session, actor: actions.ask(session, card, reason=reason, actor=actor))


def approve(card: CampaignCard) -> None:
    """Approve a campaign as it was read. Raises :class:`bee.errors.Forbidden` for its author."""
    act(MAY_APPROVE, lambda session, actor: actions.approve(session, card, actor=actor))


def refuse(card: CampaignCard, reason: str) -> None:
    """Refuse a campaign."""
    act(MAY_APPROVE, lambda session, actor: actions.refuse(session, card, reason=reason, actor=actor))


def start(card: CampaignCard) -> None:
    """Send an approved campaign from now on."""
    act(MAY_COMPOSE, lambda session, actor: actions.start(session, card, actor=actor))


def stop(card: CampaignCard, reason: str) -> None:
    """End a campaign."""
    act(MAY_COMPOSE, lambda session, actor: actions.stop(session, card, reason=reason, actor=actor))


def test(card: CampaignCard, *, variant: str, platform: str, address: str) -> None:
    """Have a wording posted to a device of one's own."""
    act(
        MAY_COMPOSE,
        lambda session, actor: ask_trial(
            session, card, variant=variant, platform=platform, address=address, actor=actor
        ),
    )
