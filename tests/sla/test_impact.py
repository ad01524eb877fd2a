"""Whom it touched: members counted once, the prober never, and "at least" where not all requests are kept."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.settings import Settings
from bee.sla.charges import By, Charge, Charges, Where
from bee.sla.housekeeping import forget_old_minutes
from bee.sla.impact import (
    Affected,
    affected,
    affected_by,
    bad_requests,
    bad_requests_csv,
    charges_csv,
    impact,
    members_words,
    share_words,
)
from bee.sla.minutes import Area, Status
from bee.sla.objectives import get_objective
from bee.sla.recorder import Recorder
from bee.sla.request import Request
from tests.factories import execute, make_member, make_staff
from tests.sla.rows import stored
from tests.sla.test_recorder import NOON, Clock

AT = datetime.fromtimestamp(NOON, UTC)
HOUR = timedelta(hours=1)
ERRORS, SPEED, BEGINS = (get_objective(name) for name in ("errors", "latency", "reply_begins"))


@pytest.fixture
def people(database: Database) -> list[UUID]:
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set left_on = joined_on")
        return [make_member(session) for _ in range(3)]


def record(
    database: Database,
    *asked: tuple[UUID | None, str, float],
    release: str = "1.0",
    status: Status = Status.FAULT,
) -> None:
    recorder = Recorder(database, release=release, clock=Clock())
    for place, (member, route, seconds) in enumerate(asked):
        request_id = f"request-{release}-{place}"
        recorder.record(Request(route, Area.API, status, seconds, request_id=request_id, member_id=member))
    recorder.flush()


def found(database: Database, **where: str) -> Affected:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return affected(session, ERRORS, since=AT, until=AT + HOUR, where=Where(**where))


def test_a_member_counts_once_however_often_and_somebody_unknown_is_no_member(
    database: Database, people: list[UUID]
) -> None:
    mia, tom, _ = people
    record(database, (mia, "GET /x", 0.1), (mia, "GET /x", 0.1), (tom, "GET /y", 0.1), (None, "GET /x", 0.1))
    assert found(database) == Affected("", 2, 4, 0)
    assert found(database, route="GET /y") == Affected("", 1, 1, 0)
    assert found(database, release="2.0") == Affected("", 0, 0, 0)


def test_the_probers_member_is_not_counted(database: Database, people: list[UUID]) -> None:
    with database.writing(Login.OWNER) as session:
        probe = make_member(session, is_synthetic=True)
    record(database, (probe, "GET /x", 0.1), (people[0], "GET /x", 0.1))
    assert found(database).members == 1


def test_each_objective_counts_its_own_and_the_share_is_of_those_who_have_not_left(
    database: Database, people: list[UUID]
) -> None:
    mia, tom, eva = people
    record(database, (mia, "GET /x", 0.1))
    record(database, (tom, "GET /x", 1.5), (eva, "GET /x", 1.5), status=Status.OK)
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        touched = impact(session, now=AT + HOUR, until=AT + HOUR)
    assert touched.active == 3
    for objective, members in ((ERRORS, 1), (SPEED, 3), (BEGINS, 0)):
        one = touched.of(objective)
        assert one is not None
        assert one.members == members
    assert touched.of(get_objective("uptime")) is None
    assert touched.waiting_for(get_objective("crisis")) is None


def test_what_is_charged_has_its_members_by_route_and_by_release(
    database: Database, people: list[UUID]
) -> None:
    mia, tom, _ = people
    record(database, (mia, "GET /x", 0.1), (mia, "GET /y", 0.1))
    record(database, (mia, "GET /x", 0.1), (tom, "GET /x", 0.1), release="2.0")
    with database.reading(Login.DASHBOARD, role="bee_admin") as session:

        def by(what: By, where: Where = Where()) -> dict[str, int]:
            rows = affected_by(session, ERRORS, what, since=AT, until=AT + HOUR, where=where)
            return {name: row.members for name, row in rows.items()}

        assert by(By.ROUTE) == {"GET /x": 2, "GET /y": 1}
        assert by(By.RELEASE) == {"1.0": 1, "2.0": 2}
        assert by(By.ROUTE, Where(release="1.0")) == {"GET /x": 1, "GET /y": 1}
        assert by(By.MODEL) == {"": 2}


def test_where_not_all_are_kept_it_is_at_least_so_many(database: Database, people: list[UUID]) -> None:
    record(database, *[(people[0], "GET /x", 0.1)] * 15)
    touched = found(database)
    assert touched == Affected("", 1, 10, 5)
    assert members_words(touched) == "at least 1"
    assert share_words(touched, 3) == "at least 1 of 3 active members (33.3%)"
    assert share_words(touched, 0) == "at least 1"


def test_where_more_were_counted_than_are_listed_it_is_at_least_so_many() -> None:
    # As from before there was a list, or of minutes whose rows were lost.
    assert members_words(Affected("", 1200, 5, 0), bad=5) == "1,200"
    assert members_words(Affected("", 1200, 5, 0), bad=6) == "at least 1,200"


def test_maintenance_touches_nobody(database: Database, people: list[UUID]) -> None:
    record(database, (people[0], "GET /x", 0.1))
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into service_amendments (kind, starts_at, ends_at, reason, declared_by, declared_at)
            values ('maintenance', :at, :ends, 'a move', :who, :declared)
            """,
            at=AT,
            ends=AT + HOUR,
            declared=AT - HOUR,
            who=make_staff(session, roles=("oncall",)),
        )
    assert found(database) == Affected("", 0, 0, 0)


def test_the_requests_are_listed_newest_first_with_the_number_that_the_staff_know(
    database: Database, people: list[UUID]
) -> None:
    record(database, (people[0], "GET /x", 0.25), (None, "GET /y", 0.5))
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        number = execute(session, "select number from members where id = :id", id=people[0]).scalar_one()
        rows = bad_requests(session, ERRORS, since=AT, until=AT + HOUR, where=Where())
    assert [(row.request_id, row.pseudonym, row.why(ERRORS)) for row in rows] == [
        ("request-1.0-1", None, "Failed"),
        ("request-1.0-0", f"P-{number}", "Failed"),
    ]
    header, first, second = bad_requests_csv(rows, ERRORS).splitlines()
    assert header.startswith("at,request,route")
    assert first.endswith("request-1.0-1,GET /y,1.0,,,5xx,Failed,0.500,,")
    assert second.endswith(f"Failed,0.250,,P-{number}")


def test_the_file_of_the_charges_says_whom_each_touched() -> None:
    charged = Charges([Charge("GET /x", 90, 10), Charge("GET /y", 5, 0)], 12)
    text = charges_csv(By.ROUTE, charged, {"GET /x": Affected("GET /x", 3, 9, 1)})
    assert text.splitlines() == [
        "route,good,bad,members_affected,at_least",
        "GET /x,90,10,3,yes",
        "GET /y,5,0,0,no",
        "(unattributed),,2,,",
    ]


def test_members_who_wait_for_a_late_score_are_counted_from_the_frontier(
    database: Database, people: list[UUID]
) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set created_at = :at where left_on is null", at=AT - 48 * HOUR)
        execute(session, "delete from score_frontiers")
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        scores = get_objective("scores")
        assert impact(session, now=AT, until=AT).waiting_for(scores) == 3
        assert impact(session, now=AT - 47 * HOUR, until=AT).waiting_for(scores) == 0


def test_they_are_forgotten_when_their_time_is_over(database: Database, people: list[UUID]) -> None:
    record(database, *[(people[0], "GET /x", 0.1)] * 11)
    for days, left in ((31, 10), (32, 0)):
        with database.writing(Login.WORKER) as session:
            forget_old_minutes(session, settings=Settings(), now=AT + timedelta(days=days))
        assert len(stored(database, "id", "bad_requests")) == left
    assert stored(database, "n", "unlisted_requests") == []
