"""The worker: the loop that does what is due. Several may run; none does what another does."""

import logging
import os
import random
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType
from typing import Final

from bee.accounts.housekeeping import tidy_accounts
from bee.accounts.keys import sealing_of
from bee.audit.sealing import seal
from bee.db import Database, Login
from bee.db.migrations import require_release
from bee.errors import BeeError, Unavailable
from bee.flows import refuse_demo_members
from bee.jobs import Handler, Job, enqueue, run_due
from bee.jobs.running import Progress
from bee.jobs.schedule import next_run
from bee.logs import configure_logs
from bee.momentum.scoring import is_scoring_due, score
from bee.outbox import deliver_due
from bee.outbox.queue import Carrier
from bee.settings import Settings
from bee.staff.housekeeping import forget_what_is_over

TICK_S: Final = 2.0
LONGEST_PAUSE_S: Final = 60.0
# An API that was away for longer reads on from where it is.
CHANGES_KEPT_HOURS: Final = 24
SCHEDULES: Final = {"housekeeping": "17 3 * * *"}
CARRIERS: Final[Mapping[str, Carrier]] = {}

log = logging.getLogger("bee.worker")


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker: its name is in every job that it runs. ``clock`` tells what time it is."""

    database: Database
    settings: Settings
    name: str
    spread: random.Random
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def handlers(self) -> dict[str, Handler]:
        """What each kind of job does."""
        return {"score": self._score, "housekeeping": self._keep_house}

    def tick(self) -> int:
        """Do what is due now and return how many jobs were run.

        Raises :class:`Unavailable` on a database of another release, which this one could only spoil.
        """
        require_release(self.database, Login.WORKER)
        with self.database.writing(Login.WORKER) as session:
            seal(session)
        self._ask_for_jobs(self.clock())
        deliver_due(self.database, CARRIERS, spread=self.spread)
        jobs = 0
        while (outcome := run_due(self.database, self.handlers(), worker=self.name)) is not None:
            jobs += 1
            level = logging.INFO if outcome.error is None else logging.WARNING
            result = outcome.error or f"{outcome.rows_done} rows"
            log.log(level, "%s (job %d): %s", outcome.job.kind, outcome.job.id, result)
        return jobs

    def _ask_for_jobs(self, now: datetime) -> None:
        wanted = is_scoring_due(self.database, now=now)
        with self.database.writing(Login.WORKER) as session:
            if wanted:
                enqueue(session, "score")
            for kind, cron in SCHEDULES.items():
                enqueue(session, kind, run_at=next_run(cron, now))

    def _score(self, _job: Job, progress: Progress) -> None:
        report = score(self.database, now=self.clock(), login=Login.WORKER)
        progress.add(report.rows_written)

    def _keep_house(self, _job: Job, progress: Progress) -> None:
        with self.database.writing(Login.WORKER) as session:
            progress.add(forget_what_is_over(session))
            progress.add(session.run("api/forget_requests") + session.run("api/forget_stale_tokens"))
            progress.add(session.run("realtime/forget_changes", hours=CHANGES_KEPT_HOURS))
            if self.settings.issues_tokens:
                now, sealing = self.clock(), sealing_of(self.settings)
                progress.add(tidy_accounts(session, sealing=sealing, now=now))


def run(settings: Settings, *, once: bool = False) -> None:
    """Work until the process is told to stop; the job at hand is finished first.

    A database that is away is waited for. ``once``: do what is due and return.
    """
    configure_logs(settings.log_level)
    name = f"{socket.gethostname()}:{os.getpid()}"
    spread = random.Random()  # noqa: S311  # spreading ticks is no secret
    stopped = threading.Event()
    if once:
        hired = _hire(settings, name, spread)
        with hired.database:
            hired.tick()
        return
    _stop_on_signals(stopped)
    log.info("worker %s started", name)
    worker: Worker | None = None
    pause_s = TICK_S
    while not stopped.is_set():
        try:
            worker = worker or _hire(settings, name, spread)
            worker.tick()
            pause_s = TICK_S
        except Unavailable as error:
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            log.warning("%s Trying again in %.0f s.", error.message, pause_s)
        except BeeError as error:
            if worker is None:
                raise
            log.exception("a tick ended early: %s", error.code)
        stopped.wait(pause_s * (0.75 + 0.5 * spread.random()))
    log.info("worker %s stopped", name)


def _hire(settings: Settings, name: str, spread: random.Random) -> Worker:
    database = Database.connect(settings)
    try:
        refuse_demo_members(database, settings)
    except BeeError:
        database.dispose()
        raise
    return Worker(database, settings, name, spread)


def _stop_on_signals(stopped: threading.Event) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
