"""What went out, and what would have gone out instead: how risky the change is, the riskiest first (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from bee.coach.review import Kind
from bee.csv_text import csv_text

# From here on, a text is another one rather than the same worded otherwise.
LARGE: Final = 0.5
NEEDS_CARE: Final = "NeedsCare"
# What a model said did not pass, so the rules answered.
CHECKS: Final = "checks"


class Danger(StrEnum):
    """What the words tell now of danger that told of some, or of none, then."""

    NONE = "none"
    AS_BEFORE = "as_before"
    NO_LONGER = "no_longer"
    NEWLY = "newly"


class Risk(StrEnum):
    """Why a change is to be looked at; the worst first."""

    NOW_FAILS = "now_fails"
    SAFETY = "safety"
    NEEDS_CARE = "needs_care"
    OTHER_WORDS = "other_words"
    LITTLE = "little"


@dataclass(frozen=True, slots=True)
class Change:
    """An answer of then and what would have been sent instead.

    ``sent``: None where the words told of danger then, which no model is asked about; ``heard``: what the model
    said; ``fallback``: why ``sent`` is not that; ``checks``: what they say of it. ``distance``: 0 for the same
    words, 1 for none in common.
    """

    user_id: UUID
    person: int
    number: int
    local_at: datetime
    state: str | None
    message: str
    answer: str
    answered_by: str
    prompt: str | None
    fallback_then: str | None
    danger: str
    sent: str | None
    heard: str | None
    fallback: str | None
    failed_then: list[str]
    checks: Mapping[str, Any] | None
    distance: float
    cost_usd: Decimal

    @property
    def results(self) -> Mapping[str, Mapping[str, Any]]:
        """What each check says now, by its name."""
        return self.checks["results"] if self.checks else {}

    @property
    def failed(self) -> tuple[str, ...]:
        """The checks that object now: those that did not before first, and of these those of safety."""
        failed = [name for name, result in self.results.items() if not result["passed"]]
        return tuple(sorted(failed, key=lambda name: (name in self.failed_then, name not in self.unsafe)))

    @property
    def now_failed(self) -> tuple[str, ...]:
        """The checks that object now and did not then; none where the rules had to answer then as well."""
        if self.fallback == self.fallback_then == CHECKS:
            return ()
        return tuple(name for name in self.failed if name not in self.failed_then)

    @property
    def unsafe(self) -> tuple[str, ...]:
        """The checks of safety that object now."""
        return tuple(
            name
            for name, result in self.results.items()
            if not result["passed"] and result["kind"] == Kind.SAFETY
        )

    @property
    def is_other_danger(self) -> bool:
        """Whether danger is seen where there was none, or none where there was."""
        return self.danger in {Danger.NO_LONGER, Danger.NEWLY}

    @property
    def needs_care(self) -> bool:
        """Whether somebody in need of care would have been told something else."""
        return self.state == NEEDS_CARE and self.distance > 0


def risk_of(change: Change) -> Risk:
    """Return the worst that is to be said of a change.

    In this order: a check objects that did not before; safety, as a check of it objects as it did before, or danger
    is seen otherwise; somebody in need of care is told something else; the text is largely another. Examples:
    tests/coach/replay/test_change.py.
    """
    if change.now_failed:
        return Risk.NOW_FAILS
    if change.unsafe or change.is_other_danger:
        return Risk.SAFETY
    if change.needs_care:
        return Risk.NEEDS_CARE
    return Risk.OTHER_WORDS if change.distance >= LARGE else Risk.LITTLE


def riskiest_first(changes: Iterable[Change]) -> list[Change]:
    """Return changes by their risk; of the same one, by safety, how many checks object, need of care, other words.

    What is alike in all of these stays in the order in which it was written.
    """
    order = list(Risk)

    def key(change: Change) -> tuple[int, int, int, bool, float, int]:
        return (
            order.index(risk_of(change)), -len(change.unsafe), -len(change.now_failed), not change.needs_care,
            -change.distance, change.number,
        )  # fmt: skip

    return sorted(changes, key=key)


def changes_csv(changes: Sequence[Change]) -> str:
    """Return changes in their order as a file."""
    header = (
        "person", "written_at", "state", "risk", "message", "sent_then", "would_be_sent", "model_said", "fallback",
        "now_failed_checks", "failed_checks", "failed_checks_then", "danger", "different_ratio", "cost_usd",
    )  # fmt: skip
    return csv_text(header, (_row(change) for change in changes))


def _row(change: Change) -> Sequence[str | float | None]:
    return (
        f"P-{change.person}", change.local_at.isoformat(timespec="minutes"), change.state, risk_of(change),
        change.message, change.answer, change.sent, change.heard, change.fallback, " | ".join(change.now_failed),
        " | ".join(change.failed), " | ".join(change.failed_then), change.danger, round(change.distance, 2),
        str(change.cost_usd),
    )  # fmt: skip
