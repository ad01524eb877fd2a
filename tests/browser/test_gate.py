"""Nobody sees anything without a session and the role for it, whatever they ask first."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, expect

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Database, Login
from bee.ports import listen
from bee.staff import change_roles, deactivate
from tests.browser.conftest import (
    PERIODS,
    ROOT,
    Dashboard,
    go_on_until,
    open_as,
    served,
    settle,
    sign_in,
    wait_until_healthy,
)
from tests.dashboard import add_person, now

PAGES = {
    "/overview": StaffRole.ONCALL,
    "/member": StaffRole.ONCALL,
    "/log": None,
    "/compose": StaffRole.ONCALL,
    "/rules": StaffRole.ONCALL,
    "/tokens": StaffRole.COACH,
    "/kill_switch": StaffRole.PRODUCT,
    "/today": StaffRole.PRODUCT,
    "/safety": StaffRole.PRODUCT,
    "/cases": StaffRole.PRODUCT,
    "/playground": StaffRole.PRODUCT,
    "/runs": StaffRole.PRODUCT,
    "/review": StaffRole.PRODUCT,
    "/usage": StaffRole.PRODUCT,
    "/replay": StaffRole.PRODUCT,
    "/prompts": StaffRole.ONCALL,
    "/memory": StaffRole.PRODUCT,
    "/now": StaffRole.PRODUCT,
    "/levels": StaffRole.PRODUCT,
    "/alerts": StaffRole.PRODUCT,
    "/incidents": StaffRole.PRODUCT,
    "/jobs": StaffRole.PRODUCT,
    "/limits": StaffRole.PRODUCT,
    "/staff": StaffRole.PRODUCT,
    "/audit": StaffRole.PRODUCT,
    "/password": None,
}
SECRETS = ("P-", "Rising", "Invite somebody", "Verify", "Stop everything", "Present password", "1,")
BEHIND = (
    "/",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/_stcore/stream",
    "/_stcore/agent/interact",
    "/static/index.html",
    "/app/static/mark.svg",
    "/media/x",
    "/login/",
    "/Login",
    "//login",
    "/health/x",
)


def ask(url: str, path: str, method: str = "GET", **headers: str) -> tuple[int, str, str]:
    """Return status, location and body of a plain request."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, answer.headers.get("location", ""), body


def test_every_page_is_in_the_table_above() -> None:
    assert {f"/{path.stem}" for path in (ROOT / "pages").rglob("*.py")} == set(PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_fresh_server_asked_for_a_page_first_shows_it_to_nobody_without_the_role(
    path: str, context: BrowserContext, seeded_database: Database
) -> None:
    with served(seeded_database) as fresh:
        status, location, body = ask(fresh.url, path)
        assert (status, body) == (303, "")
        assert location == f"/login?next=%2F{path[1:]}"
        anonymous = context.new_page()
        sockets: list[str] = []
        anonymous.on("websocket", lambda socket: sockets.append(socket.url))
        anonymous.goto(fresh.url + path, wait_until="networkidle")
        assert urlsplit(anonymous.url).path == "/login"
        assert not sockets
        assert not [secret for secret in SECRETS if secret in anonymous.content()]
        role = PAGES[path]
        if role is None:
            return
        page = open_as(context, fresh, add_person(seeded_database, role), path)
        expect(page.get_by_text("This page is not for your role")).to_be_visible()
        main = page.get_by_test_id("stMain").inner_text()
        assert not [secret for secret in SECRETS if secret in main]
        assert page.get_by_text("Page not found").count() == 0


@pytest.mark.parametrize("path", BEHIND)
def test_only_the_exact_open_paths_are_open(path: str, dashboard: Dashboard) -> None:
    status, location, body = ask(dashboard.url, path)
    assert status == 303
    assert location.startswith("/login?next=")
    assert not body


def test_a_header_that_names_a_session_lets_nobody_in(dashboard: Dashboard) -> None:
    person = add_person(dashboard.database, StaffRole.ADMIN)
    status, _, _ = ask(dashboard.url, "/overview", X_BEE_Session=person.token)
    assert status == 303


def test_a_socket_without_a_session_or_from_another_site_is_refused(dashboard: Dashboard) -> None:
    person = add_person(dashboard.database, StaffRole.ADMIN)
    socket = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    anonymous = ask(dashboard.url, "/_stcore/stream", Origin=dashboard.url, **socket)
    foreign = ask(
        dashboard.url,
        "/_stcore/stream",
        Origin="https://evil.example",
        Cookie=f"bee_session={person.token}",
        **socket,
    )
    assert anonymous[0] == foreign[0] == 403


def test_a_form_from_another_site_is_refused(dashboard: Dashboard) -> None:
    status, _, body = ask(dashboard.url, "/login", "POST", Origin="https://evil.example")
    assert status == 400
    assert "not sent from here" in body


def test_signing_in_keeps_the_address_that_was_asked_for(
    context: BrowserContext, dashboard: Dashboard
) -> None:
    person = add_person(dashboard.database, StaffRole.PRODUCT)
    page = open_as(context, dashboard, None, "/overview?period=4w")
    assert urlsplit(page.url).path == "/login"
    sign_in(page, person.email)
    settle(page)
    assert page.url == f"{dashboard.url}/overview?period=4w"
    cookie = next(cookie for cookie in context.cookies() if cookie["name"] == "bee_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")


def test_a_wrong_password_is_refused_in_words_that_name_neither(
    context: BrowserContext, dashboard: Dashboard
) -> None:
    page = open_as(context, dashboard, None, "/login")
    page.get_by_label("E-mail address").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("The e-mail address or the password is not right.")


def test_signing_out_ends_the_session_for_a_copied_cookie_too(
    context: BrowserContext, dashboard: Dashboard
) -> None:
    person = add_person(dashboard.database, StaffRole.PRODUCT)
    page = open_as(context, dashboard, person, "/overview")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    assert not [cookie for cookie in context.cookies() if cookie["name"] == "bee_session"]
    assert ask(dashboard.url, "/overview", Cookie=f"bee_session={person.token}")[0] == 303


def test_a_role_that_is_taken_away_ends_an_open_page(context: BrowserContext, dashboard: Dashboard) -> None:
    person = add_person(dashboard.database, StaffRole.PRODUCT)
    page = open_as(context, dashboard, person, "/overview")
    admin = add_person(dashboard.database, StaffRole.ADMIN)
    with dashboard.database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin.id) as session:
        change_roles(session, person.id, [StaffRole.ONCALL], actor=Actor.staff(admin.id))
    go_on_until(page, page.get_by_text("This page is not for your role"))
    expect(page.get_by_test_id("stMetric")).to_have_count(0)


def test_an_access_that_is_revoked_ends_an_open_page(context: BrowserContext, dashboard: Dashboard) -> None:
    person = add_person(dashboard.database, StaffRole.PRODUCT)
    page = open_as(context, dashboard, person, "/overview?period=4w")
    admin = add_person(dashboard.database, StaffRole.ADMIN)
    with dashboard.database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin.id) as session:
        deactivate(session, person.id, actor=Actor.staff(admin.id), now=now())
    link = page.get_by_role("link", name="Sign in again")
    go_on_until(page, link)
    expect(page.get_by_test_id("stMetric")).to_have_count(0)
    assert link.get_attribute("href") in {
        f"/login?next=%2Foverview%3Fperiod%3D{period}" for period in PERIODS
    }


def test_an_invitation_leads_to_a_password_and_in(context: BrowserContext, dashboard: Dashboard) -> None:
    admin = add_person(dashboard.database, StaffRole.ADMIN)
    page = open_as(context, dashboard, admin, "/staff")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill("new.person@example.org")
    page.get_by_label("Name", exact=True).fill("New Person")
    page.get_by_role("button", name="Make the link").click()
    link = page.locator("[data-testid=stCode] code").inner_text()
    context.clear_cookies()
    page.goto(link)
    page.get_by_label("New password").fill("short")
    page.get_by_label("The same again").fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    page.get_by_label("New password").fill("correct horse battery staple")
    page.get_by_label("The same again").fill("correct horse battery staple")
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, "new.person@example.org")
    settle(page)
    assert page.url == f"{dashboard.url}/overview"
    assert ask(dashboard.url, urlsplit(link).path + "?" + urlsplit(link).query)[0] == 404


def test_the_database_away_at_sign_in_is_said_with_503(seeded_database: Database) -> None:
    nowhere = Database(type(seeded_database.address)((("host", "/nowhere"),), (("user", "x"),), None))
    with served(nowhere) as dashboard:
        status, _, body = ask(
            dashboard.url,
            "/login",
            "POST",
            Origin=dashboard.url,
            Content_Type="application/x-www-form-urlencoded",
        )
        assert status == 503
        assert "The database does not answer" in body
        assert ask(dashboard.url, "/overview", Cookie="bee_session=whatever")[0] == 503
        assert ask(dashboard.url, "/health")[0] == 200


def test_a_plain_streamlit_run_shows_only_how_to_start_whatever_header_is_sent(
    context: BrowserContext, dashboard: Dashboard
) -> None:
    person = add_person(dashboard.database, StaffRole.ADMIN)
    with plain_streamlit() as url:
        context.set_extra_http_headers({"X-BEE-Session": person.token})
        page = context.new_page()
        for path in ("/", *PAGES):
            page.goto(url + path)
            expect(page.get_by_text("BEE is not started this way")).to_be_visible(timeout=60_000)
            main = page.get_by_test_id("stMain").inner_text()
            assert not [secret for secret in SECRETS if secret in main]


@contextmanager
def plain_streamlit() -> Iterator[str]:
    """Run the script as somebody would who knows Streamlit and not the gate."""
    with listen("127.0.0.1", 0, "the test's port") as listener:
        port = listener.getsockname()[1]
    words = ["-m", "streamlit", "run", "app.py", "--server.address", "127.0.0.1", "--server.port", str(port)]
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)
