"""The recorder: what several processes count adds up exactly, never twice, and waits while the database is away."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from bee.db import Database, Login
from bee.errors import Unavailable
from bee.sla.minutes import Area, Status
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from bee.sla.sketch import ALPHA, count_within, from_pairs, merged, quantile_s
from tests.cluster import administering
from tests.factories import execute, make_member
from tests.sla.rows import counted, stored
from tests.sla.test_sketch import exact

NOON = 1_770_000_000.0 // 60 * 60


class Clock:
    """Shows what the test sets it to."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(database: Database, clock: Clock, most_rows: int = 1000) -> Recorder:
    return Recorder(database, release="1.0", clock=clock, most_rows=most_rows)


def request(seconds: float = 0.1, status: Status = Status.OK, route: str = "GET /v1/momentum") -> Request:
    return Request(route, Area.API, status, seconds)


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Let nobody into the test's database for as long as the block lasts."""
    name = dict(database.address.base)["dbname"]
    with administering(database.address) as connection:
        connection.execute(f"alter database {name} allow_connections false")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f"alter database {name} allow_connections true")


def test_percentiles_and_counts_of_four_workers_are_those_of_all_their_requests(
    database: Database, clock: Clock
) -> None:
    chance = random.Random(4)  # noqa: S311  # no secret
    latencies = [min(chance.lognormvariate(-1.5, 1.1), 59) for _ in range(8_000)]
    workers = [made(database, clock) for _ in range(4)]

    def work(worker: int) -> None:
        for number, seconds in enumerate(latencies[worker::4]):
            workers[worker].record(request(seconds))
            if number % 500 == 0:
                workers[worker].flush()
        workers[worker].flush()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    ((n, seconds, pairs),) = stored(database, "n, seconds, complete")
    sketch = from_pairs(pairs)
    assert n == len(latencies)
    assert seconds == pytest.approx(sum(latencies))
    assert count_within(sketch, 0) == sum(one <= 1 for one in latencies)
    for share in (0.5, 0.95, 0.99):
        assert quantile_s(sketch, share) == pytest.approx(exact(latencies, share), rel=ALPHA)
    ((total, _, _),) = stored(database, "n, seconds, complete", "service_totals")
    assert total == n
    assert stored(database, "flushes", "service_recorders") != []


def test_each_minute_route_and_status_has_a_row_of_its_own_and_is_marked(
    database: Database, clock: Clock
) -> None:
    recorder = made(database, clock)
    recorder.record(request())
    recorder.record(request(status=Status.FAULT))
    clock.now += 61
    recorder.record(request())
    recorder.record(request(route="POST /v1/events"))
    recorder.flush()
    assert len(stored(database, "minute, route, status, n")) == 4
    assert counted(database) == {
        ("GET /v1/momentum", "2xx"): 2,
        ("GET /v1/momentum", "5xx"): 1,
        ("POST /v1/events", "2xx"): 1,
    }
    assert [row.minute.timestamp() for row in stored(database, "minute", "stale_minutes")] == [
        NOON,
        NOON + 60,
    ]


def test_the_first_byte_of_a_stream_is_kept_apart(database: Database, clock: Clock) -> None:
    recorder = made(database, clock)
    recorder.record(Request("POST /x", Area.COACH, Status.OK, 4.0, 0.5, prompt="coach 3", model="openai/gpt"))
    recorder.flush()
    ((prompt, model, complete, first),) = stored(database, "prompt, model, complete, first_byte")
    assert (prompt, model) == ("coach 3", "openai/gpt")
    assert quantile_s(from_pairs(complete), 0.95) == pytest.approx(4.0, rel=ALPHA)
    assert quantile_s(from_pairs(first), 0.95) == pytest.approx(0.5, rel=ALPHA)


def test_while_the_database_is_away_counts_wait_and_nothing_is_lost_or_doubled(
    database: Database, clock: Clock
) -> None:
    recorder = made(database, clock)
    recorder.record(request())
    with away(database):
        for _ in range(3):
            with pytest.raises(Unavailable):
                recorder.flush()
            recorder.record(request())
    recorder.flush()
    recorder.flush()
    assert counted(database) == {("GET /v1/momentum", "2xx"): 4}


def test_an_addition_whose_answer_was_lost_is_not_made_again(database: Database, clock: Clock) -> None:
    """As when the connection breaks after the commit and before the answer."""
    recorder = made(database, clock)
    recorder.record(request())
    batch = recorder._next_batch()
    recorder.flush()
    recorder._batch = batch
    recorder.record(request())
    recorder.flush()
    assert counted(database) == {("GET /v1/momentum", "2xx"): 2}


def test_beyond_its_room_it_counts_what_it_loses_and_marks_the_minute(
    database: Database, clock: Clock
) -> None:
    recorder = made(database, clock, most_rows=2)
    for number in range(5):
        recorder.record(request(route=f"GET /v1/{number}"))
    recorder.record(request(route="GET /v1/0"))
    recorder.flush()
    assert counted(database) == {("GET /v1/0", "2xx"): 2, ("GET /v1/1", "2xx"): 1}
    ((minute, requests),) = stored(database, "minute, requests", "service_gaps")
    assert (minute.timestamp(), requests) == (NOON, 3)


def test_what_the_database_refuses_for_good_is_marked_as_lost_and_the_rest_goes_on(
    database: Database, clock: Clock
) -> None:
    recorder = made(database, clock)
    recorder.record(request(route="x" * 201))
    recorder.flush()
    recorder.record(request())
    recorder.flush()
    assert counted(database) == {("GET /v1/momentum", "2xx"): 1}
    assert [row.requests for row in stored(database, "requests", "service_gaps")] == [1]


def test_what_passed_because_the_limiter_failed_is_counted_beside_the_requests(
    database: Database, clock: Clock
) -> None:
    passed = 0
    recorder = Recorder(database, release="1.0", clock=clock, passed_uncounted=lambda: passed)
    passed = 3
    recorder.flush()
    passed = 4
    recorder.flush()
    recorder.flush()
    assert counted(database) == {("(limiter)", "uncounted"): 4}


def test_while_it_runs_it_adds_up_by_itself_and_once_more_at_the_end(
    database: Database, clock: Clock
) -> None:
    recorder = made(database, clock)
    with recorder.running(every_s=600):
        recorder.record(request())
    assert counted(database) == {("GET /v1/momentum", "2xx"): 1}


def fault(member_id: UUID | None = None, request_id: str = "request-1") -> Request:
    return Request(
        "GET /v1/momentum", Area.API, Status.FAULT, 0.1, request_id=request_id, member_id=member_id
    )


@pytest.fixture
def mia(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session)


def test_a_bad_request_is_kept_with_its_number_and_its_member_and_a_good_one_is_not(
    database: Database, clock: Clock, mia: UUID
) -> None:
    recorder = made(database, clock)
    clock.now += 7.25
    recorder.record(fault(mia))
    recorder.record(request())
    recorder.record(request(1.5))
    recorder.flush()
    faulty, slow = stored(
        database, "seconds, at, minute, route, release, request_id, user_id, spent", "bad_requests"
    )
    assert (faulty.at.timestamp(), faulty.minute.timestamp()) == (NOON + 7.25, NOON)
    assert (faulty.route, faulty.release, faulty.seconds) == ("GET /v1/momentum", "1.0", 0.1)
    assert (faulty.request_id, faulty.user_id) == ("request-1", mia)
    assert faulty.spent == ["availability", "errors", "latency"]
    assert (slow.user_id, slow.spent) == (None, ["latency"])


def test_whoever_is_no_member_is_nobody_and_a_member_who_goes_is_forgotten(
    database: Database, clock: Clock, mia: UUID
) -> None:
    recorder = made(database, clock)
    recorder.record(fault(mia, "request-1"))
    recorder.record(fault(uuid4(), "request-2"))
    recorder.flush()
    columns = "request_id, user_id"
    assert stored(database, columns, "bad_requests") == [("request-1", mia), ("request-2", None)]
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia)
    assert stored(database, columns, "bad_requests") == [("request-1", None), ("request-2", None)]


def test_a_member_who_is_being_removed_keeps_no_other_request_from_being_counted(
    database: Database, clock: Clock, mia: UUID
) -> None:
    recorder = made(database, clock)
    recorder.record(fault(mia))
    flushing = threading.Thread(target=recorder.flush)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=mia)
        flushing.start()
        # Until the other one waits for this removal.
        while not execute(session, "select from pg_locks where not granted").all():
            pass
    flushing.join()
    assert counted(database) == {("GET /v1/momentum", "5xx"): 1}
    assert stored(database, "request_id, user_id", "bad_requests") == [("request-1", None)]


def test_a_storm_leaves_few_rows_and_says_how_many_more_there_were(database: Database, clock: Clock) -> None:
    workers = [made(database, clock) for _ in range(4)]

    def storm(worker: int) -> None:
        for number in range(25_000):
            workers[worker].record(fault(request_id=f"request-{worker}-{number}"))
            if number % 5000 == 0:
                workers[worker].flush()
        workers[worker].flush()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(storm, range(4)))
    assert counted(database) == {("GET /v1/momentum", "5xx"): 100_000}
    kept = len(stored(database, "id", "bad_requests"))
    # The first flush has one request, the five others at most 10 each.
    assert kept == 4 * (1 + 5 * 10)
    rest = stored(database, "objective, n, release", "unlisted_requests")
    assert rest == [(objective, 100_000 - kept, "1.0") for objective in ("availability", "errors", "latency")]


def test_an_addition_that_is_tried_again_lists_each_request_once(
    database: Database, clock: Clock, mia: UUID
) -> None:
    recorder = made(database, clock)
    for _ in range(12):
        recorder.record(fault(mia))
    batch = recorder._next_batch()
    recorder.flush()
    recorder._batch = batch
    recorder.flush()
    assert len(stored(database, "id", "bad_requests")) == 10
    assert {row.n for row in stored(database, "n", "unlisted_requests")} == {2}


def test_what_is_not_counted_is_not_listed_either(database: Database, clock: Clock) -> None:
    recorder = made(database, clock, most_rows=1)
    recorder.record(request())
    recorder.record(fault())
    recorder.flush()
    assert stored(database, "request_id", "bad_requests") == []
    assert [row.requests for row in stored(database, "requests", "service_gaps")] == [1]


def test_sketches_add_up_in_the_database_as_they_do_in_memory(database: Database) -> None:
    one, other = {-3: 2, 5: 1}, {-7: 1, 5: 4, 9: 1}
    with database.reading(Login.OWNER) as session:
        summed = execute(
            session,
            "select public.bee_add_sketches(cast(:one as integer[]), cast(:other as integer[])) as both,"
            " public.bee_add_sketches('{}', '{}') as none",
            one="{{-3,2},{5,1}}",
            other="{{-7,1},{5,4},{9,1}}",
        ).one()
    assert from_pairs(summed.both) == merged([one, other])
    assert summed.none == []
