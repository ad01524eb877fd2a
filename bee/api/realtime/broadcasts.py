"""Broadcasts on their way between the processes of the API: one notice of PostgreSQL each, kept nowhere."""

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from bee.db import Database, Login
from bee.errors import Invalid


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A message to whoever joined a topic.

    ``sender``: the member, None for the service. ``channel``: the one it came from, None for a request.
    """

    topic: str
    event: str
    payload: Any
    sender: UUID | None
    channel: str | None

    @classmethod
    def read(cls, text: str) -> "Broadcast":
        """Return the broadcast that a notice carries."""
        told = json.loads(text)
        sender = UUID(told["sender"]) if told["sender"] else None
        return cls(told["topic"], told["event"], told["payload"], sender, told["channel"])


def publish(database: Database, broadcasts: list[Broadcast], *, most_bytes: int) -> None:
    """Hand broadcasts to every process, all of them or none. Raises :class:`Invalid` for one that is too large."""
    # PostgreSQL drops a notice that equals another of its transaction, so each has a number.
    messages = [
        json.dumps(asdict(broadcast) | {"number": number}, default=str)
        for number, broadcast in enumerate(broadcasts)
    ]
    if any(len(message) > most_bytes for message in messages):
        raise Invalid(
            "broadcast_too_large", f"A broadcast is at most {most_bytes} bytes with its topic and event."
        )
    with database.writing(Login.SYSTEM) as session:
        for message in messages:
            session.scalar("realtime/broadcast", message=message)
