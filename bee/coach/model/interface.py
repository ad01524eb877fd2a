"""What any model is asked and answers, whoever runs it, and how it fails.

======================  ===================================================  ==========================
:class:`Fault`          when                                                 what follows
======================  ===================================================  ==========================
``unreachable``         no connection came about, or it was cut              tried again, counted
``slow``                the first byte, the next one or the end stayed away  tried again, counted
``overloaded``          500 and up, 529 included                             tried again, counted
``broken``              nonsense, or a stream that ended too soon            tried again, counted
``throttled``           429                                                  not before it says
``quota``               the account's money or quota is spent                counted, not tried again
``configuration``       401, 403, 404: key, address or model are wrong       counted, not tried again
``rejected``            400, 413, 422: this request will never do            not tried again
======================  ===================================================  ==========================

"Counted" is by the circuit breaker of the provider.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal, Protocol

from bee.coach.offline import Moment
from bee.errors import Unavailable

__all__ = [
    "Completion",
    "Embedder",
    "Fault",
    "Finish",
    "Model",
    "ModelFailed",
    "ModelRequest",
    "Moment",
    "Provider",
    "Turn",
    "Usage",
]


class Provider(StrEnum):
    """Who runs a model."""

    OFFLINE = "offline"
    OPENAI = "openai"
    VERTEX = "vertex"
    ANTHROPIC = "anthropic"


class Fault(StrEnum):
    """In which way a model failed."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    OVERLOADED = "overloaded"
    BROKEN = "broken"
    THROTTLED = "throttled"
    QUOTA = "quota"
    CONFIGURATION = "configuration"
    REJECTED = "rejected"

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed at once."""
        return self in PASSING


PASSING: Final = frozenset({Fault.UNREACHABLE, Fault.SLOW, Fault.OVERLOADED, Fault.BROKEN})


class Finish(StrEnum):
    """Why a model stopped: it had said all, ran into the limit of its tokens, or would not answer."""

    COMPLETE = "complete"
    LENGTH = "length"
    REFUSED = "refused"


class ModelFailed(Unavailable):
    """A model did not answer. ``detail``: the provider's code, never its words, which may repeat the member's."""

    def __init__(self, fault: Fault, detail: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(f"model_{fault}", f"The model did not answer ({fault}: {detail}).")
        self.fault = fault
        self.detail = detail
        self.retry_after_s = retry_after_s


def broken(detail: str) -> ModelFailed:
    """Return the failure of an answer that is none."""
    return ModelFailed(Fault.BROKEN, detail)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens in buckets that exclude one another; all zero for an answer without a model."""

    input: int = 0
    cache_read: int = 0
    cache_write: int = 0
    output: int = 0
    reasoning: int = 0

    @property
    def total(self) -> int:
        """All tokens."""
        return self.input + self.cache_read + self.cache_write + self.output + self.reasoning

    def __add__(self, other: "Usage") -> "Usage":
        """Return what both took together."""
        return Usage(
            self.input + other.input,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
            self.output + other.output,
            self.reasoning + other.reasoning,
        )


@dataclass(frozen=True, slots=True)
class Meanings:
    """What texts are to a model of meaning, so many numbers for each, in order.

    ``rows``: None for an answer that is none, which took tokens all the same; ``usage``: None where none were told.
    """

    rows: list[list[float]] | None
    usage: Usage | None


@dataclass(frozen=True, slots=True)
class Turn:
    """Something said: by the member (``user``) or by the coach (``assistant``)."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked.

    ``turns``: oldest first, the last one the member's. ``temperature``: None where the model decides; Claude does.
    ``pseudonym``: who is spoken for, as providers ask for it against abuse. ``moment``: what the offline coach
    answers to; it never leaves the house.
    """

    model: str
    system: str
    turns: tuple[Turn, ...]
    max_tokens: int
    temperature: float | None
    pseudonym: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class Completion:
    """How an answer ended. ``usage``: None where the provider did not say; ``model``: as the provider names it."""

    finish: Finish
    usage: Usage | None
    model: str


class Model(Protocol):
    """A provider's models."""

    @property
    def provider(self) -> Provider:
        """Who runs them."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[str | Completion, None]:
        """Yield the text as it comes, then how it ended. Raises :class:`ModelFailed`; the caller keeps time."""

    async def check(self, model: str) -> None:
        """Ask whether a model can be had, at no cost. Raises :class:`ModelFailed`."""

    async def aclose(self) -> None:
        """Close the connections."""


class Embedder(Protocol):
    """Models of meaning."""

    async def embed(self, model: str, texts: Sequence[str], dimension: int) -> Meanings:
        """Return what came of one request. Raises :class:`ModelFailed`; the caller keeps time."""

    def most_at_a_time(self, model: str) -> int:
        """Return how many texts a request may have."""
