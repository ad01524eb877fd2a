"""How a version answers a case: as production would, danger first, but asked once and kept as it came."""

import hashlib
import json
import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from bee.coach.crisis import crisis_answer
from bee.coach.exchange import ANSWERED, CANCELLED, Limits, Try, estimated_usage
from bee.coach.lab.case import Case, CaseKind, asked_digest
from bee.coach.masking import MASK_VERSION, Mask
from bee.coach.model import (
    Completion,
    Fault,
    Finish,
    Model,
    ModelFailed,
    ModelRequest,
    Patience,
    Provider,
    Usage,
    ask,
)
from bee.coach.model.prices import Price, find_price, price_list
from bee.coach.prompting import Prompt, rendered
from bee.coach.review import CHECKER, CheckResult, Kind, Review, review
from bee.coach.safety import Screening, screen
from bee.coach.text import cleaned
from bee.settings import Settings

LIMITS: Final = Limits()
PSEUDONYM: Final = "lab"
LONGEST_TEXT: Final = 20_000
NO_MONEY: Final = Decimal(0)
FREE: Final = Price(Provider.OFFLINE, "offline", date.min, NO_MONEY, NO_MONEY, NO_MONEY, NO_MONEY)
# Faults of a provider, not of what it was asked: the question is asked again later.
PASSING: Final = frozenset({Fault.UNREACHABLE, Fault.OVERLOADED, Fault.THROTTLED})
LASTING: Final = frozenset({Fault.QUOTA, Fault.CONFIGURATION})
MOST_TRIES: Final = 2
NOTHING: Final = Usage()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a version answered. ``text``: None where none came; ``results``: what the checks said of it.

    ``tries``: every call of the model; ``cost_usd``: of all of them. ``failure``: what is the provider's fault,
    which is no answer.
    """

    text: str | None
    error: str | None
    results: tuple[CheckResult, ...] = ()
    is_screened: bool = False
    is_cached: bool = False
    first_token_ms: int | None = None
    total_ms: int | None = None
    cost_usd: Decimal | None = None
    tries: tuple[Try, ...] = ()
    failure: ModelFailed | None = None

    @property
    def usage(self) -> Usage:
        """The tokens of every try."""
        return sum((each.usage for each in self.tries), NOTHING)

    @property
    def is_estimate(self) -> bool:
        """Whether the provider told the tokens of some try not."""
        return any(each.is_estimate for each in self.tries)

    @property
    def checks(self) -> str | None:
        """What the checks said, as JSON, by the name of each."""
        if self.text is None:
            return None
        return Review(CHECKER, self.results).as_json


@dataclass(frozen=True, slots=True)
class Asking:
    """A version, its model, and what that costs."""

    prompt: Prompt
    model: Model
    price: Price
    region: str
    clock: Callable[[], datetime]
    limits: Limits = LIMITS

    def request(self, case: Case, mask: Mask) -> ModelRequest:
        """Return what the model is asked."""
        return rendered(self.prompt, case.moment, mask, PSEUDONYM)

    def most_usd(self, case: Case) -> Decimal:
        """Return about the most that an answer can cost, every try of it together."""
        if screen(case.message).crisis:
            return Decimal(0)
        request = self.request(case, Mask())
        sent = estimated_usage(request, 0)
        return MOST_TRIES * self.price.cost(Usage(input=sent.input, output=request.max_tokens))

    def cache_key(self, case: Case, repeat: int) -> str:
        """Return what stands for a question: the same key, the same answer may be taken again.

        The repeat is part of it: whether answers differ from one time to the next is what repeats are for.
        """
        prompt = self.prompt
        decides = [prompt.sha256, prompt.provider, prompt.model, asked_digest(case.body).hex(), MASK_VERSION]
        return hashlib.sha256(json.dumps([*decides, repeat]).encode()).hexdigest()

    def screened(self, case: Case) -> Answer | None:
        """Return what somebody in danger is told; None where the words tell of none."""
        screening = screen(case.message)
        if screening.category is None:
            return None
        text = crisis_answer(screening.category, self.region)
        return Answer(text, None, _screening_results(case, screening), is_screened=True)

    def judged(self, case: Case, text: str) -> tuple[CheckResult, ...]:
        """Return what the checks say of a model's text."""
        return (*_screening_results(case, screen(case.message)), *review(text, case.moment).results)

    def cached(self, case: Case, text: str) -> Answer:
        """Return an earlier answer, judged anew."""
        return Answer(text, None, self.judged(case, text), is_cached=True)

    async def answer(self, case: Case) -> Answer:
        """Ask the model, once more where it gave nonsense or was slow."""
        mask = Mask()
        heard = _Heard(self.request(case, mask), self.clock)
        for _ in range(MOST_TRIES):
            await heard.ask(self.model, self.limits)
            if heard.outcome not in {Fault.SLOW, Fault.BROKEN}:
                break
        is_there, failure = heard.outcome == ANSWERED, heard.failure
        text = mask.show(cleaned(heard.text))[:LONGEST_TEXT] if is_there else None
        return Answer(
            text,
            None if is_there else heard.outcome,
            () if text is None else self.judged(case, text),
            first_token_ms=heard.tries[-1].first_ms,
            total_ms=heard.tries[-1].total_ms,
            cost_usd=sum((self.price.cost(each.usage) for each in heard.tries), NO_MONEY),
            tries=tuple(heard.tries),
            failure=failure if failure and failure.fault in PASSING | LASTING else None,
        )


def price_of(prompt: Prompt, settings: Settings, on: date) -> Price | None:
    """Return what a version's model costs on a day, None where nobody knows; the offline coach is free."""
    if prompt.provider is Provider.OFFLINE:
        return FREE
    return find_price(prompt.provider, prompt.model, on=on, prices=price_list(settings))


@dataclass(slots=True)
class _Heard:
    """What came of asking a model: the last try's text and failure, and every try."""

    request: ModelRequest
    clock: Callable[[], datetime]
    text: str = ""
    failure: ModelFailed | None = None
    tries: list[Try] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """What the last try came to."""
        return self.tries[-1].outcome

    async def ask(self, model: Model, limits: Limits) -> None:
        """Ask once, and note what that came to."""
        began, started_at = time.perf_counter(), self.clock()
        self.text, self.failure = "", None
        first_ms: int | None = None
        completion: Completion | None = None
        outcome, detail = CANCELLED, ""
        try:
            async with aclosing(ask(model, self.request, _patience(limits))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        completion = piece
                        continue
                    first_ms = _ms(began) if first_ms is None else first_ms
                    self.text += piece
            outcome = _outcome(completion, self.text)
        except ModelFailed as failure:
            outcome, detail, self.failure = failure.fault.value, failure.detail, failure
        finally:
            told = completion.usage if completion else None
            usage = told or (NOTHING if first_ms is None else estimated_usage(self.request, len(self.text)))
            self.tries.append(
                Try(
                    len(self.tries) + 1,
                    started_at,
                    outcome,
                    detail,
                    (),
                    usage,
                    told is None,
                    first_ms,
                    _ms(began),
                )
            )


def _outcome(completion: Completion | None, text: str) -> str:
    assert completion is not None, "a stream ends with its completion or fails"
    if completion.finish is Finish.REFUSED:
        return "refused"
    if completion.finish is Finish.LENGTH:
        return "cut_short"
    return ANSWERED if text.strip() else Fault.BROKEN.value


def _screening_results(case: Case, screening: Screening) -> tuple[CheckResult, ...]:
    """Return whether danger was seen where it is, and only there."""
    is_danger = case.kind == CaseKind.CRISIS
    return (
        CheckResult("danger_seen", 1, Kind.SAFETY, screening.crisis or not is_danger, ()),
        CheckResult(
            "no_false_alarm",
            1,
            Kind.STYLE,
            is_danger or not screening.crisis,
            () if is_danger else screening.matched,
        ),
    )


def _patience(limits: Limits) -> Patience:
    return Patience(limits.first_s, limits.gap_s, limits.total_s)


def _ms(began: float) -> int:
    return round(1000 * (time.perf_counter() - began))
