"""Which budgets one request spends: the same as the database says of the whole minute."""

from datetime import timedelta

import pytest

from bee.db import Database, Login
from bee.sla.derivation import derive
from bee.sla.minutes import Area, Status, moment_of
from bee.sla.objectives import OF_REQUESTS, objectives
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from bee.sla.spending import Spending
from tests.sla.rows import stored
from tests.sla.test_recorder import NOON, Clock

SPENDING = Spending(objectives())
FAULTS = ("availability", "errors", "latency")
REPLIES = ("availability", "errors", "reply_begins", "reply_ends")


@pytest.mark.parametrize(
    ("request_", "spent"),
    [
        (Request("GET /x", Area.API, Status.OK, 1.0), ()),  # exactly the second that was promised
        (Request("GET /x", Area.API, Status.OK, 1.0001), ("latency",)),
        (Request("GET /x", Area.API, Status.REDIRECT, 5.0), ("latency",)),
        (Request("GET /x", Area.API, Status.FAULT, 0.01), FAULTS),  # a quick failure is as slow as can be
        (Request("GET /x", Area.API, Status.BROKEN, 0.01), FAULTS),
        (Request("GET /x", Area.API, Status.TIMEOUT, 11.0), ("availability", "latency")),
        (Request("GET /x", Area.API, Status.CLIENT, 30.0), ()),
        (Request("GET /x", Area.API, Status.LIMITED, 30.0), ()),
        (Request("GET /x", Area.API, Status.GONE, 30.0), ()),
        (Request("GET /x", Area.HOUSE, Status.FAULT, 30.0), ()),  # nothing is promised of these
        (Request("POST /x", Area.COACH, Status.OK, 8.0, 1.5), ()),
        (Request("POST /x", Area.COACH, Status.OK, 8.0, 3.0), ("reply_begins",)),
        (Request("POST /x", Area.COACH, Status.OK, 14.0, 3.0), ("reply_begins", "reply_ends")),
        (Request("POST /x", Area.COACH, Status.OK, 14.0), ("reply_ends",)),
        (Request("POST /x", Area.COACH, Status.FAULT, 0.1), REPLIES),
    ],
)
def test_a_request_spends_the_budgets_of_what_it_broke(request_: Request, spent: tuple[str, ...]) -> None:
    assert SPENDING.of(request_) == spent


def test_what_one_request_spends_adds_up_to_what_the_database_says_of_the_minute(database: Database) -> None:
    recorder = Recorder(database, release="1.0", clock=Clock())
    asked = [
        Request(f"GET /{area}", area, status, seconds, seconds / 2 if area is Area.COACH else None)
        for area in Area
        for status in Status
        if status is not Status.UNCOUNTED
        for seconds in (0.9, 1.0, 1.021, 2.0, 4.1, 12.0, 12.3)
    ]
    for request in asked:
        recorder.record(request)
    recorder.flush()
    derive(database, now=moment_of(int(NOON)) + timedelta(minutes=2))
    bad = {row.objective: row.bad for row in stored(database, "objective, bad", "objective_minutes")}
    for objective in objectives():
        if objective.indicator in OF_REQUESTS:
            assert bad[objective.id] == sum(objective.id in SPENDING.of(each) for each in asked), objective.id


def test_nothing_is_spent_where_nothing_is_promised() -> None:
    assert Spending(()).of(Request("GET /x", Area.API, Status.FAULT, 99.0)) == ()


def test_the_kept_rows_and_the_rest_are_what_was_bad(database: Database) -> None:
    recorder = Recorder(database, release="1.0", clock=Clock())
    for _ in range(35):
        recorder.record(Request("GET /x", Area.API, Status.FAULT, 0.1))
    recorder.flush()
    with database.reading(Login.OWNER) as session:
        kept = session.driver.execute("select count(*) from bad_requests").fetchone()
        rest = session.driver.execute("select n from unlisted_requests where objective = 'errors'").fetchone()
    assert kept is not None
    assert rest is not None
    assert (kept[0], rest[0]) == (10, 25)
