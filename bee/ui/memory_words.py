"""Memories as people say it. Pure."""

from datetime import date, datetime
from typing import Final

from bee.coach.memory import EmbeddingModel
from bee.coach.memory.queries import StoredMemory
from bee.coach.memory.recall import Fallback, Recollection
from bee.ui.words import counted, long_date

SOURCES: Final = {
    "member": "The member",
    "conversation": "Conversation",
    "coach": "A coach",
    "import": "Imported",
    "demo": "Made up",
}
STATUSES: Final = {"proposed": "Waits for you", "accepted": "Remembered", "rejected": "Rejected"}
FALLBACKS: Final = {
    Fallback.NOT_ASKED: "because the model that is meant for it did not say",
    Fallback.NOT_ALL_EMBEDDED: "because the model that is meant for it has not seen every memory yet",
    Fallback.OVER_BUDGET: "because what models may take in a day is used up",
}
MOMENT: Final = "%-d %b %Y, %H:%M"


def waiting_words(proposed: int) -> str:
    """Return how much waits, in a sentence."""
    return f"{counted(proposed, 'proposal waits', 'proposals wait')} for a decision"


def tally_words(name: str, proposed: int, held: int, on: date | None) -> str:
    """Return who it is and how much is known of them. ``on``: the day that it is as of; None for now."""
    as_of = f" at the end of {long_date(on)}" if on else ""
    return f"{name} · {counted(held, 'memory', 'memories')}{as_of} · {waiting_words(proposed)}"


def source_words(memory: StoredMemory) -> str:
    """Return where a memory comes from."""
    return SOURCES.get(memory.source, memory.source)


def moment_words(moment: datetime | None) -> str:
    """Return a moment, a dash for none."""
    return f"{moment:{MOMENT}}" if moment else "–"


def compared_words(found: Recollection) -> str:
    """Return what compared, by what, and why it is not what was meant to."""
    why = f", {FALLBACKS[found.fallback]}" if found.fallback else ""
    return f"Compared by {found.by.label}, {_how(found.by)}{why} · weights {found.weights}"


def _how(model: EmbeddingModel) -> str:
    if not model.by_meaning:
        return "by shared words, not by meaning"
    return "by meaning, on this machine" if model.is_local else "by meaning"
