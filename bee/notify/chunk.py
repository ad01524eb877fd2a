"""What is known of the deliveries of a chunk, and which posts come of them (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bee.errors import Invalid
from bee.notify.compose.campaign import is_campaign, parse_campaign
from bee.notify.courier import Device, Platform
from bee.notify.decide import Limits, Recipient, Send
from bee.notify.payload import Payload
from bee.notify.rule import Budget, Rule, parse_body
from bee.notify.settlement import (
    Attempt,
    End,
    Settled,
    concluded,
    ended,
    next_number,
    open_devices,
    recheck,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A decision to send that this worker has. ``body``: the version of the rule or campaign, if there is one."""

    notification_id: UUID
    user_id: UUID
    notification_type: str
    rule: str
    rule_version: int
    priority: str
    title: str
    message: str
    action: dict[str, Any]
    expires_at: datetime
    is_broken_silence: bool
    is_demo: bool
    body: str | None
    tries: int

    def limits(self) -> Limits | None:
        """Return the rule or the campaign that it is of; None where it can't be read, which holds it back."""
        if self.body is None:
            return None
        try:
            if is_campaign(self.rule):
                return parse_campaign(self.body)
            body = parse_body(self.body)
        except Invalid:
            return None
        return body if isinstance(body, Rule) else None

    def payload(self, now: datetime) -> Payload:
        """Return what its devices get."""
        return Payload(
            self.notification_id,
            self.notification_type,
            self.title,
            self.message,
            {name: str(value) for name, value in self.action.items()},
            f"{self.rule}-{self.rule_version}",
            self.priority == "high",
            max(0, int((self.expires_at - now).total_seconds())),
        )


@dataclass(frozen=True, slots=True)
class Post:
    """One post that is about to go out."""

    attempt_id: int
    delivery: Delivery
    device: Device


@dataclass(frozen=True, slots=True)
class Draft:
    """A post that is to be written: the ``number``-th to this device."""

    delivery: Delivery
    device: Device
    number: int


@dataclass(slots=True)
class Facts:
    """What is known of a chunk; ``closed``: until when nothing is posted to a platform.

    ``stopped``: campaigns that somebody stopped, as the ledger calls them.
    """

    recipients: dict[UUID, Recipient]
    budget: Budget | None
    devices: Mapping[UUID, Sequence[Device]]
    attempts: Mapping[UUID, list[Attempt]]
    closed: Mapping[Platform, datetime]
    stopped: frozenset[str]

    def held(self, delivery: Delivery, now: datetime) -> Settled | None:
        """Return why a delivery does not go out now; None where it does."""
        tried = self.attempts[delivery.notification_id]
        if tried and not self.waiting(delivery):
            return concluded(delivery.notification_id, tried)
        if delivery.rule in self.stopped:
            return ended(Settled(delivery.notification_id, End.WITHHELD, "campaign_stopped"), tried)
        held = recheck(
            delivery.notification_id,
            rule=delivery.limits(),
            recipient=self.recipients.get(delivery.user_id),
            budget=self.budget,
            expires_at=delivery.expires_at,
            is_broken_silence=delivery.is_broken_silence,
            was_posted=bool(tried),
            now=now,
        )
        return None if held is None else ended(held, tried)

    def waiting(self, delivery: Delivery) -> dict[UUID, Device]:
        """Return the devices that a delivery still has to reach."""
        found = {device.token_id: device for device in self.devices[delivery.user_id]}
        return {token: found[token] for token in open_devices(found, self.attempts[delivery.notification_id])}

    def drafts(self, delivery: Delivery) -> list[Draft]:
        """Return the posts to those of them that no breaker keeps from it."""
        tried = self.attempts[delivery.notification_id]
        return [
            Draft(delivery, device, next_number(token, tried))
            for token, device in self.waiting(delivery).items()
            if not {"all", device.platform} & self.closed.keys()
        ]

    def count(self, delivery: Delivery, now: datetime) -> None:
        """Let what goes out now count for what else is in the chunk for the same member."""
        recipient = self.recipients[delivery.user_id]
        self.recipients[delivery.user_id] = recipient.after(Send(delivery.notification_type, now))
