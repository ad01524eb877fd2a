"""Models over their own protocols: text as it comes, tokens in buckets, and every way of failing."""

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bee.coach.model import (
    Completion,
    Fault,
    Finish,
    ModelFailed,
    ModelRequest,
    Models,
    Moment,
    Patience,
    Provider,
    Turn,
    Usage,
    ask,
    complete,
)
from bee.coach.model.asking import Spoken
from bee.errors import Unavailable
from bee.settings import Settings
from tests.coach.model_server import TEXT, ModelServer, model_server

AMPLE = Patience(first_s=20, gap_s=20, total_s=20)
SHORT = Patience(first_s=0.3, gap_s=0.3, total_s=0.6)
BOTH = [Provider.OPENAI, Provider.ANTHROPIC]


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture(scope="module")
def settings(service: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return settings_for(service, tmp_path_factory.mktemp("keys"))


def settings_for(service: ModelServer, folder: Path) -> Settings:
    return Settings.model_validate(
        {
            "home": folder,
            "OPENAI_API_KEY": "key-of-openai",
            "openai_url": f"{service.address}/v1",
            "ANTHROPIC_API_KEY": "key-of-anthropic",
            "anthropic_url": service.address,
            "vertex_project": "a-project",
            "vertex_url": f"{service.address}/v1",
            "vertex_credentials": key_file(folder, f"{service.address}/token"),
        }
    )


def key_file(folder: Path, token_uri: str) -> Path:
    """Write a service account's key whose tokens come from elsewhere."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "vertex.json"
    path.write_text(
        json.dumps(
            {
                "type": "service_account",
                "client_email": "bee@a-project.iam.gserviceaccount.com",
                "private_key": key.decode(),
                "private_key_id": "one",
                "token_uri": token_uri,
            }
        )
    )
    return path


def request(model: str = "fine", **changed: Any) -> ModelRequest:
    usual: dict[str, Any] = {
        "system": "Be kind.",
        "turns": (
            Turn("assistant", "Welcome."),
            Turn("user", "Hello"),
            Turn("assistant", "Hi"),
            Turn("user", "I walked"),
        ),
        "max_tokens": 200,
        "temperature": None,
        "pseudonym": "m-1",
        "moment": Moment("I walked", None, (), ()),
    }
    return ModelRequest(model=model, **usual | changed)


def said(settings: Settings, provider: Provider, asked: ModelRequest, patience: Patience = AMPLE) -> Spoken:
    return complete(settings, provider, asked, patience)


def fault_of(settings: Settings, provider: Provider, model: str, patience: Patience = AMPLE) -> ModelFailed:
    with pytest.raises(ModelFailed) as caught:
        said(settings, provider, request(model), patience)
    assert "words that nobody is to see" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("provider", [*BOTH, Provider.VERTEX])
def test_the_text_comes_with_its_tokens_in_buckets_that_exclude_one_another(
    provider: Provider, settings: Settings
) -> None:
    spoken = said(settings, provider, request())
    assert spoken.text == TEXT
    usage = Usage(input=50, cache_read=40, cache_write=10, output=18, reasoning=12)
    assert spoken.completion == Completion(Finish.COMPLETE, usage, "named-by-provider")
    assert usage.total == 130
    assert 0 < spoken.first_s <= spoken.total_s


def test_text_comes_as_the_model_speaks(settings: Settings) -> None:
    async def pieces() -> list[str]:
        async with Models(settings) as models:
            asked = ask(models.of(Provider.OPENAI), request(), AMPLE)
            return [piece async for piece in asked if isinstance(piece, str)]

    assert asyncio.run(pieces()) == [
        word if place == 0 else f" {word}" for place, word in enumerate(TEXT.split(" "))
    ]


def test_reasoning_that_is_counted_beside_the_completion_is_not_taken_off_it(
    settings: Settings, service: ModelServer
) -> None:
    usual = service.usage
    service.usage = {
        "prompt_tokens": 100,
        "completion_tokens": 30,
        "total_tokens": 142,
        "completion_tokens_details": {"reasoning_tokens": 12},
    }
    try:
        usage = said(settings, Provider.VERTEX, request()).completion.usage
    finally:
        service.usage = usual
    assert usage == Usage(input=100, output=30, reasoning=12)


def test_openai_is_asked_for_the_usage_and_not_to_keep_anything(
    settings: Settings, service: ModelServer
) -> None:
    said(settings, Provider.OPENAI, request(temperature=0.4))
    asked = service.asked[-1]
    assert service.keys[-1] == "Bearer key-of-openai"
    assert asked["messages"][0] == {"role": "system", "content": "Be kind."}
    assert [message["role"] for message in asked["messages"][1:]] == [
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert (asked["stream_options"], asked["store"]) == ({"include_usage": True}, False)
    assert (asked["max_completion_tokens"], asked["safety_identifier"]) == (200, "m-1")
    assert asked["temperature"] == 0.4


def test_vertex_is_not_sent_what_only_openai_takes(settings: Settings, service: ModelServer) -> None:
    said(settings, Provider.VERTEX, request("google/fine"))
    assert set(service.asked[-1]) == {"model", "messages", "stream", "stream_options", "max_tokens"}


def test_claude_is_told_the_system_apart_and_begins_with_the_member(
    settings: Settings, service: ModelServer
) -> None:
    said(settings, Provider.ANTHROPIC, request(temperature=0.4))
    asked = service.asked[-1]
    assert "key-of-anthropic" in service.keys[-1]
    assert asked["system"] == "Be kind."
    assert [message["role"] for message in asked["messages"]] == ["user", "assistant", "user"]
    assert asked["metadata"] == {"user_id": "m-1"}
    assert set(asked) == {"model", "system", "messages", "max_tokens", "metadata", "stream"}


def test_googles_token_is_fetched_once_and_again_before_it_runs_out(
    service: ModelServer, tmp_path: Path
) -> None:
    settings = settings_for(service, tmp_path)

    async def ask_twice() -> tuple[str, str]:
        async with Models(settings) as models:
            vertex = models.of(Provider.VERTEX)
            for _ in range(2):
                async for _piece in ask(vertex, request(), AMPLE):
                    pass
        return service.keys[-2], service.keys[-1]

    first, again = asyncio.run(ask_twice())
    assert first == again
    service.token_s = 30
    try:
        first, again = asyncio.run(ask_twice())
    finally:
        service.token_s = 3600
    assert first != again


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize(
    ("mode", "fault"),
    [
        ("400", Fault.REJECTED),
        ("401", Fault.CONFIGURATION),
        ("403", Fault.CONFIGURATION),
        ("404", Fault.CONFIGURATION),
        ("429", Fault.THROTTLED),
        ("quota", Fault.QUOTA),
        ("500", Fault.OVERLOADED),
        ("529", Fault.OVERLOADED),
        ("error_middle", Fault.OVERLOADED),
        ("nonsense", Fault.BROKEN),
        ("garbage", Fault.BROKEN),
        ("odd", Fault.BROKEN),
        ("early", Fault.BROKEN),
        ("empty", Fault.BROKEN),
        ("cut", Fault.UNREACHABLE),
    ],
)
def test_each_way_of_failing_is_told_apart(
    provider: Provider, mode: str, fault: Fault, settings: Settings, service: ModelServer
) -> None:
    before = len(service.asked)
    assert fault_of(settings, provider, mode).fault is fault
    assert len(service.asked) == before + 1


@pytest.mark.parametrize("provider", BOTH)
def test_how_long_to_wait_is_heard(provider: Provider, settings: Settings) -> None:
    assert fault_of(settings, provider, "429_told").retry_after_s == 7
    assert fault_of(settings, provider, "429").retry_after_s is None


@pytest.mark.parametrize("provider", BOTH)
@pytest.mark.parametrize("mode", ["stall", "stall_middle", "drip"])
def test_a_model_that_stalls_or_drips_is_left_in_time(
    provider: Provider, mode: str, settings: Settings
) -> None:
    began = time.monotonic()
    assert fault_of(settings, provider, mode, SHORT).fault is Fault.SLOW
    # Far less than the 30 s for which it stalls, however slow the machine.
    assert time.monotonic() - began < 25


@pytest.mark.parametrize("provider", BOTH)
def test_a_refusal_and_a_text_that_was_cut_short_are_no_failures(
    provider: Provider, settings: Settings
) -> None:
    assert said(settings, provider, request("long")).completion.finish is Finish.LENGTH

    async def refused() -> list[str | Completion]:
        async with Models(settings) as models:
            return [piece async for piece in ask(models.of(provider), request("refused"), AMPLE)]

    (only,) = asyncio.run(refused())
    assert isinstance(only, Completion)
    assert only.finish is Finish.REFUSED
    assert only.usage is not None


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"home": tmp_path, "OPENAI_API_KEY": "key", "openai_url": "http://127.0.0.1:9/v1"}
    )
    assert fault_of(settings, Provider.OPENAI, "fine").fault is Fault.UNREACHABLE
    assert fault_of(settings, Provider.ANTHROPIC, "fine").fault is Fault.CONFIGURATION


def test_the_offline_coach_is_one_of_the_models_and_needs_no_setting(tmp_path: Path) -> None:
    spoken = said(Settings(home=tmp_path), Provider.OFFLINE, request("offline"))
    assert (spoken.completion.model, spoken.completion.usage) == ("offline", Usage())
    assert "I walked" in spoken.text


@pytest.mark.parametrize("provider", [*BOTH, Provider.OFFLINE, Provider.VERTEX])
def test_whether_a_model_can_be_had_is_asked_at_no_cost(provider: Provider, settings: Settings) -> None:
    async def check(model: str) -> None:
        async with Models(settings) as models:
            await models.of(provider).check(model)

    if provider is not Provider.VERTEX:
        asyncio.run(check("fine"))
    if provider is not Provider.OFFLINE:
        with pytest.raises(ModelFailed) as caught:
            asyncio.run(check("401"))
        assert caught.value.fault is Fault.CONFIGURATION


def test_a_key_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "vertex.json").write_text("{}")
    settings = Settings(
        home=tmp_path, vertex_project="a-project", vertex_credentials=tmp_path / "vertex.json"
    )
    with pytest.raises(Unavailable, match="BEE_VERTEX_CREDENTIALS"):
        Models(settings)
