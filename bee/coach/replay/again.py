"""What would have gone out with another version: messages asked again, each in its moment, as production would."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final, Self

from bee.coach.exchange import MOST_TRIES, estimated_usage
from bee.coach.masking import Mask
from bee.coach.model import Usage
from bee.coach.model.prices import Price
from bee.coach.playground import Asked, Done, Scene, Stage, Trial
from bee.coach.playground.stage import PSEUDONYM
from bee.coach.prompting import Prompt, rendered
from bee.coach.replay.change import Danger
from bee.coach.replay.rerender import KeptMoment
from bee.coach.review import review
from bee.coach.safety import screen

LONGEST_TEXT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Then:
    """A message of then and the moment that it was written in."""

    kept: KeptMoment
    scene: Scene


@dataclass(frozen=True, slots=True)
class Answer:
    """What would have gone out, as it is kept; see :class:`bee.coach.replay.change.Change`."""

    danger: Danger
    sent: str | None = None
    heard: str | None = None
    fallback: str | None = None
    failed_then: tuple[str, ...] = ()
    checks: str | None = None
    distance: float = 0.0
    cost_usd: Decimal = Decimal(0)

    @classmethod
    def of_danger(cls, then: Then) -> Self:
        """Return what is kept of words that told of danger then: no model is ever asked about them."""
        is_seen = screen(then.kept.message).crisis
        return cls(Danger.AS_BEFORE if is_seen else Danger.NO_LONGER)

    @classmethod
    def of(cls, then: Then, trial: Trial) -> Self:
        """Return what came of asking, beside what the same checks say of the answer of then."""
        distance = words_apart(then.kept.answer, trial.sent)
        if trial.screening.crisis:
            return cls(Danger.NEWLY, sent=trial.sent, distance=distance)
        return cls(
            Danger.NONE,
            sent=_storable(trial.sent),
            heard=_storable(trial.heard),
            fallback=trial.fallback,
            failed_then=review(then.kept.answer, then.scene.moment).failed,
            checks=trial.found.as_json if trial.found else None,
            distance=distance,
            cost_usd=trial.cost_usd or Decimal(0),
        )


def words_apart(was: str, now: str) -> float:
    """Return how far a text is from another: 0 for the same words, 1 for none in common."""
    return 1 - SequenceMatcher(None, was.split(), now.split(), autojunk=False).ratio()


def asked_again(stage: Stage, messages: Sequence[Then], prompt: Prompt) -> Iterator[tuple[Then, Trial]]:
    """Ask a version in each moment, some at once, and yield what comes of each as it does."""
    with closing(stage.play([Asked(prompt, each.scene) for each in messages])) as events:
        for event in events:
            if isinstance(event, Done):
                yield messages[event.place], event.trial


def most_usd(scene: Scene, prompt: Prompt, price: Price) -> Decimal:
    """Return about the most that asking again can cost, every try of it together; danger costs nothing."""
    if screen(scene.moment.message).crisis:
        return Decimal(0)
    request = rendered(prompt, scene.moment, Mask(scene.known), PSEUDONYM)
    sent = estimated_usage(request, 0)
    return MOST_TRIES * price.cost(Usage(input=sent.input, output=request.max_tokens))


def _storable(text: str | None) -> str | None:
    """Return a text as the database can hold it; None where that is nothing."""
    return (text or "").replace("\0", "")[:LONGEST_TEXT] or None
