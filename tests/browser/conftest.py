"""A real browser against a real server."""

import itertools
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as Overdue

from bee.db import Database
from bee.db.address import ServerAddress
from tests.conftest import missing
from tests.dashboard import PASSWORD, Person, seeded

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
STARTED_WITHIN_S = 60
FORGOTTEN_WITHIN_S = 60
PERIODS = ("4w", "26w")
# A machine may be slow; no test here fails for that.
expect.set_options(timeout=30_000)
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A served dashboard and its database."""

    url: str
    database: Database


@contextmanager
def served(database: Database) -> Iterator[Dashboard]:
    """Serve a database's dashboard in a fresh process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.server"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        json.dump(asdict(database.address), process.stdin)
        process.stdin.close()
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
        wait_until_healthy(f"{url}/health")
        yield Dashboard(url, database)
    finally:
        process.terminate()
        process.wait(timeout=30)
        process.stdout.close()


def wait_until_healthy(url: str) -> None:
    """Wait until an address answers."""
    deadline = time.monotonic() + STARTED_WITHIN_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  # our own address
                return
        except (urllib.error.URLError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture(scope="session")
def seeded_database(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    with seeded(template, copies) as database:
        yield database


@pytest.fixture(scope="session")
def dashboard(chromium: Path, seeded_database: Database) -> Iterator[Dashboard]:
    """One dashboard for all tests that need no fresh one."""
    with served(seeded_database) as dashboard:
        yield dashboard


@pytest.fixture(scope="package")
def browser(chromium: Path) -> Iterator[Browser]:
    """The browser; it ends with this folder, for while it is driven the thread has a running event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A new empty profile."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def files(browser: Browser) -> Iterator[BrowserContext]:
    """A new empty profile that takes downloads, and axe-core, which our own policy would keep out."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1500}, accept_downloads=True, bypass_csp=True
    )
    yield context
    context.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core."""
    if not AXE.exists() and shutil.which("npm"):
        subprocess.run(["npm", "ci", "--silent", "--ignore-scripts"], cwd=ROOT, check=True)
    if not AXE.exists():
        missing("axe-core (npm)")
    return AXE.read_text(encoding="utf-8")


def sign_in(page: Page, email: str) -> None:
    """Fill in the form that the page shows."""
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def open_as(context: BrowserContext, dashboard: Dashboard, person: Person | None, path: str) -> Page:
    """Open an address with somebody's session, and wait until the page is drawn."""
    if person is not None:
        context.add_cookies([{"name": "bee_session", "value": person.token, "url": dashboard.url}])
    page = context.new_page()
    page.goto(dashboard.url + path)
    if person is not None:
        settle(page)
    return page


def go_on_until(page: Page, expected: Locator) -> None:
    """Go on using a page until it shows something: a process remembers a session for some seconds."""
    deadline = time.monotonic() + FORGOTTEN_WITHIN_S
    for period in itertools.cycle(PERIODS):
        settle(page)
        if expected.count():
            return
        assert time.monotonic() < deadline, "the page goes on as if nothing had happened"
        # What is to be used may go away at this very moment: then there is something else to see.
        with suppress(Overdue):
            page.get_by_role("radio", name=period).click(timeout=2_000)


def settle(page: Page) -> None:
    """Wait until the script has run and drawn, and nothing fades any more."""
    page.wait_for_selector(SETTLED)
    page.wait_for_function("!document.querySelector('[data-stale=true], [data-testid=stSkeleton]')")
    page.wait_for_function(
        "document.getAnimations().every(each => !(each instanceof CSSTransition) || each.playState !== 'running')"
    )
