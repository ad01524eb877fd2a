"""A request that is over, as whoever answers it tells of it."""

from typing import NamedTuple
from uuid import UUID

from bee.sla.minutes import Area, Status


class Request(NamedTuple):
    """A request that is over. ``first_byte_s``: when a stream began; None for what came in one piece.

    ``member_id``: whose it is, where a token said so that holds.

    A tuple, as :class:`bee.sla.minutes.Key` is: one is made for each request, and a frozen dataclass takes three
    times as long.
    """

    route: str
    area: Area
    status: Status
    seconds: float
    first_byte_s: float | None = None
    prompt: str = ""
    model: str = ""
    request_id: str = ""
    member_id: UUID | None = None
