"""What a process hears: one connection that listens for notices, and reads of the outbox whenever one wakes it.

Every process reads for itself: its place is the snapshot that it saw last, and what became visible since is new,
however late it was committed. Changes are found by the next poll where no notice comes; a broadcast that comes
while the connection is away is lost, as its sender expects of one.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import anyio
import psycopg
from anyio.to_thread import run_sync
from sqlalchemy.exc import SQLAlchemyError

from bee.api.realtime.broadcasts import Broadcast
from bee.api.realtime.changes import changes_since
from bee.api.realtime.hub import Hub
from bee.db import Database, Login
from bee.db.database import conninfo
from bee.db.queries import query_text
from bee.errors import BeeError

FIRST_PAUSE_S: Final = 0.5
LONGEST_PAUSE_S: Final = 30.0
# A server that is gone without a word is found out after a minute.
KEEPALIVE: Final = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}

log = logging.getLogger("bee.api")


class Feed:
    """``ready``: set while the process knows its place, so that nothing that comes later can be missed."""

    def __init__(self, database: Database, hub: Hub, *, poll_s: float) -> None:
        self._database = database
        self._hub = hub
        self._poll_s = poll_s
        self._since: str | None = None
        self._woken = asyncio.Event()
        self._limiter = anyio.CapacityLimiter(1)
        self.ready = asyncio.Event()

    async def run(self) -> None:
        """Listen and read until cancelled."""
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen)
            group.start_soon(self._read)

    async def _listen(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with await self._connection() as connection:
                    await connection.execute(query_text("realtime/listen"))
                    pause_s = FIRST_PAUSE_S
                    self._woken.set()
                    async for notice in connection.notifies():
                        self._hear(notice.payload)
                        # Between two of many, those who keep up send what they have.
                        await asyncio.sleep(0)
            except psycopg.Error as error:
                log.warning("realtime hears nothing for %.1f s: %s", pause_s, type(error).__name__)
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _connection(self) -> psycopg.AsyncConnection[tuple[object, ...]]:
        place = conninfo(self._database.address, Login.SYSTEM, **KEEPALIVE)
        return await psycopg.AsyncConnection.connect(place, autocommit=True)

    def _hear(self, payload: str) -> None:
        if not payload:
            self._woken.set()
            return
        try:
            self._hub.spread_broadcast(Broadcast.read(payload))
        except (ValueError, KeyError, TypeError):
            log.warning("a notice that is no broadcast was passed over")

    async def _read(self) -> None:
        pause_s = FIRST_PAUSE_S
        loop = asyncio.get_running_loop()
        while True:
            self._woken.clear()
            try:
                await run_sync(self._catch_up, loop.call_soon_threadsafe, limiter=self._limiter)
            except (BeeError, SQLAlchemyError):
                self.ready.clear()
                log.warning("realtime can't read changes, trying again in %.1f s", pause_s, exc_info=True)
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                continue
            self.ready.set()
            pause_s = FIRST_PAUSE_S
            try:
                await asyncio.wait_for(self._woken.wait(), self._poll_s)
            except TimeoutError:
                continue

    def _catch_up(self, call: Callable[..., object]) -> None:
        with self._database.reading(Login.SYSTEM) as session:
            snapshot = session.scalar("realtime/snapshot")
            # Asked behind the snapshot: whoever joins from now on misses nothing that this read passes over.
            members = self._hub.watched()
            if self._since is not None and members != []:
                for changes in changes_since(session, self._since, members):
                    call(self._hub.spread, changes)
        self._since = snapshot
