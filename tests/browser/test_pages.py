"""The pages as a browser draws them: readable in both themes and on a phone, the same again from their address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from bee.access import StaffRole
from bee.db import Database, Login
from bee.engage.export import at_risk_csv, movements_csv, states_csv
from bee.ui.reads import Overview, OverviewQuestion, Scope, answer_overview
from tests.browser.conftest import Dashboard, go_on_until, open_as, settle
from tests.cluster import away
from tests.dashboard import add_person, member_numbers, now

Theme = Literal["light", "dark"]
# Rising, Steady, Needs care. See .streamlit/config.toml.
COLOURS: dict[Theme, tuple[str, str, str]] = {
    "light": ("rgb(15, 118, 110)", "rgb(123, 143, 176)", "rgb(194, 65, 12)"),
    "dark": ("rgb(45, 212, 191)", "rgb(125, 144, 184)", "rgb(249, 115, 22)"),
}
# Streamlit's own: list items between the sections of its navigation, unnamed groups in the charts of its cards.
NOT_OURS = [["[data-testid=stSidebarNavItems]"], ["[data-testid=stMetricChart]"]]
AXE = "exclude => axe.run({exclude}, {resultTypes: ['violations']}).then(found => found.violations)"
WIDER = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')]
    .filter(box => box.scrollWidth > box.clientWidth).map(box => `${box.scrollWidth} > ${box.clientWidth}`)"""
FILLS = """selector => [...new Set(
    [...document.querySelectorAll(selector)].map(mark => getComputedStyle(mark).fill))]"""
PLACEHOLDER_OF_TEXT = "rgb(0, 0, 55)"


class Watched:
    """A page of which every complaint in the console and every request to another host is kept."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        hosts = {urlsplit(home).netloc, ""}
        page.on(
            "request",
            lambda sent: None if urlsplit(sent.url).netloc in hosts else self.foreign.append(sent.url),
        )

    def go(self, address: str) -> None:
        self.page.goto(address)
        settle(self.page)


@pytest.fixture
def watched(request: pytest.FixtureRequest, browser: Browser, dashboard: Dashboard) -> Iterator[Watched]:
    """An admin's browser in the theme that the test names; axe may be put into its pages."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, color_scheme=request.param, bypass_csp=True
    )
    admin = add_person(dashboard.database, StaffRole.ADMIN)
    context.add_cookies([{"name": "bee_session", "value": admin.token, "url": dashboard.url}])
    yield Watched(context.new_page(), dashboard.url)
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize("watched", ["light", "dark"], indirect=True)
def test_every_page_can_be_read_by_everybody_fits_a_phone_and_talks_to_no_other_host(
    watched: Watched, dashboard: Dashboard, axe: str
) -> None:
    page, number = watched.page, member_numbers(dashboard.database)[0]
    for path in (
        "/overview",
        "/member",
        f"/member?member=P-{number}",
        "/member?member=nobody",
        "/log",
        "/log?member=P-999999",
        "/rules",
        "/kill_switch",
        "/tokens",
        "/today",
        "/memory",
        f"/memory?member=P-{number}&message=hello",
        "/safety",
        "/cases",
        "/runs",
        "/safety?which=Closed",
        "/staff",
        "/audit",
        "/audit?who=nobody",
        "/password",
    ):
        watched.go(dashboard.url + path)
        page.evaluate(axe)
        assert violations(page) == [], path
        page.set_viewport_size({"width": 390, "height": 844})
        page.wait_for_function(f"({WIDER})().length === 0")
        page.set_viewport_size({"width": 1440, "height": 900})
    watched.go(f"{dashboard.url}/staff")
    page.get_by_role("button", name="Invite somebody").click()
    expect(page.get_by_role("button", name="Make the link")).to_be_visible()
    page.evaluate(axe)
    assert violations(page) == []
    page.context.clear_cookies()
    page.goto(f"{dashboard.url}/login")
    page.evaluate(axe)
    assert violations(page) == []
    assert watched.complaints == []
    assert watched.foreign == []


def violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong, as its rule and the first place."""
    return [f"{found['id']}: {found['nodes'][0]['html'][:200]}" for found in page.evaluate(AXE, NOT_OURS)]


@pytest.mark.parametrize(("watched", "theme"), [("light", "light"), ("dark", "dark")], indirect=["watched"])
def test_charts_take_the_colours_of_the_theme_in_the_place_of_placeholders(
    watched: Watched, theme: Theme, dashboard: Dashboard
) -> None:
    rising, steady, needs_care = COLOURS[theme]
    page = watched.page
    watched.go(f"{dashboard.url}/overview")
    page.wait_for_selector(".st-key-moved .sankey-link")
    areas = page.evaluate(FILLS, ".st-key-states .fills path")
    assert {opaque(fill) for fill in areas} == {rising, steady, needs_care}
    assert set(page.evaluate(FILLS, ".st-key-moved .node-rect")) == {rising, steady, needs_care}
    links = page.evaluate(FILLS, ".st-key-moved .sankey-link")
    assert {opaque(fill) for fill in links} <= {rising, steady, needs_care}
    watched.go(f"{dashboard.url}/member?member=P-{member_numbers(dashboard.database)[0]}")
    page.wait_for_selector(".st-key-timeline .barlayer path")
    assert set(page.evaluate(FILLS, ".st-key-timeline .barlayer path")) <= {rising, steady, needs_care}
    text = page.evaluate(FILLS, ".st-key-timeline .ytick text")
    assert len(text) == 1
    assert text != [PLACEHOLDER_OF_TEXT]


def opaque(fill: str) -> str:
    """Return a colour without its alpha; the alpha of a faded one differs, its colour does not."""
    channels = fill.removeprefix("rgba(").removeprefix("rgb(").rstrip(")").split(", ")[:3]
    return f"rgb({', '.join(channels)})"


def shown(database: Database, weeks: int) -> Overview:
    """Return what the overview has to show to the role product."""
    question = OverviewQuestion(Scope("bee_product", None), "all", weeks, now().date())
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        found = answer_overview(session, question)
    assert found is not None
    return found


def test_choices_go_into_the_address_which_reopens_what_was_seen_and_files_hold_it(
    browser: Browser, dashboard: Dashboard
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = open_as(context, dashboard, add_person(dashboard.database, StaffRole.PRODUCT), "/overview")
    page.get_by_role("radio", name="4w").click()
    page.get_by_role("combobox", name="Segment").fill("Demo members")
    page.get_by_role("option", name="Demo members").click()
    page.wait_for_url("**/overview?period=4w&segment=Demo+members")
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_role("radio", name="4w")).to_be_checked()
    expect(page.get_by_role("combobox", name="Segment")).to_have_value("Demo members")
    overview = shown(dashboard.database, 4)
    assert f"{overview.coverage.people} people" in page.get_by_test_id("stMain").inner_text()
    page.get_by_role("button", name="Export").click()
    for label, content in (
        ("Where people are", states_csv(overview.states, overview.recoveries)),
        ("How they moved", movements_csv(overview.movements)),
        ("People who may need a call", at_risk_csv(overview.people)),
    ):
        with page.expect_download() as started:
            page.get_by_test_id("stPopoverBody").get_by_role("button", name=label).click()
        assert Path(started.value.path()).read_bytes().decode() == content
        assert started.value.suggested_filename.endswith(f"-demo-members-{overview.start}-{overview.end}.csv")
    context.close()


def test_the_button_in_a_row_opens_the_member_and_back_leads_back(
    browser: Browser, dashboard: Dashboard
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 2000})
    page = open_as(context, dashboard, add_person(dashboard.database, StaffRole.PRODUCT), "/overview")
    first = shown(dashboard.database, 12).people[0]
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table is not None
    # The cells lie on a canvas: the button is in the last column of the first row.
    page.mouse.click(table["x"] + table["width"] - 55, table["y"] + 37 + 20)
    page.wait_for_url(f"**/member?member=P-{first.number}")
    expect(page.get_by_role("heading", name=f"P-{first.number} timeline")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    context.close()


def test_the_database_away_under_an_open_page_is_said_and_the_page_comes_back(
    browser: Browser, dashboard: Dashboard
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = open_as(
        context, dashboard, add_person(dashboard.database, StaffRole.PRODUCT), "/overview?period=12w"
    )
    with away(dashboard.database):
        go_on_until(page, page.get_by_text("The database does not answer"))
        expect(page.get_by_test_id("stMetric")).to_have_count(0)
        page.goto(f"{dashboard.url}/overview?period=26w")
        # Said by the gate, by the page where the process still remembers the session, or by Streamlit where the
        # process forgets it between the page and its connection.
        cut_off = page.get_by_role("heading", name="Connection error")
        expect(page.get_by_text("The database does not answer").or_(cut_off)).to_be_visible()
    dashboard.database.dispose()
    again = page.get_by_role("link", name="Try again").or_(page.get_by_role("button", name="Try again"))
    if again.count():
        again.click()
    else:
        page.reload()
    settle(page)
    expect(page.get_by_test_id("stMetric")).to_have_count(4)
    expect(page.get_by_role("radio", name="26w")).to_be_checked()
    context.close()
