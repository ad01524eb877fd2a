"""What a call costs by the price of its day."""

from datetime import date
from decimal import Decimal

import pytest

from bee.coach.model import Provider, Usage
from bee.coach.model.prices import PRICES, find_price

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("provider", "model", "found"),
    [
        (Provider.OPENAI, "gpt-4o-mini", "gpt-4o-mini"),
        (Provider.OPENAI, "gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        (Provider.OPENAI, "gpt-4o", "gpt-4o"),
        (Provider.OPENAI, "gpt-4o-audio-preview", None),
        (Provider.VERTEX, "google/gemini-2.5-flash", "google/gemini-2.5-flash"),
        (Provider.VERTEX, "google/gemini-2.5-flash@001", "google/gemini-2.5-flash"),
        (Provider.VERTEX, "google/gemini-2.5-flash-lite", "google/gemini-2.5-flash-lite"),
        (Provider.ANTHROPIC, "claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        (Provider.ANTHROPIC, "claude-sonnet-4-20250514", "claude-sonnet-4"),
        (Provider.ANTHROPIC, "gpt-4o", None),
        (Provider.OFFLINE, "offline", None),
    ],
)
def test_a_model_and_its_dated_versions_have_the_models_price(
    provider: Provider, model: str, found: str | None
) -> None:
    price = find_price(provider, model, on=TODAY)
    assert (None if price is None else price.model) == found


def test_before_a_price_was_known_there_is_none() -> None:
    assert find_price(Provider.OPENAI, "gpt-4o-mini", on=date(2024, 7, 17)) is None


def test_each_kind_of_token_costs_its_own_and_reasoning_what_output_does() -> None:
    price = find_price(Provider.ANTHROPIC, "claude-haiku-4-5", on=TODAY)
    assert price is not None
    usage = Usage(input=1_000_000, cache_read=1_000_000, cache_write=1_000_000, output=1, reasoning=999_999)
    assert price.cost(usage) == Decimal("1.00") + Decimal("0.10") + Decimal("1.25") + Decimal("5.00")


def test_no_two_prices_of_a_model_begin_on_the_same_day() -> None:
    keys = [(price.provider, price.model, price.valid_from) for price in PRICES]
    assert len(keys) == len(set(keys))
