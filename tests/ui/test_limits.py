"""Service health › Limits through ``app.py``: empty, who hit which limit, the same again from the address."""

import pytest

from bee.access import StaffRole
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.sla.limit_ground import fill_limits
from tests.ui.conftest import visit, words

PAGE = "service/limits.py"


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL)


def test_where_nobody_hit_a_limit_the_page_says_so(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "Nobody hit a limit" in words(app)


@pytest.mark.parametrize("role", [StaffRole.ONCALL, StaffRole.ADMIN])
def test_it_says_who_was_refused_and_what_passed_because_a_limiter_failed(
    role: StaffRole, empty_house: House
) -> None:
    fill_limits(empty_house.database)
    app = visit(PAGE, add_person(empty_house.database, role))
    assert not app.exception
    assert "60 requests of 2 members refused by policy" in words(app)
    assert [metric.value for metric in app.metric] == ["60", "2", "69", "4"]
    members, faults = (table.value for table in app.dataframe)
    assert list(members["refused"]) == [50, 7, 3]
    assert all(person.startswith("P-") for person in members["person"])
    assert list(faults["passed"]) == [4]


def test_an_address_reopens_what_was_chosen(empty_house: House, oncall: Person) -> None:
    fill_limits(empty_house.database)
    app = visit(PAGE, oncall, area="Tables", period="4w")
    assert not app.exception
    assert app.metric[0].value == "3"
    assert list(app.dataframe[0].value["area"]) == ["Tables"]


@pytest.mark.parametrize("query", [{"area": "<script>"}, {"period": "9y"}])
def test_what_no_choice_is_is_the_usual_one(
    query: dict[str, str], empty_house: House, oncall: Person
) -> None:
    fill_limits(empty_house.database)
    app = visit(PAGE, oncall, **query)
    assert not app.exception
    assert app.metric[0].value == "60"
