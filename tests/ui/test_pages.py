"""The pages through ``app.py``: empty, seeded, refused."""

from pathlib import Path

import pytest

from bee.access import StaffRole
from bee.ui.house import House, close_house
from tests.dashboard import add_person
from tests.ui.conftest import ROOT, visit, words

PAGES = {
    "engagement/overview.py": {StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ADMIN},
    "engagement/member.py": {StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ADMIN},
    "admin/staff.py": {StaffRole.ADMIN},
    "account/password.py": set(StaffRole),
}


def test_every_page_is_in_the_table_above_and_none_lies_directly_in_the_folder() -> None:
    files = {path.relative_to(ROOT / "pages") for path in (ROOT / "pages").rglob("*.py")}
    assert {Path(page) for page in PAGES} == files
    assert not list((ROOT / "pages").glob("*.py"))


@pytest.mark.parametrize("role", StaffRole)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_itself_to_its_roles_and_nothing_to_others(
    page: str, role: StaffRole, empty_house: House
) -> None:
    app = visit(page, add_person(empty_house.database, role))
    assert not app.exception
    assert bool(app.title) is (role in PAGES[page])
    assert ("not for your role" in words(app)) is (role not in PAGES[page])


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_nothing_to_somebody_without_a_session(page: str, house: House) -> None:
    app = visit(page)
    assert not app.exception
    assert not app.title
    assert "Your session is over" in words(app)


@pytest.mark.parametrize("page", PAGES)
def test_without_the_gate_a_page_says_only_how_to_start(page: str) -> None:
    close_house()
    app = visit(page)
    assert not app.exception
    assert not app.title
    assert "BEE is not started this way" in words(app)


def test_an_empty_database_says_what_brings_scores(empty_house: House) -> None:
    app = visit("engagement/overview.py", add_person(empty_house.database, StaffRole.PRODUCT))
    assert "No scores yet" in words(app)


def test_the_overview_shows_cards_charts_and_who_may_need_a_call(house: House) -> None:
    app = visit("engagement/overview.py", add_person(house.database, StaffRole.PRODUCT))
    assert not app.exception
    assert [metric.label for metric in app.metric] == [
        "Rising",
        "Needs care",
        "Momentum score",
        "Recovered in 7 days",
    ]
    assert "demo members" in words(app)
    assert {"Where people are", "How they moved", "People who may need a call"} <= {
        head.value for head in app.header
    }


def test_a_period_that_nobody_offers_is_dropped_from_the_address(house: House) -> None:
    person = add_person(house.database, StaffRole.PRODUCT)
    app = visit("engagement/overview.py", person, period="<script>", segment="zone:Nowhere")
    assert not app.exception
    assert len(app.metric) == 4


def test_the_database_going_away_is_said_and_nothing_is_shown(house: House) -> None:
    person = add_person(house.database, StaffRole.ADMIN)
    with_parts_gone = visit("engagement/member.py", person, member="P-999999")
    assert "Nobody found" in words(with_parts_gone)
