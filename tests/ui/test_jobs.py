"""Service health › Jobs through ``app.py``: empty, what failed first, the same again from the address, run now."""

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Login
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.sla.job_ground import fill_jobs
from tests.sla.rows import stored
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "service/jobs.py"
TRAIL = "audit_log where action like 'job.%'"


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


def fill(house: House) -> None:
    fill_jobs(house.database)


def run(app: AppTest, reason: str) -> AppTest:
    app.text_input[-1].set_value(reason)
    next(found for found in app.button if found.label.startswith("Run “")).click()
    return run_dialog(app)


def test_where_no_worker_ever_ran_the_page_says_how_to_start_one(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "No job was ever asked for" in words(app)


@pytest.mark.parametrize("role", [StaffRole.ONCALL, StaffRole.ADMIN])
def test_what_failed_comes_first_and_each_run_says_how_long_it_took(
    role: StaffRole, empty_house: House
) -> None:
    fill(empty_house)
    app = visit(PAGE, add_person(empty_house.database, role))
    assert not app.exception
    assert "2 kinds of jobs, 1 in trouble" in words(app)
    assert [metric.value for metric in app.metric] == ["1", "1", "2", "–"]
    kinds, runs = (table.value for table in app.dataframe)
    assert list(kinds["kind"]) == ["Notify", "Housekeeping"]
    assert [state[0] for state in kinds["state"]] == ["Failed", "Waiting"]
    assert list(kinds["took"]) == ["0.0 s", "1 min 15 s"]
    assert list(runs["job"]) == ["Housekeeping", "Notify", "Housekeeping"]
    assert [state[0] for state in runs["state"]] == ["Waiting", "Failed", "Done"]


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.COACH])
def test_it_is_not_for_other_roles(role: StaffRole, empty_house: House) -> None:
    app = visit(PAGE, add_person(empty_house.database, role))
    assert "This page is not for your role" in words(app)
    assert not app.dataframe


def test_an_address_reopens_what_was_chosen(empty_house: House, oncall: Person) -> None:
    fill(empty_house)
    app = visit(PAGE, oncall, kind="Housekeeping", state="Done", period="4w")
    assert not app.exception
    runs = app.dataframe[1].value
    assert list(runs["rows"]) == [1200, 5]
    app = visit(PAGE, oncall, kind="Notify", state="Done")
    assert "None is found." in words(app)


@pytest.mark.parametrize("query", [{"kind": "<script>"}, {"state": "x"}, {"period": "9y"}, {"before": "x"}])
def test_what_no_choice_is_is_the_usual_one(
    query: dict[str, str], empty_house: House, oncall: Person
) -> None:
    fill(empty_house)
    app = visit(PAGE, oncall, **query)
    assert not app.exception
    assert len(app.dataframe[1].value) == 3


def test_a_kind_is_run_now_with_a_reason_and_the_trail_says_so(empty_house: House, oncall: Person) -> None:
    fill(empty_house)
    run(press_row(visit(PAGE, oncall), 0, 1), "after the fix")
    database = empty_house.database
    assert stored(database, "kind, run_at <= now()", "jobs where finished_at is null") == [
        ("housekeeping", True)
    ]
    assert stored(database, "action, subject_id, reason", TRAIL) == [
        ("job.asked", "housekeeping", "after the fix")
    ]


def test_a_failed_run_is_shown_in_full_and_run_again(empty_house: House, oncall: Person) -> None:
    fill(empty_house)
    app = press_row(visit(PAGE, oncall), 1, 1)
    assert "The database has no free connection." in words(app)
    assert "5 of 5" in words(app)
    app = run(app, " ")
    assert "Say the reason" in words(app)
    run(press_row(visit(PAGE, oncall), 1, 1), "again")
    assert ("notify",) in stored(empty_house.database, "kind", "jobs where finished_at is null")


def test_who_lost_the_role_meanwhile_runs_nothing(empty_house: House, oncall: Person) -> None:
    fill(empty_house)
    app = press_row(visit(PAGE, oncall), 0, 1)
    with empty_house.database.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = '{product}' where id = :id", id=oncall.id)
    empty_house.sessions.forget()
    app = run(app, "never mind")
    assert "You are no oncall any more." in words(app)
    assert stored(empty_house.database, "action", TRAIL) == []
