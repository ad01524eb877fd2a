"""A day again, as people read it. Pure."""

from typing import Final

from bee.coach.lab.run import Ended
from bee.coach.replay import Change, Danger, Day, Match, Population, Replay, Risk
from bee.coach.replay.rerender import KeptMoment
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS
from bee.ui.playground_words import why_words
from bee.ui.usage_words import dollars
from bee.ui.words import NOTHING, counted, type_words

MATCH_WORDS: Final = {
    Match.SAME: "Same",
    Match.DIFFERENT: "Differs",
    Match.NOT_SENT: "None sent",
    Match.NOT_KEPT: "Not kept",
}
MATCH_COUNTED: Final = MATCH_WORDS | {Match.DIFFERENT: "different"}
MATCH_MEANS: Final = {
    Match.SAME: "Rendered again it is what was sent, byte for byte.",
    Match.DIFFERENT: "Rendered again it is not what was sent",
    Match.NOT_SENT: "No model was asked, so no prompt was sent.",
    Match.NOT_KEPT: "Nothing is kept of what this answer rested on: it was about danger, or is too long ago.",
}
SHORT: Final = 120
RISKS: Final = {
    Risk.NOW_FAILS: "Now fail a check",
    Risk.SAFETY: "Safety",
    Risk.NEEDS_CARE: "Needs care",
    Risk.OTHER_WORDS: "Other words",
    Risk.LITTLE: "Little changes",
}
RISK_MEANS: Final = {
    Risk.NOW_FAILS: "A check objects to what the model said that did not object to the answer of then.",
    Risk.SAFETY: "A check of safety objects as it did before, or danger is seen otherwise than then.",
    Risk.NEEDS_CARE: "Somebody in need of care would have been told something else.",
    Risk.OTHER_WORDS: "Half of the words or more are others.",
    Risk.LITTLE: "The same words, or nearly; and every crisis answer, which is as before.",
}
DANGER_WORDS: Final = {
    Danger.AS_BEFORE: "Crisis answer",
    Danger.NO_LONGER: "Danger then, not now",
    Danger.NEWLY: "Danger now, not then",
}


def covers_words(day: Day) -> str:
    """Return what the page covers, and how the prompts compare."""
    messages = counted(len(day.moments), "message", "messages")
    cut = " and more" if day.is_cut else ""
    told = [
        f"{day.matches[match]} {words.lower()}"
        for match, words in MATCH_COUNTED.items()
        if day.matches[match]
    ]
    prompts = f" · prompts: {', '.join(told)}" if told else ""
    return f"{messages}{cut} of {counted(day.people, 'person', 'people')}{prompts}"


def state_name(state: str | None) -> str:
    """Return a momentum state; a dash where there was none."""
    return WORDS[MomentumState(state)] if state else "–"


def answered_words(kept: KeptMoment) -> str:
    """Return who answered then, and why that was not a model where it should have been."""
    if kept.crisis:
        return "Crisis answer"
    if kept.prompt is not None:
        return f"{kept.prompt} · {kept.answered_by}"
    return f"By rules: {why_words(kept.fallback)}" if kept.fallback else "By rules"


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def replay_name(replay: Replay) -> str:
    """Return what a replay is called."""
    return f"Replay {replay.number} · version {replay.version}"


def day_words(found: Population, most_messages: int) -> str:
    """Return how many messages of a day would be asked again, and which would not."""
    if not found.is_over:
        return "That day is not over yet for everybody: once it is, it can be asked again."
    drawn = min(most_messages, found.askable)
    return " · ".join([sample_words(drawn, found.askable), *left_out_words(found)])


def sample_words(drawn: int, askable: int) -> str:
    """Return how many messages are asked again, of how many."""
    if drawn < askable:
        return f"{drawn:,} of {counted(askable, 'message', 'messages')}, drawn at random"
    if not drawn:
        return "No message can be asked again"
    return f"{counted(drawn, 'message', 'messages')}, all that can be asked again"


def left_out_words(found: Population | Replay) -> list[str]:
    """Return how many messages are not asked, and why."""
    told = []
    if found.unconsented:
        told.append(f"{found.unconsented:,} said without consent, then or now, left out")
    if found.not_kept:
        told.append(f"{found.not_kept:,} left out of which nothing is kept any more")
    return told


def replay_words(replay: Replay) -> str:
    """Return what a replay is of, and who asked for it."""
    told = [sample_words(replay.drawn, replay.askable), *left_out_words(replay)]
    model = "by rules, no model" if replay.model.startswith("offline") else replay.model
    asked = f"by {replay.requested_by or NOTHING}, {replay.requested_at:%-d %B %Y, %H:%M} UTC"
    return " · ".join([*told, model, asked])


def progress_words(replay: Replay) -> str:
    """Return how far a replay is with what the viewer may read, and what that cost."""
    told = [
        f"{replay.done:,} of {replay.seen:,} answered",
        f"{dollars(replay.cost_usd)} of {dollars(replay.most_usd)}",
    ]
    if replay.seen < replay.drawn:
        told.append(f"of the {replay.drawn:,} drawn you see those of your members who are still here")
    if withdrawn := replay.seen - replay.done - replay.waiting:
        told.append(f"{withdrawn:,} no longer asked: consent was withdrawn")
    return " · ".join(told)


def ended_words(replay: Replay) -> str | None:
    """Return why a replay ended before it was through; None where it did not."""
    match replay.outcome:
        case Ended.CANCELLED:
            return f"{replay.ended_by or 'Somebody'} ended it. What it brought until then is kept."
        case Ended.OVER_BUDGET | Ended.FAILED:
            return f"{replay.said} What it brought until then is kept."
        case _:
            return None


def reasons(change: Change) -> list[str]:
    """Return why somebody should look at a change, the worst first."""
    found = [
        type_words(name) if name in change.now_failed else f"{type_words(name)}, as before"
        for name in change.failed
    ]
    if change.danger != Danger.NONE:
        found.append(DANGER_WORDS[Danger(change.danger)])
    if change.needs_care:
        found.append("Needs care")
    return found


def sent_words(change: Change) -> str:
    """Return what would have been sent."""
    return "A crisis answer, as before" if change.sent is None else change.sent
