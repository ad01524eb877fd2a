"""The reply engine: what a member is answered, and by whom.

Danger is looked for first, and then nothing else is done with the words. Otherwise the live prompt's model answers,
unless something holds it back (:class:`bee.coach.standing.Hold`); where it does not answer, or not as it should,
the offline coach does, and the answer says why. Each request is stored once, with every call that it took.
"""

import asyncio
import hashlib
import hmac
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractContextManager, aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import anyio
import anyio.from_thread
import anyio.to_thread

from bee.coach import ledger
from bee.coach.actions import Answer, Decision, Safety, same_answer, storable, store
from bee.coach.crisis import crisis_answer
from bee.coach.exchange import Exchange, Limits
from bee.coach.masking import Mask
from bee.coach.memory import Recollection, model_of
from bee.coach.memory.asking import Asking, Told
from bee.coach.memory.reminding import Cue, Reminder
from bee.coach.model import Models, Moment, Provider, Usage
from bee.coach.model.prices import price_list
from bee.coach.offline import MODEL, reply
from bee.coach.prompting import Prompt, Sent, live_prompt, rendered
from bee.coach.queries import AboutMember, find_answered, read_context
from bee.coach.review import Review, review
from bee.coach.safety import Screening, screen
from bee.coach.standing import Hold, Standing
from bee.db import Database, Login, ReadSession
from bee.errors import Unavailable
from bee.secret import derived, installation_secret
from bee.settings import Settings

LIMITS: Final = Limits()

log = logging.getLogger("bee.coach")


@dataclass(frozen=True, slots=True)
class Question:
    """What a member wrote. ``claims``: the JSON of their verified token; ``request_id``: the same for a repeat."""

    member_id: UUID
    message: str
    claims: str
    request_id: UUID
    now: datetime


@dataclass(frozen=True, slots=True)
class Delta:
    """More of the answer's text."""

    text: str


@dataclass(frozen=True, slots=True)
class Replaced:
    """That what was shown is not the answer, but this is. ``reason``: what spoke against it."""

    text: str
    reason: str


Event = Delta | Replaced | Answer


@dataclass(frozen=True, slots=True)
class _Plan:
    """A model is to be asked."""

    prompt: Prompt
    exchange: Exchange
    standing: Standing

    @property
    def sent(self) -> Sent:
        """What it is told, as it is kept."""
        return Sent.of(self.prompt, self.exchange.request)


@dataclass(frozen=True, slots=True)
class Begun:
    """A request of which everything was read.

    ``answer``: given before, or never to be stored. ``plan``: None where no model is asked. ``hold``: why not.
    ``recollection``: where the moment's memories come from; None in danger, which calls up none.
    """

    question: Question
    screening: Screening
    moment: Moment
    began: float
    answer: Answer | None = None
    plan: _Plan | None = None
    hold: Hold | None = None
    recollection: Recollection | None = None


class Coach:
    """Answers members. One for each process, whose loop ``models`` belongs to."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        limits: Limits = LIMITS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.models = Models(settings)
        self._asking = Asking(self.models, model_of(settings))
        self._reminder = Reminder(database, settings, self._ask_meaning)
        self._prices = price_list(settings)
        self._database = database
        self._settings = settings
        self._limits = limits
        self._clock = clock
        self._secret = derived(installation_secret(settings), "coach-pseudonym")

    async def answer(self, question: Question) -> Answer:
        """Answer a member and store both messages. Raises as :meth:`begin` does."""
        begun = await self.begin(question)
        async with aclosing(self.events(begun, streams=False)) as events:
            async for event in events:
                if isinstance(event, Answer):
                    return event
        raise AssertionError("an exchange ends with its answer")

    async def begin(self, question: Question) -> Begun:
        """Read what an answer rests on, after looking for danger.

        Somebody in danger is told who helps even while the database is down; a repeat of the request then hands it
        to a coach. Raises :class:`Invalid` for a message that is empty or too long, :class:`Conflict` when the
        request had another message before, :class:`Unavailable`.
        """
        began = time.perf_counter()
        return await anyio.to_thread.run_sync(self._begin, question, began)

    async def events(self, begun: Begun, *, streams: bool) -> AsyncGenerator[Event, None]:
        """Yield the text as it may be shown, and the answer once it is stored.

        Whoever stops listening stops the model; what it took until then is kept, and nothing else.
        """
        if begun.answer is not None:
            yield Delta(begun.answer.response_text)
            yield begun.answer
            return
        shown: list[str] = []
        first_ms: int | None = None
        plan = begun.plan
        if plan is not None:
            until = (
                asyncio.get_running_loop().time() + self._limits.total_s - (time.perf_counter() - begun.began)
            )
            try:
                async with aclosing(plan.exchange.pieces(until=until, streams=streams)) as pieces:
                    async for piece in pieces:
                        first_ms = _ms_since(begun.began) if first_ms is None else first_ms
                        shown.append(piece)
                        yield Delta(piece)
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(self._note_calls, begun, plan)
                raise
        decision = self._decided(begun, first_ms)
        answer = await anyio.to_thread.run_sync(self._kept, begun, decision)
        text = "".join(shown)
        if text and text != answer.response_text:
            yield Replaced(answer.response_text, answer.fallback or "answered_before")
        elif not text:
            yield Delta(answer.response_text)
        yield answer

    def _begin(self, question: Question, began: float) -> Begun:
        words = storable(question.message)
        screening = screen(words)
        try:
            return self._read(question, words, screening, began)
        except Unavailable as error:
            if screening.category is None:
                raise
            answer = self._unstored(question, screening, error)
            return Begun(question, screening, Moment(words, None, (), ()), began, answer=answer)

    def _unstored(self, question: Question, screening: Screening, error: Unavailable) -> Answer:
        """Return what somebody in danger is told while nothing can be kept: not that a coach is told."""
        request_id = question.request_id
        log.critical("a crisis answer was given and not stored (%s), request %s", error.code, request_id)
        assert screening.category is not None, "only a crisis answer is given unstored"
        text = crisis_answer(screening.category, self._settings.crisis_region, is_handed_on=False)
        return Answer(text, Usage(), None, MODEL, Safety.of(screening))

    def _read(self, question: Question, words: str, screening: Screening, began: float) -> Begun:
        with self._reading_as_member(question) as session:
            context = read_context(session, question.member_id, question.request_id)
            recollection = None
            if not screening.crisis and not self._reminder.has_to_ask:
                recollection = Cue(words).recall(session, question.member_id, at=question.now)
        begun = Begun(question, screening, Moment(words, context.state, (), context.recent), began)
        if context.answered is not None:
            return replace(begun, answer=same_answer(context.answered, words))
        if screening.crisis:
            return begun
        recollection = recollection or self._recalled_by_meaning(question, words, context.about)
        moment = replace(begun.moment, memories=recollection.memories)
        begun = replace(begun, moment=moment, recollection=recollection)
        prompt = live_prompt(self._database, self._settings)
        if prompt is None:
            return replace(begun, hold=Hold.NO_PROMPT)
        if prompt.provider is Provider.OFFLINE:
            return begun
        held = self._hold(question.member_id, prompt.provider, context.about)
        if isinstance(held, Hold):
            return replace(begun, hold=held)
        mask = Mask(context.about.known)
        request = rendered(prompt, moment, mask, self._pseudonym(question.member_id))
        exchange = Exchange(self.models.of(prompt.provider), request, mask, self._clock, self._limits)
        return replace(begun, plan=_Plan(prompt, exchange, held))

    def _recalled_by_meaning(self, question: Question, words: str, about: AboutMember) -> Recollection:
        account = ledger.Account.of_member(question.member_id, ledger.Purpose.EMBEDDING)
        cue = self._reminder.cue(words, about, account, now=self._clock(), request_id=question.request_id)
        with self._reading_as_member(question) as session:
            return cue.recall(session, question.member_id, at=question.now)

    def _ask_meaning(self, text: str, now: datetime) -> Told | None:
        return anyio.from_thread.run(self._asking.of_message, text, now)

    def _hold(self, member_id: UUID, provider: Provider, about: AboutMember) -> Hold | Standing:
        """Return why no model is to be asked, or else how things stand."""
        if not about.consents:
            return Hold.NO_CONSENT
        if provider not in self.models.providers:
            return Hold.NOT_CONFIGURED
        now = self._clock()
        standing = ledger.read_standing(self._database, member_id, provider, now=now)
        hold = standing.hold(self._settings, now)
        if hold is None and standing.is_on_probation:
            with self._database.writing(Login.SYSTEM) as session:
                hold = None if ledger.claim_probation(session, provider, now=now) else Hold.BREAKER
        return hold or standing

    def _decided(self, begun: Begun, first_ms: int | None) -> Decision:
        """Return the answer: for somebody in danger, of the model where one passed, else of rules."""
        plan = begun.plan
        if begun.screening.category is not None:
            text = crisis_answer(begun.screening.category, self._settings.crisis_region)
            said = _Said(Answer(text, Usage(), None, MODEL, Safety.of(begun.screening)))
        elif plan is not None and plan.exchange.text is not None:
            said = _said_by_model(begun, plan, plan.exchange.text)
        else:
            said = _said_by_rules(begun)
        total_ms = _ms_since(begun.began)
        return Decision(
            message=begun.moment.message,
            answer=said.answer,
            screening=begun.screening,
            state=begun.moment.state,
            memory_ids=said.memory_ids,
            recalled_by=begun.recollection.label if begun.recollection else None,
            review=said.review,
            prompt_sha256=said.prompt_sha256,
            moment=begun.moment,
            sent=None if plan is None else plan.sent,
            first_byte_ms=total_ms if first_ms is None else first_ms,
            total_ms=total_ms,
        )

    def _kept(self, begun: Begun, decision: Decision) -> Answer:
        """Store an answer and return what counts; somebody in danger is answered even where that fails."""
        try:
            return self._store(begun, decision)
        except Unavailable as error:
            if not begun.screening.crisis:
                raise
            return self._unstored(begun.question, begun.screening, error)

    def _store(self, begun: Begun, decision: Decision) -> Answer:
        """Store an answer with all that it took and return it, or the one that a repeat has stored meanwhile."""
        question, plan = begun.question, begun.plan
        with self._database.writing(Login.SYSTEM) as session:
            is_new = store(session, question.member_id, question.request_id, decision, now=question.now)
            if plan is not None and plan.exchange.tries:
                account = ledger.Account.of_member(question.member_id)
                ledger.note_calls(
                    session, account, question.request_id, plan.prompt, plan.exchange.tries, self._prices
                )
                ledger.note_health(
                    session,
                    plan.prompt.provider,
                    plan.exchange.failure,
                    failures=plan.standing.failures,
                    now=self._clock(),
                )
        if is_new:
            return decision.answer
        with self._reading_as_member(question) as reading:
            answered = find_answered(reading, question.member_id, question.request_id)
        assert answered is not None, "a request that was stored before has its answer"
        return same_answer(answered, decision.message)

    def _note_calls(self, begun: Begun, plan: _Plan) -> None:
        question = begun.question
        with self._database.writing(Login.SYSTEM) as session:
            account = ledger.Account.of_member(question.member_id)
            ledger.note_calls(
                session, account, question.request_id, plan.prompt, plan.exchange.tries, self._prices
            )

    def _reading_as_member(self, question: Question) -> AbstractContextManager[ReadSession]:
        settings = {"request.jwt.claims": question.claims}
        return self._database.reading(Login.API, role="authenticated", settings=settings)

    def _pseudonym(self, member_id: UUID) -> str:
        """Return who a provider is told that this is: the same for the same member, and nobody to anybody else."""
        return hmac.new(self._secret.encode(), member_id.bytes, hashlib.sha256).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Said:
    """An answer with what it rests on."""

    answer: Answer
    memory_ids: tuple[UUID, ...] = ()
    review: Review | None = None
    prompt_sha256: str | None = None


def _said_by_model(begun: Begun, plan: _Plan, text: str) -> _Said:
    exchange, prompt = plan.exchange, plan.prompt
    model = f"{prompt.provider}/{prompt.model}"
    answer = Answer(text, exchange.tries[-1].usage, prompt.label, model, Safety.of(begun.screening))
    memory_ids = tuple(memory.id for memory in begun.moment.memories)
    return _Said(answer, memory_ids, exchange.review, prompt.sha256)


def _said_by_rules(begun: Begun) -> _Said:
    """Return the offline coach's answer, with why it stands in for a model where it does."""
    moment = begun.moment
    said = reply(moment.message, moment.state, moment.memories, moment.recent)
    fallback = begun.plan.exchange.outcome if begun.plan else begun.hold
    answer = Answer(said.text, Usage(), None, said.model, Safety.of(begun.screening), fallback)
    return _Said(answer, said.memory_ids, review(said.text, moment))


def _ms_since(began: float) -> int:
    return round(1000 * (time.perf_counter() - began))
