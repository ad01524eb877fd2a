"""Service health › Service levels through ``app.py``: what is known and what is not; maintenance, corrections."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.sla.derivation import minute_at
from bee.ui.house import House
from tests.dashboard import Person, add_person, now
from tests.factories import execute
from tests.sla.days import fail, settle, two_days
from tests.ui.conftest import press_row, run_dialog, visit, words

PAGE = "service/levels.py"
HOUR = timedelta(hours=1)
OBJECTIVES, BURNS, CHARGES = 0, 2, 3  # the places of the tables on the page, with the flips between them


@pytest.fixture
def olga(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


@pytest.fixture
def busy(empty_house: House) -> House:
    """A house with two days behind it."""
    two_days(empty_house.database, now=now())
    return empty_house


def table(app: AppTest, place: int) -> dict[str, dict[str, Any]]:
    """Return a table as rows by what stands in their first column."""
    frame = app.dataframe[place].value
    return {row.iloc[0]: dict(row) for _, row in frame.iterrows()}


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def trail(database: Database) -> list[tuple[str, str | None]]:
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session, "select action, reason from audit_log where subject_kind = 'service_amendment'"
        )
        return [(row.action, row.reason) for row in rows]


def test_an_empty_house_says_that_there_is_no_evidence_and_never_100_percent(
    empty_house: House, olga: Person
) -> None:
    app = visit(PAGE, olga)
    assert not app.exception
    assert "No evidence yet" in words(app)
    assert "Nothing was said of any minute" in words(app)
    assert "100" not in words(app)
    assert not app.dataframe


def test_each_objective_shows_its_budget_and_what_there_is_no_evidence_of(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga)
    assert not app.exception
    rows = table(app, OBJECTIVES)
    errors = rows["Errors"]
    # 420 faults of the roll-out and 720 of the outage; of 264,095 that were answered 1 % may be.
    assert errors["used"] == "1,140 of 2,641 requests"
    assert errors["left"] == pytest.approx(100 * (1 - 1140 / 2640.95), abs=0.01)
    assert errors["target"] == "< 1% bad"
    assert rows["Uptime"]["state"] == ["Not proven"]  # two days of thirty
    assert rows["Uptime"]["used"] == "12 of 432 minutes"
    assert (rows["Scores are fresh"]["state"], rows["Scores are fresh"]["good"]) == (["No evidence"], "–")
    assert "Known" in words(app)
    assert "Whether 99% is kept depends on the minutes that are not known." in words(app)


def test_what_burnt_it_names_the_release_and_the_address_reopens_it(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga, objective="Errors", by="Release", period="24h")
    assert not app.exception
    rows = table(app, CHARGES)
    assert (rows["1.5.0"]["bad"], rows["1.5.0"]["events"], rows["1.5.0"]["ratio"]) == (420, 10_500, "4%")
    assert rows["1.4.0"]["bad"] == 720
    assert rows["Unattributed"]["bad"] == 0
    narrowed = visit(PAGE, olga, objective="Errors", release="1.5.0", period="24h")
    assert table(narrowed, CHARGES)["POST /v1/events"]["bad"] == 420
    assert table(narrowed, CHARGES)["Everything else"]["bad"] == 720


def test_a_release_is_blamed_for_what_it_did_worse_and_an_outage_is_nobodys(
    busy: House, olga: Person
) -> None:
    said = words(visit(PAGE, olga, objective="Errors", period="24h")).replace("\\", "")
    # 420 of 1,140, and in the same hours release 1.4.0 had no fault on that route.
    assert "Release 1.5.0 burnt 36.84% of it on POST /v1/events: 4% of its requests were bad, 0%" in said
    assert "Of 1,140 bad requests 720 are nobody's: all did as badly." in said


def test_an_hour_is_opened_minute_by_minute(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga, objective="Errors")
    hours = next(box for box in app.selectbox if box.label == "Hour").options
    app = visit(PAGE, olga, objective="Errors", hour=hours[3], route="POST /v1/events")
    assert not app.exception
    minutes = app.dataframe[CHARGES + 1].value
    assert set(minutes["route"]) == {"POST /v1/events"}
    assert (minutes["status"] == "5xx").sum() == 60
    assert len(set(minutes["minute"])) == 60


def fail_an_hour_ago(house: House, *, times: int) -> datetime:
    """Let requests of the only member fail, and return the minute."""
    at = minute_at(now()) - HOUR
    with house.database.writing(Login.OWNER) as session:
        execute(session, "update members set left_on = joined_on")
    fail(house.database, at=at + timedelta(seconds=7), times=times)
    settle(house.database, now=now())
    return at


def test_whom_it_touched_is_counted_beside_each_objective_and_release(busy: House, olga: Person) -> None:
    fail_an_hour_ago(busy, times=1)
    app = visit(PAGE, olga, objective="Errors", by="Release")
    assert not app.exception
    rows = table(app, OBJECTIVES)
    # Of the 1,140 faults of the two days nobody kept which they were.
    assert rows["Errors"]["members"] == "At least 1"
    assert rows["Uptime"]["members"] == "Not counted"
    assert rows["Pushes leave"]["members"] == "0 wait now"
    charged = table(app, CHARGES)
    assert (charged["1.6.0"]["bad"], charged["1.6.0"]["members"]) == (1, "1")
    assert charged["1.5.0"]["members"] == "At least 0"
    assert "At least 1 of 1 active members (100.0%)" in words(app)


def test_a_minute_names_its_requests_and_the_id_can_be_copied(busy: House, olga: Person) -> None:
    at = fail_an_hour_ago(busy, times=3)
    hour = f"{at.replace(minute=0):%-d %B %Y, %H:%M} UTC"
    app = visit(PAGE, olga, objective="Errors", hour=hour, minute=f"{at:%H:%M}", route="GET /v1/momentum")
    assert not app.exception
    minutes, requests = app.dataframe[CHARGES + 1].value, app.dataframe[CHARGES + 2].value
    assert set(minutes["minute"]) == {at}
    assert list(requests["request"]) == ["request-2", "request-1", "request-0"]
    assert set(requests["why"]) == {"Failed"}
    assert set(requests["took"]) == {0.25}
    assert requests["person"].iloc[0].startswith("P-")
    app = press_row(app, CHARGES + 2, 1)
    assert [code.value for code in app.code] == ["request-1"]
    elsewhere = visit(PAGE, olga, objective="Errors", hour=hour, route="POST /v1/events")
    assert "None is listed there" in words(elsewhere)


@pytest.mark.parametrize(
    "query",
    [
        {
            "objective": "Happiness",
            "period": "9y",
            "by": "Weather",
            "hour": "noon",
            "minute": "99:99",
            "route": "x" * 3000,
        },
        {"objective": "Uptime", "hour": "25 November 2026, 12:00 UTC"},
    ],
)
def test_what_is_no_choice_in_the_address_is_not_believed(
    query: dict[str, str], busy: House, olga: Person
) -> None:
    app = visit(PAGE, olga, **query)
    assert not app.exception
    assert not app.error


def test_a_row_opens_its_objective_below(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga)
    place = list(app.dataframe[OBJECTIVES].value["objective"]).index("Speed")
    app = press_row(app, OBJECTIVES, place)
    assert not app.exception
    assert "p95 below 1 s" in words(app)


def test_the_outage_has_burnt_and_rests_again(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga, objective="Uptime")
    rows = table(app, BURNS)
    assert {tuple(row["state"]) for row in rows.values()} == {("Rests",)}
    assert rows["3× over 1 d and 2 h"]["bad"] == 12


def test_an_impossible_alert_is_refused_with_the_reason(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga, objective="Speed")
    next(box for box in app.number_input if box.label == "Factor").set_value(21.0)
    app = button(app, "Try it").click().run()
    assert any("It can never fire" in error.value for error in app.error)
    next(box for box in app.number_input if box.label == "Factor").set_value(14.4)
    app = button(app, "Try it").click().run()
    assert not app.error
    assert "makes sense for Speed" in words(app)


def test_a_correction_is_made_shown_with_its_effect_and_withdrawn(busy: House, olga: Person) -> None:
    app = visit(PAGE, olga)
    button(app, "Correct uptime").click().run()
    # The outage began five hours before the days were filled, which may be a minute ago by now.
    outage = minute_at(now()) - 5 * HOUR - timedelta(minutes=3)
    dates = [box for box in app.date_input if box.label in ("From", "To")]
    times = [box for box in app.time_input if box.label in ("At", "Until")]
    ends = outage + timedelta(minutes=20)
    for box, value in zip(dates, (outage.date(), ends.date()), strict=True):
        box.set_value(value)
    for clock, moment in zip(times, (outage.time(), ends.time()), strict=True):
        clock.set_value(moment)
    next(box for box in app.text_input if box.label == "How that is known").set_value("Members were served")
    button(app, "Correct").click()
    app = run_dialog(app)
    assert not app.exception
    app = visit(PAGE, olga)
    assert table(app, OBJECTIVES)["Uptime"]["used"] == "0 of 432 minutes"
    row = app.dataframe[len(app.dataframe) - 1].value.iloc[0]
    assert (row["what"], row["who"], row["why"]) == ("Corrected to up", "Olga Call", "Members were served")
    assert row["effect"].endswith("→ 100%")
    app = press_row(app, len(app.dataframe) - 1, 0)
    next(box for box in app.text_input if box.label == "Why it is taken back").set_value("They were not")
    button(app, "Withdraw").click()
    run_dialog(app)
    app = visit(PAGE, olga)
    assert table(app, OBJECTIVES)["Uptime"]["used"] == "12 of 432 minutes"
    assert trail(busy.database) == [
        ("uptime.corrected", "Members were served"),
        ("uptime.withdrawn", "They were not"),
    ]


def test_maintenance_is_declared_ahead_and_not_without_a_reason(empty_house: House, olga: Person) -> None:
    app = visit(PAGE, olga)
    button(app, "Declare maintenance").click().run()
    button(app, "Declare").click()
    app = run_dialog(app)
    assert any("Say the reason" in error.value for error in app.error)
    next(box for box in app.text_input if box.label == "What is done").set_value("PostgreSQL 16")
    button(app, "Declare").click()
    app = run_dialog(app)
    assert not app.exception
    app = visit(PAGE, olga)
    assert app.dataframe[0].value.iloc[0]["what"] == "Maintenance"
    assert trail(empty_house.database) == [("maintenance.declared", "PostgreSQL 16")]


def test_maintenance_that_has_begun_is_refused_and_nothing_is_kept(empty_house: House, olga: Person) -> None:
    app = visit(PAGE, olga)
    button(app, "Declare maintenance").click().run()
    next(box for box in app.date_input if box.label == "From").set_value(now().date() - timedelta(days=1))
    next(box for box in app.text_input if box.label == "What is done").set_value("late")
    button(app, "Declare").click()
    app = run_dialog(app)
    assert app.error
    assert trail(empty_house.database) == []


def test_maintenance_that_runs_is_ended_and_the_ending_taken_back(empty_house: House, olga: Person) -> None:
    starts = minute_at(now()) - HOUR
    with empty_house.database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into service_amendments (kind, starts_at, ends_at, reason, declared_by, declared_at)"
            " values ('maintenance', :starts, :ends, 'PostgreSQL 16', :by, :starts)",
            starts=starts, ends=starts + 3 * HOUR, by=olga.id,
        )  # fmt: skip
    app = press_row(visit(PAGE, olga), 0, 0)
    next(box for box in app.text_input if box.label == "Why it is over").set_value("Done early")
    button(app, "End now").click()
    run_dialog(app)
    row = visit(PAGE, olga).dataframe[0].value.iloc[0]
    assert (row["what"], row["changed"]) == ("Maintenance, ended early", "Olga Call: Done early")
    app = press_row(visit(PAGE, olga), 0, 0)
    assert "Take the ending back" in [
        str(option) for group in app.segmented_control for option in group.options
    ]


def test_maintenance_of_somebody_else_is_left_alone(empty_house: House, olga: Person) -> None:
    starts = minute_at(now()) + HOUR
    otto = add_person(empty_house.database, StaffRole.ONCALL, name="Otto Call")
    with empty_house.database.writing(Login.OWNER) as session:
        execute(
            session,
            "insert into service_amendments (kind, starts_at, ends_at, reason, declared_by)"
            " values ('maintenance', :starts, :ends, 'PostgreSQL 16', :by)",
            starts=starts, ends=starts + HOUR, by=otto.id,
        )  # fmt: skip
    app = press_row(visit(PAGE, olga), 0, 0)
    next(box for box in app.text_input if box.label == "Why it is moved").set_value("No time")
    button(app, "Move").click()
    app = run_dialog(app)
    assert any("Whoever declared it" in error.value for error in app.error)
