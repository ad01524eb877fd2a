"""Tokens and a coach's tasks as a browser draws them: addresses, files, a task done by hand, on a phone too."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.notify.tasks import TaskSearch, tasks, tasks_csv
from bee.notify.tokens import TokenSearch, token_health, weeks_csv
from tests.browser.conftest import Dashboard, open_as, served, settle
from tests.browser.test_notifications import downloaded, press_first_row, press_row
from tests.browser.test_pages import WIDER, violations
from tests.cluster import named
from tests.dashboard import Person, add_person, now
from tests.factories import execute
from tests.notify.decisions import make_decision
from tests.notify.ground import make_days, make_reachable


@pytest.fixture(scope="module")
def asked(template: ServerAddress, copies: Callable[[], str], chromium: Path) -> Iterator[Dashboard]:
    """A dashboard over members with devices of different ages."""
    database = Database(named(template, copies()))
    with database.writing(Login.OWNER) as session:
        for platform in ("ios", "ios", "android"):
            make_reachable(session, devices=(platform,))
        execute(session, "update user_fcm_tokens set last_seen_at = now() - interval '40 days'")
        gone = make_reachable(session, devices=("android",))
        execute(
            session,
            "update user_fcm_tokens set is_active = false, deactivated_at = now(),"
            " deactivated_because = 'dead_address' where user_id = :id",
            id=gone,
        )
    with served(database) as dashboard:
        yield dashboard
    database.dispose()


def ask_coach(database: Database, coach: Person) -> None:
    """Add an overdue task about a member of a coach."""
    with database.writing(Login.OWNER) as session:
        member = make_reachable(session, devices=(), coach_id=coach.id)
        yesterday = now().date() - timedelta(days=1)
        make_days(session, member, "NNN", newest=yesterday)
        decision = make_decision(
            session, member, at=now(), decision="withhold", reason="address_refused", trigger_date=yesterday
        )
        execute(
            session,
            "insert into coach_interventions (user_id, notification_id, coach_id, priority, created_at, due_at)"
            " values (:member, :decision, :coach, 'high', now() - interval '6 hours', now() - interval '2 hours')",
            member=member,
            decision=decision,
            coach=coach.id,
        )


def test_a_platform_goes_into_the_address_which_reopens_it_and_files_hold_what_is_shown(
    asked: Dashboard, files: BrowserContext, axe: str
) -> None:
    page = open_as(files, asked, add_person(asked.database, StaffRole.PRODUCT), "/tokens")
    expect(page.get_by_text("3 addresses in use · 4 people")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.get_by_role("combobox", name="Platform").fill("Android")
    page.get_by_role("option", name="Android").click()
    page.wait_for_url("**/tokens?platform=Android")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_text("1 address in use · 4 people")).to_be_visible()
    with asked.database.reading(Login.DASHBOARD, role="bee_product") as session:
        health = token_health(session, TokenSearch(now(), 12, "android"))
    assert downloaded(page, "Week by week") == weeks_csv(health.weeks[::-1])
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_a_task_is_done_by_hand_and_leaves_the_list(
    asked: Dashboard, files: BrowserContext, axe: str
) -> None:
    cora = add_person(asked.database, StaffRole.COACH, name="Cora Coach")
    ask_coach(asked.database, cora)
    page = open_as(files, asked, cora, "/today")
    expect(page.get_by_text("1 open task · 1 overdue")).to_be_visible()
    with asked.database.reading(Login.DASHBOARD, role="bee_coach", staff_id=cora.id) as session:
        rows = tasks(session, TaskSearch(now(), now()), most=10)
    page.evaluate(axe)
    assert violations(page) == []
    with page.expect_download() as started:
        page.get_by_role("button", name="Export").click()
    assert Path(started.value.path()).read_bytes().decode() == tasks_csv(rows)
    press_first_row(page, 45)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("3 days in Needs care in a row, score 40")).to_be_visible()
    settle(page)
    page.evaluate(axe)
    assert violations(page) == []
    dialog.get_by_text("Message left").click()
    dialog.get_by_role("textbox", name="Note").fill("rang twice")
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Nobody needs you right now")).to_be_visible()
    with asked.database.reading(Login.OWNER) as session:
        row = execute(
            session,
            "select outcome, note, done_by from coach_interventions where coach_id = :id",
            id=cora.id,
        ).one()
    assert tuple(row) == ("message left", "rang twice", cora.id)
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(f"({WIDER})().length === 0")


def test_what_was_written_about_one_member_and_left_does_not_stand_at_the_next_ones(
    asked: Dashboard, context: BrowserContext
) -> None:
    cora = add_person(asked.database, StaffRole.COACH, name="Cora Twice")
    for _ in range(2):
        ask_coach(asked.database, cora)
    page = open_as(context, asked, cora, "/today")
    names = []
    for row in range(2):
        press_row(page, row, 50)
        dialog = page.get_by_role("dialog")
        note = dialog.get_by_label("Note")
        expect(note).to_have_value("")
        names.append(dialog.get_by_role("link", name="Their days").get_attribute("href"))
        note.fill("about somebody")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    assert len(set(names)) == 2
