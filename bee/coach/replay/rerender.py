"""A prompt again, from what its answer rested on then, beside what was sent (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from bee.coach.masking import MASK_VERSION, Known, Mask
from bee.coach.offline import Memory, Moment, Momentum, Said
from bee.coach.prompting import prompt_of, rendered, request_text
from bee.coach.prompts import PromptVersion
from bee.settings import Settings


@dataclass(frozen=True, slots=True)
class KeptMoment:
    """A message of a day with its answer and, where ``is_kept``, what that rested on.

    ``local_at``: by the member's clock. ``request``: what a model was told; None where none was asked.
    """

    user_id: UUID
    person: int
    request_id: UUID
    number: int
    message: str
    asked_at: datetime
    local_at: datetime
    crisis: bool
    category: str | None
    answer: str
    answered_by: str
    prompt: str | None
    fallback: str | None
    is_kept: bool
    state: str | None
    memory_ids: list[UUID]
    message_numbers: list[int]
    prompt_sha256: str | None
    provider: str | None
    model: str | None
    mask_version: str | None
    request: str | None


@dataclass(frozen=True, slots=True)
class Past:
    """What the database still holds of what was known then: memories by id, messages by number, the versions."""

    memories: Mapping[UUID, Memory]
    messages: Mapping[int, Said]
    versions: Mapping[str, PromptVersion]


class Match(StrEnum):
    """How a prompt that is rendered again compares with the one that was sent."""

    SAME = "same"
    DIFFERENT = "different"
    NOT_SENT = "not_sent"
    NOT_KEPT = "not_kept"


@dataclass(frozen=True, slots=True)
class Rerendered:
    """A prompt that was sent, and the same again. ``why``: what is known to be otherwise now."""

    match: Match
    sent: str | None = None
    again: str | None = None
    why: tuple[str, ...] = ()


def moment_of(kept: KeptMoment, past: Past) -> Moment:
    """Return the moment as it was; what the database no longer holds is not in it."""
    return Moment(
        message=kept.message,
        state=None if kept.state is None else Momentum(kept.state),
        memories=tuple(past.memories[each] for each in kept.memory_ids if each in past.memories),
        recent=tuple(past.messages[each] for each in kept.message_numbers if each in past.messages),
    )


def rerender(kept: KeptMoment, past: Past, known: Known, settings: Settings) -> Rerendered:
    """Return the prompt of a moment rendered again with the version that it was sent with."""
    if not kept.is_kept:
        return Rerendered(Match.NOT_KEPT)
    if kept.request is None:
        return Rerendered(Match.NOT_SENT)
    version = past.versions.get(kept.prompt_sha256 or "")
    why = tuple(_why(kept, past, version))
    if version is None:
        return Rerendered(Match.DIFFERENT, kept.request, None, why)
    prompt = prompt_of(version, settings, f"{kept.provider}/{kept.model}")
    again = request_text(rendered(prompt, moment_of(kept, past), Mask(known), ""))
    if again == kept.request:
        return Rerendered(Match.SAME, kept.request, again)
    return Rerendered(Match.DIFFERENT, kept.request, again, why)


def _why(kept: KeptMoment, past: Past, version: PromptVersion | None) -> list[str]:
    """Return what is known to be otherwise than it was; a record or memory changed in place leaves no trace."""
    found = {
        "the version is not here": version is None,
        "other rules of masking hold now": kept.mask_version != MASK_VERSION,
        "a memory that was used is gone": any(each not in past.memories for each in kept.memory_ids),
        "a message that was read is gone": any(each not in past.messages for each in kept.message_numbers),
    }
    said = [reason for reason, holds in found.items() if holds]
    return said or ["the member's record, or a memory's text, was changed since"]
