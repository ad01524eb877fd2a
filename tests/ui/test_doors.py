"""The gate and its doors, each request as a browser would send it, over a real database."""

from collections.abc import Callable

import httpx2
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from bee.access import StaffRole
from bee.audit import Actor
from bee.db import Database, Login
from bee.proxies import client_address
from bee.settings import Environment, Settings
from bee.staff import invite
from bee.staff.demo import DEMO_ACCOUNTS, save_demo_accounts
from bee.staff.sessions import LIMITS
from bee.ui.doors import OPEN_PATHS, doors
from bee.ui.gate import Gate
from bee.ui.house import House
from bee.ui.sessions import Sessions
from tests.cluster import away
from tests.dashboard import PASSWORD, add_person, now

HERE = "https://bee.example.org"
PROD = Settings(
    environment=Environment.PROD,
    DATABASE_URL=SecretStr("postgresql://bee@db.example.org/bee"),
    login_secret=SecretStr("a-secret-of-a-test-that-is-long-enough"),
    cookie_secret=SecretStr("another-secret-of-a-test-long-enough"),
    public_url=HERE,
    trusted_proxies=1,
)
Visit = Callable[..., TestClient]


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand behind the gate and say which sessions came through it."""
    sessions = Request(scope, receive).headers.getlist("x-bee-session")
    await PlainTextResponse(f"inside: {', '.join(sessions)}")(scope, receive, send)


@pytest.fixture
def browser(database: Database) -> Visit:
    """Make a browser without cookies that visits an installation with these settings."""

    def make(settings: Settings = PROD) -> TestClient:
        house = House(settings, database, Sessions(database, admits_demo=settings.is_local))
        gate = Gate(inside, doors(house), OPEN_PATHS, house.sessions, settings)
        return TestClient(gate, base_url=HERE, follow_redirects=False, headers={"Origin": HERE})

    return make


def sign_in(
    visitor: TestClient,
    email: str,
    password: str = PASSWORD,
    wanted: str = "/overview?period=4w",
    address: str = "192.0.2.7",
) -> httpx2.Response:
    form = {"email": email, "password": password, "next": wanted}
    return visitor.post("/login", data=form, headers={"X-Forwarded-For": address})


def test_the_cookie_is_for_this_host_only_secure_unreadable_and_ends_after_half_a_day(
    browser: Visit, database: Database
) -> None:
    person = add_person(database, StaffRole.PRODUCT)
    answer = sign_in(browser(), person.email)
    assert (answer.status_code, answer.headers["location"]) == (303, "/overview?period=4w")
    name, *rest = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-bee_session=")
    assert set(rest) == {"HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=43200"}
    local = sign_in(browser(Settings()), person.email)
    assert local.headers["set-cookie"].startswith("bee_session=")
    assert "HttpOnly" in local.headers["set-cookie"]


def test_a_copied_cookie_is_refused_after_sign_out(browser: Visit, database: Database) -> None:
    visitor, thief = browser(), browser()
    sign_in(visitor, add_person(database, StaffRole.PRODUCT).email)
    thief.cookies.update(visitor.cookies)
    assert thief.get("/overview").text.startswith("inside: ")
    signed_out = visitor.post("/logout")
    assert (signed_out.status_code, signed_out.headers["location"]) == (303, "/login")
    assert 'bee_session=""' in signed_out.headers["set-cookie"]
    # The thief's own process forgets within seconds; another one has nothing to forget.
    other = browser()
    other.cookies.update(thief.cookies)
    assert other.get("/overview").headers["location"] == "/login?next=%2Foverview"


def test_behind_the_gate_stands_the_session_of_the_cookie_and_no_other(
    browser: Visit, database: Database
) -> None:
    person, other = add_person(database, StaffRole.PRODUCT), add_person(database, StaffRole.ADMIN)
    visitor = browser()
    visitor.cookies.set("__Host-bee_session", person.token)
    answer = visitor.get("/overview", headers={"X-BEE-Session": other.token})
    assert answer.text == f"inside: {person.token}"


@pytest.mark.parametrize("cookie", ["", "x", "é", "x" * 5_000, "../..", "null"])
def test_a_cookie_that_is_no_session_leads_to_the_sign_in(cookie: str, browser: Visit) -> None:
    answer = browser().get("/member?member=P-1", headers={b"Cookie": f"__Host-bee_session={cookie}".encode()})
    assert (answer.status_code, answer.text) == (303, "")
    assert answer.headers["location"] == "/login?next=%2Fmember%3Fmember%3DP-1"


def test_after_signing_in_nobody_is_led_elsewhere(browser: Visit, database: Database) -> None:
    person = add_person(database, StaffRole.PRODUCT)
    for wanted in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "",
        "/logout",
    ):
        answer = sign_in(browser(), person.email, wanted=wanted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), wanted


def test_too_many_tries_at_an_account_are_told_to_wait_even_with_the_password(
    browser: Visit, database: Database
) -> None:
    person = add_person(database, StaffRole.PRODUCT)
    visitor = browser()
    for n in range(LIMITS.per_account):
        refused = sign_in(visitor, person.email, "not it", address=f"192.0.2.{n}")
        assert refused.status_code == 401
    answer = sign_in(visitor, person.email, address="192.0.2.99")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    assert "Too many tries" in answer.text
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("forwarded", "proxies", "counted"),
    [
        ("", 0, "10.0.0.1"),
        ("203.0.113.5", 0, "10.0.0.1"),
        ("203.0.113.5", 1, "203.0.113.5"),
        ("198.51.100.66, 203.0.113.5", 1, "203.0.113.5"),
        ("198.51.100.66, 203.0.113.5, 10.0.0.9", 2, "203.0.113.5"),
        ("203.0.113.5", 2, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", 1, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.5", 1, "203.0.113.5"),
        ("no address", 1, "no address"),
    ],
)
def test_tries_are_counted_against_the_address_that_a_trusted_proxy_saw(
    forwarded: str, proxies: int, counted: str
) -> None:
    assert client_address("10.0.0.1", forwarded, proxies) == counted


def test_demo_accounts_are_let_in_on_ones_own_machine_only(browser: Visit, database: Database) -> None:
    save_demo_accounts(database, PASSWORD)
    demo = DEMO_ACCOUNTS[0].email
    assert sign_in(browser(Settings()), demo).status_code == 303
    assert sign_in(browser(), demo).status_code == 401


def test_an_invitation_is_good_for_one_password(browser: Visit, database: Database) -> None:
    admin = add_person(database, StaffRole.ADMIN)
    with database.writing(Login.DASHBOARD, role="bee_admin", staff_id=admin.id) as session:
        token = invite(
            session,
            email="new@example.org",
            full_name="<b>New</b>",
            roles=[StaffRole.COACH],
            actor=Actor.staff(admin.id),
            now=now(),
        )
    visitor = browser()
    form = visitor.get(f"/join?token={token}")
    assert form.status_code == 200
    assert "&lt;b&gt;New&lt;/b&gt;" in form.text
    assert form.headers["referrer-policy"] == "same-origin"
    weak = visitor.post("/join", data={"token": token, "password": "weak", "again": "weak"})
    assert weak.status_code == 400
    chosen = {"token": token, "password": PASSWORD, "again": PASSWORD}
    assert visitor.post("/join", data=chosen).status_code == 200
    assert visitor.post("/join", data=chosen).status_code == 404
    assert visitor.get(f"/join?token={token}").status_code == 404
    assert sign_in(visitor, "new@example.org").status_code == 303


def test_while_the_database_is_away_the_gate_says_so_and_offers_the_same_address_again(
    browser: Visit, database: Database
) -> None:
    visitor = browser()
    visitor.cookies.set("__Host-bee_session", add_person(database, StaffRole.PRODUCT).token)
    with away(database):
        answer = visitor.get("/overview?period=4w")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert 'href="/overview?period=4w"' in answer.text
        assert sign_in(visitor, "ana@example.org").status_code == 503
    assert visitor.get("/overview?period=4w").text.startswith("inside: ")


def test_nothing_may_frame_a_page_or_guess_what_it_is(browser: Visit) -> None:
    headers = browser().get("/login").headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
