"""Service health as a browser draws it: what burnt a budget is read, and a correction is made by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.sla.charges import Where
from bee.sla.derivation import derive, minute_at
from bee.sla.impact import bad_requests, bad_requests_csv, impact
from bee.sla.objectives import get_objective
from bee.sla.standing import levels, standings_csv
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import Person, add_person, now
from tests.sla.days import fail, two_days

FAILED_AT = minute_at(now()) - timedelta(hours=1)


@pytest.fixture(scope="module")
def olga() -> list[Person]:
    return []


@pytest.fixture(scope="module")
def busy(
    template: ServerAddress, copies: Callable[[], str], chromium: Path, olga: list[Person]
) -> Iterator[Dashboard]:
    """A dashboard of a house with two days behind it, and somebody on call."""
    database = Database(named(template, copies()))
    olga.append(add_person(database, StaffRole.ONCALL, name="Olga Call"))
    two_days(database, now=now())
    fail(database, at=FAILED_AT, times=3)
    derive(database, now=now())
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def verdicts(text: str) -> list[list[str]]:
    """Return of a file what does not change from one minute to the next."""
    lines = [line.split(",")[:6] for line in text.splitlines()]
    # Whether everybody is scored is evidence by the minute, and may be the first.
    return [line for line in lines if line[0] != "scores"]


def test_what_burnt_it_is_said_by_the_address_and_a_correction_is_made_by_hand(
    busy: Dashboard, olga: list[Person], files: BrowserContext, axe: str
) -> None:
    page = open_as(files, busy, olga[0], "/levels?objective=Errors&by=Release&period=24h")
    expect(page.get_by_text("Release 1.5.0 burnt 36.84% of it on POST /v1/events")).to_be_visible()
    exported = downloaded_alone(page, "Export")
    with busy.database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        found = levels(session, now=now())
        expected = standings_csv(found, impact(session, now=now(), until=found.until))
    assert verdicts(exported) == verdicts(expected)
    page.evaluate(axe)
    assert violations(page) == []
    page.get_by_role("button", name="Correct uptime").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="How that is known").fill("Seen from outside")
    dialog.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
    expect(page.get_by_text("It is noted")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("Maintenance and corrections")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_from_a_minute_to_its_requests_and_their_file(
    busy: Dashboard, olga: list[Person], files: BrowserContext, axe: str
) -> None:
    hour = f"{FAILED_AT.replace(minute=0):%-d %B %Y, %H:%M} UTC"
    asked = urlencode(
        {"objective": "Errors", "hour": hour, "minute": f"{FAILED_AT:%H:%M}", "release": "1.6.0"}
    )
    page = open_as(files, busy, olga[0], f"/levels?{asked}")
    errors = get_objective("errors")
    with busy.database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        rows = bad_requests(
            session,
            errors,
            since=FAILED_AT,
            until=FAILED_AT + timedelta(minutes=1),
            where=Where(release="1.6.0"),
        )
    assert len(rows) == 3
    assert downloaded_alone(page, "Download the requests") == bad_requests_csv(rows, errors)
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_the_page_of_the_present_reads_on_a_phone(
    busy: Dashboard, olga: list[Person], files: BrowserContext, axe: str
) -> None:
    page = open_as(files, busy, olga[0], "/now")
    expect(page.get_by_text("We are up")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
