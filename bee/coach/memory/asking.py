"""Asking a model of meaning what texts are to it, in time; one that fails is left alone a while."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from bee.coach.memory.models import Embedded, EmbeddingModel
from bee.coach.model import Fault, ModelFailed, Models

# A member waits for it.
MESSAGE_WITHIN_S: Final = 1.5
BATCH_WITHIN_S: Final = 30.0
PAUSE_S: Final = 30.0

log = logging.getLogger("bee.coach")


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

    async def of_message(self, text: str) -> Embedded | None:
        """Return what a message is to the model; None where it does not say in time, or is left alone."""
        if self._clock() < self._rests_until:
            return None
        try:
            (found,) = await embed(self._models, self.model, [text], within_s=self._within_s)
        except ModelFailed as error:
            self._rests_until = self._clock() + (error.retry_after_s or PAUSE_S)
            log.warning("%s did not embed a message: %s", self.model.label, error.message)
            return None
        return found


async def embed(
    models: Models, model: EmbeddingModel, texts: Sequence[str], *, within_s: float = BATCH_WITHIN_S
) -> list[Embedded]:
    """Return what texts are to a model, all of it in time. Raises :class:`ModelFailed`."""
    try:
        async with asyncio.timeout(within_s):
            rows = await models.embedder(model.provider).embed(model.model, texts, model.dimension)
    except TimeoutError as error:
        raise ModelFailed(Fault.SLOW, "deadline") from error
    return [Embedded(model, row) for row in rows]
