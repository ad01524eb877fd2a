"""The worker: it scores each zone's members when their day is over, once, and outlives what goes away."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.errors import BeeError
from bee.jobs import enqueue
from bee.momentum.scoring import score
from bee.settings import Settings
from bee.worker import SCHEDULES, Worker
from tests.cluster import administering
from tests.coach.calls import make_call, make_moment
from tests.factories import execute, make_member
from tests.momentum.histories import change, fetch, happen, plain_days, plain_totals, stored_days, totals
from tests.notify.ground import make_due, make_reachable

ROOT = Path(__file__).resolve().parents[1]
# A day on which no clock changes anywhere, well in the past: the jobs' own clock is the database's.
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
EVENTS = {MONDAY - 3 * DAY: ["lesson_completion"] * 3, MONDAY: ["journal_entry"]}
ZONES = ("Asia/Tokyo", "Europe/London", "America/Los_Angeles")


class Clock:
    """Shows what the test sets it to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(database: Database) -> Clock:
    """A clock long past. Jobs wait by the database's, so what else comes round is asked for, once, far ahead."""
    with database.writing(Login.WORKER) as session:
        for kind, key in (*((kind, "") for kind in SCHEDULES), ("notify", "a day is over")):
            enqueue(session, kind, key=key, run_at=datetime(2100, 1, 1, tzinfo=UTC))
    return Clock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def members(database: Database) -> dict[str, UUID]:
    """One member in each zone."""
    with database.writing(Login.OWNER) as session:
        members = {zone: make_member(session, time_zone=zone) for zone in ZONES}
        for zone, member in members.items():
            happen(session, member, EVENTS, zone=zone)
    return members


def make_worker(database: Database, clock: Clock, name: str = "w1", **settings: Any) -> Worker:
    return Worker(database, Settings(**settings), name, random.Random(7), clock)  # noqa: S311  # no secret


def jobs(database: Database, kind: str = "score") -> list[Any]:
    """Return the jobs of a kind, in order."""
    return list(
        fetch(
            database,
            """
            select outcome, worker, attempts, rows_done, error, started_at, heartbeat_at, finished_at
            from jobs
            where kind = :kind
            order by id
            """,
            kind=kind,
        )
    )


def complete_days(database: Database, member: UUID) -> date:
    return max(day.score_date for day in stored_days(database, member) if day.is_complete)


def test_what_came_in_is_scored_and_the_job_says_so(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    assert make_worker(database, clock).tick() == 1
    for member in members.values():
        assert stored_days(database, member) == plain_days(EVENTS, today=MONDAY)
    (job,) = jobs(database)
    assert (job.outcome, job.worker, job.attempts, job.rows_done, job.error) == ("done", "w1", 1, 12, None)
    assert job.started_at <= job.heartbeat_at <= job.finished_at
    assert totals(database) == plain_totals(database) != []


def test_a_tick_with_nothing_due_runs_nothing(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    worker = make_worker(database, clock)
    worker.tick()
    clock.now += timedelta(minutes=2)
    assert worker.tick() == 0
    assert len(jobs(database)) == 1


def test_a_worker_says_which_model_its_settings_name(database: Database, clock: Clock) -> None:
    for model in ("openai/a", "openai/a", "openai/b"):
        make_worker(database, clock, coach_model=model).tick()
    with database.reading(Login.WORKER) as session:
        rows = execute(session, "select environment, model from coach_named_models order by id")
        named = [tuple(row) for row in rows]
    assert named == [("local", "openai/a"), ("local", "openai/b")]


def test_each_zone_is_scored_when_its_day_is_over(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    worker = make_worker(database, clock)
    worker.tick()
    # The 2nd ends in Tokyo at 15:00 UTC, in London at midnight, in Los Angeles at 8:00 on the 3rd.
    ends = dict(zip(ZONES, (15, 24, 32), strict=True))
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    for zone in ZONES:
        clock.now = midnight + timedelta(hours=ends[zone]) - timedelta(seconds=1)
        assert worker.tick() == 0
        clock.now += timedelta(seconds=1)
        assert worker.tick() == 1
        over = {other for other in ZONES if ends[other] <= ends[zone]}
        for other, member in members.items():
            assert complete_days(database, member) == (MONDAY if other in over else MONDAY - DAY)
    assert [job.rows_done for job in jobs(database)] == [12, 2, 2, 2], "the day that is over, and the new one"


def test_a_member_of_tomorrow_makes_no_job_until_then(database: Database, clock: Clock) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        happen(session, member, {MONDAY + DAY: ["goal_setting"]})
    worker = make_worker(database, clock)
    worker.tick()
    assert stored_days(database, member) == []
    assert worker.tick() == 0
    clock.now += timedelta(days=1)
    assert worker.tick() == 1
    assert stored_days(database, member) == plain_days({MONDAY + DAY: ["goal_setting"]}, today=MONDAY + DAY)


def test_a_job_whose_worker_died_is_seen_and_done_by_another(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    with database.writing(Login.WORKER) as session:
        enqueue(session, "score")
    change(
        database,
        "update jobs set started_at = now() - interval '3 min', heartbeat_at = now() - interval '61 s',"
        " worker = 'dead', attempts = 1",
    )
    assert make_worker(database, clock).tick() == 1
    (job,) = jobs(database)
    assert (job.outcome, job.worker, job.attempts, job.rows_done) == ("done", "w1", 2, 12)


def test_a_job_that_another_worker_is_at_is_left_to_it(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    with database.writing(Login.WORKER) as session:
        enqueue(session, "score")
    change(
        database, "update jobs set started_at = now(), heartbeat_at = now(), worker = 'other', attempts = 1"
    )
    assert make_worker(database, clock).tick() == 0
    assert [job.worker for job in jobs(database)] == ["other"]


def test_workers_side_by_side_never_do_the_same(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    ran: list[int] = []

    def work(name: str) -> None:
        worker = make_worker(database, clock, name)
        ran.extend(worker.tick() for _ in range(3))

    workers = [threading.Thread(target=work, args=(f"w{number}",)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(ran) == len(jobs(database))
    assert {(job.outcome, job.attempts, job.error) for job in jobs(database)} == {("done", 1, None)}
    assert sum(job.rows_done for job in jobs(database)) == 12, "each row was written once"
    assert fetch(database, "select count(*) from score_restatements") == [(0,)]


def test_scoring_at_the_command_line_makes_the_job_come_back_later(
    database: Database, clock: Clock, members: dict[str, UUID]
) -> None:
    worker = make_worker(database, clock)

    def meanwhile(_done: int, _total: int) -> None:
        assert worker.tick() == 1

    score(database, now=clock.now, progress=meanwhile)
    (job,) = jobs(database)
    assert job.outcome is None
    assert job.error == "scoring_runs: Scores are being computed by another process already."
    change(database, "update jobs set run_at = now() where kind = 'score'")
    assert worker.tick() == 1
    (job,) = jobs(database)
    assert (job.outcome, job.attempts, job.rows_done, job.error) == ("done", 2, 0, None)


def test_housekeeping_waits_for_its_hour(database: Database) -> None:
    clock = Clock(datetime.now(UTC))
    make_worker(database, clock).tick()
    make_worker(database, clock).tick()
    ((run_at,),) = fetch(database, "select run_at from jobs where kind = 'housekeeping'")
    assert run_at > clock.now
    assert (run_at.hour, run_at.minute) == (3, 17)


def test_what_a_day_decides_is_decided_when_it_is_over_and_sent_in_the_next_round(
    database: Database, clock: Clock
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from jobs")
        for kind in SCHEDULES:
            enqueue(session, kind, run_at=datetime(2100, 1, 1, tzinfo=UTC))
        member = make_reachable(session)
        happen(session, member, {MONDAY - DAY: ["journal_entry"]}, zone="UTC")
    worker = make_worker(database, clock)
    assert worker.tick() == 2, "a score and what it decides"
    # Scored months after the day's end, by the database's clock: no news.
    assert fetch(database, "select reason from momentum_notifications") == []
    change(database, "update daily_engagement_scores set calculated_at = (score_date + 1) + time '01:00'")
    change(database, "update jobs set run_at = now() where finished_at is null and kind = 'notify'")
    assert worker.tick() == 1
    assert fetch(database, "select rule, reason from momentum_notifications") == [("new_member", "eligible")]
    assert fetch(database, "select count(*) from notification_attempts") == [(0,)]
    worker.tick()
    assert fetch(database, "select via, worker from notification_attempts") == [("recorder", "w1")]


def test_decisions_are_kept_for_as_long_as_the_settings_say(database: Database) -> None:
    now = datetime.now(UTC)
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        old = make_due(session, member, now=now - timedelta(days=7 * 366))
        kept = make_due(session, member, now=now - timedelta(days=7 * 365))
        enqueue(session, "housekeeping")
    make_worker(database, Clock(now)).tick()
    assert fetch(database, "select id from momentum_notifications") == [(kept,)] != [(old,)]
    acts = "select action, before ->> 'decisions', reason from audit_log where subject_kind = 'notification'"
    assert fetch(database, acts) == [("notification.forgotten", "1", "kept for 7 years")]


def test_what_calls_took_and_answers_rested_on_is_kept_for_as_long_as_the_settings_say(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        for age in (timedelta(days=729), timedelta(days=731)):
            make_call(session, started_at=now - age)
        for age in (timedelta(days=89), timedelta(days=91)):
            make_moment(session, member, at=now - age)
        enqueue(session, "housekeeping")
    make_worker(database, Clock(now)).tick()
    assert fetch(database, "select started_at from coach_model_calls") == [(now - timedelta(days=729),)]
    assert fetch(database, "select created_at from coach_moments") == [(now - timedelta(days=89),)]
    acts = "select action, before, reason from audit_log where subject_kind = 'coach' order by action"
    (calls, moments) = fetch(database, acts)
    assert (calls[0], calls[1]["calls"], calls[2]) == ("coach.calls_forgotten", 1, "kept for 2 years")
    assert (moments[0], moments[1]["moments"], moments[2]) == (
        "coach.moments_forgotten", 1, "kept for 90 days",
    )  # fmt: skip


def test_nobody_forgets_a_decision_of_the_last_year(database: Database) -> None:
    with pytest.raises(BeeError):
        with database.writing(Login.WORKER) as session:
            session.scalar("notify/forget_decisions", before=datetime.now(UTC) - timedelta(days=364))


@pytest.fixture
def environment(database: Database, tmp_path: Path) -> dict[str, str]:
    place = dict((*database.address.base, *database.address.owner))
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path),
        "BEE_HOME": str(tmp_path / "home"),
        "DATABASE_URL": "postgresql://{user}@/{dbname}?host={host}&port={port}".format(**place),
    }


def start(environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "bee", "worker", *words],
        cwd=environment["HOME"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def until(condition: Any, said: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, said
        time.sleep(0.1)


@pytest.mark.slow
def test_the_program_works_waits_for_the_database_and_stops_when_told(
    database: Database, environment: dict[str, str], members: dict[str, UUID]
) -> None:
    name = dict(database.address.base)["dbname"]
    scored = "select distinct user_id from daily_engagement_scores"
    worker = start(environment)
    try:
        until(lambda: jobs(database) and jobs(database)[0].outcome == "done", "it scores")
        database.dispose()
        with administering(database.address) as connection:
            connection.execute(f"alter database {name} with allow_connections false")
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
            )
            time.sleep(6)
            assert worker.poll() is None, "it waits"
            connection.execute(f"alter database {name} with allow_connections true")

        with database.writing(Login.OWNER) as session:
            happen(session, make_member(session), {MONDAY: ["app_session"]})
        until(lambda: len(fetch(database, scored)) == len(members) + 1, "it goes on")
        worker.send_signal(signal.SIGTERM)
        said, _ = worker.communicate(timeout=60)
    finally:
        worker.kill()
        worker.communicate()
    assert worker.returncode == 0
    assert "Trying again in" in said
    assert "stopped" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_worker_that_is_killed_is_followed_by_one_that_finishes(
    database: Database, environment: dict[str, str], members: dict[str, UUID]
) -> None:
    with database.writing(Login.OWNER) as session:
        session.driver.execute("lock table score_frontiers in exclusive mode")
        worker = start(environment, "--once")
        try:
            until(lambda: fetch(database, "select from pg_locks where not granted"), "it gets there")
        finally:
            worker.kill()
            worker.communicate()
    (job,) = jobs(database)
    assert (job.outcome, job.attempts) == (None, 1)
    change(database, "update jobs set heartbeat_at = now() - interval '61 s'")
    second = start(environment, "--once")
    second.communicate(timeout=60)
    assert second.returncode == 0
    (job,) = jobs(database)
    assert (job.outcome, job.attempts) == ("done", 2)
    today = datetime.now(UTC).date()
    london = members["Europe/London"]
    assert stored_days(database, london) == plain_days(EVENTS, today=today)
    assert totals(database) == plain_totals(database)
