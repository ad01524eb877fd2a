"""Asking a server over HTTP as somebody outside: one deadline over all of it, a connection of its own each time."""

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import httpx2

from bee.sla.probes.ticks import Seen, Step

MOST_BYTES: Final = 1 << 20
CLOSES_WITHIN_S: Final = 0.2


class Failed(Exception):
    """A try did not come to what it should; ``reason`` is a code for the row."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What a server said. ``body``: its JSON, None for anything else."""

    status: int
    body: Any

    def expect(self, status: int = 200) -> Any:
        """Return the JSON of an answer that has a status. Raises :class:`Failed`."""
        if self.status != status:
            raise Failed(f"http_{self.status}")
        if not isinstance(self.body, dict):
            raise Failed("wrong_answer")
        return self.body


@dataclass(frozen=True, slots=True, repr=False)
class Asker:
    """Asks one server; for one thread. No proxy of the environment is used: it would be what is measured."""

    target: str
    headers: Mapping[str, str]
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _is_over: threading.Event = field(default_factory=threading.Event)

    def ask(
        self,
        method: str,
        path: str,
        *,
        timeout_s: float,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a request. Raises :class:`Failed` where there is none within ``timeout_s``."""
        sent = None if body is None else json.dumps(body)
        with self._turn:
            if self._is_over.is_set():
                raise Failed("stopped")
            asked = self._ask(
                method, self.target + path, sent, {**self.headers, **(headers or {})}, timeout_s
            )
            try:
                return self._runner.run(asked)
            except TimeoutError as error:
                raise Failed("timeout") from error
            except httpx2.HTTPError as error:
                raise Failed(_reason(error)) from error
            finally:
                if self._is_over.is_set():
                    self._runner.close()

    async def _ask(
        self, method: str, url: str, body: str | None, headers: Mapping[str, str], timeout_s: float
    ) -> Answer:
        typed = {"Content-Type": "application/json"} if body is not None else {}
        async with (
            asyncio.timeout(timeout_s),
            httpx2.AsyncClient(timeout=None, trust_env=False, follow_redirects=False) as client,
            client.stream(method, url, content=body, headers={**typed, **headers}) as answer,
        ):
            return Answer(answer.status_code, await _read(answer))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        # Whoever is not waited for may still be asking in a thread of its own, which then closes behind itself.
        self._is_over.set()
        if self._turn.acquire(timeout=CLOSES_WITHIN_S):
            self._runner.close()
            self._turn.release()


def see(step: Step, attempt: Callable[[], str], *, timer: Callable[[], float] = time.monotonic) -> Seen:
    """Return what a step comes to: tried once, and once more at once where that fails.

    ``attempt`` returns what there is to say of its success, usually nothing, or raises :class:`Failed`.
    """
    reason, seconds, first = "", 0.0, timer()
    for is_retry in (False, True):
        began = timer() if is_retry else first
        try:
            said = attempt()
        except Failed as error:
            over = timer()
            reason, seconds = error.reason, over - began
        else:
            over = timer()
            return Seen(step, True, is_retry, over - began, reason or said, over - first)
    return Seen(step, False, True, seconds, reason, over - first)


def see_ready(asker: Asker, *, timeout_s: float) -> tuple[Seen, ...]:
    """Return whether a server says that it can serve."""

    def attempt() -> str:
        if asker.ask("GET", "/ready", timeout_s=timeout_s).expect().get("status") != "ready":
            raise Failed("wrong_answer")
        return ""

    return (see(Step.READY, attempt),)


async def _read(answer: httpx2.Response) -> Any:
    read = bytearray()
    async for part in answer.aiter_bytes():
        read += part
        if len(read) > MOST_BYTES:
            raise Failed("wrong_answer")
    try:
        return json.loads(bytes(read))
    except ValueError:
        return None


def _reason(error: httpx2.HTTPError) -> str:
    """Return the code of what came instead of an answer."""
    match _root(error):
        case ConnectionRefusedError():
            return "refused"
        case socket.gaierror():
            return "unresolved"
        case ssl.SSLError():
            return "tls"
    return "unreachable" if isinstance(error, httpx2.ConnectError) else "broken"


def _root(error: BaseException) -> BaseException:
    """Return what an error comes down to; of several tries at once, the first."""
    if isinstance(error, BaseExceptionGroup):
        return _root(error.exceptions[0])
    cause = error.__cause__ or error.__context__
    return error if cause is None else _root(cause)
