"""The overview through ``app.py``: choices in the address, small segments, files, the way to a member."""

from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database
from bee.ui.house import House
from tests.dashboard import add_person, demo_coach, member_numbers
from tests.ui.conftest import press_row, visit, words

PAGE = "engagement/overview.py"


def overview(database: Database, **query: str) -> AppTest:
    return visit(PAGE, add_person(database, StaffRole.PRODUCT), **query)


def days_on_cards(app: AppTest) -> set[int]:
    return {len(metric.proto.chart_data) for metric in app.metric}


def test_an_address_with_period_and_segment_reopens_what_was_seen(house: House) -> None:
    app = overview(house.database, period="4w", segment="Demo members")
    assert not app.exception
    assert (app.button_group[0].value, app.selectbox[0].value) == ("4w", "Demo members")
    assert days_on_cards(app) == {28}


def test_a_period_that_nobody_offers_is_dropped_from_the_address(house: House) -> None:
    app = overview(house.database, period="<script>", segment="zone:Nowhere")
    assert not app.exception
    assert (app.button_group[0].value, app.selectbox[0].value) == ("12w", "Everybody")
    assert days_on_cards(app) == {84}


def test_every_segment_that_is_offered_can_be_opened(house: House) -> None:
    app = overview(house.database, period="26w")
    for label in app.selectbox[0].options:
        app.selectbox[0].set_value(label).run()
        assert not app.exception, label
        assert not app.error, label
        assert len(app.metric) == 4, label
        assert "data through" in words(app), label


def test_a_row_opens_the_page_of_its_member(house: House) -> None:
    app = overview(house.database)
    first = app.dataframe[0].value["person"].iloc[0]
    app = press_row(app, 0, 0)
    assert not app.exception
    assert app.title[0].value == "Member"
    assert app.query_params["member"] == first
    assert f"{first} timeline" in words(app)


def test_a_coach_sees_the_figures_of_their_own_members_only(house: House) -> None:
    coach = demo_coach(house.database)
    app = visit(PAGE, coach)
    assert not app.exception
    assert app.selectbox[0].options == ["Coach Cora Demo"]
    own = member_numbers(house.database, coach)
    assert 0 < people_covered(app) <= len(own) < people_covered(overview(house.database))
    for table in app.dataframe:
        assert set(table.value["person"]) <= {f"P-{number}" for number in own}


def people_covered(app: AppTest) -> int:
    """Return how many people the caption under the title speaks of."""
    return int(app.caption[0].value.partition(" ")[0].replace(",", ""))


def test_a_row_that_is_gone_by_now_opens_nobody(house: House) -> None:
    app = press_row(overview(house.database), 0, 10_000)
    assert not app.exception
    assert app.title[0].value == "Overview"
