"""Coaching › Playground, Replay, Use and cost as a browser draws them: versions are tried by hand."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from bee.access import StaffRole
from bee.coach.ledger import Purpose
from bee.coach.usage import Grouping, added_up, usage_by_coach, usage_csv
from bee.db import Database, Login
from bee.worker import Worker
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone, press_first_row
from tests.browser.test_pages import WIDER, violations
from tests.coach.ground import make_mia, remember, set_state, settings_for
from tests.coach.model_server import TEXT, ModelServer, model_server
from tests.coach.prompts.versions import add_version
from tests.coach.replay.replaying import WALK, say
from tests.dashboard import Person, add_person, now
from tests.factories import execute


@dataclass(frozen=True, slots=True)
class Lab:
    """A dashboard whose models are on loopback, a coach, the number of their member, and the day they wrote on."""

    dashboard: Dashboard
    service: ModelServer
    cora: Person
    number: int
    day: str


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        yield server


@pytest.fixture
def lab(
    chromium: Path,
    database: Database,
    service: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Lab]:
    service.text = TEXT
    cora = add_person(database, StaffRole.COACH, name="Cora Coach")
    mia = make_mia(database, coach_id=cora.id)
    add_version(database, 2)
    noon = now().replace(hour=12) - timedelta(days=1)
    with database.writing(Login.OWNER) as session:
        remember(session, mia, "walks at dawn")
        set_state(session, mia, "NeedsCare")
        number = execute(session, "select number from members").scalar_one()
    # In a thread of its own: where a browser is driven, this one has a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(
            say, database, settings_for(service, "openai/gpt-4o-mini"), mia, WALK, now=noon
        ).result()
    monkeypatch.setenv("OPENAI_API_KEY", "key")
    monkeypatch.setenv("BEE_OPENAI_URL", f"{service.address}/v1")
    monkeypatch.setenv("BEE_COACH_MODEL", "openai/gpt-4o-mini")
    with served(database) as dashboard:
        yield Lab(dashboard, service, cora, number, f"{noon:%Y-%m-%d}")


def work(lab: Lab) -> None:
    """Do what the worker does, in a thread without a loop."""
    spread = random.Random(1)  # noqa: S311  # spreading ticks is no secret
    settings = settings_for(lab.service, "openai/gpt-4o-mini")
    worker = Worker(lab.dashboard.database, settings, "worker", spread, clock=now)
    with ThreadPoolExecutor(1) as thread:
        while thread.submit(worker.tick).result():
            pass


def fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
    page.set_viewport_size({"width": 1440, "height": 1500})


def test_versions_are_tried_side_by_side_and_a_memory_is_switched_off_by_hand(
    lab: Lab, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, lab.dashboard, lab.cora, f"/playground?member=P-{lab.number}&m2=offline")
    page.get_by_role("textbox", name="Message").fill("I took a walk at dawn today and it felt good")
    page.keyboard.press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("Would be sent")).to_be_visible()
    expect(page.get_by_role("paragraph").filter(has_text=TEXT)).to_be_visible()
    expect(page.get_by_text("coach@2 · offline coach, by rules")).to_be_visible()
    settle(page)
    page.evaluate(axe)
    assert violations(page) == []
    fits_a_phone(page)
    page.get_by_text("walks at dawn", exact=True).first.click()
    settle(page)
    expect(page.get_by_text("Left out of the prompt:")).to_be_visible()
    expect(page.get_by_text("You changed something since")).to_be_visible()
    assert "off=" in page.url
    assert "walk" not in page.url, "texts stay out of the address"
    page.reload()
    settle(page)
    expect(page.get_by_text("Left out of the prompt:")).to_be_visible()


def test_a_day_is_replayed_by_hand_and_what_it_took_is_the_labs(
    lab: Lab, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, lab.dashboard, lab.cora, f"/replay?day={lab.day}&v1={quote('Version 1')}")
    expect(page.get_by_text("1 message of 1 person · prompts: 1 same")).to_be_visible()
    press_first_row(page, 50)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Rendered again it is what was sent, byte for byte.")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    dialog.get_by_role("button", name="Close").click()
    lab.service.text = "You took a walk today and it felt good. Would you like to rest for a minute?"
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("No answer yet: the worker asks for them")).to_be_visible()
    work(lab)
    # Nobody does anything: the page looks by itself, and stops when the replay is over.
    expect(page.get_by_text("1 of 1 answered")).to_be_visible()
    expect(page.get_by_role("button", name="Look again")).to_have_count(0)
    settle(page)
    page.wait_for_url("**replay=Replay*1*version*1*")
    page.evaluate(axe)
    assert violations(page) == []
    assert ",needs_care," in downloaded_alone(page, "Export")
    fits_a_phone(page)
    page.goto(f"{page.url}&risk=Safety")
    settle(page)
    expect(page.get_by_text("No change is like that.")).to_be_visible()
    page.goto(f"{lab.dashboard.url}/usage?by={quote('By version')}")
    settle(page)
    expect(page.get_by_text("2 calls in 28 days")).to_be_visible()
    with lab.dashboard.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=lab.cora.id) as session:
        rows = usage_by_coach(session, now() - timedelta(days=28), now())
    assert {row.purpose for row in rows} == {Purpose.PRODUCTION, Purpose.LAB}
    assert downloaded_alone(page, "Export") == usage_csv(added_up(rows, Grouping.VERSION), Grouping.VERSION)
    page.evaluate(axe)
    assert violations(page) == []
    fits_a_phone(page)
