"""What people do about alerts: each act shows, is in the trail, and of two who saw the same one is refused."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest

from bee.audit import Actor
from bee.db import Database, Login, WriteSession
from bee.errors import BeeError, Conflict, Invalid, NotFound
from bee.sla.alerts import actions
from bee.sla.alerts.queries import (
    alert_acts,
    alert_deliveries,
    alerts,
    alerts_csv,
    channel_states,
    find_alert,
)
from tests.factories import execute, make_staff
from tests.sla.alerts.ground import burn, calm, look, look_through, only_rules, rows
from tests.sla.alerts.histories import NOON

Act = Callable[[WriteSession, Actor], object]


@pytest.fixture
def alerting(database: Database) -> Database:
    """A house in which one alert fires, told at its first step."""
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, [(0, 10)] * 120)
    look(database, 9)
    return database


@pytest.fixture
def olga(alerting: Database) -> UUID:
    with alerting.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Olga Call", roles=("oncall",))


def do(database: Database, person: UUID, act: Act) -> None:
    with database.writing(Login.DASHBOARD, role="bee_oncall", staff_id=person) as session:
        act(session, Actor.staff(person))


def soon(**later: float) -> datetime:
    """Return a moment from now on: the database's own clock says when an act was done."""
    return datetime.now(UTC) + timedelta(**later)


def acknowledge(seen: int = 1, **later: float) -> Act:
    until = soon(**(later or {"hours": 1}))
    return lambda session, actor: actions.acknowledge(session, 1, seen=seen, until=until, actor=actor)


def write(text: str) -> Act:
    return lambda session, actor: actions.note(session, 1, seen=1, text=text, actor=actor)


def quieten(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "update alerts set quiet_since = fired_at")


def state(database: Database, columns: str) -> object:
    ((found,),) = rows(database, columns)
    return found


def test_who_acknowledges_is_on_the_alert_and_in_the_trail(alerting: Database, olga: UUID) -> None:
    do(alerting, olga, acknowledge())
    assert rows(alerting, "acknowledged_by, revision") == [(olga, 2)]
    trail = rows(alerting, "action, subject_id, actor_id", "audit_log", "action like 'alert.%'")
    assert trail == [("alert.acknowledged", "1", olga)]


def test_of_two_who_acknowledge_at_once_the_second_is_told(alerting: Database, olga: UUID) -> None:
    with alerting.writing(Login.OWNER) as session:
        other = make_staff(session, full_name="Ravi Call", roles=("oncall",))
    do(alerting, olga, acknowledge())
    with pytest.raises(Conflict) as refused:
        do(alerting, other, acknowledge())
    assert refused.value.code == "alert_changed"
    assert state(alerting, "acknowledged_by") == olga
    # What failed is not in the trail either.
    assert len(rows(alerting, "id", "audit_log", "action = 'alert.acknowledged'")) == 1


@pytest.mark.parametrize(
    ("act", "later", "is_fine"),
    [
        (actions.acknowledge, {"hours": 23.9}, True),
        (actions.acknowledge, {"hours": 24.1}, False),
        (actions.acknowledge, {"minutes": -1}, False),
        (actions.snooze, {"days": 6.9}, True),
        (actions.snooze, {"days": 7.1}, False),
        (actions.snooze, {"minutes": -1}, False),
    ],
)
def test_nobody_holds_an_alert_for_ever_or_in_the_past(
    alerting: Database, olga: UUID, act: Callable[..., None], later: dict[str, float], is_fine: bool
) -> None:
    do_it = partial(
        do, alerting, olga, lambda session, actor: act(session, 1, seen=1, until=soon(**later), actor=actor)
    )
    if is_fine:
        do_it()
    else:
        with pytest.raises(Invalid, match="a day at most"):
            do_it()


def test_an_alert_that_fires_is_not_closed_and_a_quiet_one_is(alerting: Database, olga: UUID) -> None:
    close: Act = lambda session, actor: actions.close(session, 1, seen=1, actor=actor)  # noqa: E731
    with pytest.raises(Conflict, match="still fires"):
        do(alerting, olga, close)
    quieten(alerting)
    do(alerting, olga, close)
    assert rows(alerting, "closed_by, closed_at is not null") == [(olga, True)]
    with pytest.raises(Conflict, match="is over"):
        do(alerting, olga, acknowledge(seen=2))


def test_whoever_was_told_hears_once_that_somebody_closed_it(alerting: Database, olga: UUID) -> None:
    with alerting.writing(Login.OWNER) as session:
        execute(session, "update objective_minutes set good = 10, bad = 0 where minute >= :noon", noon=NOON)
    quieten(alerting)
    do(alerting, olga, lambda session, actor: actions.close(session, 1, seen=1, actor=actor))
    assert look_through(alerting, 10, 12) == [2, 0, 0]
    assert rows(alerting, "step, channel", "alert_messages", "step = 0", "channel") == [
        (0, "mail"),
        (0, "webhook"),
    ]
    assert rows(alerting, "closed_by", "alerts") == [(olga,)]


def test_who_asks_for_the_next_step_gets_it_in_the_next_minute_and_holds_it_no_more(
    alerting: Database, olga: UUID
) -> None:
    do(alerting, olga, acknowledge())
    do(alerting, olga, lambda session, actor: actions.escalate(session, 1, seen=2, actor=actor))
    assert rows(alerting, "acknowledged_by, steps_asked, steps_told") == [(None, 2, 1)]
    assert look_through(alerting, 10, 11) == [2, 0]
    assert {step for (step,) in rows(alerting, "step", "alert_messages")} == {1, 2}


def test_a_note_is_kept_also_of_what_is_over_and_by_two_at_once(alerting: Database, olga: UUID) -> None:
    quieten(alerting)
    do(alerting, olga, lambda session, actor: actions.close(session, 1, seen=1, actor=actor))
    do(alerting, olga, write("first"))
    do(alerting, olga, write("second"))
    with alerting.reading(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        assert [act.note for act in alert_acts(session, 1)][:2] == ["second", "first"]
    # The trail outlives what people wrote.
    assert rows(alerting, "after", "audit_log", "action = 'alert.noted'") == [(None,), (None,)]


@pytest.mark.parametrize("text", ["", "   ", "\0", "x" * 2001])
def test_a_note_says_something(alerting: Database, olga: UUID, text: str) -> None:
    with pytest.raises(Invalid, match="Write something"):
        do(alerting, olga, write(text))


def test_whether_there_was_anything_to_do_is_said_also_afterwards(alerting: Database, olga: UUID) -> None:
    do(
        alerting,
        olga,
        lambda session, actor: actions.judge(session, 1, seen=1, is_actionable=False, actor=actor),
    )
    assert rows(alerting, "is_actionable, revision") == [(False, 2)]


def test_what_the_worker_saw_meanwhile_is_no_reason_to_refuse(alerting: Database, olga: UUID) -> None:
    look_through(alerting, 10, 12)
    do(alerting, olga, acknowledge())
    assert state(alerting, "acknowledged_by") == olga


def test_an_alert_that_ended_meanwhile_is_a_reason(alerting: Database, olga: UUID) -> None:
    with alerting.writing(Login.OWNER) as session:
        execute(session, "update objective_minutes set good = 10, bad = 0 where minute >= :noon", noon=NOON)
    look_through(alerting, 10, 27)
    with pytest.raises(Conflict):
        do(alerting, olga, acknowledge())


def test_there_is_no_such_alert(alerting: Database, olga: UUID) -> None:
    with pytest.raises(NotFound):
        do(
            alerting, olga,
            lambda session, actor: actions.note(session, 99, seen=1, text="x", actor=actor),
        )  # fmt: skip


@pytest.mark.parametrize("role", ["bee_product", "bee_coach"])
def test_nobody_else_sees_or_acts(alerting: Database, role: str) -> None:
    person = uuid4()
    with pytest.raises(Exception, match="permission denied"):
        with alerting.writing(Login.DASHBOARD, role=role, staff_id=person) as session:
            actions.escalate(session, 1, seen=1, actor=Actor.staff(person))


def test_nobody_acts_in_somebody_elses_name(alerting: Database, olga: UUID) -> None:
    with pytest.raises(Exception, match="row-level security") as refused:
        with alerting.writing(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
            actions.escalate(session, 1, seen=1, actor=Actor.staff(uuid4()))
    assert not isinstance(refused.value, BeeError)


def test_alerts_are_listed_with_what_was_told_and_how_it_fared(alerting: Database, olga: UUID) -> None:
    with alerting.writing(Login.OWNER) as session:
        execute(session, "update outbox set attempts = 3, last_error = 'refused' where topic = 'alert.mail'")
        execute(session, "update outbox set delivered_at = now() where topic = 'alert.webhook'")
    with alerting.reading(Login.DASHBOARD, role="bee_oncall", staff_id=olga) as session:
        (card,) = alerts(session, since=NOON, most=10)
        told = {
            (each.channel, each.receiver, each.attempts, each.last_error)
            for each in alert_deliveries(session, 1)
        }
        mail, webhook = channel_states(session, now=NOON)
        assert find_alert(session, 1) == card
        assert find_alert(session, 99) is None
    assert card.headline == "Availability burns its budget 15 times too fast"
    assert card.fires
    assert told == {("mail", "team", 3, "refused"), ("webhook", "", 0, None)}
    assert (mail.channel, mail.waiting, mail.last_error, mail.failing_since is not None) == (
        "mail",
        1,
        "refused",
        True,
    )
    assert (webhook.waiting, webhook.failing_since, webhook.delivered_at is not None) == (0, None, True)
    assert alerts_csv([card]).splitlines()[1].startswith("1,page,availability_burns,,Availability burns")
