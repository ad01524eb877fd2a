"""What waits for one socket: bounded, so that a slow one costs no more than that."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Backlog(Generic[Item]):
    """A queue of at most so many items and bytes."""

    def __init__(self, *, most: int, most_bytes: int = 0) -> None:
        self._items: deque[tuple[Item, int]] = deque()
        self._most, self._most_bytes, self._bytes = most, most_bytes, 0
        self._filled = asyncio.Event()

    def put(self, item: Item, size: int = 0) -> bool:
        """Queue an item; False where there is no room for it."""
        if len(self._items) >= self._most or self._bytes + size > self._most_bytes:
            return False
        self._items.append((item, size))
        self._bytes += size
        self._filled.set()
        return True

    async def first(self) -> Item:
        """Return the first item as soon as there is one; it goes on waiting."""
        while not self._items:
            self._filled.clear()
            await self._filled.wait()
        return self._items[0][0]

    def drain(self, most: int | None = None) -> list[Item]:
        """Return what waits now, at most so many items."""
        count = len(self._items) if most is None else min(most, len(self._items))
        taken = [self._items.popleft() for _ in range(count)]
        self._bytes -= sum(size for _, size in taken)
        return [item for item, _ in taken]
