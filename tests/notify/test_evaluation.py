"""The pass over everybody: one row for every moment, sent or not, however often it is run, wherever it dies."""

import json
import random
import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bee.audit import Actor
from bee.db import Database, Login
from bee.errors import BeeError, Conflict
from bee.notify.actions import stop
from bee.notify.candidates import find_moments
from bee.notify.evaluation import audience_hashes, evaluate
from bee.notify.registry import active_rules
from bee.notify.rehearsal import Heard, Rehearsal, rehearse, who_heard
from bee.notify.rule import Rule
from tests.commands import Bee
from tests.factories import execute, make_event, make_member, make_staff
from tests.notify.ground import (
    DAY,
    MONDAY,
    NOON,
    ledger,
    make_days,
    make_reachable,
    put_in_force,
    run_pass,
)
from tests.notify.people import shipped

SILENT_AT_NOON = """
    insert into notification_preferences (user_id, quiet_from, quiet_until) select id, '11:00', '13:00' from members
"""


def change(database: Database, statement: str, **parameters: object) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, statement, **parameters)


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with database.reading(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement)]


@pytest.fixture
def mia(database: Database) -> UUID:
    """A member with a coach who has needed care for three days."""
    with database.writing(Login.OWNER) as session:
        coach = make_staff(session, roles=("coach",))
        member = make_reachable(session, coach_id=coach)
        make_days(session, member, "NNNSSSSS")
        return member


def test_three_days_in_need_of_care_are_told_once_with_everything_that_led_to_it(
    database: Database, mia: UUID
) -> None:
    assert run_pass(database).decided == 1
    ((row),) = ledger(
        database,
        "user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision, reason, draw,"
        " probability, definition, final_score, momentum_state, priority, not_before, expires_at, sent_at,"
        " audience_hash, action",
    )
    assert row == (
        mia, "coach_intervention", "needs_care", 1, "2026-03-02", MONDAY, NOON, "send", "eligible", None,
        1.0, "v1", 40.0, "NeedsCare", "high", NOON, NOON + DAY, None,
        audience_hashes_of(mia), {"screen": "coach"},
    )  # fmt: skip
    ((guards, variant, title, message),) = ledger(database, "guards, variant, title, message")
    assert set(guards.values()) == {"passed"}
    assert len(guards) == 9
    texts = {each.name: (each.title, each.body) for each in shipped("needs_care").variants}
    assert texts[variant] == (title, message)
    assert rows(database, "select user_id, available_at, tries, outcome from notification_deliveries") == [
        (mia, NOON, 0, None)
    ]
    assert run_pass(database, now=NOON + timedelta(minutes=10)).decided == 0
    assert run_pass(database, now=NOON + timedelta(minutes=10), login=Login.OWNER).decided == 0
    assert len(ledger(database)) == 1


def audience_hashes_of(*members: UUID) -> str:
    import hashlib

    return hashlib.sha256("\n".join(sorted(map(str, members))).encode()).hexdigest()


def test_the_audience_is_the_same_whatever_the_order() -> None:
    from tests.notify.people import moment

    moments = [moment(user_id=UUID(int=n)) for n in (3, 1, 2)]
    assert audience_hashes(moments) == audience_hashes(moments[::-1])
    assert audience_hashes(moments[:2]) != audience_hashes(moments)


def test_the_coach_has_a_task_also_where_the_member_can_not_be_reached(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        coach = make_staff(session, roles=("coach",))
        member = make_reachable(session, coach_id=coach, devices=(), consent=False)
        make_days(session, member, "NNNS")
    report = run_pass(database)
    assert (report.decided, report.to_send, report.tasks) == (1, 0, 1)
    assert ledger(database) == [("needs_care", "2026-03-02", "withhold", "consent_refused")]
    assert rows(database, "select count(*) from notification_deliveries") == [(0,)]
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=coach) as session:
        task = execute(
            session, "select user_id, coach_id, priority, due_at, done_at from coach_interventions"
        ).one()
    assert tuple(task) == (member, coach, "high", NOON + timedelta(hours=4), None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ("insert into notification_preferences (user_id, opted_out) select id, '{coach_intervention}' from members",
         "opt_out_refused"),
        ("update user_fcm_tokens set is_active = false, deactivated_because = 'dead'", "address_refused"),
        ("insert into notification_stops (is_stopped, reason) values (true, 'x')", "stopped_refused"),
        ("insert into notification_stops (rule, is_stopped, reason) values ('needs_care', true, 'x')",
         "stopped_refused"),
        (SILENT_AT_NOON, "deferred"),
        ("insert into notification_rule_activations (rule) values ('budget')", "quiet_unknown"),
        ("update members set consents = '{}'", "consent_unknown"),
    ],
)  # fmt: skip
def test_what_holds_it_back_is_in_the_row(database: Database, mia: UUID, changes: str, reason: str) -> None:
    change(database, changes)
    run_pass(database)
    assert [row[3] for row in ledger(database)] == [reason]


def test_the_last_choice_of_a_member_counts(database: Database, mia: UUID) -> None:
    claims = json.dumps({"sub": str(mia), "role": "authenticated"})
    for opted_out in (["coach_intervention"], []):
        with database.writing(
            Login.API, role="authenticated", settings={"request.jwt.claims": claims}
        ) as session:
            execute(
                session,
                "insert into notification_preferences (user_id, opted_out) values (:member, :opted_out)",
                member=mia,
                opted_out=opted_out,
            )
    run_pass(database)
    assert [row[3] for row in ledger(database)] == ["eligible"]


@pytest.mark.parametrize(
    ("known_after", "told"),
    [(timedelta(hours=48), 1), (timedelta(hours=49), 0), (timedelta(days=30), 0)],
)
def test_days_that_became_known_late_are_never_told_of(
    database: Database, known_after: timedelta, told: int
) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_days(session, member, "NNNSSSSS", known_after=known_after)
    assert run_pass(database).decided == told


@pytest.mark.parametrize(
    ("reason", "told"), [("late_event", 1), ("rebuild", 0), ("definition", 0), ("member_changed", 0)]
)
def test_a_day_that_was_written_again_is_told_of_only_if_something_came_in_late(
    database: Database, mia: UUID, reason: str, told: int
) -> None:
    change(
        database,
        """
        insert into score_restatements (
            user_id, score_date, old_raw_score, old_final_score, old_momentum_state, old_definition,
            new_raw_score, new_final_score, new_momentum_state, new_definition, reason
        )
        select user_id, score_date, 60, 60, 'Steady', 'v1', 20, 20, 'NeedsCare', 'v1', :reason
        from daily_engagement_scores
        where score_date = '2026-03-01'
        """,
        reason=reason,
    )
    assert run_pass(database).decided == told


def test_a_day_that_is_not_over_decides_nothing(database: Database, mia: UUID) -> None:
    change(database, "update daily_engagement_scores set is_complete = false where score_date = '2026-03-02'")
    assert run_pass(database).decided == 0


def test_each_member_is_told_when_the_day_is_over_where_they_live(database: Database) -> None:
    # At noon UTC it is Tuesday from Honolulu (02:00) to Tokyo (21:00), and Wednesday on Kiritimati (02:00), where
    # nobody has scored Tuesday yet.
    with database.writing(Login.OWNER) as session:
        for zone in ("Pacific/Honolulu", "Asia/Tokyo", "Pacific/Kiritimati"):
            member = make_reachable(session, time_zone=zone)
            make_days(session, member, "NNNSS", zone=zone)
    assert run_pass(database).decided == 2
    found = rows(
        database,
        "select time_zone, moment, reason, date_trunc('hour', not_before) from momentum_notifications"
        " join members on user_id = members.id order by time_zone",
    )
    # Eight o'clock in Honolulu is at 18:00 UTC.
    assert found == [
        ("Asia/Tokyo", "2026-03-02", "eligible", NOON),
        ("Pacific/Honolulu", "2026-03-02", "deferred", NOON + timedelta(hours=6)),
    ]


def test_nobody_is_decided_about_who_left_or_is_not_real(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for more in ({"left_on": MONDAY}, {"is_synthetic": True}):
            make_days(session, make_reachable(session, **more), "NNNS")
    assert run_pass(database).decided == 0


def test_the_most_important_gets_what_the_budget_has_left(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into notification_rule_versions (rule, version, body, digest, message)
            select rule, 2, jsonb_set(body, '{most_per_week}', '1'), repeat('b', 64), 'less'
            from notification_rule_versions where rule = 'budget'
            """,
        )
        session.run("notify/activate_rule", rule="budget", version=2, activated_by=None, reason="less")
        # In need of care since Saturday; on Sunday (80 + 40 + 40) / 3 lay 27 points below 80.
        make_days(session, make_reachable(session), "NNNRRRRR")
    run_pass(database)
    assert ledger(database) == [
        ("needs_care", "2026-03-02", "send", "eligible"),
        ("score_drop", "2026-03-01", "withhold", "weekly_refused"),
    ]


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (47, []),
        (48, ["silent_48"]),
        (71.5, ["silent_48"]),
        (72, ["silent_72"]),
        (95, ["silent_72"]),
        (96, []),
    ],
)
def test_silence_is_told_of_at_its_hour(database: Database, hours: float, told: list[str]) -> None:
    now = datetime(2026, 3, 3, 12, tzinfo=UTC)
    last_at = now - timedelta(hours=hours)
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_event(session, member, occurred_at=last_at)
        execute(session, "update engagement_events set received_at = occurred_at")
    run_pass(database, now=now)
    assert [row[0] for row in ledger(database)] == told
    assert ledger(database, "silent_since") == [(last_at,) for _ in told]


def test_an_imported_event_is_no_silence(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        # Received when the test runs, months after it happened.
        make_event(session, make_reachable(session), occurred_at=NOON - timedelta(hours=50))
    assert run_pass(database).decided == 0


def test_a_new_member_hears_something_on_each_of_the_first_days(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_days(session, member, "S")
    run_pass(database)
    assert ledger(database) == [("new_member", "2026-03-02", "send", "eligible")]
    with database.writing(Login.OWNER) as session:
        make_days(session, member, "S", newest=MONDAY + DAY)
    assert run_pass(database, now=NOON + timedelta(hours=14)).decided == 0, "something was sent 14 hours ago"
    run_pass(database, now=NOON + timedelta(hours=24))
    assert [row[1] for row in ledger(database)] == ["2026-03-02", "2026-03-03"]


def test_a_rule_that_is_measured_holds_out_about_as_many_as_it_says(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into notification_rule_versions (rule, version, body, digest, message)
            select rule, 2, jsonb_set(body, '{holdout}', '0.4'), repeat('c', 64), 'measured'
            from notification_rule_versions where rule = 'needs_care'
            """,
        )
        session.run(
            "notify/activate_rule", rule="needs_care", version=2, activated_by=None, reason="measured"
        )
        for _ in range(200):
            make_days(session, make_reachable(session), "NNNSSSSS")
    report = run_pass(database)
    assert (report.decided, report.tasks) == (200, 200)
    assert 95 <= report.to_send <= 145  # 120 are expected, the deviation is 7
    for draw, probability, decision, version in ledger(database, "draw, probability, decision, rule_version"):
        assert (probability, version) == (0.6, 2)
        assert decision == ("send" if draw < probability else "withhold")


def test_a_pass_that_is_killed_between_two_batches_is_finished_by_the_next(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for _ in range(6):
            make_days(session, make_reachable(session), "NNNSSSSS")
    change(database, "create table fuse (burnt integer); insert into fuse values (0)")
    change(
        database,
        """
        create function burn() returns trigger language plpgsql security definer as $$
        begin
            if (select count(*) from public.momentum_notifications) >= 4 then
                raise exception 'killed' using errcode = 'admin_shutdown';
            end if;
            return new;
        end $$
        """,
    )
    change(
        database,
        "create trigger burn before insert on momentum_notifications for each row execute function burn()",
    )
    with pytest.raises(BeeError):
        run_pass(database, batch_members=2)
    assert len(ledger(database)) == 4
    change(database, "drop trigger burn on momentum_notifications")
    assert run_pass(database, batch_members=2).decided == 2
    counts = rows(
        database,
        "select count(*), count(distinct user_id), (select count(*) from notification_deliveries),"
        " (select count(*) from coach_interventions) from momentum_notifications",
    )
    assert counts == [(6, 6, 6, 6)]


def test_two_passes_at_once_decide_each_moment_once(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for _ in range(40):
            make_days(session, make_reachable(session), "NNNSSSSS")
    told: list[object] = []

    def work() -> None:
        try:
            told.append(run_pass(database, batch_members=5).decided)
        except Conflict as error:
            told.append(error.code)

    passes = [threading.Thread(target=work) for _ in range(3)]
    for each in passes:
        each.start()
    for each in passes:
        each.join()
    assert len(ledger(database)) == 40
    assert sum(each for each in told if isinstance(each, int)) == 40
    assert {each for each in told if isinstance(each, str)} <= {"deciding_runs"}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text("RSN", min_size=1, max_size=9), min_size=1, max_size=8), st.integers(0, 10**9))
def test_no_candidate_is_lost_on_the_way_to_the_pure_functions(
    database: Database, histories: list[str], seed: int
) -> None:
    """The statement narrows down; who it leaves out has no moment by the functions alone either."""
    from bee.notify.moments import Day, day_moments
    from tests.notify.ground import STATES

    with database.writing(Login.OWNER) as session:
        rules = active_rules(session).rules
        expected = set()
        with session.savepoint():
            for spoken in histories:
                member = make_member(session, time_zone="UTC")
                make_days(session, member, spoken)
                history = [
                    Day(MONDAY - back * DAY, STATES[letter][1], STATES[letter][0], "v1", True)
                    for back, letter in enumerate(spoken[:8])
                ]
                expected |= {
                    (each.rule.name, each.user_id, each.key) for each in day_moments(rules, member, history)
                }
            found = find_moments(session, rules, now=NOON)
        assert {(each.rule.name, each.user_id, each.key) for each in found} == expected
        execute(session, "delete from members")


def test_the_worker_decides_by_its_own_rights_and_changes_nothing_afterwards(
    database: Database, mia: UUID
) -> None:
    run_pass(database)
    with pytest.raises(Exception, match="permission denied"):
        with database.writing(Login.WORKER) as session:
            execute(session, "update momentum_notifications set decision = 'withhold'")
    with pytest.raises(BeeError):
        with database.writing(Login.OWNER) as session:
            execute(session, "update momentum_notifications set reason = 'x'")


def test_a_rule_is_tried_on_the_past_with_nothing_written(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        twice = make_reachable(session)
        # Imported long afterwards: no news, but all that is known of the past. Two rows of three days in need.
        make_days(session, twice, "SNNNSSSNNNSS", known_after=timedelta(days=90))
        silent = make_reachable(session, consent=False)
        make_days(session, silent, "SSSNNNSS", known_after=timedelta(days=90))
        stop(session, reason="A rehearsal does not care.", actor=Actor.operator())
    found = tried(database, shipped("needs_care"))
    assert found.sends == {twice: [date(2026, 2, 23), date(2026, 3, 1)]}
    assert found.reasons == {"eligible": 2, "consent_refused": 1}
    assert found.times == {2: 1}
    assert found.by_day == {
        date(2026, 2, 23): (1, 1), date(2026, 2, 27): (1, 0), date(2026, 3, 1): (1, 1),
    }  # fmt: skip
    assert ledger(database) == []
    two = shipped("needs_care", condition=shipped("needs_care").condition.model_copy(update={"days": 2}))
    sooner = tried(database, two)
    assert len(sooner.moments) == 3
    assert who_heard(sooner, found) == [
        Heard(twice, (date(2026, 2, 22), date(2026, 2, 28)), (date(2026, 2, 23), date(2026, 3, 1)))
    ]


def tried(database: Database, rule: Rule, role: str = "bee_product") -> Rehearsal:
    with database.reading(Login.DASHBOARD, role=role) as session:
        return rehearse(session, rule, from_on=date(2026, 2, 19), to_on=MONDAY)


@pytest.mark.parametrize("role", ["bee_product", "bee_admin"])
def test_who_writes_rules_sees_in_a_rehearsal_what_the_program_would_see(
    database: Database, role: str
) -> None:
    with database.writing(Login.OWNER) as session:
        for more in ({}, {"consent": False}, {"devices": ()}, {"consent": None}):
            make_days(session, make_reachable(session, **more), "SNNNSSSS", known_after=timedelta(days=90))
        execute(
            session,
            "insert into notification_preferences (user_id, opted_out) select id, '{support}' from members",
        )
    found = tried(database, shipped("needs_care"), role)
    assert found.reasons == {"eligible": 1, "consent_refused": 1, "address_refused": 1, "consent_unknown": 1}
    with database.reading(Login.OWNER) as session:
        assert found == rehearse(session, shipped("needs_care"), from_on=date(2026, 2, 19), to_on=MONDAY)


def test_the_command_line_rehearses_a_rule_of_a_file(bee: Bee, database: Database, tmp_path: Any) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_days(session, member, "SNNNS", known_after=timedelta(days=90))
    file = tmp_path / "rule.json"
    file.write_text(bee("notify", "rules", "show", "needs_care").out)
    said = bee("notify", "dry-run", file, "--from", "2026-02-25", "--to", "2026-03-02", "--json")
    told = json.loads(said.out)
    assert (told["eligible"], told["sent"], told["times"]) == (1, 1, {"1": 1})
    assert told["members"] == [{"user_id": str(member), "days": ["2026-03-01"]}]
    shown = bee("notify", "dry-run", file, "--from", "2026-02-25", "--to", "2026-03-02").out
    assert "1 moments; 1 members would have heard" in shown
    for arguments in (
        (tmp_path / "none.json",),
        (file, "--from", "2026-03-02", "--to", "2026-03-01"),
        (file,),
    ):
        assert bee("notify", "dry-run", *arguments).code == 2


def test_nothing_is_decided_while_somebody_else_decides(database: Database) -> None:
    with database.keeping(Login.WORKER) as session:
        assert session.scalar("notify/take_decision_lock")
        with pytest.raises(Conflict):
            evaluate(database, now=NOON, chance=random.Random(7))  # noqa: S311  # no secret
        session.scalar("notify/release_decision_lock")
    assert run_pass(database).decided == 0


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("{cooldown_h}", "0"),
        (
            "{condition, days}",
            "2",
        ),  # the second of the three days was the moment, had it been so from the start
        ("{condition, days}", "3"),
    ],
)
def test_a_changed_rule_is_silent_about_what_the_one_before_it_decided(
    path: str, value: str, database: Database, mia: UUID
) -> None:
    assert run_pass(database).decided == 1
    put_in_force(database, "needs_care", path, value)
    assert run_pass(database, now=NOON + timedelta(hours=1)).decided == 0
    assert len(ledger(database)) == 1


def test_the_same_days_in_need_of_care_are_not_told_again_by_a_rule_that_waits_for_one_more(
    database: Database, mia: UUID
) -> None:
    assert run_pass(database).decided == 1
    put_in_force(database, "needs_care", "{condition, days}", "4")
    with database.writing(Login.OWNER) as session:
        make_days(session, mia, "N", newest=MONDAY + DAY)
    assert run_pass(database, now=NOON + DAY).decided == 0
    # Once the days that it looks at are all later, it decides.
    with database.writing(Login.OWNER) as session:
        make_days(session, mia, "NNNNS", newest=MONDAY + 6 * DAY)
    assert run_pass(database, now=NOON + 6 * DAY).decided == 1
    assert ledger(database, "moment, rule_version") == [("2026-03-02", 1), ("2026-03-08", 2)]


def test_a_changed_rule_tells_of_a_silence_once_and_of_the_next_one_again(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_event(session, member, occurred_at=NOON - timedelta(hours=49))
        execute(session, "update engagement_events set received_at = occurred_at")
    assert run_pass(database).decided == 1
    put_in_force(database, "silent_48", "{condition, hours}", "50")
    assert run_pass(database, now=NOON + timedelta(hours=2)).decided == 0
    with database.writing(Login.OWNER) as session:
        make_event(session, member, occurred_at=NOON + timedelta(hours=3))
        execute(session, "update engagement_events set received_at = occurred_at")
    assert run_pass(database, now=NOON + timedelta(hours=54)).decided == 1
    assert [row[0] for row in ledger(database)] == ["silent_48", "silent_48"]


def test_a_new_member_hears_something_each_day_also_from_a_changed_rule(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session)
        make_days(session, member, "S")
    assert run_pass(database).decided == 1
    put_in_force(database, "new_member", "{cooldown_h}", "10")
    assert run_pass(database, now=NOON + timedelta(hours=1)).decided == 0
    with database.writing(Login.OWNER) as session:
        make_days(session, member, "S", newest=MONDAY + DAY)
    assert run_pass(database, now=NOON + DAY).decided == 1
