"""What coaches do about memories: each act one call and one transaction, by who is there then."""

from collections.abc import Callable

from bee.coach.memory import decisions
from bee.coach.memory.decisions import Decision
from bee.coach.memory.queries import StoredMemory
from bee.db import Login, WriteSession
from bee.ui.house import get_house
from bee.ui.memory_reads import coach_acting
from bee.ui.sessions import utc_now


def accept(memory: StoredMemory) -> None:
    """Accept a proposal. Raises :class:`bee.errors.Conflict` when it is decided."""
    _decide(memory, decisions.accept)


def reject(memory: StoredMemory) -> None:
    """Reject a proposal. Raises :class:`bee.errors.Conflict` when it is decided."""
    _decide(memory, decisions.reject)


def expire(memory: StoredMemory) -> None:
    """End a memory. Raises :class:`bee.errors.Conflict` when it has ended."""
    _decide(memory, decisions.expire)


def reword(memory: StoredMemory, words: str) -> None:
    """Put a memory in other words. Raises as :func:`bee.coach.memory.decisions.reword` does."""
    _decide(memory, lambda session, decision: decisions.reword(session, decision, words))


def _decide(memory: StoredMemory, do: Callable[[WriteSession, Decision], object]) -> None:
    staff_id = coach_acting().staff_id
    with get_house().database.writing(Login.DASHBOARD, role="bee_coach", staff_id=staff_id) as session:
        do(session, Decision(memory.id, memory.user_id, staff_id, utc_now()))
