"""What a run came to (pure): how often each check passed, by state, and what the other version does differently.

Answers to one case are alike, so an interval counts cases, not answers: the variance is clustered by case (CR1),
with Student's t of the cases less one. Where every pair differs alike, no variance can be seen, and the interval is
what so many cases in a row can rule out.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from scipy.special import stdtrit

from bee.coach.lab.run import Arm, Output
from bee.coach.offline import Momentum

EVERY_CHECK: Final = "every_check"
UNKNOWN: Final = "unknown"
STATES: Final = (None, Momentum.NEEDS_CARE, Momentum.STEADY, Momentum.RISING, UNKNOWN)
CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many passed."""

    passed: int
    of: int

    @property
    def ratio(self) -> float | None:
        """The share, 0–1; None of nothing."""
        return self.passed / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more often the candidate passes than the baseline, −1 to 1, with its 95 % interval."""

    estimate: float
    low: float
    high: float
    pairs: int
    cases: int

    @property
    def is_loss(self) -> bool:
        """Whether it passes less often, beyond what chance explains."""
        return self.high < 0


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check among the cases of one state. ``state``: None for all of them, ``unknown`` without a score."""

    check: str
    state: str | None
    candidate: Rate
    baseline: Rate | None
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """How often every check passed with one case."""

    case_id: UUID
    title: str
    kind: str
    state: str | None
    candidate: Rate
    baseline: Rate | None

    @property
    def change(self) -> float:
        """How much more often the candidate passes; 0 where there is nothing to compare with."""
        ours, theirs = self.candidate.ratio, self.baseline.ratio if self.baseline else None
        return 0.0 if ours is None or theirs is None else ours - theirs


@dataclass(frozen=True, slots=True)
class Speed:
    """How long answers took and what they cost, of those that a model gave afresh; None where there is none."""

    arm: Arm
    fresh: int
    first_p50_ms: int | None
    first_p95_ms: int | None
    total_p50_ms: int | None
    total_p95_ms: int | None
    mean_usd: Decimal | None
    total_usd: Decimal


@dataclass(frozen=True, slots=True)
class Results:
    """What a run came to. ``checks`` and ``cases``: what became worse first."""

    checks: tuple[CheckRow, ...]
    cases: tuple[CaseRow, ...]
    speeds: tuple[Speed, ...]

    def row(self, check: str, state: str | None) -> CheckRow | None:
        """Return one of the rows."""
        return next((row for row in self.checks if (row.check, row.state) == (check, state)), None)


def results(outputs: Sequence[Output]) -> Results:
    """Return what a run came to. An answer that failed to come counts as one that passes nothing."""
    arms = [arm for arm in Arm if any(output.arm == arm for output in outputs)]
    rows = [row for state in STATES for row in _check_rows(outputs, state)]
    return Results(
        checks=tuple(sorted(rows, key=_urgency)),
        cases=tuple(
            sorted(_case_rows(outputs), key=lambda row: (row.change, _share(row.candidate), row.title))
        ),
        speeds=tuple(_speed(outputs, arm) for arm in arms),
    )


def clustered(by_case: Mapping[UUID, Sequence[float]]) -> Difference | None:
    """Return the mean of paired differences with its interval; None without any pair."""
    cases = [values for values in by_case.values() if values]
    pairs = sum(len(values) for values in cases)
    if not pairs:
        return None
    mean = sum(sum(values) for values in cases) / pairs
    half = _half_width(cases, mean, pairs)
    return Difference(mean, max(-1.0, mean - half), min(1.0, mean + half), pairs, len(cases))


def quantile(values: Iterable[int], share: float) -> int | None:
    """Return the smallest value that so large a share of all does not exceed; None without values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _half_width(cases: Sequence[Sequence[float]], mean: float, pairs: int) -> float:
    if len({value for values in cases for value in values}) == 1:
        return 1 - math.pow((1 - CONFIDENCE) / 2, 1 / len(cases))
    if len(cases) == 1:
        return 2.0
    off = [sum(value - mean for value in values) for values in cases]
    variance = len(cases) / (len(cases) - 1) * sum(each * each for each in off) / (pairs * pairs)
    return float(stdtrit(len(cases) - 1, (1 + CONFIDENCE) / 2)) * math.sqrt(variance)


def _check_rows(outputs: Sequence[Output], state: str | None) -> Iterable[CheckRow]:
    among = [output for output in outputs if state is None or (output.state or UNKNOWN) == state]
    names = dict.fromkeys(name for output in among for name in output.results)
    if among:
        yield _row(EVERY_CHECK, state, among, lambda output: output.passes)
    for name in names:
        yield _row(name, state, among, lambda output, name=name: _said(output, name))  # type: ignore[misc]


def _said(output: Output, name: str) -> bool | None:
    result = output.results.get(name)
    return None if result is None else bool(result["passed"])


def _row(
    check: str, state: str | None, outputs: Sequence[Output], passed: Callable[[Output], bool | None]
) -> CheckRow:
    said = {(output.case_id, output.repeat, output.arm): passed(output) for output in outputs}
    differences: dict[UUID, list[float]] = defaultdict(list)
    for (case_id, repeat, arm), ours in said.items():
        theirs = said.get((case_id, repeat, Arm.BASELINE))
        if arm == Arm.CANDIDATE and ours is not None and theirs is not None:
            differences[case_id].append(float(ours) - float(theirs))
    baseline = _rate(said, Arm.BASELINE)
    return CheckRow(
        check, state, _rate(said, Arm.CANDIDATE), baseline if baseline.of else None, clustered(differences)
    )


def _rate(said: Mapping[tuple[UUID, int, str], bool | None], arm: Arm) -> Rate:
    theirs = [passed for (_, _, whose), passed in said.items() if whose == arm and passed is not None]
    return Rate(sum(theirs), len(theirs))


def _urgency(row: CheckRow) -> tuple[int, float, int, str]:
    """Return what sorts losses first, the sure ones before those that may be chance; then by state and name."""
    difference = row.difference
    estimate = 0.0 if difference is None else difference.estimate
    is_sure = difference is not None and difference.is_loss
    rank = 0 if is_sure else 1 if estimate < 0 else 2
    return (
        rank,
        estimate if rank < 2 else 0.0,
        STATES.index(row.state),
        "" if row.check == EVERY_CHECK else row.check,
    )


def _case_rows(outputs: Sequence[Output]) -> Iterable[CaseRow]:
    by_case: dict[UUID, list[Output]] = defaultdict(list)
    for output in outputs:
        by_case[output.case_id].append(output)
    for case_id, theirs in by_case.items():
        row = _row(EVERY_CHECK, None, theirs, lambda output: output.passes)
        first = theirs[0]
        yield CaseRow(case_id, first.title, first.kind, first.state, row.candidate, row.baseline)


def _share(rate: Rate) -> float:
    return 1.0 if rate.ratio is None else rate.ratio


def _speed(outputs: Sequence[Output], arm: Arm) -> Speed:
    fresh = [output for output in outputs if output.arm == arm and output.is_fresh]
    first = [output.first_token_ms for output in fresh if output.first_token_ms is not None]
    total = [output.total_ms for output in fresh if output.total_ms is not None]
    costs = [output.cost_usd for output in fresh if output.cost_usd is not None]
    spent = [output.cost_usd for output in outputs if output.arm == arm and output.cost_usd is not None]
    return Speed(
        arm=arm,
        fresh=len(fresh),
        first_p50_ms=quantile(first, 0.5),
        first_p95_ms=quantile(first, 0.95),
        total_p50_ms=quantile(total, 0.5),
        total_p95_ms=quantile(total, 0.95),
        mean_usd=sum(costs, Decimal(0)) / len(costs) if costs else None,
        total_usd=sum(spent, Decimal(0)),
    )
