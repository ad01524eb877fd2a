"""What probers saw, as people read it. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bee.sla.probes.roster import KnownProber, LastStep
from bee.sla.probes.ticks import Probe, Step
from bee.ui.level_words import span_words
from bee.ui.words import NOTHING, counted

PROBES: Final = {Probe.READY: "Is it ready?", Probe.JOURNEY: "A member's journey"}
STEPS: Final = {
    Step.READY: "Ready",
    Step.SIGN_IN: "Sign in",
    Step.EVENT: "Post an event",
    Step.MOMENTUM: "Momentum changes",
    Step.COACH: "The coach answers",
    Step.PUSH: "A push is taken",
}
REASONS: Final = {
    "": "",
    "timeout": "no answer in time",
    "refused": "nobody listens there",
    "unresolved": "the name is not known",
    "unreachable": "not reachable",
    "tls": "the certificate does not hold",
    "broken": "the answer broke off",
    "wrong_answer": "not the answer that was expected",
    "event_rejected": "the event was rejected",
    "unchanged": "the event did not count",
    "not_taken": "no worker took the push",
    "no_device": "the device was not known",
    "offline": "by the offline coach",
    "stopped": "the prober was stopped",
    "no_issuer": "it is not said where members sign in",
    "no_api_key": "the project's key is not set",
    "no_credentials": "no credentials are set",
    "credentials_refused": "the credentials were refused",
    "member_counts": "its member is a real one",
}


def reason_words(reason: str) -> str:
    """Return what a reason's code means."""
    if reason.startswith("http_"):
        return f"HTTP {reason.removeprefix('http_')}"
    return REASONS.get(reason, reason.replace("_", " "))


def beat_words(prober: KnownProber, now: datetime) -> str:
    """Return whether somebody looks when they should."""
    late = prober.late(now)
    return "On time" if late is None else f"Late by {span_words(late.total_seconds() / 60)}"


def saw_words(prober: KnownProber, steps: Sequence[LastStep]) -> str:
    """Return what somebody's last look came to."""
    if prober.not_run:
        return f"Not run: {reason_words(prober.not_run)}"
    if not steps:
        return NOTHING
    failed = [step for step in steps if not step.ok]
    if failed:
        names = ", ".join(step_words(step) for step in failed)
        return f"{names}: {reason_words(failed[0].reason)}"
    total = max(step.ended_s for step in steps) - min(step.began_s for step in steps)
    return f"All well, {total:.2f} s"


def step_words(step: LastStep) -> str:
    """Return what a step is called."""
    return STEPS[Step(step.step)]


def outcome_words(step: LastStep) -> str:
    """Return what became of a step."""
    if not step.ok:
        return "Failed"
    return "Well, retried" if step.retried else "Well"


def why_words(step: LastStep) -> str:
    """Return what there is to say of a step, as a sentence begins."""
    said = reason_words(step.reason)
    return said[:1].upper() + said[1:] or NOTHING


def host_words(target: str) -> str:
    """Return an address without what would make a link of it."""
    return target.partition("://")[2]


def waiting_words(waiting: int) -> str:
    """Return what a prober had not told when it looked."""
    return "Nothing" if not waiting else counted(waiting, "round", "rounds")
