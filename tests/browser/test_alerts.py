"""Service health › Alerts as a browser draws it: an alert is opened, seen to, and reopened from its link."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.sla.alerts.queries import alerts, alerts_csv
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone, press_first_row
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import add_person, now
from tests.sla.alerts.ground import set_alight


@pytest.fixture(scope="module")
def alight(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard of a house that answers nobody."""
    database = Database(named(template, copies()))
    set_alight(database)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def test_an_alert_is_opened_seen_to_and_reopened_from_its_link(
    alight: Dashboard, files: BrowserContext, axe: str
) -> None:
    person = add_person(alight.database, StaffRole.ONCALL, name="Olga Call")
    page = open_as(files, alight, person, "/alerts?which=Open")
    expect(page.get_by_text("1 alert open, 1 firing")).to_be_visible()
    with alight.database.reading(Login.DASHBOARD, role="bee_oncall", staff_id=person.id) as session:
        rows = alerts(session, since=now() - timedelta(days=1), most=9)
    assert downloaded_alone(page, "Export") == alerts_csv(rows)
    press_first_row(page, 50)
    page.wait_for_url("**alert=1*")
    settle(page)
    expect(page.get_by_text("What members notice.")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.get_by_role("button", name="I see to it").click()
    page.get_by_role("button", name="1 h", exact=True).first.click()
    expect(page.get_by_text("Olga Call, until")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("Olga Call, until")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


@pytest.mark.parametrize(
    "view",
    ["Alerts", "Rules", "Rules&rule=availability_burns", "Rules&rule=escalation", "On+call", "Ways+out"],
)
def test_every_view_can_be_read_by_everybody_and_on_a_phone(
    view: str, alight: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, alight, add_person(alight.database, StaffRole.ONCALL), f"/alerts?view={view}")
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_what_happened_is_drawn_in_lanes_and_the_report_is_written(
    alight: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, alight, add_person(alight.database, StaffRole.ONCALL), "/incidents?period=3d")
    expect(page.get_by_text("What happened", exact=True)).to_be_visible()
    page.wait_for_selector(".st-key-lanes .bars path")
    page.evaluate(axe)
    assert violations(page) == []
    assert "burns its budget" in downloaded_alone(page, "Report")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
