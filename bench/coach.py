"""The coach beside the model that it asks: what the engine adds to the model's own time, in all and at first.

The model is a server on loopback that speaks OpenAI's protocol and thinks for a while first. Its own time is what
the engine's client measured of the very same call, so that the difference is all that the engine does: to
authenticate, count, screen, read, hide, render, check and store. The members ask one after the other.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Final
from uuid import UUID, uuid4

import httpx2 as httpx

from bee.coach.engine import LIMITS
from bee.db.address import ServerAddress
from bee.settings import Settings
from bench.api import HOST, members_with_tokens, serve_api, serving
from bench.bare import MOST
from bench.ground import Ground
from bench.place import new_database, owner, settle
from tests.coach.model_server import ModelServer

TITLE = "The coach: the engine adds at most 60 ms to the model's own time (p95), and little to its first byte"
COLUMNS = (
    "replies",
    "model p95 ms",
    "reply p95 ms",
    "added p95 ms",
    "model first p95 ms",
    "first p95 ms",
    "added p95 ms",
)
PATH: Final = "/v1/ai-coaching-engine/generate-response"
MESSAGE: Final = "I took a walk today and it felt good, though I slept badly"
REPLIES_A_ROUND: Final = 100
CONNECTIONS: Final = 1
THINKS_S: Final = 0.2
STREAM: Final = {"Accept": "text/event-stream"}


@dataclass(frozen=True, slots=True)
class Timed:
    """A reply as its member saw it."""

    request_id: UUID
    first_s: float
    total_s: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Ask for replies, whole and streamed, and hold them against their calls of the model."""
    with (
        new_database(ground.server, "bench_coach") as address,
        serving(_serve_models, address, Settings()) as models,
    ):
        settings = Settings.model_validate(
            {
                "home": ground.work / "coach",
                "requests_per_minute": MOST,
                "coach_model": "openai/fine",
                "OPENAI_API_KEY": "bench",
                "openai_url": f"http://{HOST}:{models.port}/v1",
            }
        )
        settings.home.mkdir(exist_ok=True)
        tokens = list(members_with_tokens(address, settings).values())
        _consent(address)
        with serving(serve_api, address, settings) as api:
            _replies(api.port, tokens, number=20, streams=False)
            settle(address)
            number = ground.rounds * REPLIES_A_ROUND
            whole = _replies(api.port, tokens, number=number, streams=False)
            streamed = _replies(api.port, tokens, number=number, streams=True)
        calls = _calls(address)
    return (f"{number:,}", *_told(whole, calls, of_first=False), *_told(streamed, calls, of_first=True))


def _told(
    replies: Sequence[Timed], calls: dict[UUID, tuple[float, float]], *, of_first: bool
) -> tuple[str, ...]:
    models = [calls[reply.request_id][0 if of_first else 1] for reply in replies]
    ours = [reply.first_s if of_first else reply.total_s for reply in replies]
    added = [one - other for one, other in zip(ours, models, strict=True)]
    return tuple(f"{1000 * _p95(seconds):.1f}" for seconds in (models, ours, added))


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))]


def _replies(port: int, tokens: Sequence[str], *, number: int, streams: bool) -> list[Timed]:
    """Ask for so many replies, a member after the other."""
    mine = threading.local()
    turns: Iterator[str] = cycle(tokens)

    def ask(token: str) -> Timed:
        if not hasattr(mine, "client"):
            mine.client = httpx.Client(base_url=f"http://{HOST}:{port}", timeout=LIMITS.total_s)
        request_id = uuid4()
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(request_id)}
        began = time.perf_counter()
        body = {"message": MESSAGE}
        with mine.client.stream(
            "POST", PATH, json=body, headers=headers | (STREAM if streams else {})
        ) as answer:
            assert answer.status_code == 200, answer.read()
            pieces = answer.iter_raw()
            text = next(pieces)
            first_s = time.perf_counter() - began
            text += b"".join(pieces)
        assert b'"fallback": null' in text or b'"fallback":null' in text, text
        return Timed(request_id, first_s, time.perf_counter() - began)

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(ask, [next(turns) for _ in range(number)]))


def _calls(address: ServerAddress) -> dict[UUID, tuple[float, float]]:
    """Return the seconds of each request's call of the model, to its first byte and in all."""
    with owner(address) as connection:
        rows = connection.execute(
            "select request_id, first_byte_ms, total_ms from coach_model_calls where outcome = 'answered'"
        )
        return {row[0]: (row[1] / 1000, row[2] / 1000) for row in rows}


def _consent(address: ServerAddress) -> None:
    with owner(address) as connection:
        connection.execute(
            "insert into consents (member_id, purpose, granted, source)"
            " select id, 'coaching', true, 'demo' from members"
        )


def _serve_models(_address: ServerAddress, _settings: Settings, port: int) -> None:
    server = ModelServer(port)
    server.first_s = THINKS_S
    server.serve_forever()
