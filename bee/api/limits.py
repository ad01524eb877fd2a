"""How many requests of a member are accepted: never more than the setting's number in any 60 seconds.

Each area of the API has a limit of its own; an alias of an address is of the same area.

Exact over all workers and processes, since the times of the last accepted requests are one row in the database.
If the limiter itself fails, the request passes and the failure is counted.
"""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from bee.db import Database, Identity, Login
from bee.errors import TooMany, Unavailable

WINDOW_S: Final = 60
COUNTING: Final = Identity(Login.SYSTEM)

log = logging.getLogger("bee.api")


class Area(StrEnum):
    """What is counted together."""

    V1 = "v1"
    REST = "rest"
    GRAPHQL = "graphql"
    REALTIME = "realtime"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request was accepted; if not, in how many seconds another one can be."""

    accepted: bool
    retry_after_s: int


class Limiter:
    """Counts the requests of members; safe to share between threads."""

    def __init__(self, database: Database, area: Area, *, most: int) -> None:
        self._database = database
        self._area = area
        self._most = most
        self._lock = threading.Lock()
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many requests passed uncounted because the limiter failed."""
        return self._failures

    def accept(self, member_id: UUID) -> None:
        """Count a request. Raises :class:`TooMany` when it is one too many."""
        try:
            verdict = self._database.find(
                COUNTING,
                Verdict,
                "api/count_request",
                user_id=member_id,
                area=self._area,
                most=self._most,
                window_s=WINDOW_S,
            )
        except Unavailable as error:
            with self._lock:
                self._failures += 1
            log.warning("a request passed uncounted: %s", error.code)
            return
        assert verdict is not None
        if not verdict.accepted:
            self._note_refusal(member_id)
            raise TooMany(
                "rate_limited",
                f"At most {self._most} requests a minute are accepted; try again in {verdict.retry_after_s} s.",
                retry_after_s=verdict.retry_after_s,
            )

    def _note_refusal(self, member_id: UUID) -> None:
        """Count a refusal for whoever is on call; that it can't be counted changes nothing of it."""
        try:
            with self._database.writing(Login.SYSTEM) as session:
                session.run("api/note_refusal", user_id=member_id, area=self._area)
        except Unavailable as error:
            log.warning("a refusal is not counted: %s", error.code)


def passed_uncounted(limiters: Iterable[Limiter]) -> int:
    """Return how many requests of this process passed because a limiter failed."""
    return sum(limiter.failures for limiter in limiters)
