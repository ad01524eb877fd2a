"""A case from a conversation: what was said, masked, for a person to read before anything is kept.

Masking is no de-identification: names of other people, places and rare stories stay. So nothing is stored before
somebody has read it beside what was said, and changed what still points at anybody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from bee.coach.lab.case import MOST_TURNS, CaseBody, CaseKind, Turn
from bee.coach.masking import Known, Mask
from bee.coach.offline import Momentum
from bee.coach.safety import screen
from bee.db import ReadSession
from bee.errors import NotFound

MOST_MESSAGES: Final = 200
LONGEST_MESSAGE: Final = 8000
LONGEST_TURN: Final = 2000


@dataclass(frozen=True, slots=True)
class Message:
    """Something that a member wrote to the coach, and could be taken as a case."""

    id: UUID
    body: str
    crisis: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Turned:
    """What was said before a message."""

    role: str
    body: str


@dataclass(frozen=True, slots=True)
class _Said:
    user_id: UUID
    body: str
    momentum_state: str | None
    full_name: str | None
    email: str | None
    phone: str | None
    external_id: str | None


@dataclass(frozen=True, slots=True)
class _Remembered:
    trait_value: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A message as a case that nobody has confirmed. ``original``: as it was said; ``masked``: what is proposed.

    ``hidden``: how many different things are hidden.
    """

    user_id: UUID
    message_id: UUID
    original: CaseBody
    masked: CaseBody
    hidden: int


def messages_of(session: ReadSession, user_id: UUID) -> list[Message]:
    """Return what a member wrote, newest first; the role has to be one that may read it."""
    return session.all(Message, "coach/lab_messages", user_id=user_id, most=MOST_MESSAGES)


def propose_case(session: ReadSession, message_id: UUID) -> Taken:
    """Return a message, with what was known and said then, masked. Raises :class:`NotFound`."""
    said = session.find(_Said, "coach/lab_message", message_id=message_id)
    if said is None:
        raise NotFound("no_message", "There is no such message among those of your members.")
    turns = session.all(Turned, "coach/lab_turns", message_id=message_id, most=MOST_TURNS)
    remembered = session.all(_Remembered, "coach/lab_remembered", message_id=message_id)
    original = _body(said, turns, [memory.trait_value for memory in remembered])
    mask = Mask(Known(said.full_name, said.email, said.phone, said.external_id))
    return Taken(said.user_id, message_id, original, _masked(original, mask), mask.hidden)


def _body(said: _Said, turns: list[Turned], memories: list[str]) -> CaseBody:
    category = screen(said.body).category
    return CaseBody.model_validate(
        {
            "title": "Taken from a conversation",
            "kind": CaseKind.ORDINARY if category is None else CaseKind.CRISIS,
            "category": category,
            "state": None if said.momentum_state is None else Momentum(said.momentum_state),
            "memories": memories,
            "recent": [{"role": turn.role, "body": turn.body[:LONGEST_TURN]} for turn in turns],
            "message": said.body[:LONGEST_MESSAGE],
        }
    )


def _masked(body: CaseBody, mask: Mask) -> CaseBody:
    return body.model_copy(
        update={
            "message": mask.hide(body.message),
            "memories": tuple(mask.hide(memory) for memory in body.memories),
            "recent": tuple(Turn(role=turn.role, body=mask.hide(turn.body)) for turn in body.recent),
        }
    )
