"""Who listens in this process: channels by whose changes they watch and by topic."""

import threading
from collections import defaultdict
from typing import TypeVar
from uuid import UUID

from bee.api.realtime.broadcasts import Broadcast
from bee.api.realtime.changes import Change
from bee.api.realtime.channel import Channel
from bee.api.realtime.frames import Frame

Key = TypeVar("Key")


class Hub:
    """Changed in the event loop only; ``watched`` may be asked from any thread."""

    def __init__(self) -> None:
        self._watchers: defaultdict[UUID | None, set[Channel]] = defaultdict(set)
        self._topics: defaultdict[str, set[Channel]] = defaultdict(set)
        self._lock = threading.Lock()

    def add(self, channel: Channel) -> None:
        """Let a channel hear from now on."""
        with self._lock:
            for watched in channel.watches:
                self._watchers[watched].add(channel)
        self._topics[channel.topic].add(channel)

    def remove(self, channel: Channel) -> None:
        """Let a channel hear no more; once more changes nothing."""
        with self._lock:
            for watched in channel.watches:
                _discard(self._watchers, watched, channel)
        _discard(self._topics, channel.topic, channel)

    def watched(self) -> list[UUID] | None:
        """Return whose changes somebody listens to; None where that is everybody's."""
        with self._lock:
            return None if None in self._watchers else [one for one in self._watchers if one]

    def spread(self, changes: list[Change]) -> None:
        """Offer changes to those who watch them."""
        for change in changes:
            for watched in (change.user_id, None):
                for channel in tuple(self._watchers.get(watched, ())):
                    channel.offer(channel, change)

    def spread_broadcast(self, broadcast: Broadcast) -> None:
        """Send a broadcast to those who joined its topic and may hear its sender."""
        payload = {"type": "broadcast", "event": broadcast.event, "payload": broadcast.payload}
        for channel in tuple(self._topics.get(broadcast.topic, ())):
            is_own = channel.id == broadcast.channel
            if channel.hears(broadcast.sender) and (channel.joining.hears_itself or not is_own):
                channel.send(Frame(channel.topic, "broadcast", payload))


def _discard(index: dict[Key, set[Channel]], key: Key, channel: Channel) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(channel)
        if not found:
            del index[key]
