"""One look through a table: what is in it, and whether an effect can be told from it at all."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from bee.errors import Invalid
from bee.notify.effect.question import Kind, Question
from bee.notify.effect.rows import Batches, Flags, Rows, read
from bee.notify.effect.trial import Numbers

MOST_LEVELS: Final = 30
# A share of treated that is this far from what was drawn by, in standard errors and in itself, is no chance.
UNLIKELY: Final = 5.0
NOTICEABLE: Final = 0.02


@dataclass(slots=True)
class Span:
    """The least and the greatest of some numbers."""

    low: float = np.inf
    high: float = -np.inf

    def widen(self, values: Numbers) -> None:
        if len(values):
            self.low = min(self.low, float(values.min()))
            self.high = max(self.high, float(values.max()))

    @property
    def middle(self) -> float:
        return self.low + (self.high - self.low) / 2


@dataclass(slots=True)
class Survey:
    """What a table holds. Sums are over the decision points that are used: available, nothing missing."""

    question: Question
    points: int = 0
    available: int = 0
    used: int = 0
    treated_unavailable: int = 0
    unrandomised: int = 0
    outside: int = 0
    odd_treatments: int = 0
    odd_outcomes: int = 0
    dropped: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    everybody: set[str | None] = field(default_factory=set)
    members: dict[str, int] = field(default_factory=dict)
    levels: dict[str, set[str]] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    outcome: Span = field(default_factory=Span)
    treated: float = 0.0
    probability: float = 0.0
    chance: float = 0.0
    events: float = 0.0
    treated_events: float = 0.0

    @property
    def kind(self) -> Kind:
        if self.question.kind is not None:
            return self.question.kind
        return Kind.CONTINUOUS if self.odd_outcomes else Kind.BINARY

    @property
    def mean_probability(self) -> float:
        return self.probability / self.used

    def add(self, rows: Rows) -> None:
        """Take more rows into account."""
        question = self.question
        treatment = rows.numbers[question.treatment]
        self.points += len(treatment)
        self.available += int(rows.available.sum())
        self.treated_unavailable += int(np.sum(~rows.available & (treatment == 1)))
        self.unrandomised += int(rows.unrandomised.sum())
        for name, flags in rows.missing.items():
            self.missing[name] += int(np.sum(flags & (rows.available | (name == question.member))))
        self.everybody.update(rows.member.unique().to_pylist())
        used = rows.used & ~rows.unrandomised
        self.dropped += int(np.sum(rows.available & ~rows.used))
        self._add_used(rows, used)
        self._add_covariates(rows, used)

    def _add_used(self, rows: Rows, used: Flags) -> None:
        self.used += int(used.sum())
        for member in rows.member.filter(pa.array(used)).unique().to_pylist():
            self.members.setdefault(member, len(self.members))
        treatment = rows.numbers[self.question.treatment][used]
        outcome = rows.numbers[self.question.outcome][used]
        probability = rows.probability[used]
        self.outside += int(np.sum((probability < 0) | (probability > 1)))
        if isinstance(self.question.numerator, str):
            centre = rows.numbers[self.question.numerator][used]
            self.outside += int(np.sum((centre <= 0) | (centre >= 1)))
        self.odd_treatments += int(np.sum((treatment != 0) & (treatment != 1)))
        self.odd_outcomes += int(np.sum((outcome != 0) & (outcome != 1)))
        self.outcome.widen(outcome)
        self.treated += float(treatment.sum())
        self.probability += float(probability.sum())
        self.chance += float(np.sum(probability * (1 - probability)))
        self.events += float(outcome.sum())
        self.treated_events += float(outcome @ treatment)

    def _add_covariates(self, rows: Rows, used: Flags) -> None:
        for name in self.question.covariates:
            if name in rows.texts:
                found = rows.texts[name].filter(pa.array(used)).unique().to_pylist()
                self.levels.setdefault(name, set()).update(found)
                if len(self.levels[name]) > MOST_LEVELS:
                    raise Invalid(
                        "too_many_levels", f"The column {name} holds more than {MOST_LEVELS} different texts."
                    )
            else:
                self.spans.setdefault(name, Span()).widen(rows.numbers[name][used])


def survey(batches: Batches, question: Question, *, drop_missing: bool) -> Survey:
    """Look through a table. Raises :class:`Invalid` when an effect can't be told from it, with the reason.

    Missing values are refused with their counts, unless ``drop_missing`` leaves out the decision points that have
    some. A row that is not available may miss anything but its member.
    """
    found = Survey(question)
    for batch in batches():
        found.add(read(batch, question))
    refuse_unrandomised(found.unrandomised, found.available)
    _refuse_missing(found, drop_missing=drop_missing)
    _refuse_values(found)
    _refuse_odd_draws(found)
    _refuse_outcome(found)
    return found


def refuse_unrandomised(unrandomised: int, decisions: int) -> None:
    """Raise :class:`Invalid` when decisions were taken without a draw: their probability is missing, 0 or 1."""
    if unrandomised:
        raise Invalid(
            "not_randomised",
            f"{unrandomised:,} of {decisions:,} decisions were not randomised (their probability is missing, 0 or"
            " 1), so nothing tells what would have happened otherwise: no effect is shown.",
        )


def _refuse_missing(found: Survey, *, drop_missing: bool) -> None:
    nameless = found.missing[found.question.member]
    if nameless:
        raise Invalid(
            "missing_values", f"Whose they are is missing in {nameless:,} of {found.points:,} rows."
        )
    if not found.available:
        raise Invalid("nothing_available", "The table has no available decision point.")
    if found.dropped and not drop_missing:
        counts = ", ".join(f"{name} {count:,}" for name, count in found.missing.items() if count)
        raise Invalid(
            "missing_values",
            f"{found.dropped:,} of {found.available:,} available decision points miss values ({counts})."
            " Fill them in, or leave those decision points out with --drop-missing.",
        )
    if not found.used:
        raise Invalid("nothing_available", "Every available decision point misses a value.")


def _refuse_values(found: Survey) -> None:
    question = found.question
    if found.odd_treatments:
        raise Invalid(
            "treatment_not_binary",
            f"The column {question.treatment} says neither 0 nor 1 at {found.odd_treatments:,} decision points.",
        )
    if found.outside:
        raise Invalid(
            "probability_outside",
            f"{found.outside:,} probabilities do not lie between 0 and 1.",
        )
    if isinstance(question.numerator, float | int) and not 0 < question.numerator < 1:
        raise Invalid("probability_outside", "The numerator probability does not lie between 0 and 1.")
    for treated, word in ((found.treated, "treated"), (found.used - found.treated, "untreated")):
        if not treated:
            raise Invalid(
                "one_arm", f"No available decision point is {word}: there is nothing to compare with."
            )


def _refuse_odd_draws(found: Survey) -> None:
    excess = found.treated - found.probability
    if abs(excess) > UNLIKELY * np.sqrt(found.chance) and abs(excess) > NOTICEABLE * found.used:
        raise Invalid(
            "probability_inconsistent",
            f"{found.treated / found.used:.1%} of the decision points are treated, where the probability says"
            f" {found.mean_probability:.1%}: they were not drawn by it,"
            " or not all of them were available.",
        )


def _refuse_outcome(found: Survey) -> None:
    if found.outcome.low == found.outcome.high:
        raise Invalid("constant_outcome", f"The outcome is {found.outcome.low:g} at every decision point.")
    if found.kind is Kind.CONTINUOUS:
        return
    if found.odd_outcomes:
        raise Invalid(
            "outcome_not_binary",
            f"The outcome is neither 0 nor 1 at {found.odd_outcomes:,} decision points, so it is not binary.",
        )
    for events, word in (
        (found.treated_events, "treated"),
        (found.events - found.treated_events, "untreated"),
    ):
        if not events:
            raise Invalid(
                "no_events",
                f"No {word} decision point has the outcome, so the relative risk has no finite estimate.",
            )
