"""Scoring that is killed, that is not alone, or whose members change under its hands."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.errors import Conflict
from bee.momentum.scoring import score
from tests.factories import execute, make_member
from tests.momentum.histories import (
    V1,
    change,
    fetch,
    happen,
    noon,
    plain_days,
    plain_recoveries,
    plain_totals,
    recoveries,
    restatements,
    stored_days,
    totals,
)
from tests.momentum.scoring import start_scoring

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
TODAY = MONDAY + 40 * DAY
NAMES = sorted(V1.weights)
EACH_ALONE = 1


def history(number: int) -> dict[date, list[str]]:
    return {
        MONDAY + (number + day) * DAY: NAMES[(number + day) % len(NAMES) :][:4]
        for day in range(0, 30, number % 3 + 1)
    }


@pytest.fixture
def members(database: Database) -> list[UUID]:
    """Eight people with events of weeks, in the order in which they are scored."""
    with database.writing(Login.OWNER) as session:
        members = [
            make_member(session, member_id=UUID(int=number + 1), attributes='{"plan": "basic"}')
            for number in range(8)
        ]
        for number, member in enumerate(members):
            happen(session, member, history(number))
    return members


def assert_as_if_undisturbed(database: Database, members: list[UUID]) -> None:
    for member in members:
        assert stored_days(database, member) == plain_days(history(member.int - 1), today=TODAY)
        assert restatements(database, member) == []
    assert totals(database) == plain_totals(database) != []
    assert recoveries(database) == plain_recoveries(database)
    assert fetch(database, "select count(*) from score_dues") == [(0,)]
    assert fetch(database, "select count(*) from stale_days") == [(0,)]
    assert fetch(database, "select scored_through from score_frontiers") == [(TODAY - DAY,)]


@contextmanager
def stopped_at(database: Database, lock: str, **parameters: object) -> Iterator[Callable[[], None]]:
    """Hold a lock that scoring needs at some point; gives a function that waits until it waits there."""

    def until_it_waits() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if fetch(database, "select from pg_locks where not granted"):
                return
            time.sleep(0.02)
        pytest.fail("nobody waits for the lock")

    with database.writing(Login.OWNER) as session:
        execute(session, lock, **parameters)
        yield until_it_waits


POINTS = {
    "before anything is written": "lock table stale_days in exclusive mode",
    "in the middle of the batches": "select from score_dues where user_id = :fifth for update",
    "before the totals are written": "lock table engagement_days in exclusive mode",
    "before it is said through which day is scored": "lock table score_frontiers in exclusive mode",
}


@pytest.mark.slow
@pytest.mark.parametrize("login", [Login.OWNER, Login.WORKER])
@pytest.mark.parametrize("lock", POINTS.values(), ids=POINTS)
def test_a_scorer_that_is_killed_is_finished_by_the_next_one(
    database: Database, members: list[UUID], lock: str, login: Login
) -> None:
    parameters = {"fifth": members[4]} if ":fifth" in lock else {}
    with stopped_at(database, lock, **parameters) as until_it_waits:
        process = start_scoring(database, now=noon(TODAY), batch_days=EACH_ALONE, login=login)
        try:
            until_it_waits()
        finally:
            process.kill()
            process.communicate()
    ((dues,),) = fetch(database, "select count(*) from score_dues")
    report = score(database, now=noon(TODAY), login=login, wait_s=30, batch_days=EACH_ALONE)
    assert report.members == dues, "what was finished is not done again"
    assert_as_if_undisturbed(database, members)


@pytest.mark.slow
def test_a_scorer_that_is_killed_at_any_moment_leaves_nothing_half(
    database: Database, members: list[UUID]
) -> None:
    settled = []
    for pause_s in (0.0, 0.01, 0.03):
        process = start_scoring(database, now=noon(TODAY), batch_days=EACH_ALONE)
        before = fetch(database, "select count(*) from score_dues")
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if fetch(database, "select count(*) from score_dues") != before:
                break
            time.sleep(0.002)
        time.sleep(pause_s)
        process.kill()
        process.communicate()
        settled.append(fetch(database, "select count(*) from score_dues")[0][0])
        days = fetch(
            database,
            """
            select user_id, count(*)
            from daily_engagement_scores
            where user_id not in (select user_id from score_dues)
            group by user_id
            """,
        )
        assert len(days) == len(members) - settled[-1], "who has scores is not due, who is due has none"
        for member, count in days:
            assert count == len(plain_days(history(member.int - 1), today=TODAY))
    score(database, now=noon(TODAY), wait_s=30)
    assert_as_if_undisturbed(database, members)


def test_the_second_of_two_scorers_is_refused_or_waits_and_nothing_is_doubled(
    database: Database, members: list[UUID]
) -> None:
    first = threading.Thread(target=score, args=(database,), kwargs={"now": noon(TODAY), "batch_days": 1})
    waiting: list[int] = []

    def wait_and_score() -> None:
        waiting.append(score(database, now=noon(TODAY), login=Login.WORKER, wait_s=60).rows_written)

    second = threading.Thread(target=wait_and_score)
    with stopped_at(database, POINTS["in the middle of the batches"], fifth=members[4]) as until_it_waits:
        first.start()
        until_it_waits()
        with pytest.raises(Conflict, match="by another process already") as refused:
            score(database, now=noon(TODAY))
        assert refused.value.code == "scoring_runs"
        second.start()
    first.join()
    second.join()
    assert waiting == [0], "there was nothing left to do"
    assert_as_if_undisturbed(database, members)


def test_the_lock_is_given_back_after_a_failure(database: Database, members: list[UUID]) -> None:
    def stop(_done: int, _total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        score(database, now=noon(TODAY), batch_days=EACH_ALONE, progress=stop)
    score(database, now=noon(TODAY))
    assert_as_if_undisturbed(database, members)


@pytest.mark.parametrize("login", [Login.OWNER, Login.WORKER])
@pytest.mark.parametrize("batch_days", [EACH_ALONE, 100_000])
def test_members_who_are_removed_meanwhile_stop_nobody(
    database: Database, members: list[UUID], login: Login, batch_days: int
) -> None:
    removed: list[UUID] = []

    def remove(*gone: UUID) -> None:
        removed.extend(gone)
        change(database, "delete from members where id = any(:gone)", gone=list(gone))

    def meanwhile(done: int, _total: int) -> None:
        if done == 2:
            # One is written, the next has been read by then and the one after has not.
            time.sleep(0.3)
            remove(members[1], members[2], members[3])

    class Removing(Database):
        """Removes somebody between the reading and the writing of the only batch."""

        @contextmanager
        def writing(self, login: Login, **more: object) -> Iterator[object]:  # type: ignore[override]
            if not removed:
                removed.append(members[6])
                change(database, "delete from members where id = :gone", gone=members[6])
            with super().writing(login, **more) as session:  # type: ignore[arg-type]
                yield session

    racing = database if batch_days == EACH_ALONE else Removing(database.address)
    try:
        score(racing, now=noon(TODAY), login=login, batch_days=batch_days, progress=meanwhile)
    finally:
        racing.dispose()
    assert removed
    assert_as_if_undisturbed(database, [member for member in members if member not in removed])
    scored = fetch(database, "select distinct user_id from daily_engagement_scores")
    assert len(scored) == len(members) - len(removed)


@pytest.mark.parametrize("login", [Login.OWNER, Login.WORKER])
def test_who_changes_groups_meanwhile_is_counted_in_the_new_one(
    database: Database, members: list[UUID], login: Login
) -> None:
    def meanwhile(done: int, _total: int) -> None:
        if done == 4:
            change(
                database,
                """update members set attributes = '{"plan": "plus"}' where id <> all(:some)""",
                some=members[2:5],
            )

    score(database, now=noon(TODAY), login=login, batch_days=EACH_ALONE, progress=meanwhile)
    # Whoever changed them said that the totals have to be computed again, if there were any yet.
    score(database, now=noon(TODAY), login=login)
    assert_as_if_undisturbed(database, members)
    assert "plan:plus" in {segment for _, segment, *_ in totals(database)}


def test_events_that_come_meanwhile_are_scored_by_the_next_run(
    database: Database, members: list[UUID]
) -> None:
    late = {MONDAY + 20 * DAY: ["streak_milestone"] * 2}

    def meanwhile(done: int, _total: int) -> None:
        if done == 4:
            time.sleep(0.3)
            with database.writing(Login.OWNER) as session:
                for member in members[2:6]:
                    happen(session, member, late)

    score(database, now=noon(TODAY), batch_days=EACH_ALONE, progress=meanwhile)
    dues = {member for (member,) in fetch(database, "select user_id from score_dues")}
    assert dues >= set(members[2:5]), "who was written or read before is due again"
    score(database, now=noon(TODAY))
    for number, member in enumerate(members):
        events = dict(history(number))
        if member in members[2:6]:
            (day,) = late
            events[day] = [*events.get(day, []), *late[day]]
        assert stored_days(database, member) == plain_days(events, today=TODAY)
    assert totals(database) == plain_totals(database)
