"""Coaching › Use and cost through ``app.py``: whose figures, added up by what, and what nobody knows."""

from datetime import timedelta
from pathlib import Path

import pytest

from bee.access import StaffRole
from bee.coach.ledger import Account, Purpose
from bee.coach.model import Usage
from bee.db import Login
from bee.ui.house import House, open_house
from tests.coach.calls import make_call, make_moment
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member
from tests.ui.conftest import visit, words

PAGE = "coaching/usage.py"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def asked(empty_house: House, cora: Person) -> None:
    """A member of Cora's who was answered and found it helpful; Cora's lab; somebody else's judge."""
    carl = add_person(empty_house.database, StaffRole.COACH, name="Carl Coach")
    with empty_house.database.writing(Login.OWNER) as session:
        member_id = make_member(session, coach_id=cora.id)
        request_id = make_moment(session, member_id, at=now())
        execute(
            session,
            "insert into coach_feedback (user_id, request_id, is_helpful) values (:id, :request_id, true)",
            id=member_id,
            request_id=request_id,
        )
        make_call(session, Account.of_member(member_id), started_at=now(), request_id=request_id)
        make_call(session, Account.of_lab(cora.id), started_at=now(), model="openai/unheard-of")
        make_call(
            session, Account.of_lab(carl.id, Purpose.JUDGE), started_at=now() - timedelta(days=40), version=2
        )


def test_while_no_model_was_asked_the_page_says_what_would_bring_figures(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "No model was asked" in words(app)
    assert "0 calls in 28 days" in words(app)


@pytest.mark.usefixtures("asked")
def test_a_coach_sees_own_figures_and_a_model_without_a_price_shows_none(cora: Person) -> None:
    app = visit(PAGE, cora, period="12w", by="By model")
    table = app.dataframe[0].value
    assert list(table["name"]) == ["openai/gpt-4o-mini", "openai/unheard-of"]
    assert list(table["purpose"]) == ["Members", "Lab"]
    assert list(table["cost"]) == ["< $0.0001", "no price"]
    assert list(table["helpful"]) == ["1 of 1", "–"]
    assert (app.metric[0].delta, list(table["unpriced"])) == ("1 call without a price", [0, 1])
    assert {metric.label: metric.value for metric in app.metric} == {
        "Cost": "< $0.0001", "Calls": "2", "Tokens": "260", "Helpful": "1 of 1",
    }  # fmt: skip


@pytest.mark.usefixtures("asked")
def test_an_admin_sees_everybodys_by_coach_and_by_day(empty_house: House) -> None:
    admin = add_person(empty_house.database, StaffRole.ADMIN)
    app = visit(PAGE, admin, period="12w", by="By coach")
    assert {*app.dataframe[0].value["name"]} == {"Cora Coach", "Carl Coach"}
    assert app.metric[1].value == "3"
    by_day = visit(PAGE, admin, period="12w", by="By day").dataframe[0].value
    assert list(by_day["name"]) == sorted(by_day["name"], reverse=True)
    only = visit(PAGE, admin, period="12w", **{"for": "Judge"})
    assert list(only.dataframe[0].value["name"]) == ["coach@2"]
    assert "No call was for that" in words(visit(PAGE, admin, period="4w", **{"for": "Judge"}))


def test_what_memories_are_compared_by_is_a_purpose_of_its_own(empty_house: House, cora: Person) -> None:
    with empty_house.database.writing(Login.OWNER) as session:
        member_id = make_member(session, coach_id=cora.id)
        small = "openai/text-embedding-3-small"
        for account in (
            Account.of_member(member_id, Purpose.EMBEDDING),
            Account.of_lab(cora.id, Purpose.EMBEDDING),
            Account(Purpose.EMBEDDING),
        ):
            make_call(session, account, started_at=now(), model=small, usage=Usage(input=1_000_000))
    table = visit(PAGE, cora, by="By model", **{"for": "Memory"}).dataframe[0].value
    assert list(table["name"]) == [small]
    # The third is the worker's: nobody's, and for an admin to see.
    assert (list(table["purpose"]), list(table["calls"]), list(table["cost"])) == (
        ["Memory"],
        [2],
        ["$0.0400"],
    )
    admin = add_person(empty_house.database, StaffRole.ADMIN)
    assert visit(PAGE, admin).metric[1].value == "3"


@pytest.mark.usefixtures("asked")
def test_nonsense_in_the_address_is_not_heeded(cora: Person) -> None:
    app = visit(PAGE, cora, by="moon", period="x", **{"for": "war"})
    assert not app.exception
    assert app.metric[1].value == "2"


def test_prices_say_where_they_stand_and_whether_anybody_looked(cora: Person) -> None:
    prices = visit(PAGE, cora).dataframe[0].value
    found = dict(zip(prices["model"], prices["checked"], strict=True))
    assert found["openai/gpt-4o"] == "Not yet: confirm it"
    assert found["anthropic/claude-sonnet-4-5"] == "25 Nov 2026"
    assert all(source.startswith("https://") for source in prices["source"])


def test_a_file_of_prices_that_can_not_be_read_is_told_of(
    empty_house: House, cora: Person, tmp_path: Path
) -> None:
    settings = empty_house.settings.model_copy(update={"coach_prices": tmp_path / "none.json"})
    open_house(House(settings, empty_house.database, empty_house.sessions))
    app = visit(PAGE, cora)
    assert not app.exception
    assert "BEE\\_COACH\\_PRICES is no file of prices\\: No such file" in words(app)
