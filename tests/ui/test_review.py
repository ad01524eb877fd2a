"""Coaching lab › Blind review through ``app.py``: asking, rating, what is hidden until it is over, the result."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Login
from bee.ui.house import House
from tests.coach.lab.test_reviews import OURS, THEIRS, ask, join, make_run, prefer, settle
from tests.dashboard import Person, add_person
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "coaching/review.py"
RUNS = "coaching/runs.py"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora Coach")


@pytest.fixture
def carl(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Carl Coach")


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def test_while_nothing_was_asked_for_the_page_says_what_a_review_is(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert not app.exception
    assert "Nothing has been asked for yet" in words(app)


def test_a_coach_rates_pair_by_pair_and_is_told_nothing_of_who_wrote_what(
    empty_house: House, cora: Person
) -> None:
    ask(empty_house.database, cora.id, make_run(empty_house.database, cora.id, cases=2), raters=1)
    app = press_row(visit(PAGE, cora), 0, 0)
    assert not app.exception
    assert app.query_params["review"] == "Review 1"
    assert OURS not in words(app)
    assert "neither here nor under Runs" in words(app)
    button(app, "Rate in this review").click().run()
    shown = words(app)
    assert OURS in shown
    assert THEIRS in shown
    assert "New version" not in shown
    button(app, "Save and show the next").click().run()
    assert "Say which answer is the better one" in app.error[0].value
    for _ in range(2):
        app.radio[0].set_value("Neither is")
        button(app, "Save and show the next").click().run()
        assert not app.exception
    assert "You have rated all that waits for you" in words(app)
    assert "2 of 2 pairs complete" in words(app) or app.get("progress")


def test_when_it_is_over_everybody_sees_who_won_and_the_file_holds_what_is_shown(
    empty_house: House, cora: Person, carl: Person
) -> None:
    database = empty_house.database
    review_id = ask(database, cora.id, make_run(database, cora.id, cases=8), raters=1)
    prefer(database, cora.id, review_id, OURS)
    settle(database)
    app = visit(PAGE, carl, review="Review 1")
    assert not app.exception
    assert "The new version wins." in words(app)
    assert len(app.dataframe[1].value) == 8
    assert set(app.dataframe[1].value["better"]) == {"New version"}


def test_an_admin_who_sees_who_wrote_what_does_not_rate(empty_house: House, cora: Person) -> None:
    ask(empty_house.database, cora.id, make_run(empty_house.database, cora.id, cases=1))
    ada = add_person(empty_house.database, StaffRole.ADMIN, name="Ada Admin")
    app = visit(PAGE, ada, review="Review 1")
    assert not app.exception
    assert "Coaches are rating" in words(app)
    assert not app.radio


def test_a_review_is_asked_for_and_ended(empty_house: House, cora: Person) -> None:
    make_run(empty_house.database, cora.id, cases=1)
    app = visit(PAGE, cora)
    button(app, "Ask for a review").click().run()
    app.selectbox[-1].set_value(app.selectbox[-1].options[0])
    button(app, "Ask").click()
    run_dialog(app)
    assert not app.exception
    app = visit(PAGE, cora, review="Review 1")
    button(app, "End the review").click().run()
    assert not app.exception
    with empty_house.database.reading(Login.OWNER) as session:
        ends = session.driver.execute("select outcome, ended_by from coach_review_ends").fetchall()
    assert ends == [("cancelled", cora.id)]


def test_an_address_of_a_review_that_is_not_there_shows_all(cora: Person) -> None:
    app = visit(PAGE, cora, review="Review 99")
    assert not app.exception
    assert "0 reviews" in words(app)


@pytest.mark.parametrize("view", ["Results", "Answers"])
def test_whoever_rates_is_not_told_under_runs_who_wrote_what_and_reads_why_and_until_when(
    empty_house: House, cora: Person, carl: Person, view: str
) -> None:
    database = empty_house.database
    review_id = ask(database, cora.id, make_run(database, cora.id, cases=2))
    shown = {"run": "Run 1 · version 2", "view": view}
    assert "Hidden while you rate" not in words(visit(RUNS, carl, **shown)), (
        "and from now on it is remembered"
    )
    button(visit(PAGE, carl, review="Review 1"), "Rate in this review").click().run()
    app = visit(RUNS, carl, **shown)
    assert not app.exception
    assert "nothing is left for you to rate there, or it is over" in words(app)
    assert "4 of 4 answers" in words(app)
    assert OURS not in words(app)
    assert not app.dataframe
    assert not app.get("download_button")
    assert "Hidden while you rate" not in words(visit(RUNS, cora, **shown)), "who asked does not rate"
    prefer(database, carl.id, review_id, OURS)
    assert "Hidden while you rate" not in words(visit(RUNS, carl, **shown))


def test_a_review_that_is_over_stays_shut_for_who_rates_the_same_answers_in_another(
    empty_house: House, cora: Person, carl: Person
) -> None:
    database = empty_house.database
    run_id = make_run(database, cora.id, cases=2)
    prefer(database, cora.id, ask(database, cora.id, run_id, raters=1), OURS)
    settle(database)
    join(database, carl.id, ask(database, cora.id, run_id, raters=1))
    app = visit(PAGE, carl, review="Review 1")
    assert not app.exception
    assert "You rate answers of this run in review 2" in words(app)
    assert not app.dataframe
    assert "decided cases" in words(visit(PAGE, cora, review="Review 1"))
