"""Watching: each minute once, what fires is kept with its values, told step by step, and over when it is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bee.db import Database, Login
from bee.sla.alerts.carry import Ways, carry
from bee.sla.alerts.registry import ensure_alert_rules, rule_versions, ruleset_of
from bee.sla.alerts.told import Channel
from bee.sla.alerts.watch import Watch
from tests.factories import execute
from tests.sla.alerts.ground import BOTH, SPREAD, burn, calm, look, look_through, on_call, only_rules, rows
from tests.sla.alerts.histories import MINUTE, NOON

OUTAGE = [(0, 10)]


@pytest.fixture
def burning(database: Database) -> Database:
    """A house that answered for days and has answered nobody since noon; one rule watches."""
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, OUTAGE * 120)
    return database


def test_a_house_in_which_nothing_happens_opens_no_alert(database: Database) -> None:
    seen = look(database, 0)
    assert seen is not None
    assert (seen.minute, seen.firing, seen.told) == (NOON, 0, 0)
    assert rows(database, "id") == []
    assert rows(database, "minute, worker, firing", "alert_passes") == [(NOON, "w1", 0)]


def test_an_outage_is_an_alert_after_the_minutes_that_the_budget_says_with_its_values(
    burning: Database,
) -> None:
    assert look_through(burning, 1, 8) == [0] * 8
    assert rows(burning, "id") == []
    assert look_through(burning, 9, 9) == [2]
    ((rule, severity, opened_at, evidence),) = rows(burning, "rule, severity, opened_at, evidence")
    assert (rule, severity) == ("availability_burns", "page")
    assert opened_at == NOON + 9 * MINUTE + timedelta(seconds=15)
    assert {name: evidence[name] for name in ("objective", "factor", "long_bad", "long_total", "short_bad")} == {
        "objective": "availability", "factor": 14.4, "long_bad": 90, "long_total": 600, "short_bad": 50,
    }  # fmt: skip


def test_a_cause_has_one_open_alert_however_long_it_lasts(burning: Database) -> None:
    look_through(burning, 9, 60)
    assert rows(burning, "times, round, fired_at") == [(1, 1, NOON + 60 * MINUTE + timedelta(seconds=15))]


def test_steps_go_up_the_rota_and_each_is_told_once(burning: Database) -> None:
    first, second = on_call(burning), on_call(burning, 2, name="Ravi Call")
    told = look_through(burning, 9, 60)
    assert [(9 + place, count) for place, count in enumerate(told) if count] == [(9, 2), (19, 3), (39, 4)]
    assert rows(burning, "step, channel, receiver", "alert_messages", order="step, channel, receiver") == [
        (1, "mail", str(first)), (1, "webhook", ""),
        *sorted([(2, "mail", str(first)), (2, "mail", str(second))]), (2, "webhook", ""),
        *sorted([(3, "mail", str(first)), (3, "mail", str(second)), (3, "mail", "team")]), (3, "webhook", ""),
    ]  # fmt: skip


def test_where_nobody_is_on_call_the_team_is_told(burning: Database) -> None:
    look(burning, 9)
    assert rows(burning, "channel, receiver", "alert_messages") == [("mail", "team"), ("webhook", "")]


def test_without_a_way_out_the_alert_says_that_nobody_was_told(burning: Database) -> None:
    assert look(burning, 9, channels=frozenset()) is not None
    assert rows(burning, "kind, note", "alert_acts", order="id") == [
        ("opened", ""),
        ("told", "Step 1: nobody, for no way out is set up"),
    ]
    assert rows(burning, "id", "outbox") == []


def test_an_alert_is_over_after_its_time_of_quiet_and_whoever_was_told_hears_of_it(
    database: Database,
) -> None:
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, OUTAGE * 10 + [(10, 0)] * 60)
    told = look_through(database, 1, 40)
    # It fires while more than 14.4 % of the last five minutes are bad, that is until the minute that ends at 14.
    ((opened_at, quiet_since, closed_at),) = rows(database, "opened_at, quiet_since, closed_at")
    assert (opened_at, quiet_since) == tuple(
        NOON + minute * MINUTE + timedelta(seconds=15) for minute in (9, 15)
    )
    assert closed_at == NOON + 30 * MINUTE + timedelta(seconds=15)
    assert [(1 + place, count) for place, count in enumerate(told) if count] == [(9, 2), (30, 2)]
    assert [step for (step,) in rows(database, "step", "alert_messages")] == [0, 0, 1, 1]


def test_what_fires_again_within_the_hour_is_the_alert_that_it_was(database: Database) -> None:
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, OUTAGE * 10 + [(10, 0)] * 40 + OUTAGE * 40)
    look_through(database, 1, 80)
    assert rows(database, "times, round, closed_at") == [(2, 2, None)]
    acts = [kind for (kind,) in rows(database, "kind", "alert_acts", order="id")]
    assert acts[:5] == ["opened", "told", "ended", "reopened", "told"]


def test_two_workers_watch_a_minute_once(burning: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        seen = list(pool.map(lambda number: look(burning, 9, worker=f"w{number}"), range(4)))
    assert len([each for each in seen if each is not None]) == 1
    assert len(rows(burning, "id")) == 1
    assert look(burning, 9) is None


def test_an_acknowledged_alert_calls_nobody_else_until_that_runs_out(burning: Database) -> None:
    person = on_call(burning)
    look(burning, 9)
    until = NOON + 30 * MINUTE
    with burning.writing(Login.OWNER) as session:
        execute(
            session,
            "update alerts set acknowledged_by = :by, acknowledged_until = :until",
            by=person,
            until=until,
        )
    assert look_through(burning, 10, 29) == [0] * 20
    assert look_through(burning, 30, 30) == [2]
    assert rows(burning, "round, acknowledged_by") == [(2, None)]


def test_a_rule_that_nobody_can_read_holds_up_no_other(burning: Database) -> None:
    with burning.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into alert_rule_versions (rule, version, is_on, body, digest, message)
            values ('odd', 1, true, '{"kind": "of another release"}', :digest, 'odd')
            """,
            digest="0" * 64,
        )
    seen = look(burning, 9)
    assert seen is not None
    assert (seen.firing, seen.unread) == (1, 1)
    with burning.reading(Login.WORKER) as session:
        assert list(ruleset_of(rule_versions(session)).unreadable) == ["odd"]


@pytest.mark.parametrize(
    "change",
    ['\'{"kind": "of another release"}\'', "replace(body, '\"availability\"', '\"of_another_release\"')"],
)
def test_of_what_can_not_be_watched_any_more_nobody_says_that_it_is_over(
    burning: Database, change: str
) -> None:
    look(burning, 9)
    with burning.writing(Login.OWNER) as session:
        execute(
            session,
            f"""
            insert into alert_rule_versions (rule, version, is_on, body, digest, message)
            select rule, version + 1, true, {change}, digest, 'odd'
            from alert_rule_versions
            where rule = 'availability_burns'
            """,
        )
    assert look_through(burning, 10, 40) == [0] * 9 + [2] + [0] * 19 + [2] + [0]
    assert rows(burning, "closed_at, steps_told") == [(None, 3)]


def test_an_alert_whose_rule_is_turned_off_ends(burning: Database) -> None:
    look(burning, 9)
    only_rules(burning)
    look_through(burning, 10, 12)
    ((closed_at,),) = rows(burning, "closed_at")
    assert closed_at == NOON + 11 * MINUTE + timedelta(seconds=15)


def test_what_goes_out_names_nobody(burning: Database) -> None:
    on_call(burning, name="Olga Secret", email="olga.secret@example.org")
    look(burning, 9)
    for (payload,) in rows(burning, "cast(payload as text)", "outbox"):
        assert "Secret" not in payload
        assert "@" not in payload


def test_a_database_that_fails_in_the_middle_leaves_nothing_and_the_minute_is_watched_again(
    burning: Database,
) -> None:
    with burning.writing(Login.OWNER) as session:
        execute(session, "alter table outbox add constraint no_more check (topic <> 'alert.webhook')")
    with pytest.raises(Exception, match="no_more"):
        look(burning, 9)
    assert rows(burning, "id") == []
    assert rows(burning, "minute", "alert_passes") == []
    with burning.writing(Login.OWNER) as session:
        execute(session, "alter table outbox drop constraint no_more")
    seen = look(burning, 9)
    assert seen is not None
    assert seen.told == 2


def test_rules_that_came_along_follow_the_release_unless_somebody_changed_them(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into alert_rule_versions (rule, version, is_on, body, digest, message)
            select rule, 2, is_on, body, :digest, 'of an earlier release' from alert_rule_versions
            where rule in ('push_waits', 'seal_lags')
            """,
            digest="0" * 64,
        )
        person = execute(
            session,
            "insert into staff (email, full_name, roles) values ('a@b.c', 'A', '{oncall}') returning id",
        )
        execute(
            session,
            """
            insert into alert_rule_versions (rule, version, is_on, body, digest, message, author_id, tested)
            select rule, 3, false, body, digest, 'too loud', :person, '{}' from alert_rule_versions
            where rule = 'seal_lags' and version = 2
            """,
            person=person.scalar_one(),
        )
    ensure_alert_rules(database)
    ensure_alert_rules(database)
    with database.reading(Login.WORKER) as session:
        found = {row.rule: (row.version, row.is_on) for row in rule_versions(session)}
    assert (found["push_waits"], found["seal_lags"], found["breaker_open"]) == (
        (3, True),
        (3, False),
        (1, True),
    )


def test_messages_wait_for_a_way_out_and_nothing_is_carried_without_one(burning: Database) -> None:
    Watch("w1", BOTH).look(burning, now=NOON + 9.5 * MINUTE)
    assert carry(burning, Ways(), spread=SPREAD, clock=lambda: NOON + 10 * MINUTE) == 0
    assert {topic for (topic,) in rows(burning, "topic", "outbox")} == {channel.topic for channel in Channel}
