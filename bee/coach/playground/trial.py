"""One version's answer to a scene: as production would answer, and what a member would be sent."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bee.coach.crisis import crisis_answer
from bee.coach.exchange import Exchange
from bee.coach.model import Usage
from bee.coach.model.prices import Price
from bee.coach.offline import reply
from bee.coach.playground.scene import Scene
from bee.coach.prompting import Prompt
from bee.coach.review import Review, review
from bee.coach.safety import Screening
from bee.coach.standing import Hold, Standing
from bee.settings import Settings


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of asking one version.

    ``sent``: what the member would have been sent; ``fallback``: why that is not the model's, None where it is.
    ``heard``: what the model said, None where it said nothing; ``found``: what the checks say of that, or of the
    rules' answer where no model was asked; None for an answer to somebody in danger, which is exempt.
    ``first_ms``: until the model's first text. ``cost_usd``: None where nobody knows the price.
    """

    prompt: Prompt
    sent: str
    fallback: str | None
    heard: str | None
    found: Review | None
    screening: Screening
    tries: int
    first_ms: int | None
    total_ms: int
    usage: Usage
    is_estimate: bool
    cost_usd: Decimal | None

    @property
    def is_models(self) -> bool:
        """Whether a model's own words would have been sent."""
        return self.heard is not None and self.fallback is None


def hold_of(scene: Scene, standing: Standing, settings: Settings, now: datetime) -> Hold | None:
    """Return why a version's model is not to be asked, None where it may be."""
    if not scene.may_leave:
        return Hold.NO_CONSENT
    return standing.lab_hold(settings, now)


def crisis_trial(prompt: Prompt, screening: Screening, region: str) -> Trial:
    """Return what somebody in danger is told, whatever the version."""
    assert screening.category is not None, "only danger is answered so"
    return _unasked(prompt, crisis_answer(screening.category, region), None, None, screening)


def rules_trial(prompt: Prompt, scene: Scene, screening: Screening, hold: Hold | None = None) -> Trial:
    """Return the offline coach's answer: by choice, or where something holds the model back."""
    text = _by_rules(scene)
    return _unasked(prompt, text, hold, review(text, scene.moment), screening)


def model_trial(
    prompt: Prompt, scene: Scene, screening: Screening, exchange: Exchange, price: Price | None, total_ms: int
) -> Trial:
    """Return what an exchange came to, every try of it counted."""
    tries = exchange.tries
    usage = sum((each.usage for each in tries), Usage())
    passed = exchange.text
    return Trial(
        prompt=prompt,
        sent=_by_rules(scene) if passed is None else passed,
        fallback=exchange.outcome if passed is None else None,
        heard=exchange.heard or None,
        found=exchange.found,
        screening=screening,
        tries=len(tries),
        first_ms=tries[-1].first_ms if tries else None,
        total_ms=total_ms,
        usage=usage,
        is_estimate=any(each.is_estimate for each in tries),
        cost_usd=None if price is None else price.cost(usage),
    )


def _by_rules(scene: Scene) -> str:
    moment = scene.moment
    return reply(moment.message, moment.state, moment.memories, moment.recent).text


def _unasked(
    prompt: Prompt, text: str, fallback: Hold | None, found: Review | None, screening: Screening
) -> Trial:
    return Trial(
        prompt, text, fallback, None, found, screening, tries=0, first_ms=None, total_ms=0, usage=Usage(),
        is_estimate=False, cost_usd=Decimal(0),
    )  # fmt: skip
