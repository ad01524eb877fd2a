"""One answer of a model: asked, watched as it comes, checked, and asked once more where that may help."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bee.coach.masking import Mask
from bee.coach.model import Completion, Finish, Model, ModelFailed, ModelRequest, Patience, Usage, ask
from bee.coach.release import Release, Unsafe
from bee.coach.review import Review, review, review_part

MOST_TRIES: Final = 2
# How many characters make a token, where the provider did not count.
CHARACTERS_A_TOKEN: Final = 3
ANSWERED: Final = "answered"
CANCELLED: Final = "cancelled"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds. ``least_s``: with less left, a model is not asked (again)."""

    total_s: float = 11.0
    first_s: float = 4.5
    gap_s: float = 3.0
    least_s: float = 1.5


@dataclass(frozen=True, slots=True)
class Try:
    """What one call came to. ``outcome``: ``answered``, or what spoke against it.

    ``first_ms``: until the first text, None where there was none. ``is_estimate``: the provider told no tokens.
    """

    number: int
    started_at: datetime
    outcome: str
    detail: str
    failed: tuple[str, ...]
    usage: Usage
    is_estimate: bool
    first_ms: int | None
    total_ms: int


@dataclass(slots=True)
class Exchange:
    """A request on its way. After :meth:`pieces`, ``text`` and ``review`` are set where a model's answer passed.

    ``heard``, ``found``: the last text that came and what the checks say of it, whether or not it passed.
    """

    model: Model
    request: ModelRequest
    mask: Mask
    clock: Callable[[], datetime]
    limits: Limits
    tries: list[Try] = field(default_factory=list)
    text: str | None = None
    review: Review | None = None
    heard: str = ""
    found: Review | None = None
    failure: ModelFailed | None = None
    is_shown: bool = False

    @property
    def outcome(self) -> str:
        """What the last try came to."""
        return self.tries[-1].outcome if self.tries else "out_of_time"

    async def pieces(self, *, until: float, streams: bool) -> AsyncGenerator[str, None]:
        """Yield what may be shown as it comes, or nothing before the end where nobody watches.

        ``until``: the loop's time at which the answer has to be there. Raises nothing that a model can cause.
        """
        loop = asyncio.get_running_loop()
        for number in range(1, MOST_TRIES + 1):
            left_s = until - loop.time()
            if left_s < self.limits.least_s:
                return
            call = _Call(self, number, left_s)
            async with aclosing(call.pieces(streams=streams)) as pieces:
                async for piece in pieces:
                    self.is_shown = True
                    yield piece
            if self.text is not None or self.is_shown or not call.may_help_again:
                return


class _Call:
    """One try of an exchange."""

    def __init__(self, exchange: Exchange, number: int, left_s: float) -> None:
        self._exchange = exchange
        self._number = number
        limits = exchange.limits
        self._patience = Patience(min(limits.first_s, left_s), limits.gap_s, left_s)
        self._release = Release(exchange.request.moment, exchange.mask)
        self._completion: Completion | None = None
        self._started_at = exchange.clock()
        self._began = time.perf_counter()
        self._first_ms: int | None = None
        self.may_help_again = True

    async def pieces(self, *, streams: bool) -> AsyncGenerator[str, None]:
        """Yield what may be shown, and note what the try came to, whatever that is."""
        exchange = self._exchange
        outcome, detail = CANCELLED, ""
        failed: tuple[str, ...] = ()
        try:
            async with aclosing(ask(exchange.model, exchange.request, self._patience)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        self._completion = piece
                        continue
                    self._first_ms = self._ms() if self._first_ms is None else self._first_ms
                    fresh = self._release.feed(piece)
                    if fresh and streams:
                        yield fresh
            outcome, failed = self._judged()
            if outcome == ANSWERED and streams and (rest := self._release.rest()):
                yield rest
        except ModelFailed as failure:
            outcome, detail, exchange.failure = failure.fault.value, failure.detail, failure
            self.may_help_again = failure.fault.may_pass
        except Unsafe as unsafe:
            outcome, failed = "unsafe", unsafe.failed
            exchange.found = review_part(self._release.text, exchange.request.moment)
        finally:
            exchange.heard = self._release.text
            self._note(outcome, detail, failed)

    def _judged(self) -> tuple[str, tuple[str, ...]]:
        """Return what a text that came to its end is worth."""
        exchange, completion = self._exchange, self._completion
        assert completion is not None, "a stream ends with its completion or fails"
        exchange.failure = None
        if completion.finish is Finish.REFUSED:
            self.may_help_again = False
            return "refused", ()
        if completion.finish is Finish.LENGTH:
            return "cut_short", ()
        found = exchange.found = review(self._release.text, exchange.request.moment)
        if not found.passes:
            return "checks", found.failed
        exchange.text, exchange.review = self._release.text, found
        return ANSWERED, ()

    def _note(self, outcome: str, detail: str, failed: tuple[str, ...]) -> None:
        told = self._completion.usage if self._completion else None
        self._exchange.tries.append(
            Try(
                number=self._number,
                started_at=self._started_at,
                outcome=outcome,
                detail=detail,
                failed=failed,
                usage=told or self._estimate(),
                is_estimate=told is None,
                first_ms=self._first_ms,
                total_ms=self._ms(),
            )
        )

    def _estimate(self) -> Usage:
        """Return about how many tokens a call took that told of none; none where no text ever came."""
        if self._first_ms is None:
            return Usage()
        return estimated_usage(self._exchange.request, self._release.received)

    def _ms(self) -> int:
        return round(1000 * (time.perf_counter() - self._began))


def estimated_usage(request: ModelRequest, received: int) -> Usage:
    """Return about how many tokens a request and so many characters of an answer are."""
    sent = len(request.system) + sum(len(turn.text) for turn in request.turns)
    return Usage(input=-(-sent // CHARACTERS_A_TOKEN), output=-(-received // CHARACTERS_A_TOKEN))
