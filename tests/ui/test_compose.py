"""Notifications › Compose through ``app.py``: write, be warned, ask, approve, send, stop; try it on a phone."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Database, Login
from bee.notify.compose.actions import save
from bee.notify.compose.campaign import make_campaign
from bee.notify.compose.catalogue import Step, get_campaign
from bee.notify.compose.lock_screen import PHONES, shown_on
from bee.notify.compose.sending import send_campaigns
from bee.notify.payload import Text
from bee.ui.house import House
from bee.ui.reads import forget_reads
from tests.dashboard import Person, add_person
from tests.factories import execute
from tests.notify.ground import make_reachable
from tests.ui.conftest import press_row, visit, words

PAGE = "notifications/compose.py"
NEVER_QUIET = """
    insert into notification_preferences (user_id, quiet_from, quiet_until) select id, '0:00', '0:00' from members
"""


@pytest.fixture
def ana(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.PRODUCT, name="Ana")


@pytest.fixture
def ben(empty_house: House) -> Person:
    return add_person(empty_house.database, StaffRole.ADMIN, name="Ben")


@pytest.fixture
def people(empty_house: House) -> None:
    """Three people, of whom one never said that they may be sent anything."""
    with empty_house.database.writing(Login.OWNER) as session:
        for consent in (True, True, None):
            member = make_reachable(session, consent=consent)
        execute(
            session,
            "insert into personal_data (member_id, full_name) values (:id, 'Mia Moore')",
            id=member,
        )
        execute(session, NEVER_QUIET)
    forget_reads()


def field(kind: Any, label: str) -> Any:
    return next(found for found in kind if found.label == label)


def labels(app: AppTest) -> list[str]:
    return [found.label for found in app.button]


def press(app: AppTest, label: str) -> AppTest:
    field(app.button, label).click()
    return app.run()


def write(app: AppTest, title: str, body: str) -> AppTest:
    field(app.text_input, "What the staff call it").input("Walking")
    field(app.text_input, "Title").input(title)
    field(app.text_area, "Text").input(body)
    field(app.text_input, "Screen that it opens").input("coach")
    return app.run()


def composed(ana: Person, title: str = "A new lesson", body: str = "Ten minutes a day.") -> AppTest:
    app = write(visit(PAGE, ana, campaign="New campaign"), title, body)
    return press(app, "Save")


def asked(ana: Person) -> AppTest:
    app = composed(ana)
    field(app.text_input, "What it is for").input("The lesson is out.")
    return press(app, "Ask for approval")


def step(database: Database) -> str:
    with database.reading(Login.WORKER) as session:
        return get_campaign(session, 1).step


def test_at_first_there_is_nothing_and_a_button_that_begins(empty_house: House, ana: Person) -> None:
    app = visit(PAGE, ana)
    assert not app.exception
    assert "Nobody composed anything yet" in words(app)
    app = press(app, "New campaign")
    assert "Nothing is sent before somebody else approves it." in words(app)


def test_what_is_written_is_counted_shown_and_saved(empty_house: House, ana: Person, people: None) -> None:
    app = visit(PAGE, ana, campaign="New campaign")
    assert app.warning
    assert "Save" not in labels(app)
    app = write(app, "A new lesson", "You are at {score}. " * 4)
    assert "3 people now. Saving keeps exactly who they are." in words(app)
    assert "Android, locked: cut" in words(app)
    app = press(app, "Save")
    assert not app.exception
    assert "Campaign 1 · version 1 by Ana · 3 people · draft" in words(app)
    with empty_house.database.reading(Login.WORKER) as session:
        assert get_campaign(session, 1).campaign.action == {"screen": "coach"}
    assert "Now 0 of 3 people would get it" in words(app)
    app = visit(PAGE, ana, campaign="1 · Walking", view="History")
    assert app.dataframe[0].value["what"].tolist() == ["Saved · version 1"]


def test_words_of_health_and_names_are_warned_about(empty_house: House, ana: Person, people: None) -> None:
    app = composed(ana, "Mia, your diabetes", "Look after it.")
    said = [warning.value for warning in app.warning]
    assert any("diabetes" in each for each in said)
    assert any("Mia" in each for each in said)
    assert "Moore" not in words(app)


@pytest.mark.parametrize(
    ("title", "body", "fault"),
    [("", "Text", "title"), ("Title", "", "body"), ("Hello {name}", "Text", "can't be filled in")],
)
def test_what_is_no_campaign_can_not_be_saved(
    title: str, body: str, fault: str, empty_house: House, ana: Person, people: None
) -> None:
    app = write(visit(PAGE, ana, campaign="New campaign"), title, body)
    assert not app.exception
    assert fault in app.warning[0].value
    assert "Save" not in labels(app)


def test_the_author_asks_somebody_else_approves_and_it_is_sent(
    empty_house: House, ana: Person, ben: Person, people: None
) -> None:
    app = asked(ana)
    assert "An admin who did not write it approves or refuses it." in words(app)
    app = visit(PAGE, ben, campaign="1 · Walking")
    app = press(app, "Approve these words for 3")
    assert not app.exception
    app = press(app, "Start sending to 3")
    assert step(empty_house.database) == Step.STARTED
    send_campaigns(empty_house.database, now=datetime.now(UTC), chance=random.Random(7))  # noqa: S311
    app = visit(PAGE, ana, campaign="1 · Walking")
    assert "3 of 3 decided" in words(app)
    assert app.dataframe[0].value.to_dict("records") == [
        {"what": "Gets it", "why": "Nothing held it back", "people": 2},
        {"what": "Held back", "why": "Not known, so held back: consent", "people": 1},
    ]
    assert "It is over." in words(app)
    assert "it is not changed any more" in words(visit(PAGE, ana, campaign="1 · Walking", view="Change"))


def test_an_admin_does_not_approve_what_they_wrote(empty_house: House, ben: Person, people: None) -> None:
    app = asked(ben)
    assert "You wrote it, so somebody else has to approve it." in words(app)
    assert not [label for label in labels(app) if label.startswith("Approve")]


def test_a_change_takes_the_approval_back(empty_house: House, ana: Person, ben: Person, people: None) -> None:
    asked(ana)
    press(visit(PAGE, ben, campaign="1 · Walking"), "Approve these words for 3")
    app = visit(PAGE, ana, campaign="1 · Walking", view="Change")
    assert "Saving it anew takes the approval back" in words(app)
    field(app.text_area, "Text").input("Twenty minutes a day.")
    app = press(app.run(), "Save")
    assert "version 2 by Ana · 3 people · draft" in words(app)


def test_what_was_approved_meanwhile_is_told(
    empty_house: House, ana: Person, ben: Person, people: None
) -> None:
    asked(ana)
    late = visit(PAGE, ben, campaign="1 · Walking")
    press(visit(PAGE, ben, campaign="1 · Walking"), "Approve these words for 3")
    late = press(late, "Approve these words for 3")
    assert not late.exception


def test_a_click_on_words_that_changed_meanwhile_approves_nothing(
    empty_house: House, ana: Person, ben: Person, people: None
) -> None:
    asked(ana)
    late = visit(PAGE, ben, campaign="1 · Walking")
    app = visit(PAGE, ana, campaign="1 · Walking", view="Change")
    field(app.text_area, "Text").input("Words that nobody else has seen.")
    app = press(app.run(), "Save")
    field(app.text_input, "What it is for").input("The lesson is out.")
    press(app, "Ask for approval")
    late = press(late, "Approve these words for 3")
    assert not late.exception
    assert step(empty_house.database) == Step.ASKED
    assert "Words that nobody else has seen." in words(late)


def test_a_campaign_is_stopped_with_a_reason(
    empty_house: House, ana: Person, ben: Person, people: None
) -> None:
    asked(ana)
    app = press(visit(PAGE, ben, campaign="1 · Walking"), "Approve these words for 3")
    app = press(app, "Stop it for good")
    assert "Say the reason" in app.error[0].value
    field(app.text_input, "Why").input("A wrong word")
    app = press(app, "Stop it for good")
    assert step(empty_house.database) == Step.STOPPED
    assert "It is over." in words(app)


def test_a_test_is_asked_for_and_its_address_never_shown(
    empty_house: House, ana: Person, people: None
) -> None:
    app = composed(ana)
    field(app.text_input, "Push address of your device").input("my-own-phone")
    app = press(app, "Send me a test")
    assert not app.exception
    assert "Waiting for the worker" in app.dataframe[1].value["became"].tolist()
    assert "my-own-phone" not in words(app)


def test_whom_it_meant_is_not_widened_where_its_segment_and_zone_are_no_more(
    empty_house: House, ana: Person, people: None
) -> None:
    said = make_campaign(
        {
            "title": "Walking",
            "audience": {"segment": "goal:gone", "zones": ["Asia/Tokyo"]},
            "variants": [{"name": "one", "title": "A new lesson", "body": "Ten minutes."}],
        }
    )
    with empty_house.database.writing(Login.DASHBOARD, role="bee_product", staff_id=ana.id) as session:
        save(session, said, actor=Actor.staff(ana.id))
    app = visit(PAGE, ana, campaign="1 · Walking", view="Change")
    assert not app.exception
    assert "0 people now." in words(app)
    press(app, "Save")
    with empty_house.database.reading(Login.WORKER) as reading:
        assert get_campaign(reading, 1).campaign.audience == said.audience


def test_a_row_opens_its_campaign(empty_house: House, ana: Person, people: None) -> None:
    composed(ana)
    app = visit(PAGE, ana)
    assert app.dataframe[0].value["title"].tolist() == ["Walking"]
    assert "Campaign 1 · version 1 by Ana" in words(press_row(app, 0, 0))


@pytest.mark.parametrize(
    "query", [{"campaign": "99 · Nothing"}, {"campaign": "New campaign", "view": "moon"}, {"view": "Change"}]
)
def test_what_nobody_offers_in_the_address_breaks_nothing(
    query: dict[str, str], empty_house: House, ana: Person
) -> None:
    app = visit(PAGE, ana, **query)
    assert not app.exception
    assert not app.error


def test_a_lock_screen_shows_the_beginning_of_a_long_text_and_all_of_a_short_one() -> None:
    for phone in PHONES:
        short = shown_on(phone, Text("one", "Hello", "There\nyou are"))
        assert (short.title, short.body, short.is_cut) == ("Hello", "There you are", False)
        long = shown_on(phone, Text("one", "t" * 200, "b" * 900))
        assert (len(long.title), len(long.body), long.is_cut) == (
            phone.title_letters, phone.body_letters, True,
        )  # fmt: skip
