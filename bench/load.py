"""Requests over loopback from a process of its own, on as many connections as wanted, one at a time on each.

Sockets and no client library: what the client takes, the server does not have.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import uvloop

from bench.place import alone

END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Load:
    """What some requests took: how many a second, and the seconds within which 95 of 100 were answered."""

    requests_per_s: float
    p95_s: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is sent, and the status that its answer has to have."""

    request: bytes
    status: int


def get(path: str, headers: dict[str, str], *, status: int = 200) -> Asked:
    """Return a request without a body."""
    return Asked(_head("GET", path, headers), status)


def post(path: str, headers: dict[str, str], body: bytes, *, status: int = 200) -> Asked:
    """Return a request with JSON as its body."""
    about = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return Asked(_head("POST", path, headers | about) + body, status)


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: bench",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def load(port: int, requests: Sequence[Asked], *, number: int, connections: int) -> Load:
    """Send ``number`` requests, in turn from the beginning, and return what they took."""
    return alone(_load, port, requests, number, connections).result


def _load(port: int, requests: Sequence[Asked], number: int, connections: int) -> Load:
    latencies: list[float] = []
    turns = (requests[turn % len(requests)] for turn in range(number))

    async def run() -> float:
        streams = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
        begun = time.perf_counter()
        await asyncio.gather(*(_ask(reader, writer, turns, latencies) for reader, writer in streams))
        seconds = time.perf_counter() - begun
        for _, writer in streams:
            writer.close()
        return seconds

    seconds = uvloop.run(run())
    latencies.sort()
    return Load(number / seconds, latencies[int(0.95 * len(latencies))])


async def _ask(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    turns: Iterator[Asked],
    latencies: list[float],
) -> None:
    for asked in turns:
        begun = time.perf_counter()
        writer.write(asked.request)
        head = await reader.readuntil(END_OF_HEAD)
        assert head.startswith(f"HTTP/1.1 {asked.status} ".encode()), (asked.request, head)
        await reader.readexactly(_length(head))
        latencies.append(time.perf_counter() - begun)


def _length(head: bytes) -> int:
    for line in islice(head.split(b"\r\n"), 1, None):
        if line.lower().startswith(LENGTH):
            return int(line[len(LENGTH) :])
    raise AssertionError("an answer without a length")
