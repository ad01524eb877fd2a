"""The choices of the page of the prompts, all of them in the address."""

from datetime import UTC, datetime
from typing import Final

import streamlit as st

from bee.coach.prompts.catalogue import PromptCard, VersionCard
from bee.settings import Environment
from bee.ui.pickers import pick_one, set_next, take_next
from bee.ui.prompt_words import PLACES, STATE_WORDS
from bee.ui.sessions import utc_now

ALL: Final = "Versions"
SAYS: Final = "One version"
WRITE: Final = "Write the next"
DIFFERENCE: Final = "Difference"
HISTORY: Final = "History"
VIEWS: Final = (ALL, SAYS, WRITE, DIFFERENCE, HISTORY)
MADE_UP: Final = "Made up"
MEMBER: Final = "A member"
WHOM: Final = (MADE_UP, MEMBER)


def pick_environment(usual: Environment) -> Environment:
    """Let the viewer choose of which environment the page speaks; by default its own."""
    take_next()
    places = {PLACES[place]: place.value for place in Environment if place is not usual}
    chosen = pick_one("Environment", f"{PLACES[usual]}, here", places, key="environment", width=150)
    return Environment(chosen) if chosen else usual


def pick_view() -> str:
    """Let the viewer choose what of the prompt is shown."""
    chosen = st.segmented_control(
        "View", VIEWS, default=ALL, required=True, key="view", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in VIEWS else ALL


def pick_version(card: PromptCard) -> VersionCard:
    """Let the viewer choose a version; by default it is the one that is live, or the newest where none is."""
    usual = card.live or card.cards[0]
    return _picked(card, "Live or newest", "version") or usual


def pick_beside(card: PromptCard, shown: VersionCard) -> VersionCard:
    """Let the viewer choose with what a version is compared; by default what is live, or the one before it."""
    usual = card.live if card.live and card.live is not shown else _before(card, shown)
    return _picked(card, "Beside what is live", "beside") or usual


def pick_whom() -> str:
    """Let the viewer choose for whom versions are compared."""
    chosen = st.segmented_control(
        "For whom", WHOM, default=MADE_UP, required=True, key="whom", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in WHOM else MADE_UP


def pick_state() -> str | None:
    """Let the viewer choose the state of who is made up; None where it is not known."""
    by_words = {words: state for state, words in STATE_WORDS.items()}
    chosen = st.selectbox(
        "State",
        tuple(by_words),
        key="state",
        bind="query-params",
        required=True,
        width=165,
        label_visibility="collapsed",
    )
    return by_words.get(chosen)


def pick_moment() -> datetime:
    """Let the viewer choose a moment, in UTC; by default it is now."""
    chosen = st.datetime_input(
        "What was live then (UTC)", None, key="then", bind="query-params", format="DD/MM/YYYY", width=230
    )
    return chosen.replace(tzinfo=UTC) if isinstance(chosen, datetime) else utc_now()


def look_at(view: str, number: int | None = None) -> None:
    """Go to a view, of one version; the fields, drawn already, take it on the next run."""
    set_next(view=view, **({"version": f"Version {number}"} if number else {}))
    st.rerun()


def _picked(card: PromptCard, usual: str, key: str) -> VersionCard | None:
    numbered = {f"Version {each.number}": str(each.number) for each in card.cards}
    chosen = pick_one("Version", usual, numbered, key=key, width=175)
    return next((each for each in card.cards if str(each.number) == chosen), None)


def _before(card: PromptCard, shown: VersionCard) -> VersionCard:
    return next((each for each in card.cards if each.number < shown.number), shown)
