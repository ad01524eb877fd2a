"""Push addresses as people read them. Pure."""

from collections.abc import Sequence
from typing import Final

from bee.notify.addresses import EXPIRED_DAYS, STALE_DAYS, Age
from bee.notify.tokens import TokenHealth, TokenWeek
from bee.ui.words import counted

PLATFORMS: Final = {"iOS": "ios", "Android": "android", "Web": "web"}
PLATFORM_WORDS: Final = {value: words for words, value in PLATFORMS.items()}
AGE_WORDS: Final = {
    Age.FRESH: f"Seen within {STALE_DAYS} days",
    Age.STALE: f"Stale: {STALE_DAYS} to {EXPIRED_DAYS} days",
    Age.EXPIRED: f"Over: more than {EXPIRED_DAYS} days",
}
WAY_WORDS: Final = {
    "fresh": "Reachable, on a fresh device",
    "stale": "Reachable, on a stale device only",
    "lost": "Not any more: every device is gone",
    "never": "Never had a device here",
}
# Which field of a week counts what.
REASONS: Final = {
    "dead": "Device gone",
    "wrong_project": "Other project",
    "expired": "Not seen",
    "moved": "Moved",
    "other": "Other",
}
WHAT_IS_DONE: Final = (
    f"A member's stale devices, not seen for {STALE_DAYS} days, are posted to only where there is no fresh one."
    f" What was not seen for {EXPIRED_DAYS} days is never posted to, and given up the same night. A device that the"
    " push service calls gone is given up at once. Whoever opens the app again has a fresh device."
)


def coverage_words(health: TokenHealth) -> str:
    """Return what the page covers."""
    demo = sum(row.demo for row in health.ages)
    made_up = (
        "" if not demo else " · demo members" if demo == health.in_use else f" · {demo:,} of demo members"
    )
    people = counted(health.people, "person", "people")
    return f"{counted(health.in_use, 'address', 'addresses')} in use · {people}{made_up}"


def share_words(part: int, whole: int) -> str:
    """Return a share; a dash where there is nothing to divide by."""
    return f"{100 * part / whole:.1f}%" if whole else "–"


def ages_takeaway(health: TokenHealth) -> str:
    """Return the ages in a sentence."""
    parts = [f"{health.aged(age):,} {words[0].lower()}{words[1:]}" for age, words in AGE_WORDS.items()]
    return f"Of {counted(health.in_use, 'address', 'addresses')} in use: {', '.join(parts)}."


def weeks_takeaway(weeks: Sequence[TokenWeek]) -> str:
    """Return what was given up in a sentence."""
    parts = [
        f"{sum(getattr(week, name) for week in weeks):,} {words.lower()}" for name, words in REASONS.items()
    ]
    return f"Given up in {counted(len(weeks), 'week', 'weeks')}: {', '.join(parts)}."
