"""The log, the kill switch and the trail as a browser draws them: addresses, files, drawers, a stop by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.audit.search import TrailSearch, acts_csv, search_trail
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.notify.log import LogSearch, log_csv, log_rows
from bee.notify.registry import thrown_switches
from bee.ui.log_reads import ROWS_A_PAGE, log_since
from bee.ui.sheet import ROW_HEIGHT
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_pages import violations
from tests.cluster import named
from tests.dashboard import Person, add_person, now
from tests.factories import make_member
from tests.notify.decisions import make_decision

TEXT = "Your coach is here"


@pytest.fixture(scope="module")
def decided(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over a ledger: more than a page of withheld decisions and one that was sent."""
    database = Database(named(template, copies()))
    with database.writing(Login.OWNER) as session:
        member = make_member(session)
        for number in range(ROWS_A_PAGE + 5):
            make_decision(
                session, member, at=now() - timedelta(minutes=number), decision="withhold",
                reason="weekly_refused", guards={"weekly": "refused"},
            )  # fmt: skip
        make_decision(session, member, at=now(), outcome="accepted", sent_at=now())
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def downloaded(page: Page, label: str) -> str:
    """Open the export and return what the file with this label holds."""
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as started:
        page.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
    page.keyboard.press("Escape")
    return Path(started.value.path()).read_bytes().decode()


def downloaded_alone(page: Page, label: str) -> str:
    """Press a button that downloads, and return what the file holds."""
    with page.expect_download() as started:
        page.get_by_role("button", name=label).click()
    return Path(started.value.path()).read_bytes().decode()


def press_first_row(page: Page, inset: int) -> None:
    """Press the button at the end of the first row of the last table."""
    press_row(page, 0, inset)


def press_row(page: Page, row: int, inset: int) -> None:
    """Press the button at the end of a row of the last table; its cells lie on a canvas."""
    box = page.get_by_test_id("stDataFrame").last.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] - inset, box["y"] + 37 + 20 + row * ROW_HEIGHT)


def test_choices_of_the_log_go_into_the_address_which_reopens_it_and_files_hold_it(
    decided: Dashboard, files: BrowserContext
) -> None:
    page = open_as(files, decided, add_person(decided.database, StaffRole.ONCALL), "/log")
    page.get_by_role("combobox", name="What became of it").fill("Held back")
    page.get_by_role("option", name="Held back").click()
    page.wait_for_url("**/log?became=Held+back")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_role("combobox", name="What became of it")).to_have_value("Held back")
    expect(page.get_by_text(f"{ROWS_A_PAGE} decisions of {ROWS_A_PAGE + 5}")).to_be_visible()
    search = LogSearch(log_since(7, now().date()), state="withheld")
    with decided.database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        rows = log_rows(session, search, most=1_000)
    assert downloaded(page, "The decisions on this page") == log_csv(rows[:ROWS_A_PAGE], None)
    assert downloaded(page, "All of them") == log_csv(rows, None)
    page.get_by_role("button", name="Older", exact=True).click()
    page.wait_for_url("**before=*")
    expect(page.get_by_text(f"5 decisions of {ROWS_A_PAGE + 5}")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text(f"5 decisions of {ROWS_A_PAGE + 5}")).to_be_visible()
    assert downloaded(page, "The decisions on this page") == log_csv(rows[ROWS_A_PAGE:], None)
    page.get_by_role("button", name="Newest", exact=True).click()
    expect(page.get_by_text(f"{ROWS_A_PAGE} decisions of {ROWS_A_PAGE + 5}")).to_be_visible()
    assert "before" not in page.url


@pytest.mark.parametrize(("role", "reads"), [(StaffRole.ADMIN, True), (StaffRole.PRODUCT, False)])
def test_a_row_of_the_log_opens_why_and_the_text_for_who_may_read_it(
    role: StaffRole, reads: bool, decided: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, decided, add_person(decided.database, role), "/log?became=Sent")
    press_first_row(page, 45)
    expect(page.get_by_role("dialog").get_by_text("It was sent on")).to_be_visible()
    settle(page)
    assert page.get_by_role("dialog").get_by_text(TEXT).count() == int(reads)
    page.evaluate(axe)
    assert violations(page) == []


def test_a_stop_by_hand_shows_and_holds_at_once_and_is_found_in_the_trail(
    decided: Dashboard, files: BrowserContext, axe: str
) -> None:
    olga: Person = add_person(decided.database, StaffRole.ONCALL, name="Olga Call")
    page = open_as(files, decided, olga, "/kill_switch")
    page.get_by_role("textbox", name="Why").fill("odd texts")
    page.get_by_role("button", name="Stop everything").click()
    expect(page.get_by_text("An admin can let it go again.")).to_be_visible()
    with decided.database.reading(Login.WORKER) as session:
        assert thrown_switches(session).everything
    page.evaluate(axe)
    assert violations(page) == []
    page.goto(f"{decided.url}/audit?who=Olga&what=Notification%3A+stopped&period=All")
    settle(page)
    expect(page.get_by_text("1 act, newest first")).to_be_visible()
    search = TrailSearch(who="Olga", action="notification.stopped")
    with decided.database.reading(Login.DASHBOARD, role="bee_oncall") as session:
        acts = search_trail(session, search, most=10)
    assert [act.reason for act in acts] == ["odd texts"]
    assert downloaded(page, "The acts on this page") == acts_csv(acts)
    press_first_row(page, 45)
    expect(page.get_by_role("dialog").get_by_text("odd texts")).to_be_visible()
