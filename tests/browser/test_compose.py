"""Campaigns as a browser draws them: written by one, approved by another, and every view readable on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.notify.compose.catalogue import Step, get_campaign
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import add_person
from tests.notify.ground import make_reachable

VIEWS = ("?campaign=New+campaign", "?campaign=1+·+Autumn", "?campaign=1+·+Autumn&view=Change", "")


@pytest.fixture
def peopled(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over some people who can be reached."""
    database = Database(named(template, copies()))
    with database.writing(Login.OWNER) as session:
        for _ in range(3):
            make_reachable(session)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.keyboard.press("Tab")
    settle(page)


def compose(page: Page) -> None:
    page.get_by_role("button", name="New campaign").click()
    settle(page)
    fill(page, "What the staff call it", "Autumn")
    fill(page, "Title", "A new lesson")
    fill(page, "Text", "Ten minutes of walking help with your weight.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Campaign 1 · version 1 by Ana Ortiz · 3 people · draft")).to_be_visible()
    page.wait_for_url("**campaign=1*Autumn*")
    settle(page)


def test_it_is_written_by_one_approved_by_another_and_every_view_fits_a_phone(
    peopled: Dashboard, context: BrowserContext, axe: str
) -> None:
    page = open_as(context, peopled, add_person(peopled.database, StaffRole.PRODUCT), "/compose")
    compose(page)
    expect(page.get_by_text("A lock screen shows this to whoever stands by: weight.")).to_be_visible()
    page.get_by_label("What it is for").fill("The lesson is out.")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("An admin who did not write it approves or refuses it.")).to_be_visible()
    for view in VIEWS:
        page.goto(f"{peopled.url}/compose{view}")
        settle(page)
        page.evaluate(axe)
        assert violations(page) == [], view
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"({WIDER})().length === 0")
        page.set_viewport_size({"width": 1440, "height": 900})
    page.close()
    context.clear_cookies()
    ben = add_person(peopled.database, StaffRole.ADMIN, name="Ben Adler")
    page = open_as(context, peopled, ben, "/compose?campaign=1+·+Autumn")
    page.get_by_role("button", name="Approve these words for 3").click()
    page.get_by_role("button", name="Start sending to 3").click()
    expect(page.get_by_text("0 of 3 decided")).to_be_visible()
    with peopled.database.reading(Login.WORKER) as session:
        assert get_campaign(session, 1).step == Step.STARTED
