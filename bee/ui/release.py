"""Whether the database is of this release, remembered for a while so that a rerun costs no query."""

import streamlit as st

from bee.db import Login
from bee.db.migrations import current_state
from bee.ui.house import House

REMEMBERED_S = 30


@st.cache_resource(ttl=REMEMBERED_S, max_entries=1, show_spinner=False)
def find_release_fault(_house: House) -> str | None:
    """Return why pages can't be drawn over the database, in one sentence; None when they can.

    Raises :class:`bee.errors.Unavailable` when the database does not answer.
    """
    return current_state(_house.database, Login.DASHBOARD).fault
