"""All that the coach remembers of a member, in the member's own hands: read, and forgotten."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.audit import Actor, record
from bee.db import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class Remembered:
    """A memory as its member has it: also one that has ended. ``valid_to``: None while it holds."""

    id: UUID
    trait_key: str
    trait_value: str
    source: str
    valid_from: datetime
    valid_to: datetime | None


def remembered(session: ReadSession, member_id: UUID) -> list[Remembered]:
    """Return every memory that was ever accepted, the newest first; ``session`` has to act as the member."""
    return session.all(Remembered, "coach/memory_export", user_id=member_id)


def forget_all(session: WriteSession, member_id: UUID) -> int:
    """Delete every memory of a member, proposals and what models made of them included. As the system.

    Returns how many there were. What was said stays: the coach reads no message twice, so none of it comes back.
    """
    forgotten = session.run("coach/memory_forget", user_id=member_id)
    if forgotten:
        record(
            session,
            actor=Actor.member(member_id),
            action="memory.forgotten",
            subject_kind="member",
            subject_id=member_id,
            before={"memories": forgotten},
        )
    return forgotten
