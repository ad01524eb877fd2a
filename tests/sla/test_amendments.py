"""Maintenance and corrections: said by whom and why, what they did to the number, and that it comes back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Invalid
from bee.sla.amendments import Effect, amendments, correct, declare_maintenance, withdraw
from bee.sla.derivation import derive, minute_at
from bee.sla.minutes import Status
from bee.sla.uptime import State, uptime_of, uptime_runs
from tests.factories import execute, make_staff
from tests.sla.rows import stored
from tests.sla.test_derivation import measure, of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
NOW = minute_at(datetime.now(UTC))  # the database says itself when something was declared


@pytest.fixture
def olga(database: Database) -> UUID:
    """Somebody on call."""
    with database.writing(Login.OWNER) as session:
        return make_staff(session, email="olga@example.org", full_name="Olga Call", roles=("oncall",))


@pytest.fixture
def outage(database: Database) -> datetime:
    """When the ten minutes began of which five were down, an hour ago."""
    began = NOW - HOUR
    for n in range(10):
        measure(database, of(Status.FAULT if n < 5 else Status.OK, 20), at=began + n * MINUTE)
    derive(database, now=NOW)
    return began


def amend(
    database: Database,
    olga: UUID,
    starts: datetime,
    ends: datetime,
    state: State | None = None,
    reason: str = "seen",
) -> Effect:
    """Correct, or without a state declare maintenance, as somebody on call."""
    actor = Actor.staff(olga)
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        if state is None:
            return declare_maintenance(session, starts, ends, reason=reason, actor=actor, now=NOW)
        return correct(session, starts, ends, state, reason=reason, actor=actor, now=NOW)


def take_back(database: Database, olga: UUID, number: int, reason: str = "was right") -> Effect:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        return withdraw(session, number, reason=reason, actor=Actor.staff(olga), now=NOW)


def ratio(database: Database) -> float | None:
    with database.reading(Login.WORKER) as session:
        return uptime_of(uptime_runs(session, since=NOW - timedelta(days=30), until=NOW)).ratio


def said(database: Database) -> list[tuple[str, str | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(session, "select action, reason from audit_log order by id")
        return [(row.action, row.reason) for row in rows]


def test_a_correction_changes_the_number_says_by_how_much_and_is_in_the_trail(
    database: Database, olga: UUID, outage: datetime
) -> None:
    assert ratio(database) == 0.5
    effect = amend(database, olga, outage, outage + 2 * MINUTE, State.UP, "the probe was wrong")
    assert (effect.before.ratio, effect.after.ratio, ratio(database)) == (0.5, 0.7, 0.7)
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        (row,) = amendments(session, since=outage)
    assert (row.declared_by_name, row.reason, row.uptime_before, row.uptime_after) == (
        "Olga Call", "the probe was wrong", 0.5, 0.7,
    )  # fmt: skip
    assert said(database) == [("uptime.corrected", "the probe was wrong")]


def test_withdrawing_a_correction_restores_the_number_and_happens_once(
    database: Database, olga: UUID, outage: datetime
) -> None:
    amend(database, olga, outage, outage + 10 * MINUTE, State.UNKNOWN)
    assert ratio(database) is None
    ((number,),) = stored(database, "id", "service_amendments")
    effect = take_back(database, olga, number)
    assert (effect.before.ratio, effect.after.ratio, ratio(database)) == (None, 0.5, 0.5)
    with pytest.raises(Conflict, match="withdrawn before"):
        take_back(database, olga, number)
    with pytest.raises(Conflict):
        take_back(database, olga, number + 1)
    assert said(database)[1:] == [("uptime.withdrawn", "was right")]


def test_what_was_measured_is_never_touched(database: Database, olga: UUID, outage: datetime) -> None:
    before = stored(database, "minute, state, requests, failed", "uptime_minutes")
    amend(database, olga, outage, outage + 10 * MINUTE, State.DOWN)
    assert stored(database, "minute, state, requests, failed", "uptime_minutes") == before


def test_maintenance_to_come_changes_nothing_yet(database: Database, olga: UUID, outage: datetime) -> None:
    effect = amend(database, olga, NOW + HOUR, NOW + 2 * HOUR)
    assert effect.before == effect.after
    assert said(database) == [("maintenance.declared", "seen")]


def test_the_hours_leave_maintenance_out_and_take_it_back_in(
    database: Database, olga: UUID, outage: datetime
) -> None:
    def bad() -> int:
        derive(database, now=datetime.now(UTC) + HOUR)
        rows = stored(database, "objective, good, bad", "objective_hours")
        return sum(row.bad for row in rows if row.objective == "errors")

    assert bad() == 100
    with database.writing(Login.OWNER) as session:
        number = execute(
            session,
            "insert into service_amendments (kind, starts_at, ends_at, reason, declared_by, declared_at)"
            " values ('maintenance', :starts, :ends, 'why', :olga, :starts) returning id",
            starts=outage,
            ends=outage + 3 * MINUTE,
            olga=olga,
        ).scalar_one()
        execute(session, "insert into stale_hours (hour) select distinct hour from objective_hours")
    assert bad() == 40
    take_back(database, olga, number)
    assert bad() == 100


@pytest.mark.parametrize(
    ("starts", "ends", "state"),
    [
        (NOW - MINUTE, NOW + HOUR, None),  # it has begun
        (NOW + HOUR, NOW + HOUR, None),
        (NOW + 2 * HOUR, NOW + HOUR, None),
        (NOW + HOUR, NOW + HOUR + timedelta(days=8), None),
        (NOW + HOUR, NOW + HOUR + timedelta(seconds=90), None),
        ((NOW + HOUR).replace(tzinfo=None), (NOW + 2 * HOUR).replace(tzinfo=None), None),
        (NOW - HOUR, NOW + MINUTE, State.UP),  # not over yet
        (NOW - HOUR, NOW - MINUTE, State.MAINTENANCE),  # nobody declared it
        (NOW - timedelta(days=9), NOW - MINUTE, State.UP),
    ],
)
def test_times_that_can_not_be_meant_are_refused(
    starts: datetime, ends: datetime, state: State | None, database: Database, olga: UUID
) -> None:
    with pytest.raises(Invalid):
        amend(database, olga, starts, ends, state)
    assert stored(database, "id", "service_amendments") == []


@pytest.mark.parametrize("reason", ["", "  ", "\0", "x" * 501])
def test_without_a_reason_nothing_is_said(reason: str, database: Database, olga: UUID) -> None:
    with pytest.raises(Invalid, match="Say the reason"):
        amend(database, olga, NOW - HOUR, NOW - MINUTE, State.UP, reason)


def test_the_database_itself_refuses_maintenance_that_has_begun(database: Database, olga: UUID) -> None:
    """Whatever clock the program goes by."""
    early = NOW - 2 * HOUR
    with (
        pytest.raises(BeeError) as refused,
        database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session,
    ):
        declare_maintenance(session, NOW - HOUR, NOW, reason="late", actor=Actor.staff(olga), now=early)
    assert refused.value.code == "maintenance_begun"


def test_nobody_speaks_in_somebody_elses_name(database: Database, olga: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        other = make_staff(session, email="other@example.org", full_name="Otto Call", roles=("oncall",))
    with (
        pytest.raises(Exception, match="row-level security"),
        database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session,
    ):
        correct(session, NOW - HOUR, NOW - MINUTE, State.UP, reason="his", actor=Actor.staff(other), now=NOW)
