"""Writing a period again: what is written, how far later days follow, and what another definition leaves behind."""

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.momentum.definition import Definition, definition_spec
from bee.momentum.queries import explain_day
from bee.momentum.scoring import rebuild, score
from tests.factories import make_member
from tests.momentum.histories import (
    V1,
    Restatement,
    change,
    fetch,
    happen,
    noon,
    plain_days,
    plain_totals,
    restatements,
    stored_days,
    totals,
)

MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)
TODAY = MONDAY + 120 * DAY
EVENTS = {MONDAY + n * DAY: ["lesson_completion"] * (n % 4 + 1) for n in (*range(0, 40, 3), *range(100, 120))}
DOUBLE = Definition(
    **(V1.model_dump() | {"name": "double", "weights": {**V1.weights, "lesson_completion": 30}})
)


@pytest.fixture
def member(database: Database) -> UUID:
    """Somebody who was there for weeks, is silent for longer than a day is remembered, and comes back."""
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        happen(session, member, EVENTS)
    score(database, now=noon(TODAY))
    return member


def activate(database: Database, definition: Definition) -> None:
    with database.writing(Login.OWNER) as session:
        session.run("momentum/add_definition", name=definition.name, spec=definition_spec(definition))
        session.run("momentum/activate_definition", definition=definition.name)


def written_since(database: Database, moment: datetime) -> list[date]:
    rows = fetch(
        database,
        "select score_date from daily_engagement_scores where calculated_at > :moment order by 1",
        moment=moment,
    )
    return [day for (day,) in rows]


def clock(database: Database) -> datetime:
    ((moment,),) = fetch(database, "select clock_timestamp()")
    return moment  # type: ignore[no-any-return]


@pytest.mark.parametrize("login", [Login.OWNER, Login.WORKER])
def test_every_day_of_the_period_is_written_and_no_other(
    database: Database, member: UUID, login: Login
) -> None:
    before = stored_days(database, member)
    moment = clock(database)
    first, last = MONDAY + 10 * DAY, MONDAY + 19 * DAY
    report = rebuild(database, now=noon(TODAY), from_on=first, to_on=last, login=login)
    assert written_since(database, moment) == [first + n * DAY for n in range(10)]
    assert (report.members, report.rows_written, report.restated) == (1, 10, 0)
    assert stored_days(database, member) == before
    assert restatements(database, member) == []


def test_without_an_end_everything_from_the_day_on_is_written(database: Database, member: UUID) -> None:
    moment = clock(database)
    report = rebuild(database, now=noon(TODAY), from_on=TODAY - 4 * DAY)
    assert written_since(database, moment) == [TODAY - n * DAY for n in range(4, -1, -1)]
    assert report.rows_written == 5


def test_a_period_that_begins_before_everything_begins_with_the_first_day(
    database: Database, member: UUID
) -> None:
    before = stored_days(database, member)
    report = rebuild(database, now=noon(TODAY), from_on=date(1999, 1, 1))
    assert report.rows_written == len(before) == 121
    assert stored_days(database, member) == before
    outside = rebuild(database, now=noon(TODAY), from_on=date(1999, 1, 1), to_on=MONDAY - DAY)
    assert (outside.members, outside.rows_written) == (0, 0)


def test_days_after_the_period_follow_until_they_no_longer_change(database: Database, member: UUID) -> None:
    right = stored_days(database, member)
    spoil = "update daily_engagement_scores set final_score = :final where score_date = :day"
    within, soon, far = MONDAY + 5 * DAY, MONDAY + 9 * DAY, MONDAY + 110 * DAY
    for day in (within, soon, far):
        change(database, spoil, day=day, final=99)
    report = rebuild(database, now=noon(TODAY), from_on=MONDAY, to_on=within)
    days = {day.score_date: day for day in stored_days(database, member)}
    assert days[within].final == right[5].final
    assert days[soon].final == right[9].final, "it differs, less than 30 equal days after the period"
    assert days[far].final == 99, "nobody looks beyond 30 equal days in a row"
    assert restatements(database, member) == [
        Restatement(within, 99, right[5].final, "rebuild"),
        Restatement(soon, 99, right[9].final, "rebuild"),
    ]
    assert report.restated == 2
    rebuild(database, now=noon(TODAY), from_on=far, to_on=far)
    assert stored_days(database, member) == right
    assert totals(database) == plain_totals(database)


def test_one_member_is_written_again_alone(database: Database, member: UUID) -> None:
    with database.writing(Login.OWNER) as session:
        other = make_member(session)
        happen(session, other, EVENTS)
    score(database, now=noon(TODAY))
    change(
        database, "update daily_engagement_scores set final_score = 99 where score_date = :day", day=MONDAY
    )
    rebuild(database, now=noon(TODAY), from_on=MONDAY, to_on=MONDAY, member_id=other)
    assert stored_days(database, other)[0].final == 15
    assert stored_days(database, member)[0].final == 99


def test_what_was_never_scored_is_scored_whole_before_a_period_of_it_is_written(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        happen(session, member, EVENTS)
    report = rebuild(database, now=noon(TODAY), from_on=TODAY - 9 * DAY, to_on=TODAY - 5 * DAY)
    assert stored_days(database, member) == plain_days(EVENTS, today=TODAY)
    assert report.rows_written == 121 + 5
    assert fetch(database, "select count(*) from score_dues") == [(0,)]
    assert totals(database) == plain_totals(database)


def test_another_definition_scores_new_days_and_rebuilds_old_ones(database: Database, member: UUID) -> None:
    by_v1 = stored_days(database, member)
    activate(database, DOUBLE)
    score(database, now=noon(TODAY + DAY))
    days = stored_days(database, member)
    assert [day.definition for day in days] == ["v1"] * 120 + ["double"] * 2
    assert restatements(database, member) == [], "today was not published yet"

    rebuild(database, now=noon(TODAY + DAY), from_on=MONDAY)
    assert stored_days(database, member) == plain_days(EVENTS, today=TODAY + DAY, definition=DOUBLE)
    told = restatements(database, member)
    assert {row.reason for row in told} == {"definition", "rebuild"}
    changed = [
        day.score_date
        for day, old in zip(stored_days(database, member), by_v1, strict=False)
        if (day.raw, day.final) != (old.raw, old.final) and old.is_complete
    ]
    assert [row.score_date for row in told if row.reason == "definition"] == changed
    assert [row.score_date for row in told if row.reason == "rebuild"] == [TODAY], "by the same definition"
    assert totals(database) == plain_totals(database)


def test_a_period_by_another_definition_carries_its_name_even_where_the_figures_are_the_same(
    database: Database, member: UUID
) -> None:
    renamed = Definition(**(V1.model_dump() | {"name": "renamed"}))
    activate(database, renamed)
    first, last = MONDAY + 3 * DAY, MONDAY + 8 * DAY
    rebuild(database, now=noon(TODAY), from_on=first, to_on=last)
    names = {day.score_date: day.definition for day in stored_days(database, member)}
    assert {day for day, name in names.items() if name == "renamed"} == {first + n * DAY for n in range(6)}
    assert restatements(database, member) == []


def test_a_score_is_explained_by_the_definition_that_it_comes_from(database: Database, member: UUID) -> None:
    activate(database, DOUBLE)
    rebuild(database, now=noon(TODAY), from_on=MONDAY + 3 * DAY, to_on=MONDAY + 3 * DAY)
    with database.reading(Login.OWNER) as session:
        found = {day: explain_day(session, member, day) for day in (MONDAY, MONDAY + 3 * DAY)}
    assert [why.explanation.definition for why in found.values()] == ["v1", "double"]
    for why in found.values():
        assert why.is_current
        assert why.explanation.total == why.stored_final


def test_a_late_event_of_a_day_by_an_earlier_definition_says_that_the_definition_changed(
    database: Database, member: UUID
) -> None:
    activate(database, DOUBLE)
    late = TODAY - 3 * DAY
    with database.writing(Login.OWNER) as session:
        happen(session, member, {late: ["journal_entry"]})
    score(database, now=noon(TODAY))
    told = restatements(database, member)
    assert [row.score_date for row in told] == [late, late + DAY, late + 2 * DAY]
    assert {row.reason for row in told} == {"definition"}
