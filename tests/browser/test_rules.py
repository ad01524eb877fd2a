"""The rules as a browser draws them: a change by one, its approval by another, views that an address reopens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.notify.registry import active_rules
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import add_person
from tests.notify.people import shipped
from tests.ui.test_rules import let_decide, seed_trial

VIEWS = ("", "&view=Change", "&view=Dry+run", "&view=Effect", "&view=History")


@pytest.fixture
def ruled(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over a rule that was measured."""
    database = Database(named(template, copies()))
    ana, ben = (add_person(database, role) for role in (StaffRole.PRODUCT, StaffRole.ADMIN))
    let_decide(database, ana, ben, shipped("needs_care", holdout=0.5))
    seed_trial(database)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def live(database: Database) -> int:
    with database.reading(Login.WORKER) as session:
        return active_rules(session).versions["needs_care"]


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).first.fill(words)
    page.keyboard.press("Enter")
    settle(page)


def test_a_change_is_written_by_one_and_put_in_force_by_another(
    ruled: Dashboard, context: BrowserContext
) -> None:
    ana = add_person(ruled.database, StaffRole.PRODUCT, name="Ana Ortiz")
    page = open_as(context, ruled, ana, "/rules?rule=Needs+care&view=Change")
    fill(page, "Pause, hours", "48")
    page.get_by_label("What the change is for").fill("Less often.")
    page.get_by_role("button", name="Ask for approval").click()
    page.wait_for_url("**version=Version+3*")
    expect(page.get_by_text("version 3 of 3 versions · asked for approval")).to_be_visible()
    page.close()
    context.clear_cookies()
    ben = add_person(ruled.database, StaffRole.ADMIN, name="Ben Adler")
    page = open_as(context, ruled, ben, "/rules?rule=Needs+care&version=Version+3")
    page.get_by_role("button", name="Approve version 3").click()
    page.get_by_label("Why").fill("Tried.")
    page.get_by_role("button", name="Put version 3 in force").click()
    expect(page.get_by_text("version 3 of 3 versions · in force")).to_be_visible()
    assert live(ruled.database) == 3


def test_every_view_can_be_read_by_everybody_fits_a_phone_and_keeps_its_choices_in_the_address(
    ruled: Dashboard, context: BrowserContext, axe: str
) -> None:
    admin = add_person(ruled.database, StaffRole.ADMIN)
    page = open_as(context, ruled, admin, "/rules")
    for view in VIEWS:
        page.goto(f"{ruled.url}/rules?rule=Needs+care{view}")
        settle(page)
        page.evaluate(axe)
        assert violations(page) == [], view
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"({WIDER})().length === 0")
        page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{ruled.url}/rules?rule=Needs+care&view=Effect")
    settle(page)
    fill(page, "Days", "70")
    page.wait_for_url("**days=70*")
    page.get_by_role("radio", name="Opens within 1 h").click()
    page.wait_for_url("**outcome=Opens+within+1+h*")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_label("Days", exact=True)).to_have_value("70")
    expect(page.get_by_text("When held out", exact=True)).to_be_visible()
