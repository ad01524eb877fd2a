"""The queue: a row a job. The clock is the database's, so that workers on several machines agree."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bee.db import WriteSession

DEAD_AFTER_S = 60
FIRST_RETRY_S = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A job that this worker has claimed; ``attempts`` counts this one."""

    id: int
    kind: str
    key: str
    payload: dict[str, Any]
    attempts: int
    max_attempts: int


def enqueue(
    session: WriteSession,
    kind: str,
    *,
    key: str = "",
    payload: Mapping[str, object] | None = None,
    run_at: datetime | None = None,
) -> None:
    """Ask for a job, in the transaction of whatever needs it; ``run_at`` absent means now.

    While one of the same kind and key waits or runs, there is no second one.
    """
    session.run("jobs/enqueue", kind=kind, key=key, payload=json.dumps(payload or {}), run_at=run_at)


def claim(session: WriteSession, *, worker: str, kinds: Sequence[str]) -> Job | None:
    """Take the job that has been due longest, or one whose worker fell silent for ``DEAD_AFTER_S``.

    A job whose attempts are used up is closed as failed instead. Returns None when nothing is due.
    """
    session.run("jobs/give_up_dead", dead_after_s=DEAD_AFTER_S)
    return session.find(Job, "jobs/claim", worker=worker, kinds=list(kinds), dead_after_s=DEAD_AFTER_S)


def heartbeat(session: WriteSession, job: Job, *, worker: str, rows_done: int) -> bool:
    """Say that a job is alive. Returns False when it is not this worker's any more."""
    return session.run("jobs/heartbeat", id=job.id, worker=worker, rows_done=rows_done) == 1


def finish(session: WriteSession, job: Job, *, worker: str, rows_done: int, error: str | None = None) -> bool:
    """End a job. One with an ``error`` comes back later, each time later, until its attempts are used up.

    Returns False when it is not this worker's any more.
    """
    if error is None:
        return session.run("jobs/finish", id=job.id, worker=worker, rows_done=rows_done) == 1
    return (
        session.run(
            "jobs/fail",
            id=job.id,
            worker=worker,
            rows_done=rows_done,
            error=error,
            retry_s=FIRST_RETRY_S * 2 ** (job.attempts - 1),
        )
        == 1
    )
