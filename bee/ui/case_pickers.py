"""The choices of the page of the cases, each in the address."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from bee.coach.lab.case import Case
from bee.coach.lab.results import UNKNOWN
from bee.ui.case_words import KINDS, STATES, titles
from bee.ui.pickers import pick_one, set_next, take_next

NEW: Final = "New case"
TAKE: Final = "From a conversation"
MESSAGE: Final = "message"
SAYS: Final = "What it says"
CHANGE: Final = "Change"
VERSIONS: Final = "Versions"
VIEWS: Final = (SAYS, CHANGE, VERSIONS)


def pick_case(cases: Sequence[Case]) -> Case | str | None:
    """Let the viewer choose a case, ``NEW`` or ``TAKE``; None is all of them."""
    take_next()
    named = titles(cases)
    ways = {NEW: NEW, TAKE: TAKE} | {name: name for name in named}
    chosen = pick_one("Case", "Every case", ways, key="case", width=240)
    return named.get(chosen, chosen) if chosen else None


def pick_among(cases: Sequence[Case]) -> list[Case]:
    """Let the viewer narrow the cases down and return those that are left."""
    kind = pick_one(
        "Kind", "Any kind", {words: kind.value for kind, words in KINDS.items()}, key="kind", width=155
    )
    state = pick_one(
        "State", "Any state", {words: state for state, words in STATES.items()}, key="state", width=120
    )
    tags = sorted({tag for case in cases for tag in case.tags})
    tag = pick_one("Tag", "Any tag", {tag: tag for tag in tags}, key="tag", width=125)
    which = pick_one("Which", "Current", {"Retired": "retired"}, key="which", width=110)
    wanted: Mapping[str, Callable[[Case], bool]] = {
        "kind": lambda case: kind in {None, case.kind},
        "state": lambda case: state in {None, case.state or UNKNOWN},
        "tag": lambda case: tag is None or tag in case.tags,
        "which": lambda case: case.is_retired == (which is not None),
    }
    return [case for case in cases if all(fits(case) for fits in wanted.values())]


def pick_view() -> str:
    """Let the viewer choose what of a case is shown."""
    chosen = st.segmented_control(
        "View", VIEWS, default=SAYS, required=True, key="view", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in VIEWS else SAYS


def look_at(name: str | None) -> None:
    """Look at a case, or at all of them; the fields, drawn already, take it on the next run."""
    st.query_params.pop(MESSAGE, None)
    set_next(case=name or "Every case", view=SAYS)
    st.rerun()


def begin(way: str) -> None:
    """Begin a new case in a way."""
    set_next(case=way)
