"""A blind review as browsers draw it: opened by one, rated by two who are not told, and read when it is over."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bee.access import StaffRole
from bee.audit import Actor
from bee.coach.lab.reviews import opened_pairs, ratings, ratings_csv, reviews
from bee.coach.prompts.actions import add_version
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.registry import COACH, shipped_prompt
from bee.coach.prompts.template import Parameters, Passage
from bee.db import Database, Login
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone
from tests.browser.test_pages import WIDER, Theme, violations
from tests.coach.lab.running import add_cases, ask_run, do_run, openai_at
from tests.coach.lab.test_reviews import settle as settle_reviews
from tests.coach.model_server import ModelServer, model_server
from tests.dashboard import Person, add_person

MODEL: Final = "openai/gpt-4o-mini"
STYLE: Final = "Write two short sentences, and end with one question."
OURS: Final = "You got out although you were tired. Would you like to walk for five minutes tomorrow?"
THEIRS: Final = (
    "It is good that you walked. Walking is healthy, and many people find that it helps them to keep going when"
    " things are hard. What else do you think that you could do, and when would you do it?"
)
CASES: Final = tuple(
    {
        "title": f"Walk {number}",
        "state": state,
        "message": f"I walked for {number} minutes.",
        "memories": memories,
    }
    for number, state, memories in (
        (5, "NeedsCare", ["Likes to walk at dawn"]),
        (10, "NeedsCare", []),
        (20, "Steady", ["Has a dog called Rex"]),
        (40, "Rising", []),
        (60, None, []),
    )
)
# The one of five in which both find the version before better.
EXCEPTION: Final = "I walked for 60 minutes."
WON: Final = "The new version is the better one in 4 of 5 decided cases,"
PHONE: Final = ViewportSize(width=390, height=844)
DESK: Final = ViewportSize(width=1440, height=1100)
# What stands on a line that is too short for it.
CUT: Final = """() => [...document.querySelectorAll('[data-testid=stMain] label *')]
    .filter(words => words.innerText && getComputedStyle(words).textOverflow === 'ellipsis')
    .filter(words => words.scrollWidth > words.clientWidth).map(words => words.innerText)"""
RUN: Final = "/runs?run=Run+1+·+version+2"
REVIEW: Final = "/review?review=Review+1"


@dataclass(frozen=True, slots=True)
class Lab:
    """A dashboard over a run of two versions that answered differently; one who asks, and two who rate."""

    dashboard: Dashboard
    cleo: Person
    cora: Person
    carl: Person

    @property
    def database(self) -> Database:
        """What is behind the dashboard."""
        return self.dashboard.database


@pytest.fixture(scope="module")
def service() -> Iterator[ModelServer]:
    with model_server() as server:
        server.text, server.texts = THEIRS, {STYLE: OURS}
        yield server


@pytest.fixture
def lab(chromium: Path, database: Database, service: ModelServer) -> Iterator[Lab]:
    cleo, cora, carl = (
        add_person(database, StaffRole.COACH, name=name)
        for name in ("Cleo Coach", "Cora Coach", "Carl Coach")
    )
    add_cases(database, cleo.id, CASES)
    parts = tuple(
        Passage(origin="style", text=STYLE) if part.origin == "style" else part
        for part in shipped_prompt().parts
    )
    draft = Draft(
        template=shipped_prompt().model_copy(update={"parts": parts}), model=None, parameters=Parameters()
    )
    with database.writing(Login.DASHBOARD, role="bee_coach", staff_id=cleo.id) as session:
        add_version(session, COACH, draft, message="Shorter.", actor=Actor.staff(cleo.id))
    run = ask_run(database, cleo.id, repeats=1, most_usd=Decimal(1))
    # In a thread of its own: where a browser is driven, this one has a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(do_run, database, run, openai_at(service.address, coach_model=MODEL)).result()
    assert (done.outcome, done.done) == ("finished", 10)
    with served(database) as dashboard:
        yield Lab(dashboard, cleo, cora, carl)


@contextmanager
def seat(browser: Browser, lab: Lab, person: Person, path: str, theme: Theme = "light") -> Iterator[Page]:
    """Somebody at a browser of their own."""
    context = browser.new_context(viewport=DESK, color_scheme=theme, accept_downloads=True, bypass_csp=True)
    try:
        yield open_as(context, lab.dashboard, person, path)
    finally:
        context.close()


def look(page: Page, axe: str) -> None:
    """Hold what is drawn against the rules of the house: nothing out of reach, and all of it on a phone."""
    settle(page)
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    page.wait_for_function(f"({WIDER})().length === 0")
    assert page.evaluate(CUT) == [], "nothing to be read is cut off"
    page.set_viewport_size(DESK)


def better_side(page: Page) -> str:
    """Return which answer is to be preferred, as somebody does who reads them."""
    left = page.get_by_text(OURS).bounding_box()
    right = page.get_by_text(THEIRS).bounding_box()
    assert left is not None
    assert right is not None
    wanted_is_left = (left["x"] < right["x"]) != (page.get_by_text(EXCEPTION).count() == 1)
    return "Left is better" if wanted_is_left else "Right is better"


def rate_by_mouse(page: Page, wanted: str) -> None:
    page.get_by_text(wanted, exact=True).click()
    page.get_by_role("button", name="Save and show the next").click()


def rate_by_keyboard(page: Page, wanted: str) -> None:
    """Choose and send with nothing but keys, from wherever the page leaves the focus."""
    press_until(page, "Tab", "document.activeElement.type === 'checkbox'")
    page.keyboard.press("Space")
    press_until(page, "Tab", "document.activeElement.type === 'radio'")
    page.keyboard.press("Space")
    press_until(
        page, "ArrowRight", f"document.activeElement.closest('label').innerText.trim() === '{wanted}'"
    )
    press_until(page, "Tab", "document.activeElement.innerText?.includes('Save and show the next')")
    page.keyboard.press("Enter")


def press_until(page: Page, key: str, reached: str) -> None:
    for _ in range(80):
        if page.evaluate(reached):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} leads nowhere: {reached}")


def rate_all(page: Page, rate: Callable[[Page, str], None]) -> None:
    """Rate every pair that is shown."""
    for number in range(len(CASES)):
        settle(page)
        expect(page.get_by_role("button", name="Save and show the next")).to_be_visible()
        asked = page.get_by_text("I walked for ").inner_text()
        rate(page, better_side(page))
        expect(page.get_by_text(asked, exact=True)).to_have_count(0)
        assert page.get_by_text("New version").count() == 0, f"pair {number + 1} tells which is which"
    expect(page.get_by_text("You have rated all that waits for you")).to_be_visible()


def join(page: Page) -> None:
    page.get_by_role("button", name="Rate in this review").click()
    expect(page.get_by_role("button", name="Save and show the next")).to_be_visible()


def ask_for_review(page: Page) -> None:
    page.get_by_role("button", name="Ask for a review").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Answers of").click()
    page.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("1 review · 1 open")).to_be_visible()


def test_a_review_is_asked_for_rated_blind_by_two_with_keys_and_mouse_and_read_when_it_is_over(
    lab: Lab, browser: Browser, axe: str
) -> None:
    with seat(browser, lab, lab.cleo, "/review") as page:
        look(page, axe)
        ask_for_review(page)
        look(page, axe)
    with (
        seat(browser, lab, lab.cora, REVIEW) as cora,
        seat(browser, lab, lab.carl, REVIEW, "dark") as carl,
    ):
        look(cora, axe)
        for page in (cora, carl):
            join(page)
            look(page, axe)
        carl.goto(lab.dashboard.url + RUN)
        settle(carl)
        expect(carl.get_by_text("Hidden while you rate")).to_be_visible()
        expect(carl.get_by_text(OURS)).to_have_count(0)
        look(carl, axe)
        carl.goto(lab.dashboard.url + REVIEW)
        rate_all(cora, rate_by_keyboard)
        rate_all(carl, rate_by_mouse)
        assert settle_reviews(lab.database) == 1
        for page in (cora, carl):
            page.goto(lab.dashboard.url + REVIEW)
            settle(page)
            expect(page.get_by_text(f"{WON} 0 are ties. That may still be chance.")).to_be_visible()
            expect(page.get_by_text("κ 1.00")).to_be_visible()
            look(page, axe)
        assert downloaded_alone(carl, "Export") == read_file(lab)
        carl.goto(f"{lab.dashboard.url}{RUN}&view=Answers")
        settle(carl)
        expect(carl.get_by_text(OURS)).to_be_visible()


def read_file(lab: Lab) -> str:
    with lab.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=lab.carl.id) as session:
        (review,) = reviews(session)
        rated = ratings(session, review.id)
        assert len(rated) == 10
        assert {rating.rater_name for rating in rated} == {"Cora Coach", "Carl Coach"}
        return ratings_csv(opened_pairs(session, review.id), rated)
