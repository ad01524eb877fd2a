"""What the dashboard writes while it is used, and while everything on a page fails: nothing of anybody."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.db import Database
from bee.db.address import ServerAddress
from bee.ports import free_port
from tests.browser.conftest import SETTLED, sign_in, wait_until_healthy
from tests.commands import database_url
from tests.conftest import ROOT
from tests.dashboard import PASSWORD, add_person, seeded
from tests.telemetry.planted import EMAIL, NAME, WORDS, await_line, break_table, leaks, lines


@dataclass(frozen=True, slots=True)
class Running:
    """``bee dashboard`` of a test, its words going to a file."""

    url: str
    output: Path


@contextmanager
def bee_dashboard(database: Database, home: Path) -> Iterator[Running]:
    """Run ``bee dashboard`` over a test's database until the block ends."""
    port = free_port("127.0.0.1", 0)
    variables = {
        "DATABASE_URL": database_url(database),
        "BEE_HOME": str(home),
        "BEE_DASHBOARD_PORT": str(port),
        "BEE_LOG_LEVEL": "DEBUG",
    }
    output = home / "dashboard.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bee", "dashboard"],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/health")
        yield Running(f"http://127.0.0.1:{port}", output)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


@pytest.fixture
def people(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """Demo members in a database that a test may break."""
    with seeded(template, copies) as database:
        yield database


def test_the_dashboard_writes_nothing_of_anybody_when_all_is_well_and_when_nothing_is(
    people: Database, context: BrowserContext, tmp_path: Path
) -> None:
    person = add_person(people, StaffRole.ADMIN, StaffRole.COACH, email=EMAIL, name=NAME)
    with bee_dashboard(people, tmp_path) as running:
        page = context.new_page()
        page.goto(f"{running.url}/overview?segment={WORDS}&name={NAME}")
        fill_in_wrongly(page)
        sign_in(page, EMAIL)
        expect(page.locator(SETTLED)).to_be_attached()
        for address in (f"/nowhere/{NAME}", f"/staff?search={EMAIL}", "/log?from=never", "/today"):
            page.goto(running.url + address)
            expect(page.locator(SETTLED)).to_be_attached()
        seen = await_line(running.output, logger="bee.ui", route="/today", message="page")
        assert seen["process"] == "dashboard"
        break_table(people, "members")
        page.goto(f"{running.url}/member?number=1&q={NAME}")
        expect(page.locator(SETTLED)).to_be_attached()
        fault = await_line(running.output, severity="ERROR", route="/member")
        asked = await_line(running.output, logger="bee.ui.requests", route="/login", method="POST")
    assert asked["status"] == 401
    assert len(fault["request_id"]) == 32
    assert "RaiseException" in fault["exception"]
    assert leaks(running.output, PASSWORD, person.token) == []
    assert all(line["severity"] and line["time"] for line in lines(running.output))


def fill_in_wrongly(page: Page) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(WORDS)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
