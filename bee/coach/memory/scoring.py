"""Which memories a message calls up (pure): by likeness first, then freshness and kind. Weights are data."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Final
from uuid import UUID

from bee.coach.offline import Memory


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part counts; together 1. ``half_life_days``: the age at which freshness is worth half."""

    version: str
    similarity: float
    recency: float
    kind: float
    half_life_days: float
    kinds: Mapping[str, float]
    other_kinds: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory that may be called up. ``similarity``: the cosine; None where its model has not seen it."""

    id: UUID
    trait_key: str
    trait_value: str
    valid_from: datetime
    similarity: float | None

    @property
    def text(self) -> str:
        """What is compared with a message: the member's words, and what kind they are of."""
        return text_of(self.trait_key, self.trait_value)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A memory with why it was called up: each part 0–1, and their weighted sum."""

    memory: Memory
    valid_from: datetime
    similarity: float
    recency: float
    kind: float
    score: float


def kind_of(trait_key: str) -> str:
    """Return what kind a trait is of: ``likes:swim`` is of ``likes``."""
    return trait_key.partition(":")[0]


def text_of(trait_key: str, trait_value: str) -> str:
    """Return a trait as a text to be compared."""
    return f"{kind_of(trait_key).replace('_', ' ')} {trait_value}"


def ranked(
    candidates: Iterable[tuple[Candidate, float]], weights: Weights, *, at: datetime, limit: int
) -> tuple[Recalled, ...]:
    """Return the memories that count most, the best first; of two alike the newer one, then by id."""
    recalled = [_recalled(candidate, similarity, weights, at) for candidate, similarity in candidates]
    recalled.sort(key=lambda found: (-found.score, -found.valid_from.timestamp(), found.memory.id))
    return tuple(recalled[:limit])


def _recalled(candidate: Candidate, similarity: float, weights: Weights, at: datetime) -> Recalled:
    age_days = max(at - candidate.valid_from, timedelta()) / timedelta(days=1)
    likeness = min(max(similarity, 0.0), 1.0)
    recency = 0.5 ** (age_days / weights.half_life_days)
    kind = weights.kinds.get(kind_of(candidate.trait_key), weights.other_kinds)
    return Recalled(
        memory=Memory(candidate.id, candidate.trait_key, candidate.trait_value),
        valid_from=candidate.valid_from,
        similarity=likeness,
        recency=recency,
        kind=kind,
        score=weights.similarity * likeness + weights.recency * recency + weights.kind * kind,
    )


WEIGHTS: Final = Weights(**json.loads((files(__package__) / "weights.json").read_text(encoding="utf-8")))
