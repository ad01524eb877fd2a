"""Demo members in a database: filled once, labelled, brought up to yesterday, never among real ones."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from uuid import UUID, uuid5

import psycopg
import pytest

from bee.db import Database, Login
from bee.errors import BeeError, Conflict, Forbidden, Invalid
from bee.members.demo import DemoFill, _event_id, fill_demo
from bee.members.demo_people import DEMO, population
from bee.settings import Environment
from tests.factories import execute, make_member

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)  # in Los Angeles it is 1 in the morning of the same day
MEMBERS = 48


def fill(database: Database, *, now: datetime = NOW, members: int = MEMBERS, seed: int = 7) -> DemoFill:
    return fill_demo(database, environment=Environment.LOCAL, now=now, members=members, seed=seed)


def rows(database: Database, statement: str) -> list[tuple[object, ...]]:
    with database.writing(Login.OWNER) as session:
        return [tuple(row) for row in execute(session, statement)]


def one(database: Database, statement: str) -> object:
    return rows(database, statement)[0][0]


def test_an_empty_database_gets_26_weeks_up_to_yesterday(database: Database) -> None:
    filled = fill(database)

    assert (filled.members, filled.first_day, filled.through) == (
        MEMBERS,
        date(2026, 5, 25),
        date(2026, 11, 22),
    )
    assert one(database, "select count(*) from members") == MEMBERS
    assert one(database, "select count(*) from engagement_events") == filled.events > MEMBERS * 182
    assert one(database, "select min(event_date) from engagement_events") == date(2026, 5, 25)


def test_nothing_lies_in_a_day_that_is_not_over_where_the_member_lives(database: Database) -> None:
    late = datetime(2026, 11, 23, 20, tzinfo=UTC)  # the 24th has begun in Tokyo and Sydney, not in Europe
    fill(database, now=late)

    newest = rows(database, "select time_zone, max(event_date) from engagement_events group by 1 order by 1")
    assert newest == [
        ("America/Los_Angeles", date(2026, 11, 22)),
        ("America/New_York", date(2026, 11, 22)),
        ("Asia/Tokyo", date(2026, 11, 23)),
        ("Australia/Sydney", date(2026, 11, 23)),
        ("Europe/Berlin", date(2026, 11, 22)),
        ("Europe/London", date(2026, 11, 22)),
    ]


def test_a_day_is_the_members_own_also_when_clocks_change(database: Database) -> None:
    fill(database)

    assert (
        one(
            database,
            """
        select count(*) from engagement_events
        where event_date <> (occurred_at at time zone time_zone)::date
            or (occurred_at at time zone time_zone)::time not between '05:00' and '23:30'
            or received_at <= occurred_at
        """,
        )
        == 0
    )


def test_everything_says_that_it_is_made_up(database: Database) -> None:
    fill(database)

    assert one(database, "select bool_and(is_demo) from members") is True
    assert one(database, "select bool_and(is_demo and password_hash is null) from staff") is True
    assert one(database, "select bool_and(source = 'demo') from engagement_events") is True
    assert one(database, "select bool_and(source = 'demo') from consents") is True
    assert one(database, "select bool_and(title like '%(demo)') from annotations") is True
    assert one(database, "select bool_and(fcm_token like 'demo-%') from user_fcm_tokens") is True
    assert one(database, "select bool_and(full_name like '%(demo)') from personal_data") is True


def test_no_address_could_belong_to_anybody(database: Database) -> None:
    fill(database)

    emails = rows(database, "select email from personal_data union all select email from staff")
    assert len(emails) == MEMBERS + 3
    assert {str(email).rsplit("@", 1)[1] for (email,) in emails} == {"example.org"}
    assert one(database, "select count(phone) from personal_data") == 0


def test_members_have_what_the_segments_are_made_of(database: Database) -> None:
    fill(database)

    keys = "select distinct jsonb_object_keys(attributes) from members order by 1"
    assert rows(database, keys) == [("cohort",), ("goal",), ("plan",)]
    assert one(database, "select count(distinct coach_id) from members") == 3
    assert one(
        database,
        "select bool_and(consents ?& array['push', 'coaching', 'analytics', 'research']) from members",
    )


def test_everybody_with_events_is_due_for_scoring_from_the_first_of_them(database: Database) -> None:
    fill(database)

    firsts = "select user_id, min(event_date) from engagement_events group by 1 order by 1"
    assert rows(database, "select user_id, from_date from score_dues order by 1") == rows(database, firsts)


def test_the_same_seed_and_day_give_the_same_rows(database: Database) -> None:
    told = """
        select md5(string_agg(concat_ws('|', id, event_type, occurred_at, received_at), ',' order by id))
        from engagement_events
    """
    fill(database, members=6)
    first = one(database, told)
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members")
    fill(database, members=6)

    assert one(database, told) == first


def test_a_second_call_on_the_same_day_adds_nothing(database: Database) -> None:
    fill(database)

    assert fill(database) == DemoFill(0, 0, date(2026, 5, 25), date(2026, 11, 22))


def test_later_it_is_brought_up_to_yesterday_with_what_a_longer_period_would_have_had(
    database: Database,
) -> None:
    before = fill(database, now=datetime(2026, 11, 18, 20, tzinfo=UTC))
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from score_dues")
    brought = fill(database)

    assert (brought.members, brought.first_day, brought.through) == (0, before.first_day, date(2026, 11, 22))
    assert one(database, "select count(*) from engagement_events") == before.events + brought.events
    assert one(database, "select count(distinct event_date) from engagement_events") == 187
    # In Europe and America the 18th was not over yet, in Tokyo and Sydney it was loaded.
    assert one(database, "select min(from_date) from score_dues") == date(2026, 11, 18)
    assert fill(database).events == 0


def test_a_member_who_was_erased_stays_away(database: Database) -> None:
    fill(database, now=datetime(2026, 11, 18, 20, tzinfo=UTC))
    gone = population(seed=7, members=MEMBERS).ids[3]
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from members where id = :id", id=gone)
    fill(database)

    assert one(database, "select count(*) from members") == MEMBERS - 1


def test_it_never_goes_among_real_members(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session)

    with pytest.raises(Conflict) as refusal:
        fill(database)
    assert refusal.value.code == "real_members"
    assert one(database, "select count(*) from members") == 1


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD])
def test_it_exists_only_on_somebodys_own_machine(database: Database, environment: Environment) -> None:
    with pytest.raises(Forbidden):
        fill_demo(database, environment=environment, now=NOW)


@pytest.mark.parametrize(("members", "seed"), [(0, 1), (20_001, 1), (10, -1)])
def test_a_size_that_makes_no_sense_is_refused(database: Database, members: int, seed: int) -> None:
    with pytest.raises(Invalid):
        fill(database, members=members, seed=seed)


def test_a_fill_that_breaks_off_leaves_nothing(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "alter table user_fcm_tokens add constraint breaks check (fcm_token = '')")
    with pytest.raises((psycopg.Error, BeeError)):
        fill(database)

    assert one(database, "select count(*) from members") == 0
    assert one(database, "select count(*) from staff") == 0


def test_two_that_fill_at_once_fill_once(database: Database) -> None:
    with ThreadPoolExecutor() as pool:
        filled = list(pool.map(lambda _: fill(database), range(2)))

    assert sorted(result.members for result in filled) == [0, MEMBERS]
    assert one(database, "select count(*) from members") == MEMBERS


def test_ids_of_events_are_uuid5() -> None:
    assert UUID(_event_id(7, 12, 34, 5)) == uuid5(DEMO, "7:12:34:5")
