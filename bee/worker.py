"""The worker: the loop that does what is due. Several may run; none does what another does."""

import logging
import os
import random
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from bee import telemetry
from bee.accounts.housekeeping import tidy_accounts
from bee.accounts.keys import sealing_of
from bee.audit.retention import forget_old_acts
from bee.audit.sealing import seal
from bee.coach.actions import SAFETY_TOPIC, ask_coach
from bee.coach.housekeeping import forget_old_calls
from bee.coach.lab.judging import Judging
from bee.coach.lab.reviews import settle_reviews
from bee.coach.lab.work import Runner, give_up, open_runs
from bee.coach.memory.reading import embed_memories, read_messages
from bee.coach.prompts.live import name_model
from bee.coach.replay import Replayer, give_up_replay, open_replays
from bee.db import Database, Login
from bee.db.migrations import require_release
from bee.errors import BeeError, Unavailable
from bee.flows import refuse_demo_members
from bee.jobs import Handler, Job, enqueue, run_due
from bee.jobs.running import Progress
from bee.jobs.schedule import next_run
from bee.momentum.scoring import is_scoring_due, score, zones_of
from bee.notify.compose.sending import send_campaigns
from bee.notify.compose.trials import post_trials
from bee.notify.courier import RECORDER, Courier, courier_of
from bee.notify.dispatch import Dispatcher
from bee.notify.evaluation import evaluate
from bee.notify.housekeeping import expire_addresses, forget_old_decisions
from bee.notify.probing import take_probe_pushes
from bee.outbox import Message, deliver_due
from bee.outbox.queue import Carrier
from bee.processes import told_to_stop
from bee.settings import Settings
from bee.sla.alerts.carry import Ways, ways_of
from bee.sla.alerts.housekeeping import forget_old_passes
from bee.sla.alerts.sentinel import Sentinel
from bee.sla.alerts.told import Channel
from bee.sla.alerts.watch import Watch
from bee.sla.derivation import derive
from bee.sla.housekeeping import forget_old_minutes
from bee.sla.probes.member import forget_journeys
from bee.sla.probes.notes import forget_probes
from bee.sla.probes.watch import watching
from bee.sla.status import publish
from bee.staff.housekeeping import forget_what_is_over
from bee.telemetry.about import about
from bee.telemetry.spans import whole_span

TICK_S: Final = 2.0
LONGEST_PAUSE_S: Final = 60.0
BEAT_S: Final = 20.0
# An API that was away for longer reads on from where it is.
CHANGES_KEPT_HOURS: Final = 24
JOURNEYS_KEPT_DAYS: Final = 7
SCHEDULES: Final = {
    "housekeeping": "17 3 * * *",
    "notify": "3-53/10 * * * *",
    "memories": "*/2 * * * *",
    "coach_review": "* * * * *",
}
JOBS_KEPT: Final = timedelta(days=35)
STATUS_CRON: Final = "*/5 * * * *"
# Who is held out of a trial is nobody's to foresee.
CHANCE: Final = random.SystemRandom()

log = logging.getLogger("bee.worker")


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker: its name is in every job that it runs. ``clock`` tells what time it is, ``courier`` posts."""

    database: Database
    settings: Settings
    name: str
    spread: random.Random
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    courier: Courier = RECORDER

    def schedules(self) -> Mapping[str, str]:
        """What comes round, and when, as cron has it."""
        return SCHEDULES if self.settings.status_folder is None else {**SCHEDULES, "status": STATUS_CRON}

    def handlers(self) -> dict[str, Handler]:
        """What each kind of job does."""
        handlers: dict[str, Handler] = {
            "score": self._score,
            "notify": self._decide,
            "memories": self._remember,
            "coach_run": self._try_prompts,
            "coach_replay": self._ask_again,
            "coach_review": self._see_to_reviews,
            "housekeeping": self._keep_house,
            "status": self._publish_status,
        }
        return {kind: _named(handler) for kind, handler in handlers.items()}

    def carriers(self) -> Mapping[str, Carrier]:
        """Who delivers what leaves the outbox."""
        return {SAFETY_TOPIC: self._ask_coach}

    def sentinel(self, ways: Ways) -> Sentinel:
        """Return who watches and tells beside it."""
        watch = Watch(self.name, ways.channels, self.settings.public_url)
        return Sentinel(self.database, watch, ways, self.spread, self.clock)

    def tick(self) -> int:
        """Do what is due now and return how many jobs were run.

        Raises :class:`Unavailable` on a database of another release, which this one could only spoil.
        """
        require_release(self.database, Login.WORKER)
        with self.database.writing(Login.WORKER) as session:
            seal(session)
            session.run(
                "sla/beat",
                worker=self.name,
                release=self.settings.release,
                now=self.clock(),
                every_s=BEAT_S,
            )
            name_model(session, self.settings)
        derive(self.database, now=self.clock())
        self._ask_for_jobs(self.clock())
        deliver_due(self.database, self.carriers(), spread=self.spread)
        self._send()
        jobs = 0
        while (outcome := run_due(self.database, self.handlers(), worker=self.name)) is not None:
            jobs += 1
            level = logging.INFO if outcome.error is None else logging.WARNING
            # Of an error only its code: the rest stands in the job's own row.
            result = outcome.error.partition(":")[0] if outcome.error else f"{outcome.rows_done} rows"
            log.log(level, "%s (job %d): %s", outcome.job.kind, outcome.job.id, result)
        return jobs

    def _ask_for_jobs(self, now: datetime) -> None:
        wanted = is_scoring_due(self.database, now=now)
        with self.database.writing(Login.WORKER) as session:
            if wanted:
                enqueue(session, "score")
            for kind, cron in self.schedules().items():
                enqueue(session, kind, run_at=next_run(cron, now))
            for run in open_runs(session):
                if run.given_up is None:
                    enqueue(session, "coach_run", key=str(run.id))
                else:
                    give_up(session, run)
            for replay in open_replays(session):
                if replay.given_up is None:
                    enqueue(session, "coach_replay", key=str(replay.id))
                else:
                    give_up_replay(session, replay)

    def _score(self, _job: Job, progress: Progress) -> None:
        now = self.clock()
        with self.database.reading(Login.WORKER) as session:
            is_day_over = any(zone.is_behind for zone in zones_of(session, now))
        report = score(self.database, now=now, login=Login.WORKER)
        progress.add(report.rows_written)
        if is_day_over:
            with self.database.writing(Login.WORKER) as session:
                enqueue(session, "notify", key="a day is over")

    def _decide(self, _job: Job, progress: Progress) -> None:
        progress.add(evaluate(self.database, now=self.clock(), chance=CHANCE).decided)

    def _remember(self, _job: Job, progress: Progress) -> None:
        read_messages(self.database, now=self.clock(), done=progress.add)
        embed_memories(self.database, self.settings, now=self.clock(), done=progress.add)

    def _try_prompts(self, job: Job, progress: Progress) -> None:
        Runner(
            self.database, self.settings, self.clock, add=progress.add, is_lost=lambda: progress.is_lost
        ).work_on(UUID(job.key))

    def _ask_again(self, job: Job, progress: Progress) -> None:
        Replayer(
            self.database, self.settings, self.clock, add=progress.add, is_lost=lambda: progress.is_lost
        ).work_on(UUID(job.key))

    def _see_to_reviews(self, _job: Job, progress: Progress) -> None:
        progress.add(Judging(self.database, self.settings, self.clock).work())
        with self.database.writing(Login.WORKER) as session:
            progress.add(settle_reviews(session))

    def _publish_status(self, _job: Job, progress: Progress) -> None:
        if self.settings.status_folder is not None:
            publish(self.database, self.settings.status_folder, now=self.clock())
            progress.add(1)

    def _ask_coach(self, message: Message) -> None:
        with self.database.writing(Login.WORKER) as session:
            ask_coach(session, message.payload, now=self.clock())

    def _send(self) -> None:
        dispatcher = Dispatcher(self.database, self.courier, self.name, self.clock, self.spread)
        report = dispatcher.send_due()
        if report.deliveries:
            log.info("%d notifications: %s", report.deliveries, dict(report.answers))
        send_campaigns(self.database, now=self.clock(), chance=CHANCE)
        post_trials(self.database, self.courier, now=self.clock())
        take_probe_pushes(self.database, now=self.clock())

    def _keep_house(self, _job: Job, progress: Progress) -> None:
        with self.database.writing(Login.WORKER) as session:
            progress.add(forget_what_is_over(session))
            progress.add(session.run("api/forget_requests"))
            progress.add(expire_addresses(session, now=self.clock()))
            progress.add(session.run("realtime/forget_changes", hours=CHANGES_KEPT_HOURS))
            now = self.clock()
            kept_years = self.settings.notification_retention_years
            progress.add(forget_old_decisions(session, kept_years=kept_years, now=now))
            progress.add(forget_old_minutes(session, settings=self.settings, now=now))
            progress.add(session.run("jobs/forget_finished", before=now - JOBS_KEPT))
            progress.add(forget_probes(session, kept_days=self.settings.probe_retention_days, now=now))
            progress.add(forget_old_calls(session, self.settings, now=now))
            kept_days = self.settings.watch_retention_days
            progress.add(forget_old_passes(session, kept_days=kept_days, now=now))
            if self.settings.issues_tokens:
                progress.add(tidy_accounts(session, sealing=sealing_of(self.settings), now=now))
        with self.database.writing(Login.OWNER) as session:
            # Of the trail nobody else can forget anything.
            kept_years = self.settings.audit_retention_years
            progress.add(forget_old_acts(session, kept_years=kept_years, now=self.clock()))
            # Events are inserted only; those of nobody go all the same.
            progress.add(forget_journeys(session, kept_days=JOURNEYS_KEPT_DAYS, now=self.clock()))


def run(settings: Settings, *, once: bool = False) -> None:
    """Work until the process is told to stop; the job at hand is finished first.

    A database that is away is waited for. ``once``: do what is due and return.
    """
    telemetry.start(settings, "worker")
    ways = ways_of(settings)
    name = f"{socket.gethostname()}:{os.getpid()}"
    spread = random.Random()  # noqa: S311  # spreading ticks is no secret
    with courier_of(settings) as courier:
        if once:
            hired = _hire(settings, name, spread, courier)
            with hired.database:
                hired.tick()
                sentinel = hired.sentinel(ways)
                sentinel.look()
                sentinel.tell(*Channel)
            return
        stopped = told_to_stop()
        log.info("worker %s started", name)
        with watching(settings):
            _work(settings, name, spread, courier, ways, stopped)
        log.info("worker %s stopped", name)


def _named(handler: Handler) -> Handler:
    """Let whatever is said while a job runs bear its number and kind."""

    def run_named(job: Job, progress: Progress) -> None:
        with about(job=job.id, job_kind=job.kind), whole_span(f"job {job.kind}"):
            try:
                handler(job, progress)
            except BeeError:
                raise
            except Exception:
                # Where it arose is told when it ends the process.
                log.error("a job ended by a fault")  # noqa: TRY400
                raise

    return run_named


def _work(
    settings: Settings,
    name: str,
    spread: random.Random,
    courier: Courier,
    ways: Ways,
    stopped: threading.Event,
) -> None:
    worker: Worker | None = None
    pause_s = TICK_S
    with ExitStack() as sentinels:
        while not stopped.is_set():
            try:
                if worker is None:
                    worker = _hire(settings, name, spread, courier)
                    sentinels.enter_context(worker.sentinel(ways).running())
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


def _hire(settings: Settings, name: str, spread: random.Random, courier: Courier) -> Worker:
    database = Database.connect(settings)
    try:
        refuse_demo_members(database, settings)
    except BeeError:
        database.dispose()
        raise
    return Worker(database, settings, name, spread, courier=courier)
