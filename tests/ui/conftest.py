"""Pages over a real database: nobody in it, or some demo members who are scored."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.testing.v1 import AppTest, local_script_runner

from bee.db import Database
from bee.db.address import ServerAddress
from bee.settings import Settings
from bee.ui.house import House, close_house, open_house
from bee.ui.sessions import Sessions
from tests.dashboard import Person, seeded

ROOT = Path(__file__).resolve().parents[2]
Visit = Callable[..., AppTest]


@pytest.fixture(scope="session")
def seeded_database(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    with seeded(template, copies) as database:
        yield database


@pytest.fixture
def empty_house(database: Database) -> Iterator[House]:
    with furnished(database) as house:
        yield house


@pytest.fixture
def house(seeded_database: Database) -> Iterator[House]:
    with furnished(seeded_database) as house:
        yield house


@contextmanager
def furnished(database: Database) -> Iterator[House]:
    """Let the pages use a database, with nothing remembered from another test."""
    house = House(Settings(), database, Sessions(database, admits_demo=True))
    open_house(house)
    st.cache_resource.clear()
    try:
        yield house
    finally:
        close_house()
        st.cache_resource.clear()


def visit(page: str, person: Person | None = None, **query: str) -> AppTest:
    """Open a page through ``app.py`` as somebody, or as nobody."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    # Run first as nobody, which registers the pages and draws none: no choice of another page is made yet.
    app.user = {"session": None}
    app.run()
    app.user = {"session": person.token if person else None}
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page(str(ROOT / "pages" / page)).run()


def press_row(app: AppTest, table: int, row: int) -> AppTest:
    """Press the button of a row, which lies on a canvas, and run the page as its browser would."""
    (widget_id,) = app.dataframe[table].proto.button_click_widgets.values()
    states = app._tree.get_widget_states()
    states.widgets.add(id=widget_id).string_trigger_value.data = json.dumps({"row": row, "label": "pressed"})
    return app._run(states)


def run_dialog(app: AppTest) -> AppTest:
    """Run the open dialog by itself, as a browser does: neither ``app.py`` nor the page's guard runs again."""
    *_, newest = app._fragment_storage._fragments
    alone = partial(RerunData, fragment_id=newest)
    with patch.object(local_script_runner, "RerunData", alone):
        return app.run()


def words(app: AppTest) -> str:
    """Return everything that a page says, as one text."""
    kinds = (
        "title",
        "header",
        "subheader",
        "markdown",
        "caption",
        "text",
        "error",
        "warning",
        "success",
        "info",
    )
    return "\n".join(str(block.value) for kind in kinds for block in getattr(app, kind))
