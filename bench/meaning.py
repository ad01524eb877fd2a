"""The model of meaning that runs here: what it takes of the processor and of memory.

In a process of its own, in its own time; its peak is held against that of one which has everything imported and no
model. Sentences come one by one, as messages do, and fifty at a time, as the worker has memories embedded; a long
text fills all the tokens that the model reads.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bee.coach.memory.models import MINILM
from bee.coach.memory.reading import MEMORIES_AT_A_TIME
from bee.coach.model.minilm import LONGEST_TEXT, MiniLM
from bench.ground import Ground
from bench.place import alone

TITLE = "The model of meaning that runs here: what it takes of the processor, and its memory"
COLUMNS = (
    "sentences",
    "loading ms",
    "memory MiB",
    "a sentence, p95 ms",
    "a long text, p95 ms",
    "of fifty, each ms",
)
SENTENCES: Final = 100
LONG_TEXTS: Final = 20
SENTENCE: Final = "I went for a walk along the river after work and it felt good"
LONG_TEXT: Final = "walk " * (LONGEST_TEXT // 5)


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of the processor: until the first text was embedded, for each text alone, for so many together."""

    loading: float
    sentences: Sequence[float]
    long_texts: Sequence[float]
    together: Sequence[float]


def measure(ground: Ground) -> tuple[str, ...]:
    """Embed texts; fails where the model is not installed."""
    bare, taken = alone(_nothing), alone(_embed, ground.rounds)
    found = taken.result
    return (
        f"{len(found.sentences):,}",
        f"{1000 * found.loading:.0f}",
        f"{taken.peak_mib - bare.peak_mib:.0f}",
        _p95_ms(found.sentences),
        _p95_ms(found.long_texts),
        f"{1000 * min(found.together) / MEMORIES_AT_A_TIME:.1f}",
    )


def _nothing() -> None:
    """Have everything imported that is measured."""


def _embed(rounds: int) -> Taken:
    return Taken(
        loading=_seconds([SENTENCE]),
        sentences=[_seconds([f"{SENTENCE} {number}"]) for number in range(rounds * SENTENCES)],
        long_texts=[_seconds([LONG_TEXT]) for _ in range(rounds * LONG_TEXTS)],
        together=[_seconds([SENTENCE] * MEMORIES_AT_A_TIME) for _ in range(rounds)],
    )


def _seconds(texts: Sequence[str]) -> float:
    began = time.process_time()
    found = asyncio.run(MiniLM(None).embed(MINILM.model, texts, MINILM.dimension))
    taken = time.process_time() - began
    assert found.rows is not None
    assert len(found.rows) == len(texts)
    return taken


def _p95_ms(seconds: Sequence[float]) -> str:
    return f"{1000 * sorted(seconds)[int(0.95 * len(seconds))]:.1f}"
