"""The offline coach: answers by rule, without any model, and says so (pure, deterministic).

It opens as the member's momentum asks for (Rising: celebrate; Steady: acknowledge; NeedsCare: feel with them),
gives the member's own words back, and offers one step as the one question at the end, so that nothing is advised
without asking. Its texts are data. Whatever the message holds, the reply passes :mod:`bee.coach.checks`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any, Final
from uuid import UUID

from bee.coach.checks import EMPTY_WORDS, reply_figures, words_of
from bee.coach.quoting import quotable

MODEL: Final = "offline"
ENOUGH_TO_READ: Final = 2000
_TEXTS: Final[dict[str, Any]] = json.loads((files(__package__) / "offline.json").read_text(encoding="utf-8"))


class Momentum(StrEnum):
    """How a member's days go, as the scores have it."""

    RISING = "Rising"
    STEADY = "Steady"
    NEEDS_CARE = "NeedsCare"


@dataclass(frozen=True, slots=True)
class Memory:
    """Something that a coach accepted as known about a member."""

    id: UUID
    trait_key: str
    trait_value: str


@dataclass(frozen=True, slots=True)
class Said:
    """A message of the conversation so far. ``role``: member or coach; ``number``: None for one not stored."""

    role: str
    body: str
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What an answer rests on. ``state``: None for a member without a score; ``recent``: newest first."""

    message: str
    state: Momentum | None
    memories: tuple[Memory, ...]
    recent: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the coach answers, which model it is from, and which memories it names."""

    text: str
    model: str
    memory_ids: tuple[UUID, ...]


def reply(message: str, state: Momentum | None, memories: Sequence[Memory], recent: Sequence[Said]) -> Reply:
    """Return the offline coach's answer.

    ``state``: None for a member without a score, who gets no word on how the days go. ``recent``: the last
    messages, newest first; the step offered last is not offered again.
    """
    said = words_of(message[:ENOUGH_TO_READ])
    opening, step = _opening(message, said, state), _step(message, said, state, recent)
    reflection = _reflection(message)
    memory = next((memory for memory in memories if _is_about(memory, said)), None)
    remembered = _remembered(memory)
    for parts, used in (
        ((opening, reflection, remembered, step), memory),
        ((opening, reflection, step), None),
    ):
        text = " ".join(part for part in parts if part)
        if reply_figures(text).passes:
            return Reply(text, MODEL, (used.id,) if used and remembered else ())
    return Reply(f"{opening} {step}", MODEL, ())


def _opening(message: str, said: Iterable[str], state: Momentum | None) -> str:
    key = state or "unknown"
    if _has_any(said, _TEXTS["hard_words"]):
        return str(_TEXTS["hard_openings"][key])
    return _chosen(_TEXTS["openings"][key], message)


def _step(message: str, said: Sequence[str], state: Momentum | None, recent: Sequence[Said]) -> str:
    topics = _TEXTS["topics"]
    topic = next((name for name in topics if _has_any(said, topics[name]["words"])), "any")
    steps: list[str] = topics[topic]["steps"][state or Momentum.STEADY]
    last = next((said_before.body for said_before in recent if said_before.role == "coach"), "")
    return _chosen([step for step in steps if not last.endswith(step)], message)


def _reflection(message: str) -> str:
    words = quotable(message[:ENOUGH_TO_READ])
    return f"You wrote: “{words}”." if words else ""


def _is_about(memory: Memory, said: Iterable[str]) -> bool:
    """Whether a memory and a message share a word that carries meaning."""
    known = {word.casefold() for word in words_of(memory.trait_value) if len(word) > 2} - EMPTY_WORDS
    return _has_any(said, known)


def _remembered(memory: Memory | None) -> str:
    words = quotable(memory.trait_value) if memory else None
    return f"I remember: “{words}”." if words else ""


def _has_any(said: Iterable[str], words: Iterable[str]) -> bool:
    return not {word.casefold() for word in said}.isdisjoint(words)


def _chosen(texts: Sequence[str], message: str) -> str:
    """Return one of the texts, always the same for the same message."""
    digest = hashlib.sha256(message.encode("utf-8", "replace")).digest()
    return texts[int.from_bytes(digest[:4]) % len(texts)]
