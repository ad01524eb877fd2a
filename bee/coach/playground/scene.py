"""What an answer is tried to: a member's moment as it is now, read as one of the staff, or one that is made up."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from bee.coach.actions import storable
from bee.coach.masking import Known
from bee.coach.memory.reminding import Cue
from bee.coach.offline import Memory, Moment, Momentum, Said
from bee.coach.queries import MOST_MEMORIES, MOST_MESSAGES, AboutMember
from bee.coach.text import cleaned
from bee.db import ReadSession
from bee.errors import Invalid, NotFound

MADE_UP: Final = UUID("3b9d2f3e-8a53-5b7e-9d7c-3d1a5f6f0c42")
LONGEST_LINE: Final = 4000
SIGNS: Final = {"coach": "coach:", "member": "member:"}


@dataclass(frozen=True, slots=True)
class Scene:
    """A moment to answer, and what of it is hidden from providers.

    ``may_leave``: whether it may go to one at all, which takes the member's consent.
    """

    moment: Moment
    known: Known
    may_leave: bool

    def asking(self, message: str) -> "Scene":
        """Return the scene with what the member writes. Raises :class:`Invalid` for what can't be asked."""
        return replace(self, moment=replace(self.moment, message=storable(message)))

    def without(self, off: Container[UUID]) -> "Scene":
        """Return the scene as if some memories were not known."""
        memories = tuple(memory for memory in self.moment.memories if memory.id not in off)
        return replace(self, moment=replace(self.moment, memories=memories))


def read_scene(session: ReadSession, member_id: UUID, cue: Cue, *, now: datetime) -> Scene:
    """Return a member's moment as it is now, with the memories that a message calls up.

    ``cue``: of a message that may still be nothing; :meth:`Scene.asking` has the last word on it. The role has to
    be one that may read it. Raises :class:`NotFound` for a member who is not theirs.
    """
    about = session.find(AboutMember, "coach/about_member", user_id=member_id)
    if about is None:
        raise NotFound("no_member", "There is no such member among those whom you may see.")
    state: Any = session.scalar("coach/momentum_state", user_id=member_id)
    memories = cue.recall(session, member_id, at=now).memories
    recent = session.all(Said, "coach/last_messages", user_id=member_id, limit=MOST_MESSAGES)
    moment = Moment(cue.words, None if state is None else Momentum(state), memories, tuple(recent))
    return Scene(moment, about.known, about.consents)


def made_up(message: str, state: Momentum | None, memories: str, said: str) -> Scene:
    """Return a moment of nobody's.

    ``message``: what may still be nothing. ``memories``: one a line; ``said``: one a line, oldest first, the
    coach's with ``Coach:`` in front. Raises :class:`Invalid` for what no conversation could hold.
    """
    remembered = _lines(memories, MOST_MEMORIES, "memories")
    spoken = _lines(said, MOST_MESSAGES, "messages")
    known = tuple(Memory(uuid5(MADE_UP, str(n)), "made-up", text) for n, text in enumerate(remembered))
    moment = Moment(cleaned(message), state, known, tuple(_said(line) for line in reversed(spoken)))
    return Scene(moment, Known(), may_leave=True)


def _lines(text: str, most: int, what: str) -> Sequence[str]:
    lines = [line.strip() for line in cleaned(text).splitlines() if line.strip()]
    if len(lines) > most:
        raise Invalid("too_many_lines", f"Of {what} there can be {most}, one a line.")
    if any(len(line) > LONGEST_LINE for line in lines):
        raise Invalid("line_too_long", f"A line of {what} has at most {LONGEST_LINE:,} characters.")
    return lines


def _said(line: str) -> Said:
    for role, sign in SIGNS.items():
        if line.casefold().startswith(sign):
            return Said(role, line[len(sign) :].strip())
    return Said("member", line)
