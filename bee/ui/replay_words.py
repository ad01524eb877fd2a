"""A day again, as people read it. Pure."""

from decimal import Decimal
from typing import Final

from bee.coach.replay import Change, Day, Match
from bee.coach.replay.rerender import KeptMoment
from bee.momentum.score import MomentumState
from bee.ui.palette import WORDS
from bee.ui.playground_words import why_words
from bee.ui.usage_words import dollars
from bee.ui.words import counted, type_words

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


def risks(change: Change) -> list[str]:
    """Return why somebody should look at a change, the worst first."""
    found = [type_words(name) for name in change.failed]
    if change.is_other_danger:
        found.append("Danger then, not now" if change.then.kept.crisis else "Danger now, not then")
    if change.needs_care:
        found.append("Needs care")
    return found


def shortened(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def again_words(asked: int, written: int, most_usd: Decimal | None) -> str:
    """Return how many messages are asked again, and what that can cost."""
    some = counted(asked, "message", "messages") + (f" of {written}" if written > asked else "")
    cost = "what it costs nobody here knows" if most_usd is None else f"at most about {dollars(most_usd)}"
    return f"{some} · {cost}, counted as the lab's"


def changes_words(changes: list[Change]) -> str:
    """Return what came of asking again."""
    failed = sum(bool(change.failed) for change in changes)
    danger = sum(change.is_other_danger for change in changes)
    same = sum(change.distance == 0 for change in changes)
    asked = counted(len(changes), "message", "messages")
    return (
        f"{asked} asked again: {failed} with a failed check, {danger} with danger seen otherwise,"
        f" {same} in the very same words"
    )
