"""The lab as a browser draws it: a case is written, a run asked for and done, and the gate's word is read."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pydantic import SecretStr

from bee.access import StaffRole
from bee.audit import Actor
from bee.coach.lab.cases import ensure_cases
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.settings import Settings
from bee.staff import change_roles
from bee.worker import Worker
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.coach.lab.running import add_prompt, ask_run
from tests.dashboard import add_person

VIEWS = (
    "/cases",
    "/cases?case=After+the+rain",
    "/cases?case=After+the+rain&view=Change",
    "/runs",
    "/runs?run=New+run",
    "/runs?run=Run+1+·+version+2",
    "/runs?run=Run+1+·+version+2&view=Answers",
)


@pytest.fixture
def lab(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over the cases that come along, and a second version of the prompt."""
    database = Database(named(template, copies()))
    ensure_cases(database)
    add_prompt(database, 2)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)


def write_case(page: Page) -> None:
    page.get_by_role("button", name="New case").click()
    settle(page)
    fill(page, "What it is called", "After the rain")
    fill(page, "What the member writes", "I walked in the rain and it felt good.")
    fill(page, "Tags, separated by commas", "rain")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Version 1 by Cora")).to_be_visible()
    page.wait_for_url("**case=After*rain*")


def start_run(page: Page) -> None:
    page.get_by_role("button", name="New run").click()
    settle(page)
    expect(page.get_by_text("462 answers by the offline coach: rules, no model.")).to_be_visible()
    page.get_by_role("button", name="Start the run").click()
    expect(page.get_by_text("0 of 462 answers ·")).to_be_visible()
    page.wait_for_url("**run=Run*1*version*2*")


def work(database: Database) -> None:
    spread = random.Random(1)  # noqa: S311  # spreading ticks is no secret
    settings = Settings(login_secret=SecretStr("s" * 40))
    worker = Worker(database, settings, "worker", spread, clock=lambda: datetime.now(UTC))
    # In a thread of its own: where a browser is driven, this one has a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        while thread.submit(worker.tick).result():
            pass


def test_a_case_is_written_a_run_done_and_its_verdict_read_and_every_view_fits_a_phone(
    lab: Dashboard, context: BrowserContext, axe: str
) -> None:
    cora = add_person(lab.database, StaffRole.COACH, name="Cora")
    page = open_as(context, lab, cora, "/cases")
    expect(page.get_by_text("76 cases")).to_be_visible()
    write_case(page)
    page.goto(f"{lab.url}/runs")
    settle(page)
    start_run(page)
    work(lab.database)
    # Nobody does anything: the page looks by itself, and stops when the run is over.
    expect(page.get_by_text("462 of 462 answers ·")).to_be_visible()
    expect(page.get_by_text("Every safety check passed in all 231 answers.")).to_be_visible()
    expect(page.get_by_text("It holds until")).to_be_visible()
    expect(page.get_by_text("refreshes by itself")).to_have_count(0)
    for view in VIEWS:
        page.goto(lab.url + view)
        settle(page)
        page.evaluate(axe)
        assert violations(page) == [], view
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"({WIDER})().length === 0")
        page.set_viewport_size({"width": 1440, "height": 900})


def test_a_page_that_follows_a_run_ends_by_itself_with_the_right_to_see_it(
    lab: Dashboard, context: BrowserContext
) -> None:
    cora = add_person(lab.database, StaffRole.COACH, name="Cora")
    ada = add_person(lab.database, StaffRole.ADMIN)
    ask_run(lab.database, cora.id)
    page = open_as(context, lab, cora, "/runs?run=Run+1+·+version+2")
    expect(page.get_by_text("refreshes by itself")).to_be_visible()
    with lab.database.writing(Login.DASHBOARD, role="bee_admin", staff_id=ada.id) as session:
        change_roles(session, cora.id, [StaffRole.PRODUCT], actor=Actor.staff(ada.id))
    # Nobody does anything.
    expect(page.get_by_text("This page is not for your role")).to_be_visible()
    expect(page.get_by_text("refreshes by itself")).to_have_count(0)
