"""What happened in a time: each kind of thing in its lane, and a report that says what became of every alert."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.migrations import MIGRATIONS_FOLDER, migrate
from bee.flows import bring_up_to_date
from bee.sla.incidents import MOST_ALERTS, Happening, Incident, Lane, incident_csv, read_incident, report
from tests.factories import execute, make_member, make_staff
from tests.sla.alerts.ground import burn, calm, look, look_through, only_rules, rows
from tests.sla.alerts.histories import MINUTE, NOON

UNTIL = NOON + timedelta(hours=2)


@pytest.fixture
def olga(database: Database) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_staff(session, full_name="Olga *Call*", roles=("oncall",))


def read(database: Database, *, since: datetime = NOON - MINUTE, until: datetime = UNTIL) -> Incident:
    with database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        return read_incident(session, since=since, until=until)


def of(incident: Incident, lane: Lane) -> list[Happening]:
    return [each for each in incident.happenings if each.lane is lane]


def run(database: Database, statement: str, **parameters: object) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, statement, **parameters)


def act(
    database: Database, action: str, minutes: float, *, subject: str, after: str, reason: str = ""
) -> None:
    run(
        database,
        """
        insert into audit_log (at, actor_kind, action, subject_kind, subject_id, after, reason)
        values (:at, 'system', :action, 'thing', :subject, cast(:after as jsonb), :reason)
        """,
        at=NOON + minutes * MINUTE, action=action, subject=subject, after=after, reason=reason,
    )  # fmt: skip


def spend(database: Database, *moments: datetime) -> None:
    """Store a request of the same member that failed at each moment."""
    with database.writing(Login.OWNER) as session:
        execute(session, "update members set left_on = joined_on")
        member = make_member(session)
        for at in moments:
            execute(
                session,
                """
                insert into bad_requests
                    (at, minute, route, release, status, seconds, request_id, user_id, spent)
                values (:at, :at, 'GET /x', '1.0', '5xx', 0.1, 'request-1', :member, '{availability}')
                """,
                at=at,
                member=member,
            )


def test_where_nothing_happened_there_is_nothing(database: Database) -> None:
    assert read(database).happenings == []
    assert "0 alerts. Down for 0 min" in report(read(database))


def test_an_alert_is_a_span_from_when_it_opened_to_when_it_ended(database: Database) -> None:
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, [(0, 10)] * 10 + [(10, 0)] * 40)
    look(database, 9)
    (alert,) = of(read(database), Lane.ALERTS)
    assert (alert.starts_at, alert.ends_at, alert.is_open, alert.detail) == (
        NOON + 9 * MINUTE + timedelta(seconds=15), None, True, "page",
    )  # fmt: skip
    look_through(database, 10, 40)
    (alert,) = of(read(database), Lane.ALERTS)
    assert alert.ends_at == NOON + 30 * MINUTE + timedelta(seconds=15)
    # One that began before the time and ended in it belongs to it; one that ended before does not.
    assert of(read(database, since=NOON + 20 * MINUTE), Lane.ALERTS)
    assert not of(read(database, since=NOON + 31 * MINUTE), Lane.ALERTS)
    assert not of(read(database, until=NOON + 9 * MINUTE), Lane.ALERTS)


def test_many_alerts_that_came_later_hide_none_of_the_time(database: Database) -> None:
    run(
        database,
        """
        insert into alerts (
            rule, version, severity, evidence, opened_at, fired_at, quiet_since, round_at, closed_at
        )
        select
            'push_waits', 1, 'page', '{"signal": "push", "age_min": 20}', at, at, at, at, at + interval '15 minutes'
        from generate_series(0, :later) as numbers (number)
        cross join lateral (select cast(:noon as timestamptz) + number * interval '3 hours' as at) as moments
        """,
        noon=NOON, later=MOST_ALERTS,
    )  # fmt: skip
    (alert,) = of(read(database), Lane.ALERTS)
    assert alert.starts_at == NOON


def test_changes_are_in_their_lanes_with_who_and_why(database: Database) -> None:
    live = '{"environment": "prod", "number": 7}'
    act(database, "prompt.promoted", 5, subject="coach", after=live, reason="kinder")
    act(database, "prompt.rolled_back", 8, subject="coach", after='{"environment": "prod", "number": 6}')
    act(database, "notification_rule.activated", 6, subject="rising", after='{"version": 3}')
    act(database, "notification.stopped", 7, subject="all", after='{"is_stopped": true}', reason="odd")
    act(database, "schema.migrated", 1, subject="20260101002100_alerts", after="{}")
    act(database, "member.viewed", 2, subject="x", after="{}")
    act(database, "prompt.promoted", 500, subject="later", after="{}")
    found = read(database)
    assert [(each.lane, each.what, each.detail) for each in found.happenings] == [
        (Lane.MIGRATIONS, "20260101002100_alerts was applied", ""),
        (Lane.PROMPTS, "coach version 7 went live", "prod, kinder"),
        (Lane.RULES, "rising version 3 came into force", ""),
        (Lane.SWITCHES, "all was stopped", "odd"),
        (Lane.PROMPTS, "coach version 6 was rolled back", "prod"),
    ]


def test_a_release_begins_with_its_first_request_unless_it_was_there_before(database: Database) -> None:
    run(
        database,
        """
        insert into objective_hours (hour, objective, route, release, prompt, model, good, bad)
        values
            (cast(:noon as timestamptz), 'availability', 'GET /x', '2.0', '', '', 9, 0),
            (cast(:noon as timestamptz), 'availability', 'GET /x', '1.0', '', '', 9, 0),
            (cast(:noon as timestamptz) - interval '3 hours', 'availability', 'GET /x', '1.0', '', '', 9, 0)
        """,
        noon=NOON,
    )
    run(
        database,
        """
        insert into service_minutes (minute, route, release, status, area, n)
        values (cast(:noon as timestamptz) + interval '17 minutes', 'GET /x', '2.0', '2xx', 'api', 1)
        """,
        noon=NOON,
    )
    (release,) = of(read(database), Lane.RELEASES)
    assert (release.what, release.starts_at) == ("Release 2.0", NOON + 17 * MINUTE)


def test_outages_and_maintenance_are_spans_and_what_was_withdrawn_is_not(
    database: Database, olga: UUID
) -> None:
    run(
        database,
        """
        insert into uptime_minutes (minute, state, requests, failed)
        select
            cast(:noon as timestamptz) + make_interval(mins => number),
            case when number between 10 and 14 then 'down' else 'up' end, 10,
            case when number between 10 and 14 then 10 else 0 end
        from generate_series(0, 59) as numbers (number)
        """,
        noon=NOON,
    )
    run(
        database,
        """
        insert into service_amendments
            (kind, starts_at, ends_at, reason, declared_by, declared_at, withdrawn_at, withdrawn_by,
                withdrawn_because)
        values
            ('maintenance', cast(:noon as timestamptz) + interval '30 minutes',
                cast(:noon as timestamptz) + interval '40 minutes', 'new disk', :olga, :noon, null, null, null),
            ('maintenance', cast(:noon as timestamptz) + interval '50 minutes',
                cast(:noon as timestamptz) + interval '55 minutes', 'not now', :olga, :noon, :noon, :olga, 'no')
        """,
        noon=NOON,
        olga=olga,
    )
    found = read(database)
    (down,) = of(found, Lane.DOWN)
    assert (down.starts_at, down.ends_at, down.what) == (
        NOON + 10 * MINUTE,
        NOON + 15 * MINUTE,
        "Down for 5 min",
    )
    (maintenance,) = of(found, Lane.MAINTENANCE)
    assert (maintenance.what, maintenance.detail) == ("Maintenance", "Olga *Call*, new disk")
    assert "Down for 5 min, as far as it was seen." in report(found)


def test_the_report_says_of_every_alert_what_was_done_and_lets_nobody_write_a_page(
    database: Database, olga: UUID
) -> None:
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, [(0, 10)] * 60)
    look(database, 9)
    spend(database, NOON - MINUTE, NOON + 3 * MINUTE, NOON + 4 * MINUTE)
    run(
        database,
        """
        insert into alert_acts (alert, kind, done_by, done_at, seen, until, note)
        values
            (1, 'acknowledged', :olga, :at, 1, cast(:at as timestamptz) + interval '1 hour', ''),
            (1, 'noted', :olga, :at, 2, null, e'<script>alert(1)</script>\\n# Not a title')
        """,
        olga=olga,
        at=NOON + 21 * MINUTE,
    )
    said = report(read(database))
    assert "## Availability burns its budget 15 times too fast" in said
    assert "Somebody saw to it after 11 min." in said
    # Three are listed of the 600 that were bad since an hour before it fired; they are one member's.
    assert "Members affected since 2026-11-24 11:09: at least 1 of 1 active members (100.0%)." in said
    assert r"\<script\>alert(1)\</script\> \# Not a title" in said
    assert [line for line in said.splitlines() if line.startswith("# ")] == [
        "# 2026-11-24 11:59 to 2026-11-24 14:00 UTC"
    ]
    assert "Olga \\*Call\\* · acknowledged" in said


def test_the_file_holds_what_the_screen_shows(database: Database) -> None:
    act(database, "notification.stopped", 7, subject="=all", after="{}")
    lines = incident_csv(read(database)).splitlines()
    assert lines[0] == "lane,starts_at,ends_at,what,detail"
    assert lines[1].startswith("Kill switch,2026-11-24T12:07:00+00:00,,'=all was stopped")


def test_a_database_that_is_made_anew_was_not_changed(database: Database) -> None:
    bring_up_to_date(database.address)
    assert rows(database, "id", "audit_log", "action = 'schema.migrated'") == []


def test_what_changes_the_tables_of_a_database_that_was_there_is_in_the_trail(
    empty: ServerAddress, tmp_path: Path
) -> None:
    *earlier, newest = sorted(MIGRATIONS_FOLDER.glob("*.sql"))
    for path in earlier:
        shutil.copy(path, tmp_path)
    migrate(empty, tmp_path)
    bring_up_to_date(empty)
    database = Database(empty)
    try:
        assert rows(database, "subject_id", "audit_log", "action = 'schema.migrated'") == [(newest.stem,)]
    finally:
        database.dispose()
