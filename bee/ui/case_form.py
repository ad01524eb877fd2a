"""The form in which a case is written: what it asks for becomes a case, or says why it is none."""

from typing import Any, Final

import streamlit as st

from bee.coach.lab.case import CaseBody, CaseKind, make_case
from bee.coach.lab.results import UNKNOWN
from bee.coach.safety import Category
from bee.ui.case_words import DANGERS, KINDS, STATES, lines_of, momentum_of, tags_of, turns_of, turns_text

SHORT_PX: Final = 220


def ask_case(known: CaseBody | None, key: str, label: str, *, confirms: str | None = None) -> CaseBody | None:
    """Ask what a case says, beginning with what it says, and return it once it was sent.

    Raises :class:`bee.errors.Invalid` with every fault. ``confirms``: what has to be ticked before.
    """
    with st.form(key, border=True):
        said = _ask(known, key)
        is_confirmed = st.checkbox(confirms, key=f"{key}-confirm") if confirms else True
        sent = st.form_submit_button(label, icon=":material/save:")
    if not sent:
        return None
    if not is_confirmed:
        st.warning("Read it first, and tick that you did.", icon=":material/visibility:")
        return None
    return make_case(said)


def _ask(known: CaseBody | None, key: str) -> dict[str, Any]:
    title = st.text_input(
        "What it is called", known.title if known else "", 120, key=f"{key}-title", autocomplete="off"
    )
    with st.container(horizontal=True):
        kind, category = _ask_kind(known, key)
        state = _choice(
            "Momentum", list(STATES.values()), STATES[(known and known.state) or UNKNOWN], f"{key}-state"
        )
        tags = st.text_input(
            "Tags, separated by commas", ", ".join(known.tags) if known else "", 400, key=f"{key}-tags",
            width=SHORT_PX, autocomplete="off",
        )  # fmt: skip
    message = st.text_area(
        "What the member writes", known.message if known else "", 110, 8000, key=f"{key}-message"
    )
    memories = st.text_area(
        "What is remembered, a line each", "\n".join(known.memories) if known else "", 90, 40_000,
        key=f"{key}-memories",
    )  # fmt: skip
    recent = st.text_area(
        "What was said before, a line each", turns_text(_turns(known)), 110, 20_000, key=f"{key}-recent",
        placeholder="Member: I want to walk more.\nCoach: Would you like to begin with five minutes?",
    )  # fmt: skip
    return {
        "title": title,
        "kind": kind,
        "category": category,
        "state": momentum_of(state),
        "tags": tags_of(tags),
        "message": message,
        "memories": lines_of(memories),
        "recent": turns_of(recent),
    }


def _ask_kind(known: CaseBody | None, key: str) -> tuple[CaseKind, Category | None]:
    kinds = {words: kind for kind, words in KINDS.items()}
    dangers = {words: danger for danger, words in DANGERS.items()}
    kind = _choice("Kind", list(kinds), KINDS[known.kind if known else CaseKind.ORDINARY], f"{key}-kind")
    none = "No danger"
    before = DANGERS[known.category] if known and known.category else none
    danger = _choice("In danger of", [none, *dangers], before, f"{key}-danger")
    return kinds[kind], dangers.get(danger)


def _turns(known: CaseBody | None) -> list[dict[str, Any]]:
    return [turn.model_dump() for turn in known.recent] if known else []


def _choice(label: str, choices: list[str], value: str, key: str) -> str:
    found = st.selectbox(label, choices, choices.index(value), key=key, width=SHORT_PX, required=True)
    return found or value
