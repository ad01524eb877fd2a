"""Asking a model of meaning what texts are to it, in time; one that fails is left alone a while."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bee.coach.exchange import ANSWERED, CHARACTERS_A_TOKEN, Try
from bee.coach.memory.models import Embedded, EmbeddingModel
from bee.coach.model import Fault, ModelFailed, Models, Usage
from bee.coach.model.interface import Embedder, Meanings, broken
from bee.settings import Settings

# A member waits for it.
MESSAGE_WITHIN_S: Final = 1.5
BATCH_WITHIN_S: Final = 30.0
PAUSE_S: Final = 30.0

log = logging.getLogger("bee.coach")


@dataclass(frozen=True, slots=True)
class Told:
    """What came of asking: what each text is to the model, or why that is not known.

    ``calls``: as they are counted; none where there was nobody to ask.
    """

    texts: tuple[Embedded, ...]
    failure: ModelFailed | None
    calls: tuple[Try, ...]

    def embedded(self) -> tuple[Embedded, ...]:
        """Return what each text is to the model. Raises :class:`ModelFailed`."""
        if self.failure is not None:
            raise self.failure
        return self.texts


class Asking:
    """Asks one model. One for each process, whose loop ``models`` belongs to."""

    def __init__(
        self,
        models: Models,
        model: EmbeddingModel,
        *,
        within_s: float = MESSAGE_WITHIN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = model
        self._models = models
        self._within_s = within_s
        self._clock = clock
        self._rests_until = clock()

    async def of_message(self, text: str, now: datetime) -> Told | None:
        """Return what came of asking what a message is to the model; None where it is left alone."""
        if self._clock() < self._rests_until:
            return None
        told = await embed(self._models, self.model, [text], now=now, within_s=self._within_s)
        if told.failure is not None:
            self._rests_until = self._clock() + (told.failure.retry_after_s or PAUSE_S)
            log.warning("%s did not embed a message: %s", self.model.label, told.failure.message)
        return told


async def embed(
    models: Models,
    model: EmbeddingModel,
    texts: Sequence[str],
    *,
    now: datetime,
    within_s: float = BATCH_WITHIN_S,
) -> Told:
    """Return what came of asking what texts are to a model, in as many requests as it takes, all of it in time."""
    try:
        embedder = models.embedder(model.provider)
    except ModelFailed as missing:
        return Told((), missing, ())
    until = asyncio.get_running_loop().time() + within_s
    most = embedder.most_at_a_time(model.model)
    request = _Request(embedder, model, now, until)
    found: list[Embedded] = []
    calls: list[Try] = []
    for start in range(0, len(texts), most):
        told = await request.ask(texts[start : start + most], len(calls) + 1)
        calls += told.calls
        if told.failure is not None:
            return Told((), told.failure, tuple(calls))
        found += told.texts
    return Told(tuple(found), None, tuple(calls))


@dataclass(frozen=True, slots=True)
class _Request:
    """What requests of one asking share. ``until``: the loop's time at which the last one has to be there."""

    embedder: Embedder
    model: EmbeddingModel
    now: datetime
    until: float

    async def ask(self, texts: Sequence[str], number: int) -> Told:
        began = time.perf_counter()
        failure: ModelFailed | None = None
        meanings = Meanings(None, None)
        try:
            async with asyncio.timeout_at(self.until):
                meanings = await self.embedder.embed(self.model.model, texts, self.model.dimension)
            if meanings.rows is None:
                failure = broken("no embedding")
        except TimeoutError:
            failure = ModelFailed(Fault.SLOW, "deadline")
        except ModelFailed as error:
            failure = error
        call = Try(
            number=number,
            started_at=self.now,
            outcome=ANSWERED if failure is None else failure.fault,
            detail="" if failure is None else failure.detail,
            failed=(),
            usage=meanings.usage or (_estimated(texts) if failure is None else Usage()),
            is_estimate=meanings.usage is None,
            first_ms=None,
            total_ms=round(1000 * (time.perf_counter() - began)),
        )
        return Told(tuple(Embedded(self.model, row) for row in meanings.rows or ()), failure, (call,))


def message_told(settings: Settings, model: EmbeddingModel, text: str, now: datetime) -> Told | None:
    """Return what came of asking what a message is to a model, for whoever has no event loop."""

    async def ask() -> Told | None:
        async with Models(settings) as models:
            return await Asking(models, model).of_message(text, now)

    return asyncio.run(ask())


def batch_told(settings: Settings, model: EmbeddingModel, texts: Sequence[str], now: datetime) -> Told:
    """Return what came of asking what texts are to a model, for whoever has no event loop."""

    async def ask() -> Told:
        async with Models(settings) as models:
            return await embed(models, model, texts, now=now)

    return asyncio.run(ask())


def _estimated(texts: Sequence[str]) -> Usage:
    """Return about how many tokens texts are, where the provider did not count."""
    return Usage(input=-(-sum(map(len, texts)) // CHARACTERS_A_TOKEN))
