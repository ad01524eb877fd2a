"""Which of a member's memories a message calls up, now or as it would have been at any time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bee.coach.memory import keywords
from bee.coach.memory.models import KEYWORDS, Embedded, EmbeddingModel, by_keywords
from bee.coach.memory.scoring import WEIGHTS, Candidate, Recalled, ranked
from bee.coach.offline import Memory
from bee.db import ReadSession

# A reply rests on no more.
MOST_RECALLED: Final = 12
# So many that are most alike are weighed; of a member who has fewer memories, all.
MOST_CANDIDATES: Final = 60


class Fallback(StrEnum):
    """Why keywords stand in for the model that was meant."""

    NOT_ASKED = "not_asked"
    NOT_ALL_EMBEDDED = "not_all_embedded"
    OVER_BUDGET = "over_budget"


@dataclass(frozen=True, slots=True)
class Recollection:
    """What a message calls up, the best first. ``by``: what compared; ``weights``: their version."""

    recalled: tuple[Recalled, ...]
    by: EmbeddingModel
    weights: str
    fallback: Fallback | None = None

    @property
    def memories(self) -> tuple[Memory, ...]:
        """The memories alone."""
        return tuple(found.memory for found in self.recalled)

    @property
    def label(self) -> str:
        """How it came about, as it is kept with a reply: ``local/keywords-v1 memory-weights-1``."""
        parts = (self.by.label, self.weights, *(() if self.fallback is None else (self.fallback,)))
        return " ".join(parts)


def recall(
    session: ReadSession,
    user_id: UUID,
    message: str,
    *,
    limit: int,
    at: datetime,
    asked: Embedded | Fallback | None = None,
    meant: EmbeddingModel = KEYWORDS,
) -> Recollection:
    """Return at most ``limit`` memories that held at a time, weighed by likeness, freshness and kind.

    ``meant``: what should compare; ``asked``: the message as it has it, or why that is not to be had. Keywords then
    stand in, as they do while a memory is still to be embedded: one comparison has one measure.
    """
    if meant.by_meaning and isinstance(asked, Embedded):
        found = _candidates(session, user_id, asked, at)
        if all(candidate.similarity is not None for candidate in found):
            alike = [(candidate, candidate.similarity or 0.0) for candidate in found]
            return Recollection(ranked(alike, WEIGHTS, at=at, limit=limit), meant, WEIGHTS.version)
    found = _candidates(session, user_id, by_keywords(message), at)
    fallback = None
    if meant.by_meaning:
        fallback = Fallback.NOT_ALL_EMBEDDED if isinstance(asked, Embedded) else asked or Fallback.NOT_ASKED
    alike = _by_keywords(message, found)
    return Recollection(ranked(alike, WEIGHTS, at=at, limit=limit), KEYWORDS, WEIGHTS.version, fallback)


def _by_keywords(message: str, candidates: Iterable[Candidate]) -> list[tuple[Candidate, float]]:
    """Return how alike each is; what no row has yet is reckoned here, which comes to the same."""
    asked = keywords.keywords(message)
    return [
        (
            candidate,
            keywords.likeness(asked, keywords.keywords(candidate.text))
            if candidate.similarity is None
            else candidate.similarity,
        )
        for candidate in candidates
    ]


def _candidates(session: ReadSession, user_id: UUID, asked: Embedded, at: datetime) -> list[Candidate]:
    return session.all(
        Candidate,
        "coach/memory_candidates",
        user_id=user_id,
        provider=asked.by.provider,
        model=asked.by.model,
        dimension=asked.by.dimension,
        asked=asked.values,
        at=at,
        most=MOST_CANDIDATES,
    )
