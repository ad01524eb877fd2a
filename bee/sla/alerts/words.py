"""Alerts as people read them (pure)."""

from collections.abc import Mapping
from typing import Any, Final

from bee.sla.alerts.rule import Signal
from bee.sla.burn import Pair

# What waits, or since when nobody was heard of.
SIGNALS: Final = {
    Signal.SCORES: "Scores are late",
    Signal.PUSH: "A push that is due does not leave",
    Signal.HANDOFF: "A message in crisis is not handed to a coach",
    Signal.UNSEEN_DANGER: "Nobody has seen to somebody in danger in time",
    Signal.BREAKER: "A provider is left alone because it fails",
    Signal.WORKER: "The worker does not go on",
    Signal.PROBER: "A prober was not heard of",
    Signal.RECORDER: "Requests come in and none is measured",
    Signal.WATCH: "Nobody watched for a while",
    Signal.SEAL: "Acts of the trail wait for their seal",
}


def headline(rule: str, subject: str, evidence: Mapping[str, Any]) -> str:
    """Return what an alert is about, in one line."""
    if "objective" in evidence:
        name = evidence["objective"].replace("_", " ").capitalize()
        return f"{name} burns its budget {evidence['long_burn']:g} times too fast"
    signal = evidence.get("signal")
    said = SIGNALS[Signal(signal)] if signal in set(Signal) else rule.replace("_", " ").capitalize()
    return f"{said}: {subject}" if subject else said


def evidence_words(evidence: Mapping[str, Any]) -> list[str]:
    """Return the values on which an alert stands, a line each."""
    if "objective" in evidence:
        return [
            _window_words(evidence, "long"),
            _window_words(evidence, "short"),
            f"It fires from {evidence['factor']:g} times on, with a target of {100 * evidence['target']:g} %.",
        ]
    if "age_min" in evidence:
        age, most = (minutes_words(evidence[name]) for name in ("age_min", "most_min"))
        return [f"For {age}; it fires after {most}."]
    return []


def _window_words(evidence: Mapping[str, Any], window: str) -> str:
    bad, total = evidence[f"{window}_bad"], evidence[f"{window}_total"]
    return (
        f"In the last {minutes_words(evidence[f'{window}_min'])}: {bad:,} of {total:,} bad,"
        f" {evidence[f'{window}_burn']:g} times too fast."
    )


def messages_words(messages: int) -> str:
    """Return how many messages a step took; none where no way out is set up."""
    if not messages:
        return "nobody, for no way out is set up"
    return f"{messages} message{'' if messages == 1 else 's'}"


def pair_words(pair: Pair) -> str:
    """Return a pair of windows in words: ``14.4 times over 1 h and 5 min``."""
    return f"{pair.factor:g} times over {minutes_words(pair.long_min)} and {minutes_words(pair.short_min)}"


def minutes_words(minutes: int) -> str:
    """Return how long so many minutes are: ``1 h 5 min``, ``3 d``."""
    days, rest = divmod(minutes, 1440)
    hours, left = divmod(rest, 60)
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (left, "min")) if number]
    return " ".join(parts) or "0 min"
