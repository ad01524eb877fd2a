"""Who may need a call: people who were engaged and have come down, and nobody whom a call can't help."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from bee.db import Database, Login
from bee.engage.queries import PersonAtRisk, at_risk
from tests.engage.rows import add_days, roll_up
from tests.factories import make_member, make_staff

THROUGH = date(2026, 4, 12)
FIRST = THROUGH - timedelta(days=41)


def add(database: Database, finals: list[float], **traits: object) -> UUID:
    """Add a member with a score a day up to the day in question; below 45 is Needs care."""
    with database.writing(Login.OWNER) as session:
        member = make_member(session, **traits)  # type: ignore[arg-type]  # the factory's own keywords
        states = "".join("N" if final < 45 else "S" for final in finals)
        add_days(session, member, THROUGH - timedelta(days=len(finals) - 1), states, finals=finals)
    return member


def asked(database: Database, *, segment: str = "all", limit: int = 10) -> list[PersonAtRisk]:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        return at_risk(session, segment, THROUGH, limit)


def test_somebody_who_was_engaged_and_fell_is_on_the_list_with_what_a_coach_needs(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        cora = make_staff(session, full_name="Cora Demo", roles=("coach",))
    member = add(database, [60.0] * 30 + [20.0] * 12, coach_id=cora, is_demo=True)

    (person,) = asked(database)

    # Usual: the 28 days from six to two weeks before, all 60. The last week: all 20.
    assert (person.user_id, person.coach_name, person.is_demo) == (member, "Cora Demo", True)
    assert (person.usual, person.below_usual) == (60.0, 40.0)
    assert (person.momentum_state, person.final_score, person.days_in_state) == ("NeedsCare", 20.0, 12)
    assert person.last_finals == [60.0] * 30 + [20.0] * 12


@pytest.mark.parametrize(
    ("finals", "why"),
    [
        ([60.0] * 42, "is not in Needs care"),
        ([20.0] * 42, "was always that low"),
        ([0.0] * 42, "has been silent for good"),
        ([24.0] * 35 + [20.0] * 7, "is four points below the usual, less than five"),
        ([60.0] * 41 + [44.0], "had one bad day: 2.3 points below the usual"),
        ([20.0] * 10, "has no usual level yet"),
        ([20.0] * 28 + [10.0] * 7 + [40.0] * 7, "is above the usual again"),
    ],
)
def test_somebody_whom_a_call_would_not_help_is_not(
    database: Database, finals: list[float], why: str
) -> None:
    add(database, finals)
    assert asked(database) == [], why


def test_somebody_who_left_is_not(database: Database) -> None:
    add(database, [60.0] * 30 + [20.0] * 12, left_on=THROUGH)
    staying = add(database, [60.0] * 30 + [20.0] * 12, left_on=THROUGH + timedelta(days=1))

    assert [person.user_id for person in asked(database)] == [staying]


def test_a_probe_is_not(database: Database) -> None:
    add(database, [60.0] * 30 + [20.0] * 12, is_synthetic=True)
    assert asked(database) == []


def test_the_furthest_below_their_own_usual_come_first_then_the_lowest(database: Database) -> None:
    most = add(database, [80.0] * 35 + [30.0] * 7)
    least = add(database, [50.0] * 35 + [30.0] * 7)
    lower = add(database, [60.0] * 35 + [20.0] * 7)
    higher = add(database, [65.0] * 35 + [25.0] * 7)

    assert [person.user_id for person in asked(database)] == [most, lower, higher, least]
    assert [person.user_id for person in asked(database, limit=2)] == [most, lower]


def test_it_keeps_to_the_segment(database: Database) -> None:
    plus = add(database, [60.0] * 35 + [20.0] * 7, attributes='{"plan": "plus"}')
    add(database, [60.0] * 35 + [20.0] * 7, attributes='{"plan": "basic"}')
    with database.writing(Login.OWNER) as session:
        roll_up(session)

    assert [person.user_id for person in asked(database, segment="plan:plus")] == [plus]


def test_a_segment_without_totals_is_too_small_to_ask_about(database: Database) -> None:
    add(database, [60.0] * 35 + [20.0] * 7, attributes='{"town": "Ely"}')

    assert asked(database, segment="town:Ely") == []
    assert len(asked(database)) == 1


def test_a_coach_sees_the_members_assigned_to_them(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        cora = make_staff(session, roles=("coach",))
    own = add(database, [60.0] * 35 + [20.0] * 7, coach_id=cora)
    add(database, [60.0] * 35 + [20.0] * 7)

    with database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora) as session:
        assert [person.user_id for person in at_risk(session, "all", THROUGH, 10)] == [own]
