"""The dashboard as one ASGI application: the gate, the compressed bundles, Streamlit."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.types import ASGIApp
from streamlit import config
from streamlit.runtime.pages_manager import PagesManager

from bee.db import Database
from bee.settings import Settings
from bee.ui.assets import CompressedAssets
from bee.ui.doors import OPEN_PATHS, doors
from bee.ui.edge import Edge
from bee.ui.gate import SESSION_HEADER, Gate
from bee.ui.house import House, open_house
from bee.ui.sessions import Sessions
from bee.ui.shell import Shell

SCRIPT: Final = Path(__file__).resolve().parents[2] / "app.py"


def create_app(database: Database, settings: Settings) -> ASGIApp:
    """Return the application over a database. One a process: Streamlit's options are the process's."""
    house = House(settings, database, Sessions(database, admits_demo=settings.is_local))
    open_house(house)
    inside = st.App(SCRIPT, lifespan=_lifespan)
    _set_options(settings)
    # Until app.py has run once, Streamlit would look for pages by itself: a process's first visitor would be told
    # that a page does not exist, and a file directly in pages/ would be served without app.py.
    PagesManager.uses_pages_directory = False
    gate = Gate(CompressedAssets(Shell(inside)), doors(house), OPEN_PATHS, house.sessions, settings)
    return Edge(gate, _addresses())


def _addresses() -> frozenset[str]:
    """Return every address of a page or a door: pages are called as their files are."""
    return OPEN_PATHS | {"/", "/home"} | {f"/{page.stem}" for page in SCRIPT.parent.glob("pages/*/*.py")}


def _set_options(settings: Settings) -> None:
    """Set what a plain ``streamlit run`` must not have, and what differs between installations.

    The header of the gate is believed here and nowhere else: without the gate anybody could send it.
    """
    # Whatever imported streamlit first may have read the options before the script's folder was known.
    config.get_config_options(force_reparse=True)
    config.set_option("server.trustedUserHeaders", {SESSION_HEADER.decode(): "session"})
    if settings.cookie_secret is not None:
        config.set_option("server.cookieSecret", settings.cookie_secret.get_secret_value())
    host = urlsplit(settings.public_url).hostname if settings.public_url else None
    if host is not None:
        config.set_option("server.allowedHosts", [host])
        config.set_option("browser.serverAddress", host)


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    # Imported before the first visitor comes; frozen, since Streamlit collects garbage after every run.
    import pandas  # noqa: F401
    import plotly.graph_objects  # noqa: F401

    gc.collect()
    gc.freeze()
    yield
