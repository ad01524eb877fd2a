"""Jobs and limits as a browser draws them: in the address, in the files, run again by hand, on a phone too."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.db import Database
from bee.db.address import ServerAddress
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded, press_first_row
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import add_person
from tests.sla.job_ground import fill_jobs
from tests.sla.limit_ground import fill_limits
from tests.sla.rows import stored


@pytest.fixture(scope="module")
def worked(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over some jobs, and members who hit a limit."""
    database = Database(named(template, copies()))
    fill_jobs(database)
    fill_limits(database)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def test_a_state_goes_into_the_address_and_the_failed_run_is_asked_for_again(
    worked: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, worked, add_person(worked.database, StaffRole.ONCALL), "/jobs")
    expect(page.get_by_text("2 kinds of jobs, 1 in trouble")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.get_by_role("combobox", name="State").fill("Failed")
    page.get_by_role("option", name="Failed").click()
    page.wait_for_url("**/jobs?state=Failed")
    settle(page)
    page.reload()
    settle(page)
    lines = downloaded(page, "The runs on this page").splitlines()
    assert [line.split(",")[1:4] for line in lines] == [["kind", "key", "state"], ["notify", "", "failed"]]
    press_first_row(page, 40)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The database has no free connection.")).to_be_visible()
    dialog.get_by_label("Why").fill("the pool was too small")
    dialog.get_by_role("button", name="Run “Notify” now").click()
    expect(dialog).to_be_hidden()
    settle(page)
    open_jobs = stored(worked.database, "kind", "jobs where finished_at is null")
    assert open_jobs == [("housekeeping",), ("notify",)]
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_an_area_goes_into_the_address_and_the_file_holds_its_members(
    worked: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, worked, add_person(worked.database, StaffRole.ONCALL), "/limits")
    expect(page.get_by_text("60 requests of 2 members refused by policy")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.get_by_role("combobox", name="Of what").fill("Tables")
    page.get_by_role("option", name="Tables").click()
    page.wait_for_url("**/limits?area=Tables")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("3 requests of 1 member refused by policy")).to_be_visible()
    head, *lines = downloaded(page, "Members").splitlines()
    assert head == "person,area,refused,hours,last_at"
    assert [line.split(",")[1:4] for line in lines] == [["rest", "3", "1"]]
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
