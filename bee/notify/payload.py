"""What is sent to a device (pure): the text filled in, the keys that make a doubled post show once, the size."""

import json
from dataclasses import dataclass
from uuid import UUID

from bee.notify.moments import Moment
from bee.notify.rule import Silence, Streak, Variant

MOST_BYTES = 4096
# Addresses differ in length; no known one is longer.
ADDRESS_BYTES = 512


@dataclass(frozen=True, slots=True)
class Text:
    """A rendered variant."""

    variant: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Payload:
    """What every device of a member gets for one decision."""

    notification_id: UUID
    notification_type: str
    title: str
    body: str
    action: dict[str, str]
    label: str
    is_urgent: bool
    ttl_s: int

    @property
    def collapse_key(self) -> str:
        """The key from which a device knows a post that it has had: the same on every try."""
        return f"bee-{self.notification_id.hex}"

    @property
    def data(self) -> dict[str, str]:
        """What the app is told: all of it text, as the service wants it."""
        return {
            **{f"action_{name}": value for name, value in self.action.items()},
            "notification_id": str(self.notification_id),
            "notification_type": self.notification_type,
        }

    @property
    def size_bytes(self) -> int:
        """How much of the service's limit it takes, at most."""
        words = {"title": self.title, "body": self.body, **self.data}
        # The title and the body, the keys and what they are called stand in it once for each kind of device.
        keys = {"collapse": [self.collapse_key] * 4, "label": self.label}
        return ADDRESS_BYTES + len(json.dumps([words, keys], ensure_ascii=False).encode())


def render(variant: Variant, moment: Moment) -> Text:
    """Return a variant with the figures of a moment in it."""
    condition = moment.rule.condition
    hours = condition.hours if isinstance(condition, Silence) else 24
    fields = {
        "days": condition.days if isinstance(condition, Streak) else hours // 24,
        "hours": hours,
        "score": round(moment.day.final) if moment.day else "",
    }
    return Text(variant.name, variant.title.format_map(fields), variant.body.format_map(fields))
