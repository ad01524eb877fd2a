"""The pages through ``app.py``: empty, seeded, refused."""

from pathlib import Path

import pytest
import streamlit as st

from bee.access import StaffRole
from bee.ui.house import House, close_house
from tests.cluster import away
from tests.dashboard import add_person
from tests.ui.conftest import ROOT, visit, words

PAGES = {
    "engagement/overview.py": {StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ADMIN},
    "engagement/member.py": {StaffRole.PRODUCT, StaffRole.COACH, StaffRole.ADMIN},
    "notifications/log.py": set(StaffRole),
    "notifications/compose.py": {StaffRole.PRODUCT, StaffRole.ADMIN},
    "notifications/rules.py": {StaffRole.PRODUCT, StaffRole.ADMIN},
    "notifications/tokens.py": {StaffRole.PRODUCT, StaffRole.ONCALL, StaffRole.ADMIN},
    "coaching/today.py": {StaffRole.COACH, StaffRole.ADMIN},
    "notifications/kill_switch.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "coaching/memory.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/safety.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/prompts.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/playground.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/replay.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/review.py": {StaffRole.COACH, StaffRole.ADMIN},
    "service/now.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "service/levels.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "service/alerts.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "service/incidents.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "service/jobs.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "service/limits.py": {StaffRole.ONCALL, StaffRole.ADMIN},
    "coaching/usage.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/cases.py": {StaffRole.COACH, StaffRole.ADMIN},
    "coaching/runs.py": {StaffRole.COACH, StaffRole.ADMIN},
    "admin/staff.py": {StaffRole.ADMIN},
    "admin/audit.py": {StaffRole.ONCALL, StaffRole.ADMIN},
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


@pytest.mark.parametrize("page", PAGES)
def test_the_database_going_away_is_said_on_a_fresh_look(page: str, house: House) -> None:
    person = add_person(house.database, StaffRole.ADMIN)
    with away(house.database):
        app = visit(page, person)
        assert not app.exception
        assert "The database does not answer" in words(app)
        assert not app.title


def test_the_database_going_away_under_an_open_page_takes_its_figures_off_and_the_page_comes_back(
    house: House,
) -> None:
    app = visit("engagement/overview.py", add_person(house.database, StaffRole.PRODUCT), period="4w")
    assert app.metric
    with away(house.database):
        # Within these seconds the session is still remembered: it is the page that has to say it.
        st.cache_resource.clear()
        app.button_group[0].set_value("26w").run()
        assert not app.exception
        assert "Nothing is lost" in words(app)
        assert not app.metric
        assert not app.dataframe
    app.button(key="try-again").click().run()
    assert not app.exception
    assert not app.error
    assert len(app.metric) == 4
    assert app.query_params["period"] == "26w"
