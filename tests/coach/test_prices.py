"""What a call costs by the price of its day."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bee.coach.model import Provider, Usage
from bee.coach.model.prices import PRICES, find_price, price_list
from bee.errors import Invalid
from bee.settings import Settings

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


def write(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "prices.json"
    path.write_text(text, encoding="utf-8")
    return Settings(coach_prices=path)


OWN = {
    "provider": "openai", "model": "gpt-4o-mini", "from": "2026-01-01", "input": "0.10", "cache_read": "0.05",
    "cache_write": "0.10", "output": "0.40", "source": "our contract", "checked": "2026-11-01",
}  # fmt: skip


def test_every_price_says_where_it_stands_and_when_it_was_compared_with_that() -> None:
    assert all(price.source.startswith("https://") for price in PRICES)
    assert {price.checked_on is None for price in PRICES if price.provider is Provider.ANTHROPIC} == {False}


def test_models_that_only_embed_are_marked_and_not_confirmed() -> None:
    embedding = {f"{price.provider}/{price.model}": price for price in PRICES if price.embeds}
    assert set(embedding) == {
        "openai/text-embedding-3-small", "openai/text-embedding-3-large", "vertex/google/gemini-embedding-001",
    }  # fmt: skip
    assert {price.checked_on for price in embedding.values()} == {None}
    assert embedding["openai/text-embedding-3-small"].cost(Usage(input=1_000_000)) == Decimal("0.02")


def test_an_operators_own_prices_count_alone_for_the_models_that_they_name(tmp_path: Path) -> None:
    prices = price_list(write(tmp_path, json.dumps({"prices": [OWN]})))
    found = find_price(Provider.OPENAI, "gpt-4o-mini", on=TODAY, prices=prices)
    assert found is not None
    assert (found.input, found.source) == (Decimal("0.10"), "our contract")
    assert find_price(Provider.OPENAI, "gpt-4o-mini", on=date(2025, 12, 31), prices=prices) is None
    assert find_price(Provider.OPENAI, "gpt-4o", on=TODAY, prices=prices) == find_price(
        Provider.OPENAI, "gpt-4o", on=TODAY
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no JSON"),
        ("[]", "valid dictionary"),
        ('{"prices": [{}]}', "provider: Field required"),
        (json.dumps({"prices": [OWN | {"input": "-1"}]}), "greater than or equal to 0"),
        (json.dumps({"prices": [OWN | {"input": "NaN"}]}), "finite"),
        (json.dumps({"prices": [OWN | {"provider": "moon"}]}), "provider"),
        (json.dumps({"prices": [OWN | {"per": "1k"}]}), "per: Extra inputs"),
    ],
)
def test_a_file_that_holds_no_prices_stops_the_start_and_says_why(
    text: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=told):
        price_list(write(tmp_path, text))


def test_a_file_of_prices_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="No such file"):
        price_list(Settings(coach_prices=tmp_path / "none.json"))
