"""Decisions about notifications as people read them: what became of one, why, how far all of them got. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bee.notify.decide import Guard
from bee.notify.log import ACTED_WITHIN_H, Funnel, LogRow, State
from bee.ui.words import counted, long_date, type_words

STATE_WORDS: Final[dict[str, str]] = {
    State.SENT: "Sent",
    State.UNCLEAR: "Sent, no clear answer",
    State.RECORDED: "Recorded, not sent",
    State.WAITING: "Waiting",
    State.FAILED: "Failed",
    State.EXPIRED: "Too late",
    State.WITHHELD: "Held back",
}
GUARD_WORDS: Final[dict[str, str]] = {
    Guard.STOPPED: "Kill switch",
    Guard.CONSENT: "Consent",
    Guard.OPT_OUT: "Opt-out of this type",
    Guard.ADDRESS: "Device to send to",
    Guard.QUIET: "Quiet hours",
    Guard.COOLDOWN: "Pause since the last of this type",
    Guard.DAILY: "Daily maximum of this type",
    Guard.WEEKLY: "Weekly maximum of all types",
    Guard.SIZE: "Size",
}
REFUSALS: Final = {
    Guard.STOPPED: "The kill switch was thrown",
    Guard.CONSENT: "No consent to push messages",
    Guard.OPT_OUT: "Opted out of this type",
    Guard.ADDRESS: "No device to send to",
    Guard.QUIET: "Quiet hours until it would be too late",
    Guard.COOLDOWN: "Too soon after the last of this type",
    Guard.DAILY: "Daily maximum of this type reached",
    Guard.WEEKLY: "Weekly maximum of all types reached",
    Guard.SIZE: "Too long for the push service",
}
REASON_WORDS: Final = {
    "eligible": "Nothing held it back",
    "deferred": "After quiet hours",
    "holdout": "Held out at random, for measuring",
    "too late": "Too late to be of use",
    "unknown": "The rule, the member or the budget is there no more",
    "came_back": "The member came back before it went out",
    "dead_address": "The device is gone",
    "wrong_project": "The device belongs to another project",
    "payload": "The push service refused the message",
    "configuration": "The push service refused our credentials",
    "throttled": "The push service asked to slow down for too long",
    "unreachable": "The push service could not be reached",
    "ambiguous": "The push service gave no clear answer",
    "not_posted": "Stopped before it went out",
    **{f"{guard}_refused": words for guard, words in REFUSALS.items()},
    **{
        f"{guard}_unknown": f"Not known, so held back: {words.lower()}"
        for guard, words in GUARD_WORDS.items()
    },
}


@dataclass(frozen=True, slots=True)
class GuardAnswer:
    """What one guard said about a decision."""

    guard: str
    answer: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Stage:
    """How many decisions got so far. ``share``: of which others, in words; empty where there are none."""

    name: str
    count: int
    share: str


def state_words(state: str) -> str:
    """Return what became of a decision."""
    return STATE_WORDS.get(state) or type_words(state)


def reason_words(reason: str) -> str:
    """Return why."""
    return REASON_WORDS.get(reason) or type_words(reason)


def person_words(row: LogRow) -> str:
    """Return whom a decision is about, and that they are made up where they are."""
    return f"P-{row.number}{' · demo' if row.is_demo else ''}"


def held_words(row: LogRow) -> str:
    """Return why a decision did not go out, or not yet; nothing where it did."""
    went = row.state in {State.SENT, State.UNCLEAR, State.RECORDED}
    return "" if went or row.reason == "eligible" else reason_words(row.reason)


def guard_answers(row: LogRow) -> list[GuardAnswer]:
    """Return what the guards answered, in the order in which they name the reason."""
    known = [guard.value for guard in Guard]
    named = sorted(
        row.guards.items(), key=lambda item: known.index(item[0]) if item[0] in known else len(known)
    )
    return [_answer(guard, said, row.not_before) for guard, said in named]


def why_words(row: LogRow) -> str:
    """Return in one sentence what became of a decision, and why."""
    said = reason_words(row.reason)
    match row.state:
        case State.SENT:
            return f"It was sent on {_moment(row.sent_at)}."
        case State.UNCLEAR:
            return f"It was posted on {_moment(row.sent_at)} without a clear answer: it may have arrived."
        case State.RECORDED:
            return "It was recorded, not sent: no push service is set up, or the member is made up."
        case State.WAITING:
            return (
                f"It goes out from {_moment(row.not_before)} on." if row.not_before else "It waits to go out."
            )
        case State.FAILED:
            return f"It was tried and could not be sent. {said}."
        case State.EXPIRED:
            return f"It was to be sent, and did not get out in time. {said}."
        case _ if row.decided_because != row.reason:
            return f"It was to be sent, and was held back when it was due. {said}."
        case _:
            return f"It was held back. {said}."


def funnel_stages(funnel: Funnel) -> list[Stage]:
    """Return how far decisions got, the first stage being all of them; recorded ones only where there are some."""
    share = _share(funnel.recorded, funnel.decided, "decided")
    recorded = [Stage("Recorded", funnel.recorded, share)] if funnel.recorded else []
    stages = [
        Stage("Decided", funnel.decided, ""),
        *recorded,
        Stage("Sent", funnel.sent, _share(funnel.sent, funnel.decided, "decided")),
        Stage("Accepted", funnel.accepted, _share(funnel.accepted, funnel.sent, "sent")),
        Stage("Opened", funnel.opened, _share(funnel.opened, funnel.sent, "sent")),
    ]
    if funnel.acted is not None:
        stages.append(Stage("Acted", funnel.acted, _share(funnel.acted, funnel.sent, "sent")))
    return stages


def funnel_takeaway(stages: list[Stage]) -> str:
    """Return the funnel in a sentence."""
    return ", ".join(f"{stage.count:,} {stage.name.lower()}" for stage in stages).capitalize() + "."


def funnel_words(funnel: Funnel) -> str:
    """Return what each figure of the funnel counts."""
    acted = f" Acted: any event of the member within {ACTED_WITHIN_H} h after it was sent, opened or not."
    recorded = " Recorded: kept instead of sent, without a push service or for a member who is made up."
    return (
        f"Decided: every eligible moment.{recorded if funnel.recorded else ''}"
        " Sent: handed to the push service. Accepted: it took the message."
        f" Opened: the app said so.{acted if funnel.acted is not None else ''}"
    )


def log_coverage_words(funnel: Funnel, since: datetime) -> str:
    """Return what the page covers: how many decisions, since when, made up or real, sent or only recorded."""
    parts = [f"{counted(funnel.decided, 'decision', 'decisions')} since {long_date(since.date())} (UTC)"]
    if funnel.demo:
        parts.append(
            "demo members" if funnel.demo == funnel.decided else f"{funnel.demo:,} about demo members"
        )
    if funnel.recorded:
        parts.append(f"{funnel.recorded:,} recorded instead of sent")
    if funnel.waiting:
        parts.append(f"{funnel.waiting:,} waiting")
    return " · ".join(parts)


def by_words(values: Mapping[str, str]) -> dict[str, str]:
    """Return values by their words, in the order of these; two that read alike bear their own name beside them."""
    words = list(values.values())
    named = {f"{said} ({value})" if words.count(said) > 1 else said: value for value, said in values.items()}
    return dict(sorted(named.items()))


def _answer(guard: str, said: str, not_before: datetime | None) -> GuardAnswer:
    name = GUARD_WORDS.get(guard) or type_words(guard)
    match said:
        case "passed":
            return GuardAnswer(name, "Passed", "")
        case "deferred":
            return GuardAnswer(name, "Later", f"Not before {_moment(not_before)}")
        case "unknown":
            return GuardAnswer(name, "Not known", "What can't be found out holds back")
        case _:
            return GuardAnswer(name, "Held back", reason_words(f"{guard}_refused"))


def _share(part: int, whole: int, of: str) -> str:
    return f"{100 * part / whole:.1f}% of {of}" if whole else ""


def _moment(at: datetime | None) -> str:
    return f"{at:%-d %B %Y, %H:%M:%S} UTC" if at else "–"
