"""Pushes that a prober asks for, to see that they are taken."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from bee.db import ReadSession, WriteSession


@dataclass(frozen=True, slots=True)
class ProbePush:
    """What became of a push; None while nobody has taken it."""

    outcome: str | None


def ask_push(session: WriteSession) -> UUID:
    """Ask for a push and return its id."""
    push = uuid4()
    session.run("sla/ask_probe_push", id=push)
    return push


def get_push(session: ReadSession, push: UUID) -> ProbePush:
    """Return what became of a push. Raises :class:`bee.errors.NotFound`."""
    return session.get(ProbePush, "sla/probe_push", id=push)
