"""What is too old: each signal says for how long, and nothing where all is done."""

from datetime import timedelta
from typing import Any

import pytest

from bee.db import Database, Login
from bee.sla.alerts.ageing import Age, ageing
from tests.factories import execute, make_member
from tests.sla.alerts.ground import look, only_rules, rows
from tests.sla.alerts.histories import MINUTE, NOON, RULE


def ages(database: Database, *, minutes: float = 0) -> dict[tuple[str, str], float]:
    """Return how many minutes old each signal is so long after noon."""
    now = NOON + minutes * MINUTE
    with database.reading(Login.WORKER) as session:
        found = session.all(Age, "sla/alert_signals", minute=now, now=now)
    return {(age.signal, age.subject): round(age.age_s / 60, 1) for age in found}


def run(database: Database, statement: str, **parameters: object) -> Any:
    with database.writing(Login.OWNER) as session:
        return execute(session, statement, **parameters)


def test_a_house_in_which_all_is_done_has_no_signal(database: Database) -> None:
    # Of the audit trail: what the rules that came along left there is sealed, or there was nothing.
    assert ages(database) == {}


@pytest.mark.parametrize(
    ("zone", "minutes_late"),
    # The 23rd was to be scored by four in the morning of the 24th: at noon UTC that is 8, 7 and 17 hours ago.
    [
        ("Europe/London", 8 * 60),
        ("Europe/Berlin", 9 * 60),
        ("Asia/Tokyo", 17 * 60),
        ("America/Los_Angeles", 0),
    ],
)
def test_scores_are_late_from_four_in_the_morning_of_the_members_zone(
    database: Database, zone: str, minutes_late: float
) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone=zone)
    run(database, "update members set created_at = '2026-11-01'")
    run(
        database,
        "insert into score_frontiers (time_zone, scored_through) values (:zone, '2026-11-22')",
        zone=zone,
    )
    assert ages(database).get(("scores", ""), 0) == minutes_late
    run(database, "update score_frontiers set scored_through = '2026-11-23'")
    assert ages(database) == {}


def test_whoever_is_new_is_not_late_before_their_first_day_is_over(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Europe/London")
    run(database, "update members set created_at = '2026-11-24 09:00+00'")
    assert ages(database) == {}
    # 04:00 on the 25th is 16 hours after noon.
    assert ages(database, minutes=17 * 60) == {("scores", ""): 60}


def test_a_synthetic_member_is_nobody_whose_scores_are_late(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Europe/London", is_synthetic=True)
    run(database, "update members set created_at = '2026-11-01'")
    assert ages(database) == {}


def push(database: Database) -> None:
    """Let a notification wait since half past eleven."""
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        execute(session, "update members set created_at = :noon", noon=NOON)
        execute(
            session,
            """
            insert into momentum_notifications
                (user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason)
            values (:member, 'rising', 'rising', 1, 'm', '2026-11-23', 'send', 'due')
            """,
            member=member,
        )
        execute(
            session,
            """
            insert into notification_deliveries (notification_id, user_id, available_at)
            select id, user_id, :at from momentum_notifications
            """,
            at=NOON - 30 * MINUTE,
        )


def test_a_push_that_is_due_and_does_not_leave_grows_old(database: Database) -> None:
    push(database)
    assert ages(database) == {("push", ""): 30}
    # What is not due yet does not wait.
    assert ages(database, minutes=-31) == {}


def test_a_push_that_is_tried_again_and_again_grows_old_all_the_same(database: Database) -> None:
    push(database)
    run(
        database,
        "update notification_deliveries set put_off_since = available_at, available_at = :soon",
        soon=NOON + MINUTE,
    )
    assert ages(database) == {("push", ""): 30}


@pytest.mark.parametrize(("rule", "waits"), [(None, False), ("rising", False), ("needs_care", True)])
def test_what_the_kill_switch_holds_does_not_wait(database: Database, rule: str | None, waits: bool) -> None:
    push(database)
    run(
        database,
        "insert into notification_stops (rule, is_stopped, reason) values (:rule, true, 'odd')",
        rule=rule,
    )
    assert (("push", "") in ages(database)) is waits


def test_a_message_in_crisis_that_no_coach_has_is_a_signal(database: Database) -> None:
    run(
        database,
        """
        insert into outbox (topic, dedupe_key, payload, created_at)
        values ('safety.crisis', 'one', '{}', :at), ('safety.crisis', 'two', '{}', :earlier)
        """,
        at=NOON - 3 * MINUTE,
        earlier=NOON - 9 * MINUTE,
    )
    assert ages(database) == {("handoff", ""): 9}
    run(database, "update outbox set delivered_at = now()")
    assert ages(database) == {}


def test_an_unsealed_act_grows_old_and_a_sealed_one_does_not(database: Database) -> None:
    run(
        database,
        """
        insert into audit_log (at, actor_kind, action, subject_kind)
        values (:old, 'system', 'a.b', 'x'), (:new, 'system', 'a.b', 'x')
        """,
        old=NOON - 20 * MINUTE,
        new=NOON - 5 * MINUTE,
    )
    assert ages(database) == {("seal", ""): 20}
    run(
        database,
        """
        insert into audit_seals (through_transaction, through_id, rows_sealed, previous, digest)
        select transaction, id, 1, sha256('a'), sha256('b') from audit_log order by id limit 1
        """,
    )
    assert ages(database) == {("seal", ""): 5}


def test_a_breaker_goes_on_from_the_pass_before_though_each_failure_renews_it(database: Database) -> None:
    only_rules(database)
    for minute in range(4):
        run(
            database,
            """
            insert into coach_breakers (provider, failures, because, open_until, changed_at)
            values ('openai', 3, 'slow', :until, :now)
            on conflict (provider) do update set open_until = :until, changed_at = :now
            """,
            until=NOON + minute * MINUTE + timedelta(seconds=30),
            now=NOON + minute * MINUTE,
        )
        look(database, minute)
    kept = rows(database, "minute, subject, round(cast(age_s as numeric))", "alert_signals")
    assert kept == [(NOON + minute * MINUTE, "coach: openai", 75 + 60 * minute) for minute in range(4)]
    # Five minutes after it was open last it is not any more, also where nobody asked the provider since.
    assert ("breaker", "coach: openai") not in ages(database, minutes=9)


def test_a_worker_whose_round_stands_still_is_a_signal_unless_a_job_goes_on(database: Database) -> None:
    run(
        database,
        "insert into worker_beats (worker, release, beat_at) values ('w1', '1', :at)",
        at=NOON - 7 * MINUTE,
    )
    assert ages(database) == {("worker", ""): 7}
    run(
        database,
        "insert into jobs (kind, heartbeat_at) values ('score', :at)",
        at=NOON - 1 * MINUTE,
    )
    assert ages(database) == {("worker", ""): 1}


def test_minutes_that_nobody_watched_are_a_signal_once_somebody_does_again(database: Database) -> None:
    look(database, 0)
    assert ages(database, minutes=1) == {}
    assert ages(database, minutes=12) == {("watch", ""): 11}


def test_a_prober_is_silent_from_its_next_tick_on(database: Database) -> None:
    run(
        database,
        """
        insert into probers (prober, target, probe, every_s, release, last_tick_at, seen_at)
        values
            ('berlin', 'http://a.example', 'ready', 300, '1', :at, :at),
            ('berlin', 'http://old.example', 'ready', 300, '1', :at, cast(:at as timestamptz) - interval '2 days'),
            ('gone', 'http://a.example', 'ready', 60, '1', :at, cast(:at as timestamptz) - interval '8 days')
        """,
        at=NOON - 8 * MINUTE,
    )
    assert ages(database) == {("prober", "berlin: ready"): 3}


def test_a_house_that_answers_and_measures_nothing_is_a_signal(database: Database) -> None:
    run(
        database,
        """
        insert into probe_ticks (
            scheduled_at, target, step, prober, every_s, ok, retried, seconds, reason, began_s, ended_s, release
        )
        select
            cast(:noon as timestamptz) - make_interval(mins => number), 'http://a.example', 'ready', 'worker', 60,
            number < 9, true, 0.1, case when number < 9 then '' else 'refused' end, 0, 0.1, '1'
        from generate_series(1, 20) as numbers (number)
        """,
        noon=NOON,
    )
    # It was down until nine minutes ago: nothing was there to be measured before.
    assert ages(database) == {("recorder", ""): 8}
    run(
        database,
        "insert into service_recorders (id, release, flushes, seen_at) values (gen_random_uuid(), '1', 1, :at)",
        at=NOON - 30 * timedelta(seconds=1),
    )
    assert ages(database) == {}


@pytest.mark.parametrize(("age_s", "fires"), [(900, False), (900.1, True)])
def test_a_rule_fires_beyond_its_minutes(age_s: float, fires: bool) -> None:
    found = ageing(RULE, [Age("push", "", age_s), Age("scores", "", 9_999)])
    assert [firing.evidence for firing in found] == (
        [{"signal": "push", "age_min": 15, "most_min": 15}] if fires else []
    )
