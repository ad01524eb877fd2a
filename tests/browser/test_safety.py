"""Coaching › Safety as a browser draws it: a message is opened, taken and closed by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.coach.queries import SafetySearch, safety_csv, safety_events
from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone, press_first_row
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.coach.danger import plead
from tests.dashboard import Person, add_person, now
from tests.factories import make_member


@pytest.fixture(scope="module")
def cora() -> list[Person]:
    return []


@pytest.fixture(scope="module")
def pleaded(
    template: ServerAddress, copies: Callable[[], str], chromium: Path, cora: list[Person]
) -> Iterator[Dashboard]:
    """A dashboard of a coach whose members wrote of danger."""
    database = Database(named(template, copies()))
    coach = add_person(database, StaffRole.COACH, name="Cora Coach")
    cora.append(coach)
    with database.writing(Login.OWNER) as session:
        members = [make_member(session, coach_id=coach.id) for _ in range(3)]
    plead(database, members[0], "Soup for lunch. I want to die. See you.", now=now() - timedelta(hours=3))
    plead(database, members[1], "my husband hits me when I come home late", now=now() - timedelta(hours=1))
    plead(database, members[2], "I can't breathe and my chest hurts", now=now())
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def test_a_message_is_opened_taken_and_closed_by_hand_and_the_file_equals_the_screen(
    pleaded: Dashboard, cora: list[Person], files: BrowserContext, axe: str
) -> None:
    page = open_as(files, pleaded, cora[0], "/safety?danger=Self-harm")
    expect(page.get_by_text("1 message waits for somebody")).to_be_visible()
    search = SafetySearch(now() - timedelta(days=28), category=None)
    with pleaded.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora[0].id) as session:
        rows = [row for row in safety_events(session, search, most=9) if row.category == "self_harm"]
    assert downloaded_alone(page, "Export") == safety_csv(rows)
    press_first_row(page, 50)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Soup for lunch. I want to die. See you.")).to_be_visible()
    dialog.get_by_role("button", name="I take this").click()
    expect(dialog.get_by_role("button", name="Close", exact=True).last).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    dialog.get_by_text("False alarm").click()
    dialog.get_by_role("textbox", name="Note").fill("A joke between friends.")
    dialog.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("1 of 1 closed was a false alarm")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("0 messages wait for somebody")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
