"""The outbox: put in the caller's transaction, taken by the worker with the lock held while it delivers."""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bee.db import Database, Login, WriteSession
from bee.errors import BeeError

FIRST_RETRY_S = 5
LONGEST_RETRY_S = 3600


@dataclass(frozen=True, slots=True)
class Message:
    """Something to deliver, at least once: ``id`` tells repeats. ``attempts`` counts those before."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int


Carrier = Callable[[Message], None]


def put(session: WriteSession, topic: str, *, dedupe_key: str, payload: Mapping[str, object]) -> bool:
    """Queue a message with the act that it tells of. Returns False when its key was queued before."""
    row = session.run(
        "outbox/put", topic=topic, dedupe_key=dedupe_key, payload=json.dumps(payload, default=str)
    )
    return row == 1


def deliver_due(
    database: Database,
    carriers: Mapping[str, Carrier],
    *,
    spread: random.Random,
    longest_retry_s: float = LONGEST_RETRY_S,
    ends_on_failure: bool = False,
) -> int:
    """Deliver what is due, oldest first, and return how many messages were delivered.

    Only topics that have a carrier are taken; the others wait for the part that brings one. A carrier that
    raises a domain error gets the message again, each time later. ``ends_on_failure``: what is left waits for the
    next call then, for who does not take one now lets each of the others time out.
    """
    delivered = 0
    while carriers:
        with database.writing(Login.WORKER) as session:
            message = session.find(Message, "outbox/take", topics=sorted(carriers))
            if message is None:
                break
            try:
                carriers[message.topic](message)
            except BeeError as error:
                session.run(
                    "outbox/postpone",
                    id=message.id,
                    error=f"{error.code}: {error.message}",
                    retry_s=min(longest_retry_s, retry_pause_s(message.attempts, spread.random())),
                )
                if ends_on_failure:
                    break
            else:
                session.run("outbox/mark_delivered", id=message.id)
                delivered += 1
    return delivered


def retry_pause_s(attempts: int, draw: float) -> float:
    """Return how long to wait after ``attempts`` failures before this one; ``draw`` in 0–1 spreads it."""
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(attempts, 20)) * (0.5 + 0.5 * draw)
