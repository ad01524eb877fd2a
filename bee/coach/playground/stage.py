"""Asking several versions at once, each within its time, and counting what it took as the lab's.

A provider that fails here is not left alone for that: somebody may be trying a model that there is not.
"""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID, uuid4

from bee.coach import ledger
from bee.coach.exchange import Exchange, Limits
from bee.coach.ledger import Account
from bee.coach.masking import Mask
from bee.coach.model import Models, Provider
from bee.coach.model.prices import find_price, price_list
from bee.coach.playground.scene import Scene
from bee.coach.playground.telling import told_by
from bee.coach.playground.trial import Trial, crisis_trial, hold_of, model_trial, rules_trial
from bee.coach.prompting import Prompt, rendered
from bee.coach.safety import Screening, screen
from bee.coach.standing import Hold, Standing
from bee.db import Database, Login
from bee.settings import Settings

PSEUDONYM: Final = "lab"
LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Asked:
    """One version to be asked about one scene."""

    prompt: Prompt
    scene: Scene


@dataclass(frozen=True, slots=True)
class Piece:
    """More of the text of one of those asked, as a member would see it come."""

    place: int
    text: str


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one of those asked."""

    place: int
    trial: Trial


Event = Piece | Done


@dataclass(slots=True)
class _Errand:
    """An asking on its way."""

    place: int
    asked: Asked
    screening: Screening
    hold: Hold | None
    exchange: Exchange | None = None
    request_id: UUID = field(default_factory=uuid4)


class Stage:
    """Where versions are tried. ``staff_id``: whose trial it is."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        staff_id: UUID,
        *,
        limits: Limits = LIMITS,
        at_once: int = 4,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._settings = settings
        self._account = Account.of_lab(staff_id)
        self._limits = limits
        self._at_once = at_once
        self._clock = clock
        self._prices = price_list(settings)

    def play(self, asked: Sequence[Asked]) -> Generator[Event, None, None]:
        """Ask all of them and yield what comes, in the order in which it comes.

        Whoever stops listening stops the models; what they took until then is counted all the same. Raises
        :class:`Unavailable` where the day's use can't be read.
        """
        errands = self._errands(asked)
        try:
            yield from told_by(partial(self._answer_all, errands))
        finally:
            self._count(errands)

    def _errands(self, asked: Sequence[Asked]) -> list[_Errand]:
        standings = self._standings(asked)
        now = self._clock()
        errands = []
        for place, each in enumerate(asked):
            screening = screen(each.scene.moment.message)
            standing = standings.get(each.prompt.provider)
            hold = None
            if standing is not None and not screening.crisis:
                hold = hold_of(each.scene, standing, self._settings, now)
            errands.append(_Errand(place, each, screening, hold))
        return errands

    def _standings(self, asked: Sequence[Asked]) -> Mapping[Provider, Standing]:
        providers = {each.prompt.provider for each in asked} - {Provider.OFFLINE}
        now = self._clock()
        return {
            provider: ledger.read_standing(self._database, None, provider, now=now) for provider in providers
        }

    async def _answer_all(self, errands: Sequence[_Errand], tell: Callable[[Event], None]) -> None:
        room = asyncio.Semaphore(self._at_once)

        async def answer(errand: _Errand) -> None:
            async with room:
                await self._answer(models, errand, tell)

        async with Models(self._settings) as models, asyncio.TaskGroup() as group:
            for errand in errands:
                group.create_task(answer(errand))

    async def _answer(self, models: Models, errand: _Errand, tell: Callable[[Event], None]) -> None:
        """Ask one, and tell of every piece and of the end."""
        prompt, scene, screening = errand.asked.prompt, errand.asked.scene, errand.screening
        if screening.crisis:
            tell(Done(errand.place, crisis_trial(prompt, screening, self._settings.crisis_region)))
            return
        hold = errand.hold
        if hold is None and prompt.provider not in models.providers:
            hold = Hold.NOT_CONFIGURED
        if hold is not None or prompt.provider is Provider.OFFLINE:
            tell(Done(errand.place, rules_trial(prompt, scene, screening, hold)))
            return
        began = time.perf_counter()
        exchange = errand.exchange = self._exchange(models, prompt, scene)
        until = asyncio.get_running_loop().time() + self._limits.total_s
        async with aclosing(exchange.pieces(until=until, streams=True)) as pieces:
            async for piece in pieces:
                tell(Piece(errand.place, piece))
        total_ms = round(1000 * (time.perf_counter() - began))
        price = find_price(prompt.provider, prompt.model, on=self._clock().date(), prices=self._prices)
        tell(Done(errand.place, model_trial(prompt, scene, screening, exchange, price, total_ms)))

    def _exchange(self, models: Models, prompt: Prompt, scene: Scene) -> Exchange:
        mask = Mask(scene.known)
        request = rendered(prompt, scene.moment, mask, PSEUDONYM)
        return Exchange(models.of(prompt.provider), request, mask, self._clock, self._limits)

    def _count(self, errands: Sequence[_Errand]) -> None:
        """Keep every call that was made, in one transaction."""
        asked = [errand for errand in errands if errand.exchange is not None and errand.exchange.tries]
        if not asked:
            return
        with self._database.writing(Login.SYSTEM) as session:
            for errand in asked:
                assert errand.exchange is not None, "only those with one are here"
                ledger.note_calls(
                    session, self._account, errand.request_id, errand.asked.prompt, errand.exchange.tries,
                    self._prices,
                )  # fmt: skip
