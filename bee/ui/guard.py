"""Who may see a page: its first line. Looked up at each rerun: a sign-out or a lost role ends open pages."""

from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import streamlit as st

from bee.access import StaffRole, Viewer
from bee.errors import Forbidden, Unauthenticated, Unavailable
from bee.ui.empty import empty, went_wrong
from bee.ui.house import find_house, get_house
from bee.ui.release import find_release_fault

HOW_TO_START: Final = (
    "Start it with `make run`, or with `python -m bee dashboard` beside a database that is there."
)


def guard(*roles: StaffRole) -> Viewer:
    """Return who looks at this page, and stop the page for anybody who is not in one of the roles.

    Without roles, anybody on the staff may see it; an admin may see every page.
    """
    viewer = find_viewer()
    if viewer is None:
        st.stop()
    if roles and not viewer.has_any(roles):
        empty(
            "lock",
            "This page is not for your role",
            f"It is for {_either(roles)}. An admin can give you that role.",
            link=("/", "Go to your own pages"),
        )
        st.stop()
    return viewer


def find_onlooker(*roles: StaffRole) -> Viewer | None:
    """Return who looks at a page that refreshes by itself, which does not keep their session alive.

    None where they may not see it any more: the whole page, run again, says why.
    """
    viewer = get_house().sessions.viewer(session_token(), touch=False)
    return viewer if viewer is not None and viewer.has_any(roles) else None


def acting(role: StaffRole) -> Viewer:
    """Return who does something for which ``role`` is needed, looked up at this moment.

    A dialog reruns by itself, without the guard of its page. Raises :class:`Unauthenticated` when the session
    is over and :class:`Forbidden` when the role is gone.
    """
    viewer = get_house().sessions.viewer(session_token(), touch=True)
    if viewer is None:
        raise Unauthenticated("no_session", "Your session is over; sign in again.")
    if not viewer.has_any((role,)):
        raise Forbidden("role_missing", f"You are no {role} any more.")
    return viewer


def session_token() -> str | None:
    """Return the token that the gate sent along; None where there is no gate."""
    token = st.user.get("session")
    return token if isinstance(token, str) else None


def find_viewer() -> Viewer | None:
    """Return who is signed in; say why and return None where nobody is."""
    house = find_house()
    if house is None:
        empty("power", "BEE is not started this way", HOW_TO_START)
        return None
    try:
        viewer = house.sessions.viewer(session_token(), touch=True)
        fault = find_release_fault(house) if viewer is not None else None
    except Unavailable:
        went_wrong("The database does not answer", "Nothing is lost. Try again in a minute.")
        return None
    if fault is not None:
        went_wrong("This dashboard and the database are of different releases", fault)
        return None
    if viewer is None:
        empty(
            "logout",
            "Your session is over",
            "Sign in again and you come back to this page.",
            link=(f"/login?next={_here()}", "Sign in again"),
        )
    return viewer


def _here() -> str:
    """Return the page's address with its choices, quoted for another address."""
    query = urlencode(st.query_params.to_dict())
    return quote(urlsplit(st.context.url or "/").path + (f"?{query}" if query else ""), safe="")


def _either(roles: tuple[StaffRole, ...]) -> str:
    words = [str(role) for role in roles]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
