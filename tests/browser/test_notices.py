"""What the public is told, and who looks, as a browser draws it: written, warned of, published; on a phone too."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.sla.probes.notes import note
from bee.sla.probes.ticks import Probe, Round, Seen, Step, tick_of
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import add_person
from tests.sla.rows import stored

FAILED = Seen(Step.COACH, ok=False, retried=True, seconds=15, reason="http_503", lasted_s=30)


def well(step: Step) -> Seen:
    return Seen(step, ok=True, retried=False, seconds=0.2, lasted_s=0.2)


@pytest.fixture(scope="module")
def looked_at(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over a house that two probers look at."""
    database = Database(named(template, copies()))
    journey = (well(Step.SIGN_IN), well(Step.EVENT), well(Step.MOMENTUM), FAILED, well(Step.PUSH))
    target, now = "https://api.example.org", datetime.now(UTC)
    with database.writing(Login.SYSTEM) as session:
        rounds = [
            Round(Probe.READY, target, "berlin", tick_of(now, 60), 60, "1.0", (well(Step.READY),)),
            Round(Probe.JOURNEY, target, "berlin", tick_of(now, 900), 900, "1.0", journey),
            Round(Probe.JOURNEY, target, "tokyo", tick_of(now, 900), 900, "1.0", (), "no_credentials"),
        ]
        note(session, rounds, kept_days=100)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def test_a_note_is_written_warned_of_and_published(
    looked_at: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, looked_at, add_person(looked_at.database, StaffRole.ONCALL), "/incidents")
    expect(page.get_by_text("The public is told of nothing")).to_be_visible()
    page.get_by_role("button", name="Tell the public").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Replies come late")
    dialog.get_by_label("Text").fill("OpenAI is slow. Write to help@example.org.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_text("It names what is inside: OpenAI.")).to_be_visible()
    settle(page)
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("It names what is inside")).to_be_hidden()
    settle(page)
    assert stored(looked_at.database, "title, published_at is not null", "status_notes") == [
        ("Replies come late", True)
    ]


def test_the_probers_and_the_step_that_failed_are_seen_on_a_phone(
    looked_at: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, looked_at, add_person(looked_at.database, StaffRole.ONCALL), "/now")
    expect(page.get_by_text("The coach answers failed twice: HTTP 503")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
