"""A member's page through ``app.py``: the days, why a score is what it is, who may see what, and the trail."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.members.demo import fill_demo
from bee.momentum.scoring import score
from bee.settings import Environment
from bee.ui.house import House
from bee.ui.member_reads import MOST_MATCHES
from tests.dashboard import Person, add_person, demo_coach, member_numbers, now
from tests.factories import execute, make_event, make_member
from tests.ui.conftest import furnished, press_row, visit, words

PAGE = "engagement/member.py"


def open_member(person: Person, number: int, **query: str) -> AppTest:
    app = visit(PAGE, person, member=f"P-{number}", **query)
    assert not app.exception
    return app


def stored_days(database: Database, number: int) -> dict[date, float]:
    """Return a member's final scores, by day."""
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            """
            select score_date, final_score
            from daily_engagement_scores
            join members on members.id = user_id
            where number = :number and is_complete
            order by score_date
            """,
            number=number,
        )
        return {row.score_date: row.final_score for row in rows}


def looks(database: Database, staff_id: UUID) -> list[str]:
    """Return at whom somebody looked, as the trail has it."""
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            """
            select members.number
            from audit_log
            join members on members.id = cast(subject_id as uuid)
            where action = 'member.viewed' and actor_id = :staff_id
            order by audit_log.id
            """,
            staff_id=staff_id,
        )
        return [f"P-{row.number}" for row in rows]


@pytest.fixture
def admin(house: House) -> Person:
    return add_person(house.database, StaffRole.ADMIN)


@pytest.fixture
def number(house: House) -> int:
    """A member with many days."""
    with house.database.reading(Login.OWNER) as session:
        row = execute(
            session,
            """
            select number
            from members
            join daily_engagement_scores on user_id = members.id
            where left_on is null
            group by number
            order by count(*) desc, number
            """,
        ).first()
    assert row is not None
    return int(row.number)


def test_the_parts_of_a_score_add_up_to_the_stored_score(house: House, admin: Person, number: int) -> None:
    stored = stored_days(house.database, number)
    for day in list(stored)[-1:-40:-13]:
        parts = open_member(admin, number, day=day.isoformat()).dataframe[0].value
        assert parts["part"].iloc[-1] == "Score"
        assert f"{parts['brought'].iloc[-1]:.2f}" == f"{stored[day]:.2f}"
        assert parts["brought"].iloc[:-1].sum() == pytest.approx(stored[day], abs=1e-9)


def test_a_page_opens_on_the_newest_complete_day(house: House, admin: Person, number: int) -> None:
    app = open_member(admin, number)
    assert app.date_input[0].value == max(stored_days(house.database, number))
    assert f"P-{number} timeline" in words(app)
    assert "demo member" in words(app)


def test_the_chosen_day_goes_into_the_address_and_reopens_from_it(
    house: House, admin: Person, number: int
) -> None:
    app = open_member(admin, number)
    day = max(stored_days(house.database, number)) - timedelta(days=9)
    app.date_input[0].set_value(day).run()
    assert app.query_params == {"member": f"P-{number}", "day": day.isoformat()}
    again = open_member(admin, number, day=day.isoformat())
    assert again.date_input[0].value == day
    assert f"{stored_days(house.database, number)[day]:.2f} on {day:%A}" in words(again)


@pytest.mark.parametrize("day", ["", "yesterday", "1999-01-01", "2999-01-01", "<script>"])
def test_a_day_that_there_is_not_opens_the_newest(day: str, house: House, admin: Person, number: int) -> None:
    app = open_member(admin, number, day=day)
    assert app.date_input[0].value == max(stored_days(house.database, number))


def test_a_look_is_in_the_trail_once_however_often_the_page_runs(
    house: House, admin: Person, number: int
) -> None:
    app = open_member(admin, number)
    app.button_group[0].set_value("4w").run()
    app.run()
    assert looks(house.database, admin.id) == [f"P-{number}"]
    other = next(n for n in member_numbers(house.database) if n != number)
    app.text_input[0].set_value(f"P-{other}").run()
    assert looks(house.database, admin.id) == [f"P-{number}", f"P-{other}"]


def test_searching_is_no_look(house: House, admin: Person) -> None:
    app = visit(PAGE, admin, member="demo")
    assert len(app.dataframe[0].value) > 1
    assert looks(house.database, admin.id) == []


def test_a_found_member_is_opened_from_the_list(admin: Person, house: House) -> None:
    app = visit(PAGE, admin, member="badger")
    first = app.dataframe[0].value["person"].iloc[0]
    app = press_row(app, 0, 0)
    assert not app.exception
    assert app.query_params["member"] == first
    assert f"{first} timeline" in words(app)


def test_product_sees_no_names_and_finds_nobody_by_one(house: House, number: int) -> None:
    product = add_person(house.database, StaffRole.PRODUCT)
    app = open_member(product, number)
    said = words(app)
    assert f"P-{number} timeline" in said
    assert "(demo)" not in said
    assert "@" not in said
    assert app.text_input[0].placeholder == "P-1778"
    by_name = visit(PAGE, product, member="badger")
    assert "Nobody found" in words(by_name)
    assert not by_name.dataframe


def test_a_coach_sees_names_of_their_own_members_and_nobody_else(house: House) -> None:
    coach = demo_coach(house.database)
    own = member_numbers(house.database, coach)
    app = visit(PAGE, coach)
    assert set(app.dataframe[0].value["person"]) == {f"P-{number}" for number in own[:MOST_MATCHES]}
    assert f"The first {MOST_MATCHES}" in words(app)
    assert "(demo)" in words(open_member(coach, own[0]))


def test_another_coachs_member_is_refused_and_no_look_is_recorded(house: House) -> None:
    coach = demo_coach(house.database)
    other = next(n for n in member_numbers(house.database) if n not in member_numbers(house.database, coach))
    before = looks(house.database, coach.id)
    app = open_member(coach, other)
    assert "Nobody found among the members you may see" in words(app)
    assert f"P-{other} timeline" not in words(app)
    assert looks(house.database, coach.id) == before


@pytest.mark.parametrize("typed", ["P-999999", "P-", "0", "'; drop table members; --", "%", "x" * 80, "﷽ 💙"])
def test_nobody_found_is_said_with_a_way_on(typed: str, admin: Person) -> None:
    app = visit(PAGE, admin, member=typed)
    assert not app.exception
    assert "Nobody found" in words(app)


def test_a_day_whose_events_came_in_late_says_that_it_will_be_scored_again(database: Database) -> None:
    fill_demo(database, environment=Environment.LOCAL, now=now(), members=10)
    score(database, now=now())
    with furnished(database):
        admin = add_person(database, StaffRole.ADMIN)
        number = member_numbers(database)[0]
        day = max(stored_days(database, number))
        with database.writing(Login.OWNER) as session:
            member = execute(
                session, "select id, time_zone from members where number = :number", number=number
            ).one()
            noon = execute(
                session,
                "select (cast(:day as date) + time '12:00') at time zone :zone as at",
                day=day,
                zone=member.time_zone,
            ).one()
            make_event(session, member.id, event_type="lesson_completion", occurred_at=noon.at)
        app = open_member(admin, number, day=day.isoformat())
        assert "it will be scored again" in words(app)


def test_a_member_without_scores_is_told_when_the_first_appears(empty_house: House) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        make_member(session)
    admin = add_person(empty_house.database, StaffRole.ADMIN)
    app = open_member(admin, member_numbers(empty_house.database)[0])
    assert "No scores yet" in words(app)
