"""What the service stands on, as on-call reads it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bee.db import Database, Login
from bee.jobs import enqueue
from bee.sla.dependencies import DEAD, QUOTA, Dependencies, PushOutcome, Size, dependencies, disk_of
from tests.coach.calls import make_call
from tests.factories import execute

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def seen(database: Database, now: datetime = NOON) -> Dependencies:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return dependencies(session, now=now)


def test_in_an_empty_house_nothing_waits_and_nobody_was_heard_of(database: Database) -> None:
    found = seen(database)
    assert (found.jobs, found.messages, found.pushes, found.pauses, found.models, found.heard) == ([],) * 6
    assert found.oldest_due is None
    assert found.size.size_bytes > 0


def test_the_longest_transaction_of_another_login_is_told_and_not_a_word_of_it(database: Database) -> None:
    with database.reading(Login.WORKER) as working:
        execute(working, "select 'words that nobody is to read'")
        found = seen(database, datetime.now(UTC))
    worker = next(row for row in found.activity if row.login == "bee_worker")
    assert worker.connections >= 1
    assert worker.busy == 1
    assert worker.longest_s is not None
    assert found.longest_s is not None
    assert found.longest_s >= worker.longest_s > 0
    assert "words" not in repr(found)


def test_queues_are_told_by_the_age_of_their_oldest(database: Database) -> None:
    with database.writing(Login.WORKER) as session:
        enqueue(session, "score", run_at=NOON - 5 * MINUTE)
        enqueue(session, "notify", run_at=NOON - 9 * MINUTE)
        enqueue(session, "housekeeping", run_at=NOON + MINUTE)
        execute(
            session,
            "insert into outbox (topic, dedupe_key, payload, available_at, attempts)"
            " values ('safety.crisis', 'a', '{}', :at, 3), ('safety.crisis', 'b', '{}', :later, 0)",
            at=NOON - 12 * MINUTE,
            later=NOON + MINUTE,
        )
    found = seen(database)
    assert [(row.kind, row.waiting) for row in found.jobs] == [("notify", 1), ("score", 1)]
    assert [(row.topic, row.waiting, row.most_attempts) for row in found.messages] == [
        ("safety.crisis", 1, 3)
    ]
    assert found.oldest_due == NOON - 12 * MINUTE


def test_a_job_that_runs_does_not_wait_and_one_that_failed_for_good_is_counted_for_a_day(
    database: Database,
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into jobs (kind, run_at, started_at, finished_at, outcome) values"
            " ('score', :due, :due, null, null), ('notify', :due, :due, :due, 'failed'),"
            " ('export', :old, :old, :old, 'failed')",
            due=NOON - MINUTE,
            old=NOON - timedelta(days=2),
        )
    found = seen(database)
    assert [(row.kind, row.running, row.failed) for row in found.jobs] == [("score", 1, 0), ("notify", 0, 1)]
    assert found.oldest_due is None


def test_gone_devices_and_exhausted_quota_are_told_apart() -> None:
    pushes = [
        PushOutcome(outcome, posts, NOON)
        for outcome, posts in (("accepted", 90), ("dead_address", 6), ("wrong_project", 1), ("throttled", 3))
    ]
    found = Dependencies([], Size(1, 100), [], [], pushes, [], [], [])
    assert (found.posts(DEAD), found.posts(QUOTA)) == (7, 3)


def test_who_is_left_alone_is_told_until_it_is_over(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into coach_breakers (provider, failures, because, open_until, changed_at) values"
            " ('openai', 5, 'timeout', :later, :now), ('vertex', 2, 'slow', null, :now)",
            later=NOON + MINUTE,
            now=NOON,
        )
        execute(
            session,
            "insert into notification_breakers (project, platform, opened_at, open_until, because)"
            " values ('p', 'ios', :now, :later, 'quota')",
            later=NOON + MINUTE,
            now=NOON,
        )
    found = seen(database)
    assert [(row.name, row.because) for row in found.paused("model")] == [("openai", "timeout")]
    assert [(row.name, row.because) for row in found.paused("push")] == [("ios", "quota")]
    assert seen(database, NOON + 2 * MINUTE).pauses == []


def test_a_model_that_answers_what_is_not_used_answers_all_the_same(database: Database) -> None:
    with database.writing(Login.SYSTEM) as session:
        for outcome in ("answered", "checks", "refused", "cut_short", "overloaded", "timeout"):
            make_call(session, started_at=NOON - MINUTE, outcome=outcome)
        make_call(session, started_at=NOON - timedelta(days=2))
    (row,) = seen(database).models
    assert (row.provider, row.calls, row.answered, row.unused) == ("openai", 6, 4, 3)
    assert row.last_at == NOON - MINUTE


def test_the_disk_is_that_of_the_nearest_folder_there_is(tmp_path: Path) -> None:
    disk = disk_of(tmp_path / "not" / "made" / "yet")
    assert disk is not None
    assert 0 < disk.free <= disk.total
