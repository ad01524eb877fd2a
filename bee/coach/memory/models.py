"""What memories and messages are compared by: keywords here, or a model of meaning elsewhere."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bee.coach.memory import keywords
from bee.coach.model import Provider
from bee.settings import Settings

# Every model of meaning is asked for as many numbers, which all of those that an index is made for can give.
MEANING_DIMENSION: Final = 768


class Compares(StrEnum):
    """What likeness stands for: shared words, or shared meaning."""

    KEYWORDS = "keywords"
    MEANING = "meaning"


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """What turns a text into numbers. Those of different models are never compared."""

    provider: str
    model: str
    dimension: int
    compares: Compares

    @property
    def label(self) -> str:
        """How it is named in rows and on screens: ``local/keywords-v1``."""
        return f"{self.provider}/{self.model}"

    @property
    def is_local(self) -> bool:
        """Whether no text leaves the house for it."""
        return self.provider == "local"

    @property
    def asked_of(self) -> Provider:
        """Who runs it, where it is not local."""
        return Provider(self.provider)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a text is to a model."""

    by: EmbeddingModel
    values: list[float]


KEYWORDS: Final = EmbeddingModel("local", "keywords-v1", keywords.DIMENSION, Compares.KEYWORDS)


def model_of(settings: Settings) -> EmbeddingModel:
    """Return what the settings compare memories by."""
    if settings.coach_embedding == KEYWORDS.label:
        return KEYWORDS
    provider, _, model = settings.coach_embedding.partition("/")
    return EmbeddingModel(provider, model, MEANING_DIMENSION, Compares.MEANING)


def by_keywords(text: str) -> Embedded:
    """Return what a text is to the comparison by keywords."""
    return Embedded(KEYWORDS, keywords.embedded(text))
