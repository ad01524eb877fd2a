"""Service health › Incidents through ``app.py``: a time, in lanes, from its link."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.db import Database, Login
from bee.sla.status.standing import read_standing
from bee.ui.house import House
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.sla.alerts.ground import set_alight
from tests.ui.conftest import run_dialog, visit, words

PAGE = "service/incidents.py"


@pytest.fixture
def oncall(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ONCALL, name="Olga Call")


def stop(database: Database, at: datetime) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            insert into audit_log (at, actor_kind, action, subject_kind, subject_id, reason)
            values (:at, 'operator', 'notification.stopped', 'notification_rule', 'all', 'odd')
            """,
            at=at,
        )


def test_a_time_in_which_nothing_happened_says_so(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert not app.exception
    assert "Nothing happened" in words(app)


@pytest.mark.parametrize("role", [StaffRole.PRODUCT, StaffRole.COACH])
def test_it_is_for_on_call_and_admins(empty_house: House, role: StaffRole) -> None:
    assert "Incidents" not in [
        title.value for title in visit(PAGE, add_person(empty_house.database, role)).title
    ]
    assert not visit(PAGE, add_person(empty_house.database, StaffRole.ADMIN)).exception


def test_what_fires_and_what_was_changed_is_listed_in_order(empty_house: House, oncall: Person) -> None:
    stop(empty_house.database, datetime.now(UTC) - timedelta(hours=2))
    set_alight(empty_house.database)
    app = visit(PAGE, oncall, period="3d")
    assert not app.exception
    table = app.dataframe[0].value
    assert [lane[0] for lane in table["lane"]] == ["Kill switch", "Alerts"]
    assert "2 entries" in words(app)


def test_a_link_reopens_the_day_that_was_seen(empty_house: House, oncall: Person) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=10)
    stop(empty_house.database, long_ago)
    assert "Nothing happened" in words(visit(PAGE, oncall))
    assert "1 entry" in words(visit(PAGE, oncall, day=long_ago.date().isoformat()))


@pytest.mark.parametrize("day", ["1900-01-01", "9999-12-31", "yesterday", ""])
def test_a_day_that_is_none_or_out_of_reach_is_the_nearest_one(
    empty_house: House, oncall: Person, day: str
) -> None:
    assert not visit(PAGE, oncall, day=day).exception


def button(app: AppTest, label: str) -> Any:
    return next(found for found in app.button if found.label == label)


def save(app: AppTest, title: str, text: str) -> AppTest:
    """Fill the dialog that is open and save the note."""
    next(box for box in app.text_input if box.label == "Title").set_value(title)
    next(box for box in app.text_area if box.label == "Text").set_value(text)
    button(app, "Save").click()
    return run_dialog(app)


def test_a_note_is_written_warned_of_published_and_its_end_told(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    assert "The public is told of nothing" in words(app)
    button(app, "Tell the public").click().run()
    save(app, "Replies come late", "OpenAI is slow; write to Olga at help@example.org.")
    app = visit(PAGE, oncall)
    warned = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "Names of people stand in it: Olga." in warned
    assert "help@example.org" in warned
    assert "It names what is inside: OpenAI." in warned
    button(app, "Publish").click().run()
    app = visit(PAGE, oncall)
    assert not app.warning
    button(app, "Resolve").click().run()
    save(app, "Replies come in time again", "All is well.")
    app = visit(PAGE, oncall)
    button(app, "Publish").click().run()
    app = visit(PAGE, oncall)
    assert "Resolve" not in [found.label for found in app.button]
    with empty_house.database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        (incident,) = read_standing(session, datetime.now(UTC)).incidents
    assert [word.title for word in incident.words] == ["Replies come in time again", "Replies come late"]


def test_a_note_is_put_aside_or_withdrawn_with_a_reason(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    button(app, "Tell the public").click().run()
    save(app, "Replies come late", "We look into it.")
    button(visit(PAGE, oncall), "Publish").click().run()
    app = visit(PAGE, oncall)
    button(app, "Withdraw").click().run()
    next(box for box in app.text_input if box.label == "Why it is taken off").set_value("Not true")
    next(found for found in reversed(app.button) if found.label == "Withdraw").click()
    run_dialog(app)
    app = visit(PAGE, oncall)
    assert "by Olga Call: Not true" in words(app).replace("\\", "")
    button(app, "Tell the public").click().run()
    save(app, "Another", "Wrong again.")
    button(visit(PAGE, oncall), "Put aside").click().run()
    assert "Put aside before anybody saw it" in words(visit(PAGE, oncall))


def test_a_note_without_words_is_refused_and_nothing_is_kept(empty_house: House, oncall: Person) -> None:
    app = visit(PAGE, oncall)
    button(app, "Tell the public").click().run()
    assert any("Give it a title" in error.value for error in save(app, "", "").error)
    assert "The public is told of nothing" in words(visit(PAGE, oncall))
