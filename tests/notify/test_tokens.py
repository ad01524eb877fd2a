"""The health of push addresses: how old, whom they reach, what became of them, for whom."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy

from bee.db import Database, Login
from bee.notify.tokens import TokenHealth, TokenSearch, ages_csv, members_csv, token_health, weeks_csv
from tests.factories import execute, make_member
from tests.notify.decisions import make_decision

# A Wednesday.
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SEARCH = TokenSearch(NOW, 12)
ANSWERED_GONE = """
    with tried as (
        insert into notification_attempts (
            notification_id, token_id, number, platform, via, collapse_key, worker, attempted_at
        )
        values (:id, gen_random_uuid(), :number, 'ios', 'fcm', 'k', 'w', :at)
        returning id
    )

    insert into notification_outcomes (attempt_id, outcome, answered_at) select id, 'dead_address', :at from tried
"""


def make_token(
    database: Database,
    member: UUID,
    *,
    seen: timedelta = DAY,
    platform: str = "ios",
    gone: timedelta | None = None,
    because: str | None = None,
) -> UUID:
    """Add an address that was registered a year ago and ``seen`` so long ago, given up ``gone`` so long ago."""
    with database.writing(Login.OWNER) as session:
        token = execute(
            session,
            "insert into user_fcm_tokens (user_id, fcm_token, platform)"
            " values (:member, cast(gen_random_uuid() as text), :platform) returning id",
            member=member,
            platform=platform,
        ).scalar_one()
        execute(
            session,
            "update user_fcm_tokens set created_at = :created_at, last_seen_at = :seen_at,"
            " is_active = :is_active, deactivated_at = :gone_at, deactivated_because = :because where id = :id",
            created_at=NOW - 365 * DAY,
            seen_at=NOW - seen,
            is_active=gone is None,
            gone_at=None if gone is None else NOW - gone,
            because=because,
            id=token,
        )
        return UUID(str(token))


def add_member(database: Database, **more: bool) -> UUID:
    with database.writing(Login.OWNER) as session:
        return make_member(session, **more)  # type: ignore[arg-type]  # what a test names is a flag


def asked(database: Database, search: TokenSearch = SEARCH, role: str = "bee_product") -> TokenHealth:
    with database.reading(Login.DASHBOARD, role=role) as session:
        return token_health(session, search)


@pytest.mark.parametrize(
    ("seen", "age", "way"),
    [
        (30 * DAY, "fresh", "fresh"),
        (30 * DAY + timedelta(seconds=1), "stale", "stale"),
        (270 * DAY, "stale", "stale"),
        (270 * DAY + timedelta(seconds=1), "expired", "lost"),
    ],
)
def test_an_address_is_stale_after_30_days_and_over_after_270(
    seen: timedelta, age: str, way: str, database: Database
) -> None:
    make_token(database, add_member(database), seen=seen)
    found = asked(database)
    assert [(row.platform, row.age, row.addresses) for row in found.ages] == [("ios", age, 1)]
    assert {row.way: row.members for row in found.members if row.members} == {way: 1}


def test_members_count_once_by_the_best_of_their_devices(database: Database) -> None:
    one = add_member(database)
    make_token(database, one)
    make_token(database, one, seen=100 * DAY, platform="web")
    lost, demo = add_member(database), add_member(database, is_demo=True)
    make_token(database, lost, gone=DAY, because="dead_address")
    make_token(database, demo, seen=40 * DAY, platform="android")
    add_member(database)
    make_token(database, add_member(database, is_synthetic=True))
    found = asked(database)
    assert [(row.way, row.members) for row in found.members] == [
        ("fresh", 1), ("stale", 1), ("lost", 1), ("never", 1),
    ]  # fmt: skip
    assert (found.in_use, found.people, found.reachable) == (3, 4, 2)
    assert sum(row.demo for row in found.ages) == 1
    web = asked(database, replace(SEARCH, platform="web"))
    assert [(row.platform, row.age) for row in web.ages] == [("web", "stale")]
    assert [row.members for row in web.members] == [0, 1, 0, 3]
    assert asked(database, replace(SEARCH, segment="demo")).people == 1


def test_weeks_count_what_was_given_up_by_reason_and_what_was_left(database: Database) -> None:
    member = add_member(database)
    for days, because in (
        (0, "dead_address"),
        (1, "moved"),
        (8, "expired"),
        (400, "wrong_project"),
        (9, "else"),
    ):
        make_token(database, member, gone=days * DAY, because=because)
    make_token(database, member)
    *_, before, last, this = asked(database).weeks
    assert (this.week_on, last.week_on) == (date(2026, 3, 2), date(2026, 2, 23))
    assert (this.dead, this.moved, this.expired, this.given_up, this.in_use) == (1, 1, 0, 2, 1)
    assert (last.expired, last.other, last.given_up, last.in_use) == (1, 1, 2, 3)
    # One was given up before the period began, which is 12 weeks long.
    assert (before.in_use, before.given_up, len(asked(database).weeks)) == (5, 0, 12)


def test_that_a_device_is_gone_counts_when_the_service_said_so(database: Database) -> None:
    member = add_member(database)
    with database.writing(Login.OWNER) as session:
        decision = make_decision(session, member, outcome="failed")
        for number, days in enumerate((0, 0, 7), start=1):
            execute(
                session,
                ANSWERED_GONE,
                id=decision,
                number=number,
                at=NOW - days * DAY,
            )
    assert [week.found_dead for week in asked(database).weeks[-2:]] == [1, 2]
    assert asked(database, replace(SEARCH, platform="web")).weeks[-1].found_dead == 0


@pytest.mark.parametrize("role", ["bee_product", "bee_oncall", "bee_admin"])
def test_those_whom_it_is_for_may_ask(role: str, database: Database) -> None:
    make_token(database, add_member(database))
    assert asked(database, role=role).in_use == 1


def test_a_coach_may_not(database: Database) -> None:
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied"):
        asked(database, role="bee_coach")


def test_the_files_hold_what_is_shown(database: Database) -> None:
    make_token(database, add_member(database))
    found = asked(database)
    assert ages_csv(found.ages).splitlines() == ["platform,age,addresses,of_demo_members", "ios,fresh,1,0"]
    assert members_csv(found.members).splitlines()[1:] == ["fresh,1", "stale,0", "lost,0", "never,0"]
    assert weeks_csv(found.weeks).splitlines()[-1] == "2026-03-02,1,0,0,0,0,0,0,0,0"
