"""What would have gone out with another version: each moment asked again, the riskiest changes first."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Final

from bee.coach.exchange import MOST_TRIES, estimated_usage
from bee.coach.masking import Mask
from bee.coach.model import Usage
from bee.coach.model.prices import Price
from bee.coach.playground import Asked, Done, Stage, Trial
from bee.coach.playground.stage import PSEUDONYM
from bee.coach.prompting import Prompt, rendered
from bee.coach.replay.moments import Replayed
from bee.coach.review import Kind
from bee.coach.safety import screen
from bee.csv_text import csv_text

# After so many the day's budget is looked at again.
BATCH: Final = 8


@dataclass(frozen=True, slots=True)
class Change:
    """An answer of then and what would have been sent instead. ``distance``: 0 for the same words, 1 for none."""

    then: Replayed
    trial: Trial
    distance: float

    @classmethod
    def of(cls, then: Replayed, trial: Trial) -> "Change":
        """Compare the two."""
        was, now = then.kept.answer.split(), trial.sent.split()
        return cls(then, trial, 1 - SequenceMatcher(None, was, now, autojunk=False).ratio())

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that object to what the model said, those of safety first."""
        if self.trial.found is None:
            return ()
        results = [result for result in self.trial.found.results if not result.passed]
        return tuple(result.name for result in sorted(results, key=lambda each: each.kind is not Kind.SAFETY))

    @property
    def unsafe(self) -> int:
        """How many checks of safety object."""
        results = self.trial.found.results if self.trial.found else ()
        return sum(not result.passed and result.kind is Kind.SAFETY for result in results)

    @property
    def is_other_danger(self) -> bool:
        """Whether danger was seen then and would not be now, or the other way round."""
        return self.then.kept.crisis != self.trial.screening.crisis

    @property
    def needs_care(self) -> bool:
        """Whether the member was in need of care then."""
        return self.then.kept.state == "NeedsCare"


def asked_again(
    stage: Stage, moments: Sequence[Replayed], prompt: Prompt
) -> Generator[tuple[Replayed, Trial], None, None]:
    """Ask a version in each moment, and yield what comes of each as it does.

    Whoever stops listening stops what still runs.
    """
    for start in range(0, len(moments), BATCH):
        some = moments[start : start + BATCH]
        with closing(stage.play([Asked(prompt, each.scene) for each in some])) as events:
            for event in events:
                if isinstance(event, Done):
                    yield some[event.place], event.trial


def cost_ceiling(moments: Sequence[Replayed], prompt: Prompt, price: Price) -> Decimal:
    """Return about the most that asking again can cost, every try of it together; danger costs nothing."""
    total = Decimal(0)
    for each in moments:
        if not screen(each.scene.moment.message).crisis:
            request = rendered(prompt, each.scene.moment, Mask(each.scene.known), PSEUDONYM)
            sent = estimated_usage(request, 0)
            total += MOST_TRIES * price.cost(Usage(input=sent.input, output=request.max_tokens))
    return total


def riskiest_first(changes: Iterable[Change]) -> list[Change]:
    """Return changes by what could do harm: failed checks, danger seen otherwise, need of care, other words."""

    def risk(change: Change) -> tuple[int, int, bool, bool, float, int]:
        return (
            -change.unsafe, -len(change.failed), not change.is_other_danger, not change.needs_care,
            -change.distance, change.then.kept.number,
        )  # fmt: skip

    return sorted(changes, key=risk)


def changes_csv(changes: Sequence[Change]) -> str:
    """Return changes in their order as a file."""
    header = (
        "person", "asked_at", "state", "message", "sent_then", "would_be_sent", "model_said", "fallback",
        "failed_checks", "danger_then", "danger_now", "different_ratio",
    )  # fmt: skip
    return csv_text(header, (_row(change) for change in changes))


def _row(change: Change) -> Sequence[str | float]:
    kept, trial = change.then.kept, change.trial
    return (
        f"P-{kept.person}", kept.local_at.isoformat(timespec="minutes"), kept.state or "", kept.message,
        kept.answer, trial.sent, trial.heard or "", trial.fallback or "", " | ".join(change.failed),
        "yes" if kept.crisis else "no", "yes" if trial.screening.crisis else "no", round(change.distance, 2),
    )  # fmt: skip
