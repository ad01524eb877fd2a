"""Prompts as a browser draws them: written by one, let pass by the gate, let go live by another, rolled back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.coach.prompts import live_version
from bee.coach.prompts.catalogue import prompt_history, prompt_history_csv
from bee.coach.prompts.registry import COACH
from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.coach.prompts.versions import LOCAL, ask, judge, write
from tests.dashboard import Person, add_person

VIEWS = (
    "",
    "?view=One+version&version=Version+2",
    "?view=Write+the+next",
    "?view=Difference&version=Version+2",
    "?view=History",
)


@pytest.fixture
def drafted(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over a prompt as it comes along."""
    database = Database(named(template, copies()))
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def live(database: Database) -> int:
    with database.reading(Login.SYSTEM) as session:
        found = live_version(session, COACH, LOCAL)
    assert found is not None
    return found.number


def enter(context: BrowserContext, dashboard: Dashboard, person: Person, path: str) -> Page:
    """Open an address as somebody else than before."""
    for page in context.pages:
        page.close()
    context.clear_cookies()
    return open_as(context, dashboard, person, path)


def fill(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).first.fill(words)
    page.keyboard.press("Tab")
    settle(page)


def test_a_version_is_written_judged_asked_for_approved_by_another_and_rolled_back(
    drafted: Dashboard, files: BrowserContext
) -> None:
    cora = add_person(drafted.database, StaffRole.COACH, name="Cora Coach")
    carl = add_person(drafted.database, StaffRole.COACH, name="Carl Coach")
    page = enter(files, drafted, cora, "/prompts?view=Write+the+next")
    fill(page, "Style", "Write at most 60 words, and end with one question.")
    expect(page.get_by_text("What you wrote, beside version 1")).to_be_visible()
    page.get_by_label("What is new in it").fill("Shorter answers.")
    page.get_by_role("button", name="Save as a new version").click()
    page.wait_for_url("**version=Version+2*")
    expect(page.get_by_text("Not tried")).to_be_visible()

    judge(drafted.database, 2)
    page = enter(files, drafted, cora, "/prompts?view=One+version&version=Version+2")
    page.get_by_label("Why it shall go live").fill("Answers are too long.")
    page.get_by_role("button", name="Ask for it to go live in Local").click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    assert live(drafted.database) == 1

    page = enter(files, drafted, carl, "/prompts?view=One+version&version=Version+2")
    expect(page.get_by_text("Cora Coach asked on")).to_be_visible()
    page.get_by_label("Why", exact=True).fill("I read the run.")
    page.get_by_role("button", name="Approve: live in Local now").click()
    expect(page.get_by_text("Version 2 of 2 versions · live in Local")).to_be_visible()
    assert live(drafted.database) == 2

    page.get_by_role("button", name="Roll back to version 1").click()
    expect(page.get_by_text("Version 1 of 2 versions · live in Local")).to_be_visible()
    assert live(drafted.database) == 1
    page = enter(files, drafted, carl, "/prompts?view=History")
    expect(page.get_by_text("version 1 was live in Local")).to_be_visible()
    with drafted.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=carl.id) as session:
        acts = prompt_history(session, COACH, LOCAL)
    assert [act.act for act in acts][:4] == ["rolled_back", "promoted", "asked", "added"]
    assert downloaded_alone(page, "Export") == prompt_history_csv(acts)


def test_every_view_can_be_read_by_everybody_fits_a_phone_and_keeps_its_choices_in_the_address(
    drafted: Dashboard, files: BrowserContext, axe: str
) -> None:
    cora = add_person(drafted.database, StaffRole.COACH)
    write(drafted.database, cora.id, 300)
    judge(drafted.database, 2)
    ask(drafted.database, cora.id, 2)
    page = open_as(files, drafted, cora, "/prompts")
    for view in VIEWS:
        page.goto(f"{drafted.url}/prompts{view}")
        settle(page)
        page.evaluate(axe)
        assert violations(page) == [], view
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"({WIDER})().length === 0")
        page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{drafted.url}/prompts?view=Difference&version=Version+2")
    settle(page)
    page.get_by_text("Only what differs").click()
    page.wait_for_url("**only=true*")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("What version 2 says otherwise than version 1")).to_be_visible()
    expect(page.get_by_label("Only what differs")).to_be_checked()
