"""What a coach decides about the memories of their own members; the database refuses anybody else's.

Every act is in the trail by the ids of what was and what is, without a word. Whoever comes second is told so.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bee.audit import Actor, record
from bee.coach.text import cleaned
from bee.db import WriteSession
from bee.errors import Conflict, Invalid

LONGEST_VALUE: Final = 400


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decides about which memory of whom, and when."""

    memory_id: UUID
    member_id: UUID
    staff_id: UUID
    now: datetime


def accept(session: WriteSession, decision: Decision) -> None:
    """Accept a proposal; what was known of the same trait ends. Raises :class:`Conflict` when it is decided."""
    ended = _end_same(session, decision)
    if not session.run("coach/memory_accept", **_parameters(decision)):
        raise _decided()
    _record(session, decision, "accepted", before={"ended": ended, "memory": decision.memory_id})


def reject(session: WriteSession, decision: Decision) -> None:
    """Reject a proposal, which is not made again. Raises :class:`Conflict` when it is decided."""
    if not session.run("coach/memory_reject", **_parameters(decision)):
        raise _decided()
    _record(session, decision, "rejected", before={"memory": decision.memory_id})


def expire(session: WriteSession, decision: Decision) -> None:
    """End a memory that holds; it stays readable as of then. Raises :class:`Conflict` when it has ended."""
    if not session.run("coach/memory_expire", **_parameters(decision)):
        raise Conflict("memory_ended", "This has ended already, or it is not about one of your members.")
    _record(session, decision, "expired", before={"memory": decision.memory_id})


def reword(session: WriteSession, decision: Decision, value: str) -> UUID:
    """Put a memory in other words: a new one that holds from now, while the old one ends or was never accepted.

    Returns its id. Raises :class:`Invalid` for no words or too many, :class:`Conflict` where there is nothing to
    put in other words any more.
    """
    words = " ".join(cleaned(value).split())
    if not words:
        raise Invalid("no_words", "Say what is to be remembered.")
    if len(words) > LONGEST_VALUE:
        raise Invalid("too_many_words", f"A memory has at most {LONGEST_VALUE} characters.")
    parameters = _parameters(decision)
    ended = []
    if session.run("coach/memory_reject", **parameters):
        ended = _end_same(session, decision)
    elif not session.run("coach/memory_expire", **parameters):
        raise _decided()
    memory_id = session.scalar("coach/memory_reword", **parameters, value=words)
    assert isinstance(memory_id, UUID)
    before: dict[str, object] = {"memory": decision.memory_id, "ended": ended}
    _record(session, decision, "reworded", before=before, memory_id=memory_id)
    return memory_id


def _end_same(session: WriteSession, decision: Decision) -> list[UUID]:
    """End what holds of the same trait, and return its id; at most one does."""
    ended = session.scalar("coach/memory_end_same", **_parameters(decision))
    return [] if ended is None else [ended]


def _parameters(decision: Decision) -> dict[str, object]:
    return {"id": decision.memory_id, "staff_id": decision.staff_id, "now": decision.now}


def _decided() -> Conflict:
    return Conflict(
        "memory_decided", "Somebody decided about this already, or it is not about one of your members."
    )


def _record(
    session: WriteSession,
    decision: Decision,
    verb: str,
    *,
    before: dict[str, object],
    memory_id: UUID | None = None,
) -> None:
    record(
        session,
        actor=Actor.staff(decision.staff_id),
        action=f"memory.{verb}",
        subject_kind="member",
        subject_id=decision.member_id,
        before=before,
        after={"memory": memory_id or decision.memory_id},
    )
