"""What a version of a rule changed: its randomised decisions, what followed each, and the effect that they show.

Counted as it was drawn: what was to be sent is treated, whatever became of its delivery. Only that compares alike
with alike.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import quantiles
from typing import Final
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.errors import Invalid
from bee.notify.effect import Effect, Kind, Question, Term, effect_of, refuse_unrandomised

# With what is known before, the interval is narrower; where it says too little, less of it is taken.
CONTROLS: Final = (("day", "state"), ("day",), ("state",), ())
SAYS_TOO_LITTLE: Final = frozenset({"collinear", "one_member_decides", "too_few_members", "not_converged"})
NO_STATE: Final = "unknown"


class Outcome(StrEnum):
    """What may follow a notification."""

    OPENS_1H = "opens_1h"
    OPENS_24H = "opens_24h"
    SCORE = "score"

    @property
    def kind(self) -> Kind:
        """How it is measured."""
        return Kind.CONTINUOUS if self is Outcome.SCORE else Kind.BINARY


@dataclass(frozen=True, slots=True)
class Point:
    """A decision that no guard held back.

    ``day``: in the programme, the first being 1. ``probability``: by which it was drawn; 1 or None where nobody
    drew. An outcome is None until it is known.
    """

    user_id: UUID
    is_treated: bool
    probability: float | None
    momentum_state: str | None
    day: int
    went_out: bool
    opens_1h: bool | None
    opens_24h: bool | None
    score: float | None

    def outcome(self, outcome: Outcome) -> float | None:
        """Return what followed, as a number."""
        match outcome:
            case Outcome.OPENS_1H:
                return None if self.opens_1h is None else float(self.opens_1h)
            case Outcome.OPENS_24H:
                return None if self.opens_24h is None else float(self.opens_24h)
            case Outcome.SCORE:
                return self.score


@dataclass(frozen=True, slots=True)
class Part:
    """The effect in a part of the decisions. ``of``: all, state or day; ``decisions``: None for a day."""

    of: str
    name: str
    term: Term
    decisions: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a version changed. ``parts``: all of it first. ``missing``: why a part of it can't be told.

    ``rate`` and ``rate_without``: the outcome's mean among the treated and the others. ``pending``: decisions whose
    outcome is not known yet.
    """

    outcome: Outcome
    parts: tuple[Part, ...]
    missing: tuple[str, ...]
    decisions: int
    members: int
    treated: int
    went_out: int
    pending: int
    rate: float
    rate_without: float
    method: str

    @property
    def overall(self) -> Term:
        """The effect in all decisions together."""
        return self.parts[0].term


def effect_points(session: ReadSession, rule: str, version: int, *, now: datetime) -> list[Point]:
    """Return the decisions of a version that no guard held back, oldest first. Not for on-call."""
    return session.all(Point, "notify/effect_points", rule=rule, version=version, now=now)


def measure(points: Sequence[Point], outcome: Outcome) -> Measured:
    """Return what was changed. Raises :class:`Invalid` with the reason when it can't be told."""
    drawn = [each.probability is not None and 0 < each.probability < 1 for each in points]
    refuse_unrandomised(drawn.count(False), len(points))
    known = [each for each in points if each.outcome(outcome) is not None]
    if not known:
        raise Invalid("nothing_known", "Nothing was decided yet of which the outcome is known.")
    _refuse_unsent(known)
    overall = _overall(known, outcome)
    by_state, no_states = _by_state(known, outcome)
    by_day, no_days = _by_day(known, outcome)
    return Measured(
        outcome=outcome,
        parts=(Part("all", "all", overall.terms[0], len(known)), *by_state, *by_day),
        missing=tuple(why for why in (no_states, no_days) if why),
        decisions=len(known),
        members=len({each.user_id for each in known}),
        treated=sum(each.is_treated for each in known),
        went_out=sum(each.is_treated and each.went_out for each in known),
        pending=len(points) - len(known),
        rate=_mean(known, outcome, treated=True),
        rate_without=_mean(known, outcome, treated=False),
        method=overall.method,
    )


def measured_csv(measured: Measured) -> str:
    """Return the effect as a file, a row a part; a binary outcome's is the log of the relative risk."""
    return csv_text(
        ("outcome", "of", "part", "decisions", "estimate", "low", "high", "error", "p", "df"),
        (
            (
                measured.outcome, part.of, part.name, part.decisions, part.term.estimate, part.term.low,
                part.term.high, part.term.se, part.term.p, part.term.df,
            )
            for part in measured.parts
        ),
    )  # fmt: skip


def _refuse_unsent(points: Sequence[Point]) -> None:
    treated = [each for each in points if each.is_treated]
    if treated and not any(each.went_out for each in treated):
        raise Invalid(
            "nothing_went_out",
            f"None of the {len(treated):,} notifications that were to be sent went out: they were recorded instead,"
            " held back when they were due, or failed. So none of them can have had an effect.",
        )


def _overall(points: Sequence[Point], outcome: Outcome) -> Effect:
    for controls in CONTROLS:
        try:
            return _effect(points, outcome, controls, ())
        except Invalid as error:
            if not controls or error.code not in SAYS_TOO_LITTLE:
                raise
    raise AssertionError("the last try is without controls")


def _by_state(points: Sequence[Point], outcome: Outcome) -> tuple[list[Part], str | None]:
    counts = Counter(_state(each) for each in points)
    if len(counts) < 2:
        return [], None
    try:
        found = _effect(points, outcome, ("state",), ("state",))
    except Invalid as error:
        return [], f"By state: {error.message}"
    return [
        Part("state", state, found.at(state, _level(found, state)), counts[state]) for state in sorted(counts)
    ], None


def _by_day(points: Sequence[Point], outcome: Outcome) -> tuple[list[Part], str | None]:
    days = [each.day for each in points]
    if len(set(days)) < 2:
        return [], None
    try:
        found = _effect(points, outcome, ("day",), ("day",))
    except Invalid as error:
        return [], f"By day in the programme: {error.message}"
    shown = sorted({round(day) for day in quantiles(days, n=4, method="inclusive")})
    return [Part("day", str(day), found.at(str(day), {"day": day}), None) for day in shown], None


def _level(found: Effect, state: str) -> dict[str, float]:
    return {} if found.references["state"] == state else {f"state: {state}": 1.0}


def _effect(
    points: Sequence[Point], outcome: Outcome, controls: tuple[str, ...], moderators: tuple[str, ...]
) -> Effect:
    table: dict[str, list[object]] = {
        "member": [each.user_id for each in points],
        "outcome": [each.outcome(outcome) for each in points],
        "treated": [int(each.is_treated) for each in points],
        "probability": [each.probability for each in points],
        "day": [each.day for each in points],
        "state": [_state(each) for each in points],
    }
    question = Question(
        "member", "outcome", "treated", "probability",
        controls=controls, moderators=moderators, kind=outcome.kind,
    )  # fmt: skip
    return effect_of(table, question)


def _state(point: Point) -> str:
    return point.momentum_state or NO_STATE


def _mean(points: Sequence[Point], outcome: Outcome, *, treated: bool) -> float:
    found = [each.outcome(outcome) or 0.0 for each in points if each.is_treated is treated]
    return sum(found) / len(found)
