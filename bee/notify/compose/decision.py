"""What becomes of one person of a campaign (pure): every guard is asked, and whoever has left gets nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from bee.notify.compose.campaign import Campaign, campaign_payload, ends_at, rendered
from bee.notify.decide import Recipient, Stops, ask_guards
from bee.notify.moments import Day
from bee.notify.payload import Payload, Text
from bee.notify.rule import Budget

# A campaign is decided about a person once, whatever happens.
MOMENT: Final = "campaign"


@dataclass(frozen=True, slots=True)
class Sending:
    """A campaign that is being sent. ``rule``: what the ledger calls it."""

    rule: str
    version: int
    campaign: Campaign
    audience_hash: str
    started_at: datetime
    is_stopped: bool

    def is_over(self, now: datetime) -> bool:
        """Whether nobody gets it any more."""
        return self.is_stopped or now >= ends_at(self.started_at, self.campaign)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a campaign is for. ``day``: the newest complete one."""

    recipient: Recipient | None
    day: Day | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class Luck:
    """Chance, each in 0–1: which wording, and how long after quiet hours."""

    variant: float
    spread: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a person gets it and why; ``send_at`` only of what is sent."""

    reason: str
    guards: Mapping[str, str]
    text: Text | None
    send_at: datetime | None = None


def judge(
    sending: Sending,
    person: Person,
    *,
    budget: Budget | None,
    stops: Stops,
    now: datetime,
    luck: Luck,
    notification_id: UUID,
) -> Verdict:
    """Return what becomes of a person now."""
    campaign = sending.campaign
    figures = {"score": round(person.day.final)} if person.day else {}
    text = rendered(campaign.chosen(luck.variant), figures)
    if (why := _out_of_question(sending, person, now)) is not None:
        return Verdict(why, {}, text)
    if text is None:
        return Verdict("score_unknown", {}, None)
    assert person.recipient is not None
    answers = ask_guards(
        sending.rule, campaign, _payload(sending, text, notification_id), person.recipient,
        budget=budget, stops=stops, now=now, expires_at=ends_at(sending.started_at, campaign), spread=luck.spread,
    )  # fmt: skip
    if answers.held is not None or answers.send_at is None:
        return Verdict(answers.held or "quiet_unknown", answers.guards, text)
    reason = "deferred" if answers.send_at > now else "eligible"
    return Verdict(reason, answers.guards, text, answers.send_at)


def verdict_row(
    sending: Sending, person: Person, user_id: UUID, verdict: Verdict, *, now: datetime, notification_id: UUID
) -> dict[str, Any]:
    """Return what became of a person as the ledger takes it."""
    campaign, day, text = sending.campaign, person.day, verdict.text
    is_send = verdict.send_at is not None
    return {
        "id": notification_id,
        "user_id": user_id,
        "notification_type": campaign.type,
        "rule": sending.rule,
        "rule_version": sending.version,
        "moment": MOMENT,
        "trigger_date": now.astimezone(UTC).date(),
        "decision": "send" if is_send else "withhold",
        "reason": verdict.reason,
        "guards": dict(verdict.guards),
        "probability": 1.0 if is_send else None,
        "definition": day.definition if day else None,
        "final_score": day.final if day else None,
        "momentum_state": day.state if day else None,
        "priority": campaign.priority,
        "not_before": verdict.send_at,
        "expires_at": ends_at(sending.started_at, campaign) if is_send else None,
        "variant": text.variant if text else None,
        "title": text.title if text else None,
        "message": text.body if text else None,
        "action": dict(campaign.action),
        "audience_hash": sending.audience_hash,
    }


def _out_of_question(sending: Sending, person: Person, now: datetime) -> str | None:
    if sending.is_stopped:
        return "campaign_stopped"
    if sending.is_over(now):
        return "too_late"
    if person.has_left:
        return "has_left"
    return "unknown" if person.recipient is None else None


def _payload(sending: Sending, text: Text, notification_id: UUID) -> Payload:
    return campaign_payload(
        notification_id, sending.campaign, text, label=f"{sending.rule}-{sending.version}"
    )
