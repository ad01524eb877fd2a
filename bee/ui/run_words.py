"""Runs of the lab, what they came to and what the gate says, as people read them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from bee.coach.lab.results import EVERY_CHECK, CheckRow, Difference, Rate
from bee.coach.lab.run import Arm, Ended, Output, Run, dollars
from bee.coach.prompts import PromptVersion
from bee.csv_text import csv_text
from bee.ui.case_words import STATES
from bee.ui.palette import Tone
from bee.ui.words import NOTHING, counted, type_words

EVERYBODY: Final = "Everybody"
WAITS: Final = "Waits"
GOES_ON: Final = "Goes on"
PASSED: Final = "Passed"
EXPIRED: Final = "Expired"
FAILED: Final = "Did not pass"
CANCELLED: Final = "Called off"
BROKE_OFF: Final = "Broke off"
STANDS: Final[dict[str, Tone]] = {
    WAITS: "gray", GOES_ON: "gray", PASSED: "green", EXPIRED: "gray", FAILED: "orange", CANCELLED: "gray",
    BROKE_OFF: "orange",
}  # fmt: skip
WORSE: Final = "Worse"
MAY_BE_WORSE: Final = "Lower, may be chance"
BETTER: Final = "Better"
MAY_BE_BETTER: Final = "Higher, may be chance"
SAME: Final = "No difference"
TELLS: Final = (WORSE, MAY_BE_WORSE, SAME, MAY_BE_BETTER, BETTER)
GATE_CHECKS: Final = {
    "cases": "Cases",
    "answers": "Answers",
    "model": "Model",
    "safety": "Safety",
    "needs_care": "Needs care",
    "latency": "Time",
    "cost": "Cost",
}
# What is kept with an answer that did not come.
ERRORS: Final = {
    "slow": "The model was too slow.",
    "broken": "The model gave nonsense.",
    "refused": "The model would not answer.",
    "cut_short": "The answer was cut short.",
    "rejected": "The provider rejected the question.",
}


def run_name(run: Run) -> str:
    """Return what a run is called."""
    return f"Run {run.number} · version {run.candidate}"


def stands(run: Run, now: datetime) -> str:
    """Return where a run stands."""
    match run.outcome:
        case None:
            return GOES_ON if run.done else WAITS
        case Ended.CANCELLED:
            return CANCELLED
        case Ended.FINISHED:
            if not run.passed:
                return FAILED
            return PASSED if run.expires_at is None or now < run.expires_at else EXPIRED
        case _:
            return BROKE_OFF


def runs_words(runs: Sequence[Run]) -> str:
    """Return how many runs there are and how many go on."""
    going = sum(not run.is_over for run in runs)
    return counted(len(runs), "run", "runs") + (f" · {going:,} going on" if going else "")


def run_words(run: Run) -> str:
    """Return what a run is over, and who asked for it."""
    against = f"version {run.baseline}" if run.baseline is not None else "nothing"
    over = f"{counted(run.cases, 'case', 'cases')}{f' tagged {run.tag}' if run.tag else ''}"
    times = "once" if run.repeats == 1 else f"{run.repeats} times"
    return (
        f"Version {run.candidate} against {against} · {over}, {times} each"
        f" · by {run.requested_by or NOTHING}, {run.requested_at:%-d %B %Y, %H:%M} UTC"
    )


def progress_words(run: Run) -> str:
    """Return how far a run is and what it cost so far."""
    parts = [f"{run.done:,} of {run.due:,} answers", f"{dollars(run.cost_usd)} of {dollars(run.most_usd)}"]
    if run.failed:
        parts.append(f"{run.failed:,} did not come")
    if run.cached:
        parts.append(f"{run.cached:,} taken from earlier runs")
    return " · ".join(parts)


def end_words(run: Run) -> str | None:
    """Return why a run ended before it was through; None where it did not."""
    match run.outcome:
        case Ended.CANCELLED:
            return f"{run.ended_by or 'Somebody'} called it off. What it brought until then is kept."
        case Ended.OVER_BUDGET | Ended.FAILED:
            return f"{run.said} What it brought until then is kept."
        case _:
            return None


def hidden_words(review: int) -> str:
    """Return why somebody is not told who wrote what, and until when."""
    return (
        f"You rate answers of this run in review {review}: which version wrote which can be read when nothing is"
        " left for you to rate there, or it is over."
    )


def models_words(outputs: Iterable[Output]) -> str:
    """Return who gave the answers; the offline coach is no model, and that is said."""
    named = {model_words(output) for output in outputs if not output.is_screened}
    screened = sum(output.is_screened for output in outputs)
    danger = (
        f" · {screened:,} told of danger and were answered with help lines, without a model"
        if screened
        else ""
    )
    return f"Answers by {', '.join(sorted(named))}{danger}" if named else "No answer yet"


def model_words(output: Output) -> str:
    """Return who gave an answer."""
    if output.provider == "offline":
        return "the offline coach (rules, no model)"
    return f"{output.provider}/{output.model}"


def rate_words(rate: Rate | None) -> str:
    """Return a share with its counts."""
    if rate is None or rate.ratio is None:
        return NOTHING
    return f"{rate.ratio:.0%} ({rate.passed:,} of {rate.of:,})"


def difference_words(difference: Difference | None) -> str:
    """Return a difference in points with its interval."""
    if difference is None:
        return NOTHING
    low, high = 100 * difference.low, 100 * difference.high
    return f"{100 * difference.estimate:+.1f} ({low:+.1f} to {high:+.1f})"


def tell_words(difference: Difference | None) -> str:
    """Return what a difference says."""
    if difference is None:
        return ""
    if difference.is_loss:
        return WORSE
    if difference.low > 0:
        return BETTER
    if difference.estimate == 0:
        return SAME
    return MAY_BE_WORSE if difference.estimate < 0 else MAY_BE_BETTER


def check_words(check: str) -> str:
    """Return what a check is called."""
    return "Every check together" if check == EVERY_CHECK else type_words(check)


def among_words(state: str | None) -> str:
    """Return among whose cases."""
    return EVERYBODY if state is None else STATES[state]


def arm_words(run: Run, arm: str) -> str:
    """Return which version an answer is of."""
    return f"Version {run.candidate if arm == Arm.CANDIDATE else run.baseline}"


def output_words(output: Output) -> str:
    """Return what an answer took, or why it took nothing."""
    if output.is_screened:
        return "Danger was seen: help lines, no model"
    if output.is_cached:
        return f"{model_words(output)} · taken from an earlier run"
    took = model_words(output)
    if output.first_token_ms is not None:
        took += f" · first words after {output.first_token_ms:,} ms"
    if output.total_ms is not None:
        took += f" · {output.total_ms:,} ms in all"
    return took + (f" · ${output.cost_usd:.5f}" if output.cost_usd is not None else "")


def version_words(version: PromptVersion) -> str:
    """Return a version as it is chosen."""
    return f"{version.number} · {version.message}"


def money(amount: Decimal | None) -> str:
    """Return what an answer costs; a dash where nobody knows."""
    return NOTHING if amount is None else f"${amount:.5f}"


def time_words(ms: int | None) -> str:
    """Return how long something took; a dash where nobody knows."""
    return NOTHING if ms is None else f"{ms:,} ms"


def results_csv(run: Run, rows: Iterable[CheckRow]) -> str:
    """Return what a run came to as a file, a row a check and state, in their order."""
    header = (
        "check", "among", "version", "passed", "of", "against", "against_passed", "against_of", "difference", "low",
        "high", "pairs", "cases",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                row.check,
                row.state or "all",
                run.candidate,
                row.candidate.passed,
                row.candidate.of,
                run.baseline,
                row.baseline.passed if row.baseline else None,
                row.baseline.of if row.baseline else None,
                *(
                    (each.estimate, each.low, each.high, each.pairs, each.cases)
                    if (each := row.difference)
                    else (None,) * 5
                ),
            )
            for row in rows
        ),
    )


def outputs_csv(run: Run, outputs: Iterable[Output]) -> str:
    """Return answers as a file, a row an answer, in their order."""
    header = (
        "case", "kind", "state", "version", "repeat", "provider", "model", "screened", "cached", "text", "error",
        "passes", "failed_checks", "first_token_ms", "total_ms", "input_tokens", "cache_read_tokens",
        "cache_write_tokens", "output_tokens", "reasoning_tokens", "cost_usd",
    )  # fmt: skip
    return csv_text(
        header,
        (
            (
                output.title,
                output.kind,
                output.state or "unknown",
                run.candidate if output.arm == Arm.CANDIDATE else run.baseline,
                output.repeat,
                output.provider,
                output.model,
                "yes" if output.is_screened else "no",
                "yes" if output.is_cached else "no",
                output.text,
                output.error,
                "yes" if output.passes else "no",
                " | ".join(output.failed),
                output.first_token_ms,
                output.total_ms,
                output.input_tokens,
                output.cache_read_tokens,
                output.cache_write_tokens,
                output.output_tokens,
                output.reasoning_tokens,
                None if output.cost_usd is None else str(output.cost_usd),
            )
            for output in outputs
        ),
    )
