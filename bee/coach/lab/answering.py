"""How a version answers a case: as production would, danger first, but asked once and kept as it came."""

import hashlib
import json
import time
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from bee.coach.crisis import crisis_answer
from bee.coach.exchange import Limits, estimated_usage
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
from bee.coach.review import CHECKER, CheckResult, Kind, review
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

    ``usage`` and ``cost_usd``: of every try.
    """

    text: str | None
    error: str | None
    results: tuple[CheckResult, ...] = ()
    is_screened: bool = False
    is_cached: bool = False
    first_token_ms: int | None = None
    total_ms: int | None = None
    usage: Usage = NOTHING
    is_estimate: bool = False
    cost_usd: Decimal | None = None

    @property
    def checks(self) -> str | None:
        """What the checks said, as JSON, by the name of each."""
        if self.text is None:
            return None
        results = {
            result.name: {
                "version": result.version,
                "kind": result.kind,
                "passed": result.passed,
                "found": result.found,
            }
            for result in self.results
        }
        return json.dumps({"checker": CHECKER, "results": results}).replace("\\u0000", "")


@dataclass(frozen=True, slots=True)
class Asking:
    """A version, its model, and what that costs."""

    prompt: Prompt
    model: Model
    price: Price
    region: str
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
        """Ask the model, once more where it gave nonsense or was slow.

        Raises :class:`ModelFailed` for what is the provider's fault (:data:`PASSING`, :data:`LASTING`).
        """
        mask = Mask()
        request = self.request(case, mask)
        heard = _Heard(request)
        for _ in range(MOST_TRIES):
            error = await heard.ask(self.model, self.limits)
            if error not in {Fault.SLOW, Fault.BROKEN}:
                break
        text = mask.show(cleaned(heard.text))[:LONGEST_TEXT] if error is None else None
        return Answer(
            text,
            error,
            () if text is None else self.judged(case, text),
            first_token_ms=heard.first_ms,
            total_ms=heard.total_ms,
            usage=heard.usage,
            is_estimate=heard.is_estimate,
            cost_usd=self.price.cost(heard.usage),
        )


def price_of(prompt: Prompt, settings: Settings, on: date) -> Price | None:
    """Return what a version's model costs on a day, None where nobody knows; the offline coach is free."""
    if prompt.provider is Provider.OFFLINE:
        return FREE
    return find_price(prompt.provider, prompt.model, on=on, prices=price_list(settings))


@dataclass(slots=True)
class _Heard:
    """What came of asking a model, over every try: the last one's text and times, the tokens of all."""

    request: ModelRequest
    text: str = ""
    first_ms: int | None = None
    total_ms: int = 0
    usage: Usage = field(default_factory=Usage)
    is_estimate: bool = False

    async def ask(self, model: Model, limits: Limits) -> str | None:
        """Ask once and return why there is no answer, None where there is one."""
        began = time.perf_counter()
        self.text, self.first_ms = "", None
        completion: Completion | None = None
        try:
            async with aclosing(ask(model, self.request, _patience(limits))) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        completion = piece
                        continue
                    self.first_ms = _ms(began) if self.first_ms is None else self.first_ms
                    self.text += piece
            return _why_not(completion, self.text)
        except ModelFailed as failure:
            if failure.fault in PASSING | LASTING:
                raise
            return failure.fault
        finally:
            self.total_ms = _ms(began)
            self._count(completion)

    def _count(self, completion: Completion | None) -> None:
        told = completion.usage if completion else None
        if told is None and self.first_ms is not None:
            told, self.is_estimate = estimated_usage(self.request, len(self.text)), True
        self.usage = self.usage + (told or NOTHING)


def _why_not(completion: Completion | None, text: str) -> str | None:
    assert completion is not None, "a stream ends with its completion or fails"
    if completion.finish is Finish.REFUSED:
        return "refused"
    if completion.finish is Finish.LENGTH:
        return "cut_short"
    return None if text.strip() else Fault.BROKEN


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
