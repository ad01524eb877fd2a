"""Pages over a real database: nobody in it, or some demo members who are scored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

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
    house = House(Settings(), database, Sessions(database))
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
