"""Service health › Alerts through ``app.py``: what fires, who sees to it, rules and their trial, the rota."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.sla.alerts.ground import rows, set_alight
from tests.ui.conftest import press_row, visit, words

PAGE = "service/alerts.py"


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


@pytest.fixture
def burning(empty_house: House) -> Database:
    """A house that has answered nobody for twenty minutes, watched a moment ago."""
    set_alight(empty_house.database)
    return empty_house.database


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def press(app: AppTest, label: str) -> AppTest:
    app = button(app, label).click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> list[str]:
    return [found.label for found in app.button]


def test_an_empty_house_says_that_nothing_fired_and_that_nobody_watches(
    empty_house: House, oncall: Person
) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "Nothing fired" in words(app)
    assert "Nobody has ever watched" in words(app)
    assert "0 alerts open, 0 firing · on call: nobody" in words(app)


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.COACH])
def test_it_is_for_on_call_and_admins(empty_house: House, role: StaffRole) -> None:
    app = visit(PAGE, add_person(empty_house.database, role))
    assert "Alerts" not in [title.value for title in app.title]
    assert not visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)).exception


def test_what_fires_stands_first_and_is_opened_from_its_row(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert "1 alert open, 1 firing" in words(app)
    assert "Nobody has" not in words(app)
    table = app.dataframe[0].value
    assert (table["severity"][0][0], table["state"][0][0], table["who"][0]) == ("Page", "Fires", "–")
    app = press_row(app, 0, 0)
    assert app.query_params["alert"] == "1"
    assert "burns its budget" in words(app)
    # The runbook, with the values of this alert in it.
    assert "What members notice." in words(app)
    assert "200 of 600 were bad" in words(app)


def test_a_link_opens_the_alert_that_it_names(burning: Database, oncall: Person) -> None:
    said = words(visit(PAGE, oncall, alert="1"))
    assert "What members notice." in said
    # Nobody kept which requests these were.
    assert "Members affected since" in said
    assert "At least 0" in said


@pytest.mark.parametrize("alert", ["99", "x", "-1", "1' or 1=1", "9" * 30, "²", ""])
def test_a_link_to_no_alert_says_so(burning: Database, oncall: Person, alert: str) -> None:
    app = visit(PAGE, oncall, alert=alert)
    assert not app.exception
    assert "There is no such alert." in words(app)


def test_who_sees_to_it_is_on_the_page_and_the_next_who_tries_is_told(
    burning: Database, oncall: Person
) -> None:
    late = visit(PAGE, oncall, alert="1")
    app = press(visit(PAGE, oncall, alert="1"), "1 h")
    assert "Olga Call, until" in words(app)
    assert rows(burning, "acknowledged_by") == [(oncall.id,)]
    late = button(late, "30 min").click().run()
    assert [error for error in late.error if "Something was done about this alert meanwhile" in error.value]


def test_what_fires_is_not_closed_and_what_is_quiet_is(burning: Database, oncall: Person) -> None:
    assert "Close" not in labels(visit(PAGE, oncall, alert="1"))
    with burning.writing(Login.OWNER) as session:
        execute(session, "update alerts set quiet_since = now()")
    app = press(visit(PAGE, oncall, alert="1"), "Close")
    assert rows(burning, "closed_by") == [(oncall.id,)]
    assert "I see to it" not in labels(app)
    press(app, "There was nothing to do")
    assert rows(burning, "is_actionable") == [(False,)]


def test_a_note_stays_with_the_alert(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall, alert="1")
    app.text_area[0].set_value("The provider is **down**.")
    app = press(app, "Write it down")
    notes = [table.value["why"][0] for table in app.dataframe if "why" in table.value]
    assert notes == ["The provider is **down**."]


def test_a_way_out_that_fails_is_said_on_every_view(burning: Database, oncall: Person) -> None:
    with burning.writing(Login.OWNER) as session:
        execute(
            session,
            """
            update outbox
            set attempts = 4, last_error = 'mail_refused: The mail server answered 535.',
                created_at = now() - interval '65 minutes'
            where topic = 'alert.mail'
            """,
        )
    for view in ("Alerts", "Rules", "On call", "Ways out"):
        app = visit(PAGE, oncall, view=view)
        assert [error for error in app.error if "E-mail has failed for 1 h 5 min" in error.value]
    assert "Not set up" in words(app)


def test_nobody_who_watches_is_said_first(burning: Database, oncall: Person) -> None:
    with burning.writing(Login.OWNER) as session:
        execute(session, "update alert_passes set minute = minute - interval '20 minutes'")
    assert [error for error in visit(PAGE, oncall).error if "Nobody has watched for" in error.value]


def test_a_rule_that_watches_nothing_is_said_on_every_view(burning: Database, oncall: Person) -> None:
    with burning.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into alert_rule_versions (rule, version, is_on, body, digest, message)
            values ('odd_one', 1, true, '{"kind": "of another release"}', :digest, 'odd')
            """,
            digest="0" * 64,
        )
    for view in ("Alerts", "Rules", "On call", "Ways out"):
        app = visit(PAGE, oncall, view=view)
        assert [
            error
            for error in app.error
            if "nothing is watched for" in error.value and "Odd one" in error.value
        ]


def test_which_alerts_are_shown_is_in_the_address(burning: Database, oncall: Person) -> None:
    assert "Nothing fired" in words(visit(PAGE, oncall, which="Over"))
    assert len(visit(PAGE, oncall, which="Pages").dataframe[0].value) == 1


def test_a_rule_is_tried_as_it_is_changed_and_saved_with_what_that_came_to(
    burning: Database, oncall: Person
) -> None:
    app = visit(PAGE, oncall, view="Rules")
    assert not app.exception
    app = press_row(app, 0, list(app.dataframe[0].value["rule"]).index("Availability burns"))
    assert "Over the last 30 days: 1 alert, 1 of them pages" in words(app)
    factor = next(field for field in app.number_input if field.label == "Times too fast")
    app = factor.set_value(50.0).run()
    # A third of the hour failed, which is 33 times too fast.
    assert "Over the last 30 days: 0 alerts" in words(app)
    app.text_input[0].set_value("too loud at night")
    app = press(app, "Save")
    ((tested, body),) = rows(
        burning, "tested, cast(body as jsonb) -> 'pairs' -> 0 ->> 'factor'", "alert_rule_versions",
        "rule = 'availability_burns' and version = 2",
    )  # fmt: skip
    assert (tested["alerts"], tested["known_minutes"], body) == (0, 5000, "50.0")
    assert "Version 2" in words(app)


def test_a_rule_that_could_never_fire_can_not_be_saved(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall, view="Rules", rule="availability_burns")
    app = next(field for field in app.number_input if field.label == "Times too fast").set_value(101.0).run()
    assert [error for error in app.error if "It can never fire" in error.value]
    assert "Save" not in labels(app)


def test_a_rule_that_there_is_not_says_so(burning: Database, oncall: Person) -> None:
    assert "There is no such rule." in words(visit(PAGE, oncall, view="Rules", rule="nothing"))


def test_steps_are_added_and_saved(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall, view="Rules", rule="escalation")
    app = next(field for field in app.number_input if field.label == "Steps").set_value(4.0).run()
    app.text_input[0].set_value("a step more")
    press(app, "Save")
    ((steps,),) = rows(
        burning, "jsonb_array_length(cast(body as jsonb) -> 'page')", "alert_rule_versions",
        "rule = 'escalation' and version = 2",
    )  # fmt: skip
    assert steps == 4


def test_people_are_put_on_call_and_taken_back(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall, view="On call")
    assert "Nobody is on call" in words(app)
    app.multiselect[0].set_value([oncall.id])
    app.date_input[0].set_value((datetime.now(UTC) - timedelta(days=1)).date())
    app = press(app, "Put them on call")
    assert "on call: Olga Call (1)" in words(app)
    assert list(app.dataframe[0].value["who"]) == ["Olga Call"] * 4
    app = press_row(app, 0, 0)
    assert "on call: nobody" in words(app)
    assert len(rows(burning, "id", "oncall_shifts", "removed_at is null")) == 3


def test_a_level_that_somebody_holds_is_not_given_away(burning: Database, oncall: Person) -> None:
    app = visit(PAGE, oncall, view="On call")
    app.multiselect[0].set_value([oncall.id])
    app = press(app, "Put them on call")
    app.multiselect[0].set_value([oncall.id])
    app = press(app, "Put them on call")
    assert [error for error in app.error if "holds this level" in error.value]


def test_who_lost_the_role_does_nothing_on_a_page_that_is_still_open(
    empty_house: House, burning: Database, oncall: Person
) -> None:
    app = visit(PAGE, oncall, alert="1")
    with burning.writing(Login.OWNER) as session:
        execute(session, "update staff set roles = array['product'] where id = :id", id=oncall.id)
    empty_house.sessions.forget()
    button(app, "1 h").click().run()
    assert rows(burning, "acknowledged_by") == [(None,)]
