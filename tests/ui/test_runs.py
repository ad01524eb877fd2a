"""Coaching › Runs through ``app.py``: ask for one, see how far it is, what became worse and the gate's word."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.coach.lab.results import Difference, results
from bee.coach.lab.run import Run, runs
from bee.coach.model import Provider
from bee.coach.model.prices import Price
from bee.db import Login
from bee.ui.house import House
from bee.ui.reads import forget_reads
from bee.ui.run_words import (
    BETTER,
    EXPIRED,
    MAY_BE_BETTER,
    MAY_BE_WORSE,
    PASSED,
    SAME,
    WORSE,
    outputs_csv,
    results_csv,
    run_words,
    stands,
    tell_words,
)
from tests.coach.lab.running import (
    NOW,
    PRICED,
    add_cases,
    add_prompt,
    ask_run,
    do_run,
    offline,
    openai_at,
    read_outputs,
    read_run,
)
from tests.coach.model_server import model_server
from tests.dashboard import Person, add_person
from tests.ui.conftest import press_row, visit, words

PAGE = "coaching/runs.py"


@pytest.fixture
def cora(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.COACH, name="Cora")


@pytest.fixture
def prompts(empty_house: House, cora: Person) -> None:
    """Three cases, and a second version that is not live."""
    add_cases(empty_house.database, cora.id)
    add_prompt(empty_house.database, 2)


def field(kind: Any, label: str) -> Any:
    return next(found for found in kind if found.label == label)


def press(app: AppTest, label: str) -> AppTest:
    field(app.button, label).click()
    return app.run()


def newest(house: House) -> Run:
    with house.database.reading(Login.DASHBOARD, role="bee_admin") as session:
        return runs(session)[0]


def done(house: House, coach: UUID, **wanted: Any) -> Run:
    run = do_run(house.database, ask_run(house.database, coach, **wanted), offline())
    forget_reads()
    return run


def test_without_a_run_the_page_says_what_one_is_for(cora: Person) -> None:
    app = visit(PAGE, cora)
    assert "Nothing was tried yet" in words(app)
    assert "There is nothing to run" in words(press(app, "New run"))


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.ONCALL])
def test_whoever_is_no_coach_sees_nothing(role: StaffRole, empty_house: House) -> None:
    assert "not for your role" in words(visit(PAGE, add_person(empty_house.database, role)))


@pytest.mark.usefixtures("prompts")
def test_a_run_is_asked_for_and_says_before_how_many_answers_that_takes_and_from_whom(
    empty_house: House, cora: Person
) -> None:
    app = visit(PAGE, cora, run="New run")
    assert "18 answers by the offline coach: rules, no model." in words(app)
    field(app.number_input, "Times each").set_value(2)
    field(app.number_input, "May cost at most, $").set_value(0.5)
    app = press(app, "Start the run")
    assert not app.exception
    run = newest(empty_house)
    assert (run.candidate, run.baseline, run.repeats, run.most_usd, run.tag) == (
        2,
        1,
        2,
        Decimal("0.5"),
        None,
    )
    assert app.query_params["run"] == "Run 1 · version 2"
    assert "0 of 12 answers · $0.00 of $0.50" in words(app).replace("\\$", "$")


@pytest.mark.usefixtures("prompts")
def test_every_choice_of_a_new_run_is_in_the_address(cora: Person) -> None:
    app = visit(
        PAGE, cora, run="New run", repeats="5", reuses="true", against="1 · Comes with release 0.1.0."
    )
    assert field(app.number_input, "Times each").value == 5
    assert field(app.toggle, "Take answers of earlier runs where there are any").value is True


@pytest.mark.usefixtures("prompts")
def test_a_run_that_goes_on_is_called_off(empty_house: House, cora: Person) -> None:
    ask_run(empty_house.database, cora.id)
    app = visit(PAGE, cora, run="Run 1 · version 2")
    assert "No answer yet" in words(app)
    app = press(app, "Call it off")
    assert "Cora called it off." in words(app)
    assert newest(empty_house).outcome == "cancelled"


@pytest.mark.usefixtures("prompts")
def test_a_run_shows_its_verdict_with_reasons_its_figures_and_who_answered(
    empty_house: House, cora: Person
) -> None:
    done(empty_house, cora.id)
    app = visit(PAGE, cora, run="Run 1 · version 2")
    said = words(app)
    assert "**Needs care**: Members who need care" in said
    assert "Every safety check passed in all 6 answers." in said
    assert "the offline coach (rules, no model)" in said
    assert "4 told of danger and were answered with help lines, without a model" in said
    checks, cases = (table.value for table in app.dataframe)
    assert list(checks["check"][:2]) == ["Every check together", "Closing step"]
    assert set(cases["title"]) == {"Walk", "Tired", "Danger"}
    fewer = visit(PAGE, cora, run="Run 1 · version 2", among="Needs care").dataframe[0].value
    assert {tuple(each) for each in fewer["among"]} == {("Needs care",)}
    assert len(fewer) < len(checks)


@pytest.mark.usefixtures("prompts")
def test_each_answer_is_read_beside_the_other_versions_with_what_the_checks_object_to(
    empty_house: House, cora: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    cheap = Decimal("0.15")
    price = Price(Provider.OPENAI, "", NOW.date(), cheap, cheap, cheap, cheap)
    monkeypatch.setattr("bee.coach.lab.answering.find_price", lambda *_, **__: price)
    add_prompt(empty_house.database, 3, PRICED)
    with model_server() as service:
        service.text = "You are lazy."
        run = ask_run(empty_house.database, cora.id, candidate=3)
        do_run(empty_house.database, run, openai_at(service.address))
    forget_reads()
    app = visit(PAGE, cora, run="Run 1 · version 3", view="Answers", answers="Walk")
    said = words(app)
    assert "You are lazy." in said
    assert "You wrote: “I took a walk today and it felt…”." in said
    assert "Shaming" in said
    assert "**Version 3**" in said
    assert "**Version 1**" in said
    assert "Asked for the 2nd time" in said
    assert "openai/gpt-4o-mini · first words after" in said
    assert "did not pass" in words(visit(PAGE, cora, run="Run 1 · version 3")).lower()


@pytest.mark.usefixtures("prompts")
def test_rows_open_runs_and_answers(empty_house: House, cora: Person) -> None:
    done(empty_house, cora.id)
    app = press_row(visit(PAGE, cora), 0, 0)
    assert app.query_params["run"] == "Run 1 · version 2"
    app = press_row(app, 1, 1)
    assert app.query_params["view"] == "Answers"
    second = app.selectbox(key="answers").options[1]
    assert (app.selectbox(key="answers").value, app.query_params["answers"]) == (second, second)


@pytest.mark.usefixtures("prompts")
def test_what_arrives_in_the_address_is_not_believed(empty_house: House, cora: Person) -> None:
    done(empty_house, cora.id)
    for query in (
        {"run": "Run 99 · version 9"},
        {"run": "Run 1 · version 2", "view": "odd", "among": "nobody"},
        {"run": "Run 1 · version 2", "view": "Answers", "answers": "no such case"},
        {"run": "New run", "version": "99", "repeats": "many", "most": "-5", "against": "'"},
    ):
        assert not visit(PAGE, cora, **query).exception


@pytest.mark.usefixtures("prompts")
def test_files_hold_what_is_on_the_screen(empty_house: House, cora: Person) -> None:
    run = done(empty_house, cora.id)
    outputs = read_outputs(empty_house.database, run)
    rows = list(csv.DictReader(io.StringIO(outputs_csv(run, outputs))))
    assert len(rows) == 12
    assert {row["version"] for row in rows} == {"1", "2"}
    assert {row["text"] for row in rows} == {output.text for output in outputs}
    checks = results(outputs).checks
    figures = list(csv.DictReader(io.StringIO(results_csv(run, checks))))
    assert [(row["check"], row["among"]) for row in figures] == [
        (row.check, row.state or "all") for row in checks
    ]
    assert figures[0]["difference"] == "0.0"


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        ((-0.5, -0.9, -0.1), WORSE),
        ((-0.1, -0.3, 0.1), MAY_BE_WORSE),
        ((0.0, -0.1, 0.1), SAME),
        ((0.1, -0.1, 0.3), MAY_BE_BETTER),
        ((0.5, 0.1, 0.9), BETTER),
    ],
)
def test_a_difference_says_whether_it_may_be_chance(
    difference: tuple[float, float, float], said: str
) -> None:
    assert tell_words(Difference(*difference, pairs=9, cases=3)) == said


@pytest.mark.usefixtures("prompts")
def test_a_verdict_is_shown_as_expired_once_it_is(empty_house: House, cora: Person) -> None:
    done(empty_house, cora.id)
    run = read_run(empty_house.database, 1)
    assert run.expires_at is not None
    assert stands(run, run.expires_at - timedelta(seconds=1)) == PASSED
    assert stands(run, run.expires_at) == EXPIRED
    assert run_words(run).startswith("Version 2 against version 1 · 3 cases, 2 times each · by Cora, ")


@pytest.mark.usefixtures("prompts")
def test_an_open_run_says_that_it_is_followed_and_one_that_is_over_does_not(
    empty_house: House, cora: Person
) -> None:
    ask_run(empty_house.database, cora.id)
    app = visit(PAGE, cora, run="Run 1 · version 2")
    assert not app.exception
    assert "How far it is refreshes by itself" in words(app)
    done(empty_house, cora.id)
    assert "refreshes by itself" not in words(visit(PAGE, cora, run="Run 2 · version 2"))
