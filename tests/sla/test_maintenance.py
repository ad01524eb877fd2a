"""Maintenance that goes otherwise than declared: by whom, what counts then, and that it can be taken back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Forbidden, Invalid
from bee.sla.amendments import Amendment, amendments, declare_maintenance, withdraw
from bee.sla.counts import window_counts
from bee.sla.derivation import derive, minute_at
from bee.sla.maintenance import end_maintenance, move_maintenance, resume_maintenance
from bee.sla.minutes import Status
from tests.factories import execute, make_staff
from tests.sla.rows import stored
from tests.sla.test_derivation import measure, of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def moment() -> datetime:
    """Return now, as the database sees it too."""
    return datetime.now(UTC)


def person(database: Database, name: str, *roles: str) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, email=f"{name}@example.org", full_name=name.title(), roles=roles)


@pytest.fixture
def olga(database: Database) -> UUID:
    return person(database, "olga", "oncall")


def running(database: Database, by: UUID, *, since: timedelta = HOUR, until: timedelta = HOUR) -> int:
    """Have maintenance that runs, declared before it began."""
    now = minute_at(moment())
    with database.writing(Login.OWNER) as session:
        return int(
            execute(
                session,
                "insert into service_amendments (kind, starts_at, ends_at, reason, declared_by, declared_at)"
                " values ('maintenance', :starts, :ends, 'disks', :by, :starts) returning id",
                starts=now - since, ends=now + until, by=by,
            ).scalar_one()
        )  # fmt: skip


def coming(database: Database, by: UUID) -> int:
    """Have maintenance in a day."""
    at = minute_at(moment()) + 24 * HOUR
    act(database, by, declare_maintenance, at, at + HOUR)
    return max(int(row.id) for row in stored(database, "id", "service_amendments"))


def act(
    database: Database, by: UUID, do: Callable[..., Any], *arguments: Any, role: str = "bee_oncall"
) -> Any:
    with database.writing(Login.DASHBOARD, role=role, staff_id=by) as session:
        return do(session, *arguments, reason="it is done", actor=Actor.staff(by), now=moment())


def seen(database: Database, number: int) -> Amendment:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return next(each for each in amendments(session, since=moment() - 9 * 24 * HOUR) if each.id == number)


def bad(database: Database) -> int:
    """Return how many requests of the last minutes are bad: what alerts are made of."""
    until = minute_at(moment()) + 10 * MINUTE
    derive(database, now=until)
    with database.reading(Login.WORKER) as session:
        found = window_counts(session, until=until, windows=(30,))
    return found["errors"][30].bad if "errors" in found else 0


def trail(database: Database) -> list[tuple[str, str]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select action, reason from audit_log order by id")
        return [(row.action, row.reason) for row in rows]


def test_ended_early_the_next_minute_counts_again_and_so_burns_budgets(
    database: Database, olga: UUID
) -> None:
    number = running(database, olga)
    later = minute_at(moment()) + 3 * MINUTE
    measure(database, of(Status.FAULT, 20), at=later)
    assert bad(database) == 0
    act(database, olga, end_maintenance, number)
    assert bad(database) == 20
    row = seen(database, number)
    assert (row.changed, row.changed_by_name, row.changed_because) == ("ended", "Olga", "it is done")
    assert row.ends_at <= minute_at(moment()) + MINUTE
    assert trail(database) == [("maintenance.ended", "it is done")]


def test_an_ending_that_is_taken_back_restores_every_number(database: Database, olga: UUID) -> None:
    number = running(database, olga)
    measure(database, of(Status.FAULT, 20), at=minute_at(moment()) + 3 * MINUTE)
    before = seen(database, number)
    act(database, olga, end_maintenance, number)
    assert bad(database) == 20
    act(database, olga, resume_maintenance, number)
    assert bad(database) == 0
    assert seen(database, number) == before
    with pytest.raises(Conflict, match="taken back before"):
        act(database, olga, resume_maintenance, number)
    assert [action for action, _ in trail(database)] == ["maintenance.ended", "maintenance.resumed"]
    assert len(stored(database, "id", "service_maintenance_changes")) == 1, "what was said stays"


def test_it_is_ended_once_and_only_while_it_runs(database: Database, olga: UUID) -> None:
    number = running(database, olga)
    act(database, olga, end_maintenance, number)
    with pytest.raises(Conflict, match="over"):
        act(database, olga, end_maintenance, number)
    with pytest.raises(Conflict):
        act(database, olga, end_maintenance, running(database, olga, until=-MINUTE))
    with pytest.raises(Conflict):
        act(database, olga, end_maintenance, coming(database, olga))
    with pytest.raises(Conflict):
        act(database, olga, end_maintenance, number + 1000)


def test_what_has_not_begun_is_moved_as_often_as_need_be_or_withdrawn(database: Database, olga: UUID) -> None:
    number = coming(database, olga)
    at = minute_at(moment()) + 48 * HOUR
    for hours in (1, 2):
        act(database, olga, move_maintenance, number, at, at + hours * HOUR)
    row = seen(database, number)
    assert (row.starts_at, row.ends_at, row.changed) == (at, at + 2 * HOUR, "moved")
    act(database, olga, withdraw, number)
    assert seen(database, number).withdrawn_at is not None
    with pytest.raises(Conflict, match="withdrawn"):
        act(database, olga, move_maintenance, number, at, at + HOUR)
    moved = "maintenance.moved"
    assert [action for action, _ in trail(database)][1:] == [moved, moved, "maintenance.withdrawn"]


def test_maintenance_that_has_begun_is_not_moved_nor_is_any_into_the_past(
    database: Database, olga: UUID
) -> None:
    at = minute_at(moment()) + HOUR
    with pytest.raises(Conflict, match="begun"):
        act(database, olga, move_maintenance, running(database, olga), at, at + HOUR)
    with pytest.raises(Invalid, match="not begun"):
        act(database, olga, move_maintenance, coming(database, olga), at - 2 * HOUR, at)
    with pytest.raises(Invalid, match="7 days"):
        act(database, olga, move_maintenance, coming(database, olga), at, at + 9 * 24 * HOUR)


def test_whoever_declared_it_changes_it_or_an_admin_and_nobody_else(database: Database, olga: UUID) -> None:
    otto, ada = person(database, "otto", "oncall"), person(database, "ada", "admin")
    at = minute_at(moment()) + 48 * HOUR
    ahead, runs = coming(database, olga), running(database, olga)
    with pytest.raises(Forbidden):
        act(database, otto, end_maintenance, runs)
    with pytest.raises(Forbidden):
        act(database, otto, move_maintenance, ahead, at, at + HOUR)
    with pytest.raises(Forbidden):
        act(database, otto, withdraw, ahead)
    assert stored(database, "id", "service_maintenance_changes") == []
    assert seen(database, ahead).withdrawn_at is None
    act(database, ada, end_maintenance, runs, role="bee_admin")
    act(database, ada, move_maintenance, ahead, at, at + HOUR, role="bee_admin")
    # What is over is gone through together: whoever is on call withdraws it.
    act(database, otto, withdraw, running(database, olga, until=-MINUTE))


CHANGE = (
    "insert into service_maintenance_changes (amendment, kind, starts_at, ends_at, reason, changed_by)"
    " values (:id, :kind, :starts, :ends, 'x', :by)"
)


@pytest.mark.parametrize(
    ("kind", "starts_h", "ends_h", "code"),
    [
        ("ended", -1, 0.5, "maintenance_over"),  # it is lengthened
        ("ended", -2, 0.1, "maintenance_over"),  # it begins earlier
        ("moved", 1, 2, "maintenance_begun"),
    ],
)
def test_the_database_itself_refuses_what_would_change_the_past(
    kind: str, starts_h: float, ends_h: float, code: str, database: Database, olga: UUID
) -> None:
    number = running(database, olga, until=0.4 * HOUR)
    now = minute_at(moment())
    with (
        pytest.raises(BeeError) as refused,
        database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session,
    ):
        starts, ends = now + starts_h * HOUR, now + ends_h * HOUR
        execute(session, CHANGE, id=number, kind=kind, starts=starts, ends=ends, by=olga)
    assert refused.value.code == code


def test_the_database_itself_lets_nobody_change_what_somebody_else_declared(
    database: Database, olga: UUID
) -> None:
    number, otto = running(database, olga), person(database, "otto", "oncall")
    now = minute_at(moment())
    with (
        pytest.raises(Exception, match="row-level security"),
        database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=otto) as session,
    ):
        execute(session, CHANGE, id=number, kind="ended", starts=now - HOUR, ends=now + 2 * MINUTE, by=otto)
