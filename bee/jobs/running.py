"""Running a claimed job: its heartbeat beside it, its end recorded whatever happens."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from bee.db import Database, Login
from bee.errors import BeeError
from bee.jobs.queue import Job, claim, finish, heartbeat

HEARTBEAT_S = 10.0


@dataclass(slots=True)
class Progress:
    """How far a job is; the handler adds, the heartbeat reads."""

    rows_done: int = 0
    is_lost: bool = field(default=False)

    def add(self, rows: int) -> None:
        """Count rows that are committed."""
        self.rows_done += rows


Handler = Callable[[Job, Progress], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job that was run."""

    job: Job
    rows_done: int
    error: str | None


def run_due(database: Database, handlers: Mapping[str, Handler], *, worker: str) -> Outcome | None:
    """Run the job that has been due longest and return what became of it; None when nothing is due.

    A domain error of the handler is the job's and brings it back later. Anything else ends the worker, and
    the job comes back when its heartbeat is missed.
    """
    with database.writing(Login.WORKER) as session:
        job = claim(session, worker=worker, kinds=sorted(handlers))
    if job is None:
        return None
    progress = Progress()
    error = None
    with _beating(database, job, progress, worker):
        try:
            handlers[job.kind](job, progress)
        except BeeError as caught:
            error = f"{caught.code}: {caught.message}"
    with database.writing(Login.WORKER) as session:
        finish(session, job, worker=worker, rows_done=progress.rows_done, error=error)
    return Outcome(job, progress.rows_done, error)


@contextmanager
def _beating(database: Database, job: Job, progress: Progress, worker: str) -> Iterator[None]:
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(HEARTBEAT_S):
            try:
                with database.writing(Login.WORKER) as session:
                    alive = heartbeat(session, job, worker=worker, rows_done=progress.rows_done)
            except BeeError:
                # The database is away: the job itself will find out, and says why.
                continue
            progress.is_lost = not alive

    thread = threading.Thread(target=beat, name=f"heartbeat of job {job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
