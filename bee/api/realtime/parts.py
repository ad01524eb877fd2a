"""What the sockets of one process share."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

import anyio
from anyio.to_thread import run_sync

from bee.api.house import House
from bee.api.realtime.broadcasts import Broadcast, publish
from bee.api.realtime.feed import Feed
from bee.api.realtime.hub import Hub
from bee.api.realtime.limits import RealtimeLimits
from bee.api.realtime.places import Places


@dataclass(slots=True, repr=False)
class Parts:
    """``readers``: the threads that read and verify, few enough that requests keep their connections."""

    house: House
    limits: RealtimeLimits
    hub: Hub
    feed: Feed
    readers: anyio.CapacityLimiter
    places: Places

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, house: House, limits: RealtimeLimits) -> AsyncIterator[Self]:
        """Hear of changes and broadcasts while the block runs."""
        hub = Hub()
        feed = Feed(house.database, hub, poll_s=limits.poll_s)
        settings = house.settings
        places = Places(limits.sockets, settings.sockets_per_address, settings.sockets_per_member)
        async with anyio.create_task_group() as group:
            group.start_soon(feed.run)
            yield cls(house, limits, hub, feed, anyio.CapacityLimiter(limits.readers), places)
            group.cancel_scope.cancel()

    async def publish(self, broadcasts: list[Broadcast]) -> None:
        """Hand broadcasts to every process. Raises :class:`bee.errors.Invalid`, and
        :class:`bee.errors.Unavailable`.
        """
        await run_sync(self._publish, broadcasts, limiter=self.readers)

    def _publish(self, broadcasts: list[Broadcast]) -> None:
        publish(self.house.database, broadcasts, most_bytes=self.limits.broadcast_bytes)
