"""Jobs: asked for once, run once, seen when they die, given up in the end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bee.db import Database, Login
from bee.errors import Unavailable
from bee.jobs import Job, claim, enqueue, finish, heartbeat, run_due
from bee.jobs.running import Progress
from bee.jobs.schedule import next_run
from tests.factories import execute


def ask(database: Database, kind: str = "score", **more: object) -> None:
    with database.writing(Login.WORKER) as session:
        enqueue(session, kind, **more)  # type: ignore[arg-type]


def take(database: Database, worker: str = "a") -> Job | None:
    with database.writing(Login.WORKER) as session:
        return claim(session, worker=worker, kinds=["score"])


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.writing(Login.OWNER) as session:
        return [
            tuple(row)
            for row in execute(session, "select outcome, attempts, rows_done, error from jobs order by id")
        ]


def age(database: Database, seconds: int) -> None:
    """Let time pass for every job."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update jobs set heartbeat_at = heartbeat_at - make_interval(secs => :s),"
            " run_at = run_at - make_interval(secs => :s)",
            s=seconds,
        )


def test_asking_twice_gives_one_job(database: Database) -> None:
    ask(database)
    ask(database)
    assert take(database) is not None
    assert take(database) is None


def test_the_system_asks_for_jobs_as_the_worker_does(database: Database) -> None:
    with database.writing(Login.SYSTEM) as session:
        enqueue(session, "score")
        enqueue(session, "score")
    assert take(database) is not None
    assert take(database) is None


def test_another_key_is_another_job(database: Database) -> None:
    ask(database, key="x")
    ask(database, key="y")
    assert {job.key for job in (take(database), take(database)) if job} == {"x", "y"}


def test_a_job_of_the_future_waits(database: Database) -> None:
    ask(database, run_at=datetime.now(UTC) + timedelta(hours=1))
    assert take(database) is None
    age(database, 3601)
    assert take(database) is not None


def test_two_workers_at_once_never_get_the_same_job(database: Database) -> None:
    for number in range(20):
        ask(database, key=str(number))
    taken: list[str] = []

    def work(name: str) -> None:
        while (job := take(database, name)) is not None:
            taken.append(job.key)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken, key=int) == [str(number) for number in range(20)]


def test_a_job_whose_worker_died_is_redone_by_another_and_the_first_has_lost_it(database: Database) -> None:
    ask(database)
    first = take(database, "first")
    assert first is not None
    assert take(database, "second") is None
    age(database, 61)
    second = take(database, "second")
    assert second is not None
    assert second.attempts == 2
    with database.writing(Login.WORKER) as session:
        assert not heartbeat(session, first, worker="first", rows_done=5)
        assert not finish(session, first, worker="first", rows_done=5)
        assert finish(session, second, worker="second", rows_done=9)
    assert rows(database) == [("done", 2, 9, None)]


def test_a_heartbeat_keeps_a_job(database: Database) -> None:
    ask(database)
    job = take(database)
    assert job is not None
    age(database, 61)
    with database.writing(Login.WORKER) as session:
        assert heartbeat(session, job, worker="a", rows_done=3)
    assert take(database, "b") is None


def test_a_job_that_kills_every_worker_is_given_up(database: Database) -> None:
    ask(database)
    for attempt in range(5):
        assert take(database, f"w{attempt}") is not None
        age(database, 61)
    assert take(database) is None
    assert rows(database) == [("failed", 5, 0, "its worker died 5 times")]


def test_a_failed_attempt_comes_back_later_and_says_why(database: Database) -> None:
    ask(database)

    def fail(_job: Job, progress: Progress) -> None:
        progress.add(2)
        raise Unavailable("away", "The part is away.")

    outcome = run_due(database, {"score": fail}, worker="a")
    assert outcome is not None
    assert outcome.error == "away: The part is away."
    assert take(database) is None
    assert rows(database) == [(None, 1, 2, "away: The part is away.")]
    age(database, 11)
    outcome = run_due(database, {"score": lambda _job, progress: progress.add(7)}, worker="a")
    assert outcome is not None
    assert rows(database) == [("done", 2, 7, None)]


def test_the_last_failure_closes_the_job(database: Database) -> None:
    ask(database)

    def fail(_job: Job, _progress: Progress) -> None:
        raise Unavailable("away", "The part is away.")

    for _ in range(5):
        assert run_due(database, {"score": fail}, worker="a") is not None
        age(database, 3600)
    assert run_due(database, {"score": fail}, worker="a") is None
    assert rows(database) == [("failed", 5, 0, "away: The part is away.")]


def test_a_fault_of_the_program_is_not_swallowed(database: Database) -> None:
    ask(database)

    def break_down(_job: Job, _progress: Progress) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_due(database, {"score": break_down}, worker="a")
    assert rows(database) == [(None, 1, 0, None)]


def test_a_kind_without_a_handler_is_left_alone(database: Database) -> None:
    ask(database, "report")
    assert run_due(database, {"score": lambda _job, _progress: None}, worker="a") is None


def test_a_schedule_names_the_next_moment() -> None:
    after = datetime(2026, 11, 24, 3, 17, tzinfo=UTC)
    assert next_run("17 3 * * *", after) == datetime(2026, 11, 25, 3, 17, tzinfo=UTC)
