"""Service health › Incidents through ``app.py``: a time, in lanes, from its link."""

from datetime import UTC, datetime, timedelta

import pytest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.sla.alerts.ground import set_alight
from tests.ui.conftest import visit, words

PAGE = "service/incidents.py"


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


def stop(database: Database, at: datetime) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into audit_log (at, actor_kind, action, subject_kind, subject_id, reason)
            values (:at, 'operator', 'notification.stopped', 'notification_rule', 'all', 'odd')
            """,
            at=at,
        )


def test_a_time_in_which_nothing_happened_says_so(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "Nothing happened" in words(app)


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.COACH])
def test_it_is_for_on_call_and_admins(empty_house: House, role: StaffRole) -> None:
    assert "Incidents" not in [
        title.value for title in visit(PAGE, add_person(empty_house.database, role)).title
    ]
    assert not visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)).exception


def test_what_fires_and_what_was_changed_is_listed_in_order(empty_house: House, oncall: Person) -> None:
    stop(empty_house.database, datetime.now(UTC) - timedelta(hours=2))
    set_alight(empty_house.database)
    app = visit(PAGE, oncall, period="3d")
    assert not app.exception
    table = app.dataframe[0].value
    assert [lane[0] for lane in table["lane"]] == ["Kill switch", "Alerts"]
    assert "2 entries" in words(app)


def test_a_link_reopens_the_day_that_was_seen(empty_house: House, oncall: Person) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    stop(empty_house.database, long_ago)
    assert "Nothing happened" in words(visit(PAGE, oncall))
    assert "1 entry" in words(visit(PAGE, oncall, day=long_ago.date().isoformat()))


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31", "yesterday", ""])
def test_a_day_that_is_none_or_out_of_reach_is_the_nearest_one(
    empty_house: House, oncall: Person, day: str
) -> None:
    assert not visit(PAGE, oncall, day=day).exception
