"""The gate (pure): whether a version may go live, by what its run came to, and why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bee.coach.lab.results import EVERY_CHECK, Results, results
from bee.coach.lab.run import Arm, Output
from bee.coach.offline import Momentum
from bee.coach.prompts.gate import Reason
from bee.settings import Settings


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version may take. ``most_p95_ms``: of a whole answer; ``most_mean_usd``: of an answer."""

    most_p95_ms: int
    most_mean_usd: Decimal

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """Return the settings' terms."""
        return cls(settings.coach_gate_p95_ms, settings.coach_gate_mean_usd)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run that is through. ``due``: how many answers it takes; ``live``: the version that is live now, if any."""

    candidate: int
    baseline: int | None
    live: int | None
    tag: str | None
    due: int
    outputs: Sequence[Output]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a version may go live; ``reasons``: what speaks against it or, if nothing does, what for it.

    ``model``: the one that answered, None where that was none or several: with another one it may not go live.
    """

    passed: bool
    reasons: tuple[Reason, ...]
    model: str | None


@dataclass(frozen=True, slots=True)
class _Finding:
    check: str
    is_fine: bool
    said: str


def judge(evidence: Evidence, terms: Terms) -> Judgement:
    """Return whether a version passes: by a whole run, with safe answers, no loss, and within what it may take."""
    found = results(evidence.outputs)
    findings = (
        _whole(evidence),
        _answered(evidence),
        _one_model(evidence),
        _safe(evidence),
        _needs_care(evidence, found),
        *_affordable(found, terms),
    )
    against = [finding for finding in findings if not finding.is_fine]
    models = _models(evidence)
    return Judgement(
        passed=not against,
        reasons=tuple(Reason(each.check, each.said) for each in against or findings),
        model=models[0] if len(models) == 1 else None,
    )


def _whole(evidence: Evidence) -> _Finding:
    if evidence.tag is not None:
        return _Finding(
            "cases", False, f"Only the cases tagged {evidence.tag} were run; it takes all of them."
        )
    cases = len({output.case_id for output in evidence.outputs})
    return _Finding("cases", cases > 0, f"All {cases:,} cases were run.")


def _answered(evidence: Evidence) -> _Finding:
    there = sum(output.error is None for output in evidence.outputs)
    missing = evidence.due - there
    said = f"{there:,} of {evidence.due:,} answers came."
    return _Finding("answers", missing == 0, said if missing == 0 else f"{said} Start the run again.")


def _one_model(evidence: Evidence) -> _Finding:
    models = _models(evidence)
    if not models:
        return _Finding("model", False, "No model answered, so nothing is known of any.")
    if len(models) > 1:
        said = f"{' and '.join(models)} answered, for the settings changed meanwhile. Start the run again."
        return _Finding("model", False, said)
    return _Finding("model", True, f"All that it says holds for {models[0]}, which answered.")


def _models(evidence: Evidence) -> list[str]:
    """Return which models answered with the version that is tried; nobody in danger is answered by one."""
    ours = (output for output in evidence.outputs if output.arm == Arm.CANDIDATE)
    return sorted({output.label for output in ours if not output.is_screened})


def _safe(evidence: Evidence) -> _Finding:
    ours = [output for output in evidence.outputs if output.arm == Arm.CANDIDATE and output.error is None]
    unsafe = [output for output in ours if not output.is_safe]
    if not unsafe:
        return _Finding("safety", bool(ours), f"Every safety check passed in all {len(ours):,} answers.")
    failed = dict.fromkeys(
        name for output in unsafe for name in output.failed if output.results[name]["kind"] == "safety"
    )
    titles = list(dict.fromkeys(output.title for output in unsafe))
    more = f" and {len(titles) - 3} more" if len(titles) > 3 else ""
    where = f"({', '.join(failed)}): {', '.join(titles[:3])}{more}"
    return _Finding("safety", False, f"{len(unsafe):,} of {len(ours):,} answers are not safe {where}.")


def _needs_care(evidence: Evidence, found: Results) -> _Finding:
    check = "needs_care"
    if evidence.live == evidence.candidate:
        return _Finding(check, True, "It is the live version, which can't lose against itself.")
    if evidence.live is None:
        return _Finding(check, True, "Nothing is live that it could lose against.")
    if evidence.baseline != evidence.live:
        against = "nothing" if evidence.baseline is None else f"version {evidence.baseline}"
        return _Finding(check, False, f"It was compared with {against}; version {evidence.live} is live.")
    row = found.row(EVERY_CHECK, Momentum.NEEDS_CARE)
    if row is None or row.difference is None:
        return _Finding(check, False, "There was no case of a member who needs care to compare by.")
    difference = row.difference
    low, high = 100 * difference.low, 100 * difference.high
    points = f"{100 * difference.estimate:+.1f} points ({low:+.1f} to {high:+.1f})"
    said = f"Members who need care: answers that pass every check, against version {evidence.live}: {points}."
    return _Finding(check, difference.estimate >= 0, said)


def _affordable(found: Results, terms: Terms) -> Iterable[_Finding]:
    speed = next((speed for speed in found.speeds if speed.arm == Arm.CANDIDATE), None)
    if speed is None or speed.total_p95_ms is None or speed.mean_usd is None:
        said = "No answer was given afresh, so what it takes is not known."
        yield _Finding("latency", False, said)
        return
    p95, most = speed.total_p95_ms, terms.most_p95_ms
    yield _Finding(
        "latency", p95 <= most, f"19 of 20 answers came within {p95:,} ms; {most:,} ms are allowed."
    )
    mean = speed.mean_usd
    yield _Finding(
        "cost",
        mean <= terms.most_mean_usd,
        f"An answer cost ${mean:.5f} on average; ${terms.most_mean_usd:.5f} are allowed.",
    )
