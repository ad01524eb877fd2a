"""What an API is sent all day: reads, batches of events, and what comes of mistakes and of strangers."""

import json
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from uuid import uuid4

from bench.load import Asked, get, post

BATCH = 10


def mixed(tokens: Sequence[str], number: int) -> list[Asked]:
    """Return requests of members in turn, each with the status of its answer, none of the events twice."""
    return list(islice(_endless(tokens), number))


def _endless(tokens: Sequence[str]) -> Iterator[Asked]:
    for token in cycle(tokens):
        mine, forged = _bearer(token), _bearer(f"{token[:-40]}{uuid4().hex}AAAAAAAA")
        yield from [get("/v1/momentum", mine)] * 12
        yield get("/v1/momentum/history?days=30", mine)
        yield get("/v1/notifications", mine)
        yield post("/v1/events", mine, _batch())
        yield post("/v1/events", mine, _batch(event_type=""))
        yield post("/v1/events", mine, b"[{", status=400)
        yield get("/v1/momentum/history?days=0", mine, status=400)
        yield get(f"/v1/{uuid4()}", mine, status=404)
        yield get("/v1/momentum", forged, status=401)


def _batch(**wrong: object) -> bytes:
    """Return new events, the first of them with what is ``wrong``: it is rejected, the others go in."""
    events: list[dict[str, object]] = [
        {"id": str(uuid4()), "event_type": "app_session", "metadata": {"screen": "home"}}
        for _ in range(BATCH)
    ]
    return json.dumps([events[0] | wrong, *events[1:]]).encode()


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
