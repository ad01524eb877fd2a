"""Use and cost as people read them. Pure."""

from decimal import Decimal
from typing import Final

from bee.coach.ledger import Purpose
from bee.coach.model.prices import Price
from bee.coach.usage import Grouping, UsageLine
from bee.ui.words import counted

PURPOSES: Final = {
    "Members": Purpose.PRODUCTION,
    "Lab": Purpose.LAB,
    "Judge": Purpose.JUDGE,
    "Memory": Purpose.EMBEDDING,
}
PURPOSE_WORDS: Final = {purpose: words for words, purpose in PURPOSES.items()}
GROUPINGS: Final = {
    "Version": Grouping.VERSION,
    "Model": Grouping.MODEL,
    "Coach": Grouping.COACH,
    "Day": Grouping.DAY,
}
NO_PRICE: Final = "no price"
SMALLEST_SHOWN: Final = Decimal("0.0001")


def dollars(amount: Decimal) -> str:
    """Return an amount as short as it can be read: cents from a dollar on, else as far as it says something."""
    if amount >= 1 or amount == 0:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= SMALLEST_SHOWN else "< $0.0001"


def cost_words(line: UsageLine) -> str:
    """Return what the calls with a price cost; a model without one is never shown as free."""
    if line.cost_usd is None:
        return NO_PRICE
    return dollars(line.cost_usd)


def unpriced_words(line: UsageLine) -> str | None:
    """Return how many calls the cost leaves out."""
    return f"{counted(line.unpriced, 'call', 'calls')} without a price" if line.unpriced else None


def helpful_words(line: UsageLine) -> str:
    """Return what members said of the answers, with how many did; a dash where nobody did."""
    said = line.helpful + line.unhelpful
    return f"{line.helpful:,} of {said:,}" if said else "–"


def covers_words(total: UsageLine, days: int) -> str:
    """Return what the figures cover."""
    estimated = f" · {total.estimated:,} estimated" if total.estimated else ""
    return f"{counted(total.calls, 'call', 'calls')} in {counted(days, 'day', 'days')}, UTC{estimated}"


def days_takeaway(total: UsageLine, days: int) -> str:
    """Return the days in a sentence."""
    told = ", and ".join(filter(None, (cost_words(total), unpriced_words(total))))
    return f"In {counted(days, 'day', 'days')} models cost {told}."


def checked_words(price: Price) -> str:
    """Return when a price was compared with its source."""
    return f"{price.checked_on:%-d %b %Y}" if price.checked_on else "Not yet: confirm it"
