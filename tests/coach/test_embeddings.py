"""Providers' models of meaning, above all Vertex AI's: tokens, regions, limits of a request, ways of failing."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bee.coach.memory.asking import Told, embed
from bee.coach.memory.models import MEANING_DIMENSION, Compares, EmbeddingModel
from bee.coach.model import Fault, ModelFailed, Models
from bee.coach.model.models import vertex_url
from bee.settings import Settings
from tests.coach.model_server import ModelServer, model_server
from tests.coach.test_model import settings_for

TEXTS = ["a walk", "soup", "tired", "a hike", "lunch", "bed", "a trail"]


@pytest.fixture
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def settings(service: ModelServer, tmp_path: Path) -> Settings:
    return settings_for(service, tmp_path)


def meant(name: str, provider: str = "vertex") -> EmbeddingModel:
    return EmbeddingModel(provider, name, MEANING_DIMENSION, Compares.MEANING)


def embedded(
    settings: Settings, model: EmbeddingModel, texts: Sequence[str] = TEXTS, *, within_s: float = 30
) -> list[list[float]]:
    found = told(settings, model, texts, within_s=within_s)
    return [row.values for row in found.embedded()]


def told(settings: Settings, model: EmbeddingModel, texts: Sequence[str], *, within_s: float = 30) -> Told:
    async def ask() -> Told:
        async with Models(settings) as models:
            return await embed(models, model, texts, now=datetime.now(UTC), within_s=within_s)

    return asyncio.run(ask())


def test_each_request_is_a_call_of_its_own_and_one_that_fails_is_the_last(
    settings: Settings, service: ModelServer
) -> None:
    model = meant("google/gemini-embedding-001")
    whole = told(settings, model, TEXTS)
    assert [call.number for call in whole.calls] == list(range(1, len(TEXTS) + 1))
    assert sum(call.usage.input for call in whole.calls) == service.counted > 0
    service.counted = 0
    broken = told(settings, meant("google/once_odd:gemini"), TEXTS)
    assert [call.outcome for call in broken.calls] == ["broken"]
    assert sum(call.usage.input for call in broken.calls) == service.counted > 0


@pytest.mark.parametrize(
    ("model", "sizes"),
    [
        (meant("google/gemini-embedding-001"), [1] * 7),
        (meant("google/text-embedding-005"), [5, 2]),
        (meant("text-embedding-3-small", "openai"), [7]),
    ],
)
def test_each_request_has_as_many_texts_as_the_provider_takes(
    model: EmbeddingModel, sizes: list[int], settings: Settings, service: ModelServer
) -> None:
    rows = embedded(settings, model)
    assert [len(asked["input"]) for asked in service.asked] == sizes
    assert [text for asked in service.asked for text in asked["input"]] == TEXTS
    # The server embeds by subject, a place each: walks, meals, sleep.
    assert [max(range(3), key=row.__getitem__) for row in rows] == [0, 1, 2, 0, 1, 2, 0]
    assert {len(row) for row in rows} == {MEANING_DIMENSION}
    assert {asked["dimensions"] for asked in service.asked} == {MEANING_DIMENSION}
    assert {asked["encoding_format"] for asked in service.asked} == {"float"}


def test_googles_token_is_kept_between_requests_and_fetched_again_before_it_runs_out(
    settings: Settings, service: ModelServer
) -> None:
    embedded(settings, meant("google/gemini-embedding-001"))
    assert set(service.keys) == {"Bearer token-1"}
    service.keys.clear()
    service.token_s = 30
    embedded(settings, meant("google/gemini-embedding-001"), TEXTS[:3])
    assert service.keys == ["Bearer token-2", "Bearer token-3", "Bearer token-4"]


def test_a_token_that_can_not_be_had_is_a_failure_of_the_configuration(
    settings: Settings, service: ModelServer
) -> None:
    key = settings.home / "vertex.json"
    key.write_text(key.read_text().replace("/token", "/no-token"))
    with pytest.raises(ModelFailed) as failed:
        embedded(settings, meant("google/text-embedding-005"))
    assert failed.value.fault is Fault.CONFIGURATION
    assert service.asked == []


@pytest.mark.parametrize(
    ("location", "address"),
    [
        (
            "europe-west4",
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4",
        ),
        ("global", "https://aiplatform.googleapis.com/v1/projects/p/locations/global"),
    ],
)
def test_each_region_is_at_its_own_address(location: str, address: str) -> None:
    assert vertex_url("p", location) == f"{address}/endpoints/openapi"


@pytest.mark.parametrize("provider", ["vertex", "openai"])
@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        ("400", Fault.REJECTED),
        ("401", Fault.CONFIGURATION),
        ("403", Fault.CONFIGURATION),
        ("404", Fault.CONFIGURATION),
        ("429", Fault.THROTTLED),
        ("google_429", Fault.THROTTLED),
        ("quota", Fault.QUOTA),
        ("500", Fault.OVERLOADED),
        ("nonsense", Fault.BROKEN),
        ("empty", Fault.BROKEN),
        ("few", Fault.BROKEN),
        ("many", Fault.BROKEN),
        ("one_place", Fault.BROKEN),
        ("odd", Fault.BROKEN),
        ("short", Fault.BROKEN),
        ("nan", Fault.BROKEN),
        ("infinite", Fault.BROKEN),
        ("null", Fault.BROKEN),
        ("words", Fault.BROKEN),
    ],
)
def test_each_way_of_failing_is_told_apart(
    mode: str, fault: Fault, provider: str, settings: Settings, service: ModelServer
) -> None:
    with pytest.raises(ModelFailed) as failed:
        embedded(settings, meant(mode, provider), TEXTS[:3])
    assert failed.value.fault is fault
    assert "nobody is to see" not in str(failed.value)
    assert len(service.asked) == 1, "the caller knows whether there is time for another try"


def test_whoever_is_told_when_to_come_again_knows_it(settings: Settings) -> None:
    with pytest.raises(ModelFailed) as failed:
        embedded(settings, meant("429_told"))
    assert failed.value.retry_after_s == 7


def test_a_model_that_stalls_is_given_up_in_time(settings: Settings) -> None:
    with pytest.raises(ModelFailed) as failed:
        embedded(settings, meant("stall"), within_s=0.3)
    assert failed.value.fault is Fault.SLOW


def test_what_fails_in_the_middle_leaves_nothing_half(settings: Settings, service: ModelServer) -> None:
    with pytest.raises(ModelFailed):
        embedded(settings, meant("once_500"))
    assert len(embedded(settings, meant("once_500"))) == len(TEXTS)
    assert len(service.asked) == 3


@pytest.mark.parametrize("provider", ["vertex", "openai"])
def test_a_provider_that_is_not_configured_is_said_so(provider: str) -> None:
    with pytest.raises(ModelFailed, match=f"{provider} is not configured"):
        embedded(Settings(), meant("fine", provider))
