"""Who has sockets open in this process, and how many: an address, a member, all together. Event loop only."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from bee.errors import TooMany, Unavailable

# A client that is refused tries again by itself; a socket that died without a word is found out in about a minute.
RETRY_AFTER_S: Final = 10


@dataclass(slots=True, eq=False, repr=False)
class Places:
    """``most``: sockets of the process; ``most_per_address``, ``most_per_member``: of one of these."""

    most: int
    most_per_address: int
    most_per_member: int
    taken: int = 0
    by_owner: Counter[str | UUID] = field(default_factory=Counter)

    @contextmanager
    def seat(self, address: str) -> Iterator["Seat"]:
        """Count a socket while it is open, however it ends.

        Raises :class:`Unavailable` when there are as many as there may be, :class:`TooMany` when the address has
        as many as it may.
        """
        if self.taken >= self.most:
            raise Unavailable("too_many_sockets", "This server has no place for another socket; try again.")
        seat = Seat(self)
        seat.claim(address, self.most_per_address)
        self.taken += 1
        try:
            yield seat
        finally:
            self.taken -= 1
            seat.leave()


@dataclass(slots=True, eq=False, repr=False)
class Seat:
    """One socket's place: it counts for its address, and for each member whose token it has brought."""

    places: Places
    owners: set[str | UUID] = field(default_factory=set)

    def admit(self, member_id: UUID | None) -> None:
        """Count the socket for a member as well. Raises :class:`TooMany` when they have as many as they may."""
        if member_id is not None:
            self.claim(member_id, self.places.most_per_member)

    def claim(self, owner: str | UUID, most: int) -> None:
        """Count the socket for an owner, once. Raises :class:`TooMany`."""
        if owner in self.owners:
            return
        if self.places.by_owner[owner] >= most:
            raise TooMany("too_many_sockets", "Too many connected users", retry_after_s=RETRY_AFTER_S)
        self.places.by_owner[owner] += 1
        self.owners.add(owner)

    def leave(self) -> None:
        """Count the socket for nobody any more."""
        self.places.by_owner -= Counter(self.owners)
        self.owners.clear()
