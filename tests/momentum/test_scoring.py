"""Scoring over the database: which days there are, when they change, and what is kept of what they said."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.momentum.scoring import is_scoring_due, score
from tests.factories import make_member
from tests.momentum.histories import (
    Restatement,
    change,
    days_between,
    fetch,
    happen,
    noon,
    plain_days,
    plain_recoveries,
    plain_totals,
    recoveries,
    restatements,
    stored_days,
    totals,
)

MONDAY = date(2026, 3, 2)
TODAY = MONDAY + timedelta(days=60)
DAY = timedelta(days=1)
STEADY_WEEKS = {MONDAY + n * DAY: ["lesson_completion"] * 4 for n in range(0, 50, 2)}


def add(database: Database, events: dict[date, list[str]], **about: object) -> UUID:
    zone = str(about.get("time_zone", "Europe/London"))
    with database.writing(Login.OWNER) as session:
        member = make_member(session, **about)  # type: ignore[arg-type]
        happen(session, member, events, zone=zone)
    return member


def test_from_nothing_every_day_from_the_first_event_to_today_has_a_row(database: Database) -> None:
    events = {MONDAY: ["lesson_completion"] * 10, MONDAY + 3 * DAY: ["journal_entry"]}
    member = add(database, events)
    report = score(database, now=noon(MONDAY + 5 * DAY))
    days = stored_days(database, member)
    assert days == plain_days(events, today=MONDAY + 5 * DAY)
    assert [day.score_date for day in days] == list(days_between(MONDAY, MONDAY + 5 * DAY))
    assert [day.final for day in days][:2] == [75, 10.86], "a silent day is 0.3 · 75 · 0.933 / 1.933, not 0"
    assert [day.is_complete for day in days] == [True] * 5 + [False]
    assert (report.members, report.rows_written, report.rows_removed, report.restated) == (1, 6, 0, 0)
    assert report.days == tuple(days_between(MONDAY, MONDAY + 4 * DAY))


@pytest.mark.parametrize("login", [Login.OWNER, Login.WORKER])
def test_a_second_run_writes_nothing(database: Database, login: Login) -> None:
    add(database, STEADY_WEEKS)
    assert score(database, now=noon(TODAY), login=login).rows_written == 61
    assert totals(database) == plain_totals(database) != []
    again = score(database, now=noon(TODAY), login=login)
    assert (again.members, again.rows_written, again.restated, again.days) == (0, 0, 0, ())
    assert fetch(database, "select count(*) from score_dues") == [(0,)]


def test_a_database_without_members_is_scored_at_once(database: Database) -> None:
    assert score(database, now=noon(TODAY)).members == 0
    assert score(database, now=noon(TODAY), login=Login.WORKER).members == 0
    assert not is_scoring_due(database, now=noon(TODAY))


def test_today_turns_complete_the_next_day_without_a_restatement(database: Database) -> None:
    events = {MONDAY: ["lesson_completion"], TODAY: ["app_session"]}
    member = add(database, events)
    score(database, now=noon(TODAY))
    assert stored_days(database, member)[-1].is_complete is False
    assert is_scoring_due(database, now=noon(TODAY + DAY))
    report = score(database, now=noon(TODAY + DAY))
    assert stored_days(database, member) == plain_days(events, today=TODAY + DAY)
    assert (report.rows_written, report.days) == (2, (TODAY,))
    assert restatements(database, member) == []


def test_an_event_of_today_changes_today_without_a_restatement(database: Database) -> None:
    member = add(database, {MONDAY: ["lesson_completion"], TODAY: ["app_session"]})
    score(database, now=noon(TODAY))
    with database.writing(Login.OWNER) as session:
        happen(session, member, {TODAY: ["coach_interaction"]})
    report = score(database, now=noon(TODAY))
    assert (report.rows_written, report.restated, report.days) == (1, 0, ())
    assert stored_days(database, member)[-1].raw == 23
    assert restatements(database, member) == []


def test_somebody_whose_first_day_is_today_is_scored_on_the_next_days_as_well(database: Database) -> None:
    add(database, {MONDAY: ["lesson_completion"]})
    score(database, now=noon(TODAY))
    newcomer = add(database, {TODAY: ["goal_setting"]})
    for today in (TODAY, TODAY + DAY, TODAY + 4 * DAY):
        score(database, now=noon(today))
        assert stored_days(database, newcomer) == plain_days({TODAY: ["goal_setting"]}, today=today)


def test_a_late_event_is_recomputed_forward_as_far_as_it_reaches(database: Database) -> None:
    first_days = {MONDAY + n * DAY: ["lesson_completion"] * 4 for n in range(0, 10, 2)}
    today = MONDAY + 120 * DAY
    member = add(database, first_days)
    score(database, now=noon(today))
    before = {day.score_date: day for day in stored_days(database, member)}
    late = MONDAY + 5 * DAY
    with database.writing(Login.OWNER) as session:
        happen(session, member, {late: ["journal_entry"]})
    report = score(database, now=noon(today))

    wanted = plain_days({**first_days, late: ["journal_entry"]}, today=today)
    assert stored_days(database, member) == wanted
    changed = [day for day in wanted if day != before[day.score_date]]
    assert changed[0].score_date == late
    last = changed[-1].score_date
    assert last < today - 30 * DAY, "it died out before today"
    assert report.rows_written == len(changed), "what does not change is not written"
    assert restatements(database, member) == [
        Restatement(day.score_date, before[day.score_date].final, day.final, "late_event") for day in changed
    ]
    assert report.restated == len(changed)
    assert set(report.days) == {day.score_date for day in changed}
    assert totals(database) == plain_totals(database)


def test_two_late_events_far_apart_are_both_reached(database: Database) -> None:
    member = add(database, {MONDAY: ["lesson_completion"]})
    today = MONDAY + 300 * DAY
    change(database, "update members set joined_on = '2025-01-01'")
    score(database, now=noon(today))
    late = {MONDAY + 3 * DAY: ["app_session"], MONDAY + 200 * DAY: ["journal_entry"] * 3}
    with database.writing(Login.OWNER) as session:
        happen(session, member, late)
    score(database, now=noon(today))
    assert stored_days(database, member) == plain_days({MONDAY: ["lesson_completion"], **late}, today=today)


def test_an_event_before_the_first_one_moves_the_start(database: Database) -> None:
    member = add(database, STEADY_WEEKS)
    score(database, now=noon(TODAY))
    early = {MONDAY - 12 * DAY: ["goal_setting"]}
    with database.writing(Login.OWNER) as session:
        happen(session, member, early)
    score(database, now=noon(TODAY))
    assert stored_days(database, member) == plain_days({**early, **STEADY_WEEKS}, today=TODAY)
    assert restatements(database, member)[0].score_date == MONDAY, "days that are new say nothing else"
    assert totals(database) == plain_totals(database)


def test_who_has_left_has_days_until_then_or_until_the_last_event(database: Database) -> None:
    events = {MONDAY: ["lesson_completion"], MONDAY + 9 * DAY: ["app_session"]}
    early = add(database, events, left_on=MONDAY + 4 * DAY)
    late = add(database, events, left_on=MONDAY + 20 * DAY)
    before_all = add(database, events, joined_on=MONDAY - 9 * DAY, left_on=MONDAY - 2 * DAY)
    to_come = add(database, events, left_on=TODAY + 9 * DAY)
    score(database, now=noon(TODAY))
    last = {member: stored_days(database, member)[-1] for member in (early, late, before_all, to_come)}
    assert [last[member].score_date for member in (early, late, before_all, to_come)] == [
        MONDAY + 9 * DAY,
        MONDAY + 20 * DAY,
        MONDAY + 9 * DAY,
        TODAY,
    ]
    assert [last[member].is_complete for member in (early, late, before_all, to_come)] == [True] * 3 + [False]


def test_leaving_coming_back_and_leaving_earlier_move_the_last_day(database: Database) -> None:
    member = add(database, STEADY_WEEKS)
    score(database, now=noon(TODAY))
    published = stored_days(database, member)
    for left_on in (MONDAY + 55 * DAY, None, MONDAY + 57 * DAY, MONDAY + 52 * DAY, MONDAY + 20 * DAY):
        change(database, "update members set left_on = :day", day=left_on)
        score(database, now=noon(TODAY))
        wanted = plain_days(STEADY_WEEKS, today=TODAY, left_on=left_on)
        assert stored_days(database, member) == wanted
        assert totals(database) == plain_totals(database)
        assert not is_scoring_due(database, now=noon(TODAY))
    # What was published of days that the member has no more stays on record, each time they went.
    gone = [row for row in restatements(database, member) if row.score_date == MONDAY + 58 * DAY]
    assert gone == [Restatement(MONDAY + 58 * DAY, published[58].final, None, "member_changed")] * 2
    assert all(row.new is None for row in restatements(database, member))


def test_an_event_after_leaving_is_a_day_that_becomes_complete(database: Database) -> None:
    events = {MONDAY: ["lesson_completion"]}
    member = add(database, events, left_on=MONDAY + 3 * DAY)
    score(database, now=noon(TODAY))
    assert len(stored_days(database, member)) == 4
    with database.writing(Login.OWNER) as session:
        happen(session, member, {TODAY: ["app_session"]})
    for today in (TODAY, TODAY + DAY, TODAY + 2 * DAY):
        score(database, now=noon(today))
        wanted = plain_days({**events, TODAY: ["app_session"]}, today=today, left_on=MONDAY + 3 * DAY)
        assert stored_days(database, member) == wanted
    assert wanted[-1].score_date == TODAY


def test_an_event_of_tomorrow_counts_when_its_day_has_come(database: Database) -> None:
    events = {MONDAY: ["lesson_completion"], TODAY + DAY: ["journal_entry"]}
    there = add(database, events)
    gone = add(database, events, left_on=MONDAY + 3 * DAY)
    newcomer = add(database, {TODAY + DAY: ["goal_setting"]})
    score(database, now=noon(TODAY))
    assert stored_days(database, newcomer) == []
    assert not is_scoring_due(database, now=noon(TODAY))
    for today in (TODAY, TODAY + DAY, TODAY + 2 * DAY):
        score(database, now=noon(today))
        assert stored_days(database, there) == plain_days(events, today=today)
        assert stored_days(database, gone) == plain_days(events, today=today, left_on=MONDAY + 3 * DAY)
        assert stored_days(database, newcomer) == plain_days({TODAY + DAY: ["goal_setting"]}, today=today)


def test_a_day_ends_in_each_zone_by_itself(database: Database) -> None:
    zones = ("Pacific/Kiritimati", "Europe/London", "Pacific/Pago_Pago")
    events = {MONDAY: ["app_session"]}
    east, middle, west = (add(database, events, time_zone=zone) for zone in zones)
    # At 10:30 UTC it is the 3rd at 00:30 in Kiritimati, and still the 1st, at 23:30, in Pago Pago.
    score(database, now=datetime.combine(MONDAY, time(10, 30), UTC))
    assert [day.is_complete for day in stored_days(database, east)] == [True, False]
    assert [day.is_complete for day in stored_days(database, middle)] == [False]
    assert stored_days(database, west) == []
    frontiers = dict(fetch(database, "select time_zone, scored_through from score_frontiers"))
    assert frontiers == {
        zones[0]: MONDAY,
        zones[1]: MONDAY - DAY,
        zones[2]: MONDAY - 2 * DAY,
    }
    midnight = datetime.combine(MONDAY + DAY, time(0), UTC)
    assert is_scoring_due(database, now=midnight)
    score(database, now=midnight)
    assert [day.is_complete for day in stored_days(database, middle)] == [True, False]
    assert [day.is_complete for day in stored_days(database, west)] == [False]


@pytest.mark.parametrize(
    ("change_on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)], ids=["spring", "autumn"]
)
def test_a_day_of_the_clock_change_is_as_long_as_it_is(
    database: Database, change_on: date, hours: int
) -> None:
    begins = datetime.combine(change_on, time(0), UTC) - timedelta(hours=0 if hours == 23 else 1)
    member = add(database, {change_on - DAY: ["app_session"]})
    last_hour = begins + timedelta(hours=hours) - timedelta(minutes=1)
    with database.writing(Login.OWNER) as session:
        happen(session, member, {last_hour.date(): ["journal_entry"]}, zone="UTC", at=last_hour.time())
    score(database, now=last_hour)
    assert [day.is_complete for day in stored_days(database, member)] == [True, False]
    score(database, now=last_hour + timedelta(minutes=1))
    days = stored_days(database, member)
    assert [day.is_complete for day in days] == [True, True, False]
    assert [day.raw for day in days] == [3, 10, 0]


@pytest.mark.parametrize(
    "zones", [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("Asia/Tokyo", "America/Lima")]
)
def test_who_moves_west_lives_through_a_day_again_and_east_skips_ahead(
    database: Database, zones: tuple[str, str]
) -> None:
    east, west = zones
    events = {MONDAY: ["lesson_completion"] * 3}
    member = add(database, events, time_zone=east)
    now = datetime.combine(TODAY, time(10, 30), UTC)
    score(database, now=now)
    for zone in (west, east, west):
        change(database, "update members set time_zone = :zone", zone=zone)
        score(database, now=now)
        ((today,),) = fetch(
            database, "select cast(cast(:now as timestamptz) at time zone :zone as date)", now=now, zone=zone
        )
        assert stored_days(database, member) == plain_days(events, today=today)
        assert totals(database) == plain_totals(database)
    score(database, now=now + 3 * DAY)
    assert stored_days(database, member) == plain_days(events, today=today + 3 * DAY)
    assert restatements(database, member) == [
        row for row in restatements(database, member) if row.new is None
    ], "no day that stays says anything else"


def test_a_zone_that_is_written_in_small_letters_stops_nobody(database: Database) -> None:
    member = add(database, {MONDAY: ["app_session"]})
    change(database, "update members set time_zone = 'europe/london'")
    score(database, now=noon(TODAY))
    assert len(stored_days(database, member)) == 61


def test_a_clock_that_is_behind_takes_no_day_back(database: Database) -> None:
    member = add(database, {MONDAY: ["app_session"]})
    score(database, now=noon(TODAY))
    days = stored_days(database, member)
    with database.writing(Login.OWNER) as session:
        happen(session, member, {TODAY: ["journal_entry"]})
    score(database, now=noon(TODAY - 3 * DAY))
    assert stored_days(database, member)[:-1] == days[:-1]
    assert not is_scoring_due(database, now=noon(TODAY - 3 * DAY))


def test_one_member_is_scored_alone_and_nobody_falls_behind_for_it(database: Database) -> None:
    one, other = (add(database, {MONDAY: ["app_session"]}) for _ in range(2))
    report = score(database, now=noon(TODAY), member_id=one)
    assert report.members == 1
    assert stored_days(database, other) == []
    assert fetch(database, "select count(*) from score_frontiers") == [(0,)]
    score(database, now=noon(TODAY + DAY), member_id=one)
    assert stored_days(database, one) == plain_days({MONDAY: ["app_session"]}, today=TODAY + DAY)
    score(database, now=noon(TODAY + 3 * DAY))
    for member in (one, other):
        assert stored_days(database, member) == plain_days({MONDAY: ["app_session"]}, today=TODAY + 3 * DAY)
    assert totals(database) == plain_totals(database)


def test_aliases_and_unknown_types_count_whatever_their_names_hold(database: Database) -> None:
    odd = ['comma, "quote"', "line\nbreak", "\r", " ", "\\.", "NULL", "null", "señal ✓", "a" * 100]
    events = {
        MONDAY: [*odd, *odd, "app_open", "app_session"],
        MONDAY + DAY: ["coach_message_sent"] * 4 + ["coach_interaction"] * 4,
        MONDAY + 2 * DAY: ["goal_complete", *[odd[0]] * 7],
    }
    member = add(database, events)
    score(database, now=noon(MONDAY + 4 * DAY))
    days = stored_days(database, member)
    assert days == plain_days(events, today=MONDAY + 4 * DAY)
    assert [day.raw for day in days[:3]] == [2 * len(odd) + 6, 100, 23]


def test_a_synthetic_member_is_scored_and_in_no_total(database: Database) -> None:
    probe = add(database, {MONDAY: ["app_session"]}, is_synthetic=True)
    score(database, now=noon(TODAY))
    assert len(stored_days(database, probe)) == 61
    assert totals(database) == recoveries(database) == []


def test_who_turns_out_to_be_synthetic_leaves_the_totals(database: Database) -> None:
    add(database, {MONDAY: ["lesson_completion"]})
    probe = add(database, {MONDAY: ["lesson_completion"]})
    score(database, now=noon(TODAY))
    change(database, "update members set is_synthetic = true where id = :id", id=probe)
    assert is_scoring_due(database, now=noon(TODAY))
    score(database, now=noon(TODAY))
    assert totals(database) == plain_totals(database) != []
    assert {members for _, _, _, members, *_ in totals(database)} == {1}


@pytest.mark.parametrize("in_between", [True, False], ids=["scored in between", "not scored in between"])
def test_after_everybody_is_gone_the_next_members_are_counted_alone(
    database: Database, in_between: bool
) -> None:
    add(database, STEADY_WEEKS)
    score(database, now=noon(TODAY))
    change(database, "delete from members")
    if in_between:
        score(database, now=noon(TODAY))
        assert totals(database) == recoveries(database) == []
    add(database, {MONDAY + 30 * DAY: ["journal_entry"]})
    score(database, now=noon(TODAY))
    assert totals(database) == plain_totals(database) != []
    assert recoveries(database) == plain_recoveries(database)
