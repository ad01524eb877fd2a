"""What a call cost, by prices that are data and have a date."""

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Final

from bee.coach.model.interface import Provider, Usage

MILLION: Final = 1_000_000
# What stands behind a model's name where one of its versions is meant.
VERSION: Final = re.compile(r"(?:[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest))?")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of each kind, valid from a day on."""

    provider: Provider
    model: str
    valid_from: date
    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal

    def cost(self, usage: Usage) -> Decimal:
        """Return US dollars, unrounded."""
        return (
            usage.input * self.input
            + usage.cache_read * self.cache_read
            + usage.cache_write * self.cache_write
            + (usage.output + usage.reasoning) * self.output
        ) / MILLION


def find_price(provider: Provider, model: str, *, on: date) -> Price | None:
    """Return the newest price of a model that was valid on a day, or None where none is known."""
    valid = [
        price
        for price in PRICES
        if price.provider is provider
        and price.valid_from <= on
        and model.startswith(price.model)
        and VERSION.fullmatch(model[len(price.model) :])
    ]
    return max(valid, key=lambda price: price.valid_from, default=None)


def _prices() -> tuple[Price, ...]:
    rows = json.loads((files(__package__) / "prices.json").read_text(encoding="utf-8"))["prices"]
    return tuple(
        Price(
            provider=Provider(row["provider"]),
            model=row["model"],
            valid_from=date.fromisoformat(row["from"]),
            **{kind: Decimal(row[kind]) for kind in ("input", "cache_read", "cache_write", "output")},
        )
        for row in rows
    )


PRICES: Final = _prices()
