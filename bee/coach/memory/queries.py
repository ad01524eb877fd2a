"""What the staff see of memories: a coach those of their own members, an admin all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.coach.memory.scoring import kind_of
from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.errors import NotFound


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A memory, whatever was decided about it. ``message``: the words that it comes from, if it comes from any."""

    id: UUID
    user_id: UUID
    number: int
    trait_key: str
    trait_value: str
    source: str
    status: str
    valid_from: datetime
    valid_to: datetime | None
    created_at: datetime
    decided_by: str | None
    message: str | None

    @property
    def kind(self) -> str:
        """What kind it is of."""
        return kind_of(self.trait_key)

    @property
    def is_proposed(self) -> bool:
        """Whether somebody has to decide about it."""
        return self.status == "proposed"

    @property
    def holds(self) -> bool:
        """Whether it was accepted and has not ended."""
        return self.status == "accepted" and self.valid_to is None


def proposals(session: ReadSession, *, member_id: UUID | None, most: int) -> list[StoredMemory]:
    """Return what waits for a decision, of one member or of all that the role sees, the longest waiting first."""
    return session.all(StoredMemory, "coach/memory_proposals", user_id=member_id, most=most)


def memories_at(session: ReadSession, member_id: UUID, *, at: datetime, most: int) -> list[StoredMemory]:
    """Return what was known of a member at a time, the newest first."""
    return session.all(StoredMemory, "coach/memories_at", user_id=member_id, at=at, most=most)


def get_memory(session: ReadSession, memory_id: UUID) -> StoredMemory:
    """Return a memory as it is now. Raises :class:`NotFound`."""
    found = session.find(StoredMemory, "coach/memory", id=memory_id)
    if found is None:
        raise NotFound("no_memory", "It is gone, or not about one of your members any more.")
    return found


def memories_csv(memories: Sequence[StoredMemory]) -> str:
    """Return memories as a file."""
    header = ("person", "kind", "memory", "source", "status", "since", "until", "decided_by")
    return csv_text(
        header,
        (
            (
                f"P-{memory.number}",
                memory.kind,
                memory.trait_value,
                memory.source,
                memory.status,
                memory.valid_from.isoformat(),
                memory.valid_to.isoformat() if memory.valid_to else "",
                memory.decided_by or "",
            )
            for memory in memories
        ),
    )
