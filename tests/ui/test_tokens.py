"""Notifications › Tokens through ``app.py``: empty, by platform, for whom, the same again from the address."""

from datetime import timedelta

import pytest

from bee.access import StaffRole
from bee.db import Login
from bee.ui.house import House
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.notify.ground import make_reachable
from tests.ui.conftest import visit, words

PAGE = "notifications/tokens.py"


@pytest.fixture
def product(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.PRODUCT)


def fill(house: House) -> None:
    """Two members with an iPhone, one of them stale, one with a gone Android device, one with none."""
    with house.database.writing(Login.OWNER) as session:
        make_reachable(session, devices=("ios",))
        old = make_reachable(session, devices=("ios",))
        gone = make_reachable(session, devices=("android",))
        make_member(session)
        execute(
            session,
            "update user_fcm_tokens set last_seen_at = :at where user_id = :id",
            at=now() - timedelta(days=40),
            id=old,
        )
        execute(
            session,
            "update user_fcm_tokens set is_active = false, deactivated_at = :at,"
            " deactivated_because = 'dead_address' where user_id = :id",
            at=now(),
            id=gone,
        )


def test_an_empty_database_says_what_brings_devices(empty_house: House, product: Person) -> None:
    app = visit(PAGE, product)
    assert not app.exception
    assert "Devices appear when members sign in to the app" in words(app)


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.ONCALL, StaffRole.ADMIN])
def test_it_says_how_many_are_in_use_whom_they_reach_and_why_others_were_given_up(
    role: StaffRole, empty_house: House
) -> None:
    fill(empty_house)
    app = visit(PAGE, add_person(empty_house.database, role))
    assert not app.exception
    assert "2 addresses in use · 4 people" in words(app)
    assert [metric.value for metric in app.metric] == ["50.0%", "2", "50.0%", "0"]
    assert list(app.dataframe[0].value["members"]) == [1, 1, 1, 1]
    weeks = app.dataframe[1].value
    assert (len(weeks), weeks["dead"][0], weeks["in_use"][0], weeks["registered"][0]) == (12, 1, 2, 3)


def test_an_address_reopens_what_was_chosen(empty_house: House, product: Person) -> None:
    fill(empty_house)
    app = visit(PAGE, product, platform="Android", period="26w")
    assert not app.exception
    assert "0 addresses in use" in words(app)
    assert "No address is in use." in words(app)
    assert len(app.dataframe[1].value) == 26


@pytest.mark.parametrize("platform", ["", "<script>", "Symbian"])
def test_a_platform_that_there_is_not_is_every_one(
    platform: str, empty_house: House, product: Person
) -> None:
    fill(empty_house)
    app = visit(PAGE, product, platform=platform)
    assert not app.exception
    assert "2 addresses in use" in words(app)
