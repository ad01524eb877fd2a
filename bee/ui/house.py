"""What the pages of this process stand on: set once by the ASGI application, and by tests."""

from dataclasses import dataclass

from bee.db import Database
from bee.settings import Settings
from bee.ui.sessions import Sessions


@dataclass(frozen=True, slots=True)
class House:
    """The settings, the database and the sessions that pages use."""

    settings: Settings
    database: Database
    sessions: Sessions


_houses: list[House] = []


def open_house(house: House) -> None:
    """Let the pages of this process use a house; the last one opened counts."""
    _houses[:] = [house]


def close_house() -> None:
    """Leave the pages without one."""
    _houses.clear()


def find_house() -> House | None:
    """Return the house of this process; None under a plain ``streamlit run``, where nobody can be signed in."""
    return _houses[0] if _houses else None


def get_house() -> House:
    """Return the house of this process, which a page behind the guard always has."""
    assert _houses, "a page was reached without the application"
    return _houses[0]
