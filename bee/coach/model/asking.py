"""Asking a model within a time: what the clients call a timeout starts anew with every byte."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from bee.coach.model.interface import Completion, Fault, Model, ModelFailed, ModelRequest, Provider, broken
from bee.coach.model.models import Models
from bee.settings import Settings


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a model is waited for: for its first text, for each next one, and for all of it together."""

    first_s: float
    gap_s: float
    total_s: float


@dataclass(frozen=True, slots=True)
class Spoken:
    """A whole answer. ``first_s``: until its first text; ``total_s``: until its end."""

    text: str
    completion: Completion
    first_s: float
    total_s: float


async def ask(
    model: Model, request: ModelRequest, patience: Patience
) -> AsyncGenerator[str | Completion, None]:
    """Yield the text as it comes, then how it ended, all of it in time. Raises :class:`ModelFailed`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + patience.total_s
    wait_s = patience.first_s
    async with aclosing(model.stream(request)) as pieces:
        while True:
            try:
                async with asyncio.timeout_at(min(end, loop.time() + wait_s)):
                    piece = await anext(pieces)
            except TimeoutError as error:
                raise ModelFailed(Fault.SLOW, "deadline") from error
            except StopAsyncIteration:
                return
            yield piece
            wait_s = patience.gap_s


def complete(settings: Settings, provider: Provider, request: ModelRequest, patience: Patience) -> Spoken:
    """Return a whole answer, for whoever has no event loop. Raises :class:`ModelFailed`."""

    async def run() -> Spoken:
        async with Models(settings) as models:
            return await spoken(models.of(provider), request, patience)

    return asyncio.run(run())


async def spoken(model: Model, request: ModelRequest, patience: Patience) -> Spoken:
    """Return a whole answer. Raises :class:`ModelFailed`, also for an answer without a word."""
    began = time.perf_counter()
    first_s: float | None = None
    parts: list[str] = []
    completion: Completion | None = None
    async for piece in ask(model, request, patience):
        if isinstance(piece, str):
            first_s = time.perf_counter() - began if first_s is None else first_s
            parts.append(piece)
        else:
            completion = piece
    if completion is None or first_s is None:
        raise broken("no text")
    return Spoken("".join(parts), completion, first_s, time.perf_counter() - began)
