"""What the engagement pages read, as the roles that read it."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from bee.db import Database, Login
from bee.engage import queries
from bee.engage.queries import Coverage, Movement, RecoveryDay, Segment, StateDay
from bee.errors import NotFound
from bee.momentum.recoveries import refresh_recoveries
from tests.engage.rows import add_days, add_score, roll_up, scored_through
from tests.factories import execute, make_event, make_member, make_staff

MONDAY = date(2026, 3, 2)
STAFF = ("bee_product", "bee_coach", "bee_admin")


def day(n: int) -> date:
    return MONDAY + timedelta(days=n)


@dataclass(frozen=True, slots=True)
class House:
    """Four members over twelve days, in three zones; two of them are Cora's, one of those a demo member."""

    cora: UUID
    milo: UUID
    riser: UUID
    faller: UUID
    steady: UUID
    gone: UUID


@pytest.fixture
def house(database: Database) -> House:
    with database.writing(Login.OWNER) as session:
        cora = make_staff(session, full_name="Cora Demo", roles=("coach",))
        milo = make_staff(session, full_name="Milo Demo", roles=("coach",))
        riser = make_member(session, coach_id=cora, attributes='{"plan": "plus"}')
        faller = make_member(session, coach_id=cora, is_demo=True, attributes='{"plan": "basic"}')
        steady = make_member(session, coach_id=milo, time_zone="Asia/Tokyo")
        gone = make_member(session, time_zone="America/Los_Angeles", left_on=day(5))
        probe = make_member(session, is_synthetic=True, time_zone="Africa/Lagos")
        add_days(session, riser, MONDAY, "NNNNSSSSRRRR")
        add_days(session, faller, MONDAY, "SSNNNNNNNSNN")
        add_days(session, steady, MONDAY, "SSSSSSSSSSSSS")
        add_days(session, gone, MONDAY, "RRRRNN")
        add_days(session, probe, MONDAY, "RRRRRRRRRRRR")
        scored_through(
            session,
            Europe_London=day(11),
            Asia_Tokyo=day(12),
            America_Los_Angeles=day(11),
            Africa_Lagos=day(1),
        )
        add_score(session, riser, day(12), "Rising", 90.0, is_complete=False)
        roll_up(session)
    with database.writing(Login.WORKER) as session:
        refresh_recoveries(session, MONDAY, day(12))
    return House(cora, milo, riser, faller, steady, gone)


def coaches(member: UUID) -> str:
    return f"coach:{member}"


def test_figures_go_through_the_newest_day_that_is_over_in_every_zone(
    database: Database, house: House
) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        everybody = queries.coverage(session, "all", day(20))
        tokyo = queries.coverage(session, "zone:Asia/Tokyo", day(20))

    # Tokyo is a day ahead, London and Los Angeles hold everybody back; the probe in Lagos holds nobody up.
    assert everybody == Coverage(3, day(11), is_demo=True)
    assert tokyo == Coverage(1, day(12), is_demo=False)


def test_figures_never_go_beyond_the_day_that_is_asked_for(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert queries.coverage(session, "all", day(4)) == Coverage(4, day(4), is_demo=True)


def test_before_the_first_score_there_is_no_day(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session)
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert queries.coverage(session, "all", day(20)) == Coverage(0, None, is_demo=False)
        assert queries.segments(session) == []
        assert queries.state_series(session, "all", day(0), day(20)) == []


def test_a_zone_that_was_never_scored_holds_nobody_up(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Asia/Kolkata")
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert queries.coverage(session, "all", day(20)).through == day(11)


def test_states_are_counted_a_day_and_segment(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        everybody = queries.state_series(session, "all", day(5), day(6))
        plus = queries.state_series(session, "plan:plus", day(8), day(8))

    # Day 5: riser and steady 55 each, faller and gone 20 each. Day 6: without the one who left.
    assert everybody == [StateDay(day(5), 0, 2, 2, 150.0), StateDay(day(6), 0, 2, 1, 130.0)]
    assert plus == [StateDay(day(8), 1, 0, 0, 80.0)]


def test_movements_are_of_people_with_a_complete_day_on_both_ends(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        moved = queries.movements(session, "all", day(0), day(11))
        until_today = queries.movements(session, "plan:plus", day(0), day(12))

    assert moved == [
        Movement("NeedsCare", "Rising", 1),
        Movement("Steady", "NeedsCare", 1),
        Movement("Steady", "Steady", 1),
    ]
    assert until_today == []  # the riser's day 12 is not over


def test_a_segment_without_totals_is_too_small_to_ask_about(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from engagement_days where segment = 'plan:plus'")
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert queries.movements(session, "plan:plus", day(0), day(11)) == []


def test_recovery_counts_who_came_out_within_seven_days_of_falling(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        everybody = queries.recovered_series(session, "all", day(0), day(12))

    # The faller fell on day 2 and was out on day 9, the seventh day after. The one who left fell on day 4 and
    # had no better day. The fall on day 10 is known only on day 17; the first day of somebody is no fall.
    assert everybody == [RecoveryDay(day(9), 1, 1), RecoveryDay(day(11), 0, 1)]


def test_a_score_that_changes_later_changes_what_became_of_people(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            update daily_engagement_scores set momentum_state = 'NeedsCare'
            where user_id = :id and score_date = :day
            """,
            id=house.faller,
            day=day(9),
        )
    with database.writing(Login.WORKER) as session:
        refresh_recoveries(session, day(9), day(9))
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        everybody = queries.recovered_series(session, "all", day(0), day(12))

    assert everybody == [RecoveryDay(day(9), 0, 1), RecoveryDay(day(11), 0, 1)]


def test_segments_are_those_with_people_on_the_newest_complete_day(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        found = queries.segments(session)

    assert [(segment.label, segment.members) for segment in found] == [
        ("Everybody", 3),
        ("Demo members", 1),
        *sorted(
            (("Coach Cora Demo", 2), ("Coach Milo Demo", 1)), key=lambda one: coaches(_id_of(house, one[0]))
        ),
        ("Asia/Tokyo", 1),
        ("Europe/London", 2),
        ("Plan: basic", 1),
        ("Plan: plus", 1),
    ]


def _id_of(house: House, label: str) -> UUID:
    return {"Coach Cora Demo": house.cora, "Coach Milo Demo": house.milo}[label]


def test_a_coach_has_the_figures_of_their_own_members_and_no_others(database: Database, house: House) -> None:
    own = coaches(house.cora)
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=house.cora) as session:
        assert queries.segments(session) == [Segment(own, "Coach Cora Demo", 2)]
        assert queries.coverage(session, own, day(20)) == Coverage(2, day(11), is_demo=True)
        assert queries.recovered_series(session, own, day(0), day(12)) == [RecoveryDay(day(9), 1, 1)]
        assert queries.movements(session, "all", day(0), day(11)) == [
            Movement("NeedsCare", "Rising", 1),
            Movement("Steady", "NeedsCare", 1),
        ]
        for others in ("all", coaches(house.milo), "zone:Asia/Tokyo"):
            assert queries.state_series(session, others, day(0), day(12)) == []
            assert queries.recovered_series(session, others, day(0), day(12)) == []
        assert queries.movements(session, coaches(house.milo), day(0), day(11)) == []


@pytest.mark.parametrize("role", ["bee_product", "bee_admin"])
def test_product_and_admins_have_everybodys_figures(database: Database, house: House, role: str) -> None:
    with database.reading(Login.DASHBOARD, role=role, staff_id=house.milo) as session:
        assert queries.coverage(session, "all", day(20)).people == 3
        assert len(queries.segments(session)) == 8
        assert sum(pair.members for pair in queries.movements(session, "all", day(0), day(11))) == 3


def test_oncall_has_no_scores_of_anybody(database: Database, house: House) -> None:
    with (
        database.reading(Login.DASHBOARD, role="bee_oncall", staff_id=house.milo) as session,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        queries.movements(session, "all", day(0), day(11))


def test_a_member_page_has_the_days_the_events_and_the_time_in_the_state(
    database: Database, house: House
) -> None:
    with database.writing(Login.OWNER) as session:
        make_event(session, house.riser)
        make_event(session, house.riser)
        make_event(session, house.riser, event_type="journal_entry")
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        card = queries.get_member_card(session, house.riser)
        timeline = queries.member_timeline(session, house.riser, day(10), day(12))
        events = queries.member_events_by_day(session, house.riser, date(2026, 1, 1), date(2026, 1, 31))

        assert (card.coach_name, card.momentum_state, card.through) == ("Cora Demo", "Rising", day(11))
        assert card.name == f"P-{card.number}"
        assert queries.find_member(session, card.number) == house.riser
        assert [(row.score_date, row.is_complete) for row in timeline] == [
            (day(10), True),
            (day(11), True),
            (day(12), False),
        ]
        assert [(row.event_type, row.events) for row in events] == [("app_session", 2), ("journal_entry", 1)]
        assert queries.member_notifications(session, house.riser, day(0), day(12)) == []


def test_days_in_a_state_are_complete_ones(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        new = make_member(session)
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert queries.days_in_state(session, house.riser) == 4  # Rising on days 8 to 11; 12 is not over
        assert queries.days_in_state(session, house.faller) == 2
        assert queries.days_in_state(session, house.steady) == 13  # since the first
        assert queries.days_in_state(session, new) is None


def test_a_member_of_another_coach_is_not_there(database: Database, house: House) -> None:
    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=house.milo) as session:
        with pytest.raises(NotFound):
            queries.get_member_card(session, house.riser)
        assert queries.member_timeline(session, house.riser, day(0), day(12)) == []
        assert queries.find_member_person(session, house.riser) is None
        assert queries.get_member_card(session, house.steady).time_zone == "Asia/Tokyo"


def test_names_are_for_coaches_and_admins(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, "insert into personal_data values (:id, 'Fern Otter')", id=house.riser)

    for role, staff in (("bee_coach", house.cora), ("bee_admin", house.milo)):
        with database.reading(Login.DASHBOARD, role=role, staff_id=staff) as session:
            person = queries.find_member_person(session, house.riser)
            assert person is not None
            assert person.full_name == "Fern Otter"
    with (
        database.reading(Login.DASHBOARD, role="bee_product", staff_id=house.milo) as session,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        queries.find_member_person(session, house.riser)


def test_a_probe_is_nobody(database: Database, house: House) -> None:
    with database.writing(Login.OWNER) as session:
        (number,) = execute(session, "select number from members where is_synthetic").one()
    with database.reading(Login.DASHBOARD, role="bee_admin", staff_id=house.milo) as session:
        assert queries.find_member(session, int(str(number))) is None


def test_notes_are_those_of_the_period(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        for n in (0, 5, 9):
            execute(
                session,
                "insert into annotations (on_date, title, kind) values (:day, :title, 'release')",
                day=day(n),
                title=f"Release {n}",
            )
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        assert [note.title for note in queries.notes(session, day(1), day(9))] == ["Release 5", "Release 9"]


@pytest.mark.parametrize("role", STAFF)
def test_every_role_of_the_pages_may_run_every_query(database: Database, house: House, role: str) -> None:
    with database.reading(Login.DASHBOARD, role=role, staff_id=house.cora) as session:
        queries.coverage(session, "all", day(20))
        queries.state_series(session, "all", day(0), day(12))
        queries.movements(session, "all", day(0), day(12))
        queries.recovered_series(session, "all", day(0), day(12))
        queries.at_risk(session, "all", day(11), 10)
        queries.segments(session)
        queries.notes(session, day(0), day(12))
        queries.get_member_card(session, house.riser)
        queries.member_timeline(session, house.riser, day(0), day(12))
        queries.member_events_by_day(session, house.riser, day(0), day(12))
        queries.member_notifications(session, house.riser, day(0), day(12))
        queries.days_in_state(session, house.riser)
