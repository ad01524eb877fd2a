"""One connection: heard, written to, told of changes, and ended when it is slow, silent or rude."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

import anyio
from anyio.to_thread import run_sync
from starlette.websockets import WebSocket, WebSocketDisconnect

from bee.api.caller import Caller
from bee.api.realtime.backlog import Backlog
from bee.api.realtime.changes import Change, records_of, told
from bee.api.realtime.channel import Channel
from bee.api.realtime.frames import Frame, Version, decode, decode_push, encode
from bee.api.realtime.pace import Pace
from bee.api.realtime.parts import Parts
from bee.api.realtime.places import Seat
from bee.api.realtime.session import Session
from bee.errors import Invalid, Unavailable

NORMAL: Final = 1000
RUDE: Final = 1008
TOO_BIG: Final = 1009
SLOW: Final = 1013
AT_ONCE: Final = 50
FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 10.0
CLOSE_WITHIN_S: Final = 1.0

log = logging.getLogger("bee.api")


class Socket:
    """A client that is connected. Four tasks serve it; the first to end ends them all."""

    def __init__(self, websocket: WebSocket, parts: Parts, version: Version, key: str, seat: Seat) -> None:
        limits = parts.limits
        self._websocket = websocket
        self._parts = parts
        self._version = version
        self._messages: Backlog[str] = Backlog(most=limits.backlog_messages, most_bytes=limits.backlog_bytes)
        self._changes: Backlog[tuple[Channel, Change]] = Backlog(most=limits.backlog_changes)
        self._pace = Pace(limits.messages_per_s, at=time.monotonic())
        self._overrun = asyncio.Event()
        self._tokens_changed = asyncio.Event()
        self._session = Session(
            parts,
            key,
            admit=seat.admit,
            send=self._send,
            offer=self._offer,
            changed=self._tokens_changed.set,
        )

    async def serve(self) -> None:
        """Serve the client until one side ends it."""
        await self._websocket.accept()
        try:
            code = await _first_of(self._hear, self._write, self._tell, self._watch_tokens, self._give_up)
        finally:
            self._session.end()
        if code is not None:
            with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
                await asyncio.wait_for(self._close(code), CLOSE_WITHIN_S)

    async def _close(self, code: int) -> None:
        if code != SLOW:
            for text in self._messages.drain():
                await self._websocket.send_text(text)
        await self._websocket.close(code)

    async def _hear(self) -> int | None:
        while True:
            try:
                message = await asyncio.wait_for(self._websocket.receive(), self._parts.limits.silent_s)
            except TimeoutError:
                log.info("a realtime socket was silent for %g s and is closed", self._parts.limits.silent_s)
                return NORMAL
            if message["type"] == "websocket.disconnect":
                return None
            data: str | bytes = message.get("text") or message.get("bytes") or ""
            if len(data) > self._parts.limits.message_bytes:
                return TOO_BIG
            if not self._pace.allows(time.monotonic()):
                log.warning("a realtime socket sent too many messages and is closed")
                return RUDE
            try:
                frame = decode_push(data) if isinstance(data, bytes) else decode(data, self._version)
            except Invalid as error:
                log.info("a realtime socket is closed: %s", error.code)
                return RUDE
            await self._session.hear(frame)

    async def _write(self) -> int | None:
        while True:
            text = await self._messages.first()
            try:
                await self._websocket.send_text(text)
            except WebSocketDisconnect:
                return None
            self._messages.drain(1)

    async def _tell(self) -> None:
        """Read each change as the channel's member, and send the row."""
        while True:
            await self._changes.first()
            batch = self._changes.drain(AT_ONCE)
            pause_s = FIRST_PAUSE_S
            while True:
                try:
                    frames = await run_sync(self._read, batch, limiter=self._parts.readers)
                except Unavailable as error:
                    log.warning("changes wait for the database: %s", error.code)
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                else:
                    break
            for frame in frames:
                self._send(frame)

    def _read(self, batch: list[tuple[Channel, Change]]) -> list[Frame]:
        now = self._parts.house.clock()
        by_caller: dict[Caller, list[tuple[Channel, Change]]] = {}
        for channel, change in batch:
            if channel.bearer.holds(now) and self._session.channels.get(channel.topic) is channel:
                by_caller.setdefault(channel.bearer.caller, []).append((channel, change))
        frames = []
        for caller, due in by_caller.items():
            records = records_of(self._parts.house, caller, [change for _, change in due])
            for (channel, change), record in zip(due, records, strict=True):
                payload = told(change, record, channel.joining.subscriptions) if record is not None else None
                if payload is not None:
                    frames.append(Frame(channel.topic, "postgres_changes", payload, None, None))
        return frames

    async def _watch_tokens(self) -> int:
        """End channels as their tokens expire, and the socket with the last of them."""
        while True:
            self._tokens_changed.clear()
            now = self._parts.house.clock()
            over = [one for one in self._session.channels.values() if not one.bearer.holds(now)]
            for channel in over:
                self._session.close(channel, "Access token has expired")
            if over and not self._session.channels:
                return NORMAL
            ends = [one.bearer.expires_at for one in self._session.channels.values() if one.bearer.expires_at]
            wait_s = max(0.0, (min(ends) - now).total_seconds()) if ends else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._tokens_changed.wait(), wait_s)

    async def _give_up(self) -> int:
        await self._overrun.wait()
        log.warning("a realtime socket is too slow: what waits for it is dropped, and it is closed")
        return SLOW

    def _send(self, frame: Frame) -> None:
        text = encode(frame, self._version)
        if not self._messages.put(text, len(text)):
            self._overrun.set()

    def _offer(self, channel: Channel, change: Change) -> None:
        if not self._changes.put((channel, change)):
            self._overrun.set()


async def _first_of(*tasks: Callable[[], Awaitable[int | None]]) -> int | None:
    """Run until the first ends, end the others, and return what it did. A read that is under way is waited for."""
    codes: list[int | None] = []

    async def run(task: Callable[[], Awaitable[int | None]]) -> None:
        codes.append(await task())
        group.cancel_scope.cancel()

    async with anyio.create_task_group() as group:
        for task in tasks:
            group.start_soon(run, task)
    return codes[0]
