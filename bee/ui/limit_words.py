"""Limits on requests as people read them. Pure."""

from collections.abc import Sequence
from typing import Final

from bee.sla.limits import LimitHealth, Refusals
from bee.ui.words import counted

AREA_WORDS: Final = {
    "v1": "The app",
    "rest": "Tables",
    "graphql": "GraphQL",
    "realtime": "Broadcasts",
}
AREAS: Final = {words: area for area, words in AREA_WORDS.items()}
FAULT_MEANING: Final = (
    "A limiter that fails lets requests in, so that nobody is shut out by a fault of ours; they count as bad."
)


def limits_covers_words(health: LimitHealth) -> str:
    """Return what the page covers."""
    refused = counted(health.refused, "request", "requests")
    return f"{refused} of {counted(health.people, 'member', 'members')} refused by policy · times are UTC"


def refusals_takeaway(rows: Sequence[Refusals]) -> str:
    """Return the chart in a sentence."""
    sums = {area: sum(row.refused for row in rows if row.area == area) for area in AREA_WORDS}
    parts = [f"{AREA_WORDS[area]} {number:,}" for area, number in sums.items() if number]
    return f"Requests refused by policy: {', '.join(parts)}."
