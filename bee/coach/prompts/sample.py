"""For whom versions are compared: a member as they are now, or one made up; and what a version is for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from bee.coach.masking import Mask
from bee.coach.memory.reminding import Cue
from bee.coach.offline import Said
from bee.coach.prompts.template import BETWEEN, Part, Rendered, Template, render
from bee.coach.prompts.values import values_of
from bee.coach.queries import MOST_MESSAGES, AboutMember
from bee.db import ReadSession

LAST_MESSAGES: Final = "last_messages"
WHO: Final = {"member": "Member", "coach": "Coach"}


@dataclass(frozen=True, slots=True)
class Sample:
    """What is put into a prompt, with what points at a person hidden as it is before a model reads it.

    ``state``: None for a member without a score. ``messages``: oldest first; they follow a prompt.
    """

    state: str | None
    memories: tuple[str, ...] = ()
    messages: tuple[Said, ...] = ()


def last_message(session: ReadSession, member_id: UUID) -> str:
    """Return what a member wrote last, which is what calls up the memories of a sample; empty for nothing."""
    said = session.all(Said, "coach/last_messages", user_id=member_id, limit=MOST_MESSAGES)
    return next((each.body for each in said if each.role == "member"), "")


def read_sample(session: ReadSession, member_id: UUID, cue: Cue, *, now: datetime) -> Sample:
    """Return a member as they are now, with what a cue calls up, to somebody on the staff who may see them."""
    about = session.find(AboutMember, "coach/about_member", user_id=member_id) or AboutMember()
    mask = Mask(about.known)
    state: Any = session.scalar("coach/momentum_state", user_id=member_id)
    memories = cue.recall(session, member_id, at=now).memories
    said = session.all(Said, "coach/last_messages", user_id=member_id, limit=MOST_MESSAGES)
    # In the order in which an answer does it, so that the same tokens stand for the same words.
    messages = tuple(Said(each.role, mask.hide(each.body)) for each in reversed(said))
    return Sample(state, tuple(mask.hide(memory.trait_value) for memory in memories), messages)


def rendered_for(template: Template, sample: Sample) -> Rendered:
    """Return what a model reads of a version for somebody: its parts, and the last messages behind them."""
    found = render(template, values_of(sample.state, sample.memories))
    return Rendered((*found.parts, *_messages(sample.messages)))


def _messages(messages: Sequence[Said]) -> list[Part]:
    if not messages:
        return []
    return [Part(LAST_MESSAGES, BETWEEN.join(f"{WHO[each.role]}: {each.body}" for each in messages))]
