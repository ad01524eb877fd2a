"""What memories and messages are compared by: keywords, or a model of meaning, here or a provider's."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bee.coach.masking import Known, Mask
from bee.coach.memory import keywords
from bee.coach.model import minilm
from bee.settings import Settings

# A provider's model is asked for as many numbers, which all of those that an index is made for can give.
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
    def by_meaning(self) -> bool:
        """Whether it is a model that has to be asked."""
        return self.compares is Compares.MEANING

    @property
    def needs_consent(self) -> bool:
        """Whether only texts of members who consented to coaching are shown to it."""
        return not self.is_local

    def shown(self, text: str, known: Known) -> str:
        """Return a member's text as it is shown to it: elsewhere what is known of them is hidden."""
        return text if self.is_local else Mask(known).hide(text)


@dataclass(frozen=True, slots=True)
class Embedded:
    """What a text is to a model."""

    by: EmbeddingModel
    values: list[float]


KEYWORDS: Final = EmbeddingModel("local", "keywords-v1", keywords.DIMENSION, Compares.KEYWORDS)
MINILM: Final = EmbeddingModel("local", minilm.NAME, minilm.DIMENSION, Compares.MEANING)


def model_of(settings: Settings) -> EmbeddingModel:
    """Return what the settings compare memories by."""
    for local in (KEYWORDS, MINILM):
        if settings.coach_embedding == local.label:
            return local
    provider, _, model = settings.coach_embedding.partition("/")
    return EmbeddingModel(provider, model, MEANING_DIMENSION, Compares.MEANING)


def by_keywords(text: str) -> Embedded:
    """Return what a text is to the comparison by keywords."""
    return Embedded(KEYWORDS, keywords.embedded(text))
