"""What people do with campaigns; each act is in the trail, without a word of the text.

Whose turn it is and who may is the database's to say: an approval is bound to the digest of text and people, is
another person's than the author's, and is given once.
"""

from dataclasses import dataclass

from bee.audit import Actor, given_words, record
from bee.db import ReadSession, WriteSession
from bee.notify.compose.campaign import Campaign, campaign_text, refuse_long
from bee.notify.compose.catalogue import CampaignCard, campaigns


@dataclass(frozen=True, slots=True)
class Saved:
    """Which version of which campaign was saved, for how many people, and the digest of text and people."""

    campaign: int
    version: int
    people: int
    digest: str


def save(session: WriteSession, campaign: Campaign, *, number: int | None = None, actor: Actor) -> Saved:
    """Save what a campaign says, and whom it means now; without a number it is a new one.

    Raises :class:`Invalid` for a text that the push service does not take and :class:`Conflict` once it began.
    """
    refuse_long(campaign)
    before = _newest(session, number)
    saved = session.get(Saved, "notify/save_campaign", campaign=number, body=campaign_text(campaign))
    after = {"version": saved.version, "people": saved.people, "digest": saved.digest}
    _record(session, actor, "campaign.saved", saved.campaign, before, after)
    return saved


def ask(session: WriteSession, card: CampaignCard, *, reason: str, actor: Actor) -> None:
    """Ask for approval. Raises :class:`Conflict` where it was changed meanwhile, or means nobody."""
    _act(session, card, "asked", given_words(reason, "Say what it is for"), actor)


def approve(session: WriteSession, card: CampaignCard, *, actor: Actor) -> None:
    """Approve a campaign as it was read. Raises :class:`Forbidden` for its author."""
    _act(session, card, "approved", "", actor)


def refuse(session: WriteSession, card: CampaignCard, *, reason: str, actor: Actor) -> None:
    """Refuse a campaign; a change of it can be asked for again."""
    _act(session, card, "refused", given_words(reason, "Say the reason"), actor)


def start(session: WriteSession, card: CampaignCard, *, actor: Actor) -> None:
    """Send an approved campaign from now on, gently."""
    _act(session, card, "started", "", actor)


def stop(session: WriteSession, card: CampaignCard, *, reason: str, actor: Actor) -> None:
    """End a campaign: whoever has not got it gets nothing any more."""
    _act(session, card, "stopped", given_words(reason, "Say the reason"), actor)


def _act(session: WriteSession, card: CampaignCard, kind: str, reason: str, actor: Actor) -> None:
    session.run(
        "notify/add_campaign_act",
        campaign=card.number, version=card.version, digest=card.digest, kind=kind, done_by=actor.id,
        reason=reason,
    )  # fmt: skip
    after = {"step": kind, "version": card.version, "people": card.people, "digest": card.digest}
    _record(session, actor, f"campaign.{kind}", card.number, {"step": card.step}, after)


def _newest(session: ReadSession, number: int | None) -> dict[str, object] | None:
    if number is None:
        return None
    for card in campaigns(session, number):
        return {"version": card.version, "people": card.people, "digest": card.digest}
    return None


def _record(
    session: WriteSession,
    actor: Actor,
    action: str,
    number: int,
    before: dict[str, object] | None,
    after: dict[str, object],
) -> None:
    record(
        session,
        actor=actor,
        action=action,
        subject_kind="campaign",
        subject_id=number,
        before=before,
        after=after,
    )
