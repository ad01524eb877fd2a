"""Coaching › Memory as a browser draws it: a proposal is accepted in other words and called up, by hand."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.coach.memory.queries import memories_at, memories_csv
from bee.coach.memory.reading import read_messages
from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded_alone, press_first_row
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.coach.memory.remembering import consent, remember, say
from tests.dashboard import Person, add_person, now
from tests.factories import execute, make_member


@pytest.fixture(scope="module")
def cora() -> list[Person]:
    return []


@pytest.fixture(scope="module")
def remembering(
    template: ServerAddress, copies: Callable[[], str], chromium: Path, cora: list[Person]
) -> Iterator[Dashboard]:
    """A dashboard of a coach whose members said something of themselves."""
    database = Database(named(template, copies()))
    coach = add_person(database, StaffRole.COACH, name="Cora Coach")
    cora.append(coach)
    with database.writing(Login.OWNER) as session:
        members = [make_member(session, coach_id=coach.id) for _ in range(2)]
    for member_id in members:
        consent(database, member_id)
    say(database, members[0], "Good day! I want to run 10 km before summer", at=now() - timedelta(hours=3))
    say(database, members[1], "I struggle with late snacks. I love walking", at=now() - timedelta(hours=1))
    since = now() - timedelta(days=40)
    remember(database, members[0], "likes:tea", "I like green tea in the evening", valid_from=since)
    remember(database, members[0], "obstacle:knee", "My knee hurts on stairs", valid_from=since)
    read_messages(database, now=now(), done=lambda _rows: None)
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def test_a_proposal_is_accepted_in_other_words_and_called_up_by_hand(
    remembering: Dashboard, cora: list[Person], files: BrowserContext, axe: str
) -> None:
    page = open_as(files, remembering, cora[0], "/memory")
    expect(page.get_by_text("3 proposals wait for a decision")).to_be_visible()
    press_first_row(page, 50)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Good day! I want to run 10 km before summer")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    dialog.get_by_role("textbox", name="In these words").fill("I want to run 10 km by May")
    dialog.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("2 proposals wait for a decision")).to_be_visible()
    with remembering.database.reading(Login.OWNER) as session:
        member_id, number = tuple(
            execute(session, "select id, number from members order by number").first() or ()
        )
    page.goto(f"{remembering.url}/memory?member=P-{number}&message=a+longer+run+on+stairs")
    settle(page)
    expect(page.get_by_text("3 memories")).to_be_visible()
    expect(page.get_by_text("Compared by local/keywords-v1, by shared words, not by meaning")).to_be_visible()
    with remembering.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora[0].id) as session:
        held = memories_at(session, member_id, at=now(), most=9)
    assert held[0].trait_value == "I want to run 10 km by May"
    assert downloaded_alone(page, "Export") == memories_csv(held)
    page.evaluate(axe)
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")
