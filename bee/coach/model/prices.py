"""What a call cost, by prices that are data and have a date and a source."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Annotated, Final

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from bee.coach.model.interface import Provider, Usage
from bee.errors import Invalid
from bee.settings import Settings

MILLION: Final = 1_000_000
# What stands behind a model's name where one of its versions is meant.
VERSION: Final = re.compile(r"(?:[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest))?")

Dollars = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens of each kind, valid from a day on.

    ``embeds``: whether the model only says what texts mean; ``source``: where it stands; ``checked_on``: when it
    was compared with that, None where nobody did.
    """

    provider: Provider
    model: str
    valid_from: date
    input: Decimal
    cache_read: Decimal
    cache_write: Decimal
    output: Decimal
    embeds: bool = False
    source: str = ""
    checked_on: date | None = None

    def cost(self, usage: Usage) -> Decimal:
        """Return US dollars, unrounded."""
        return (
            usage.input * self.input
            + usage.cache_read * self.cache_read
            + usage.cache_write * self.cache_write
            + (usage.output + usage.reasoning) * self.output
        ) / MILLION


class _Row(BaseModel):
    """A price as a file has it."""

    model_config = ConfigDict(extra="forbid")

    provider: Provider
    model: str = Field(min_length=1, max_length=200)
    valid_from: date = Field(validation_alias=AliasChoices("from"))
    input: Dollars
    cache_read: Dollars
    cache_write: Dollars
    output: Dollars
    embeds: bool = False
    source: str = Field(min_length=1, max_length=300)
    checked_on: date | None = Field(validation_alias=AliasChoices("checked"))


class _File(BaseModel):
    """A file of prices; what it is about is for people."""

    prices: list[_Row]


def find_price(
    provider: Provider, model: str, *, on: date, prices: Sequence[Price] | None = None
) -> Price | None:
    """Return the newest price of a model that was valid on a day, or None where none is known.

    ``prices``: those of the installation, see :func:`price_list`; the ones that come with the program if None.
    """
    valid = [
        price
        for price in (PRICES if prices is None else prices)
        if price.provider is provider
        and price.valid_from <= on
        and model.startswith(price.model)
        and VERSION.fullmatch(model[len(price.model) :])
    ]
    return max(valid, key=lambda price: price.valid_from, default=None)


def price_list(settings: Settings) -> tuple[Price, ...]:
    """Return the prices that hold here: the operator's own, and the program's for every other model.

    Raises :class:`Invalid` for a file that can't be read as prices.
    """
    if settings.coach_prices is None:
        return PRICES
    try:
        own = _parsed(settings.coach_prices.read_bytes())
    except (OSError, ValidationError, ValueError) as error:
        raise Invalid("prices", f"BEE_COACH_PRICES is no file of prices: {_told(error)}.") from error
    named = {(price.provider, price.model) for price in own}
    return own + tuple(price for price in PRICES if (price.provider, price.model) not in named)


def _parsed(text: bytes) -> tuple[Price, ...]:
    return tuple(Price(**row.model_dump()) for row in _File.model_validate(json.loads(text)).prices)


def _told(error: Exception) -> str:
    match error:
        case OSError():
            return error.strerror or "it can't be read"
        case ValidationError():
            return "; ".join(
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:5]
            )
        case _:
            return "it is no JSON"


PRICES: Final = _parsed((files(__package__) / "prices.json").read_bytes())
