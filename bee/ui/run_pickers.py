"""The choices of the page of the runs, each in the address."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from bee.coach.lab.results import STATES as AMONG
from bee.coach.lab.results import CaseRow
from bee.coach.lab.run import Run
from bee.ui.pickers import pick_one, set_next, take_next
from bee.ui.run_words import EVERYBODY, among_words, run_name

NEW: Final = "New run"
RESULTS: Final = "Results"
ANSWERS: Final = "Answers"
VIEWS: Final = (RESULTS, ANSWERS)


def pick_run(runs: Sequence[Run]) -> Run | str | None:
    """Let the viewer choose a run, or ``NEW``; None is all of them."""
    take_next()
    named = {run_name(run): run for run in runs}
    chosen = pick_one("Run", "Every run", {NEW: NEW} | {name: name for name in named}, key="run", width=200)
    return named.get(chosen, NEW) if chosen else None


def pick_view() -> str:
    """Let the viewer choose what of a run is shown."""
    chosen = st.segmented_control(
        "View", VIEWS, default=RESULTS, required=True, key="view", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in VIEWS else RESULTS


def pick_state(*, key: str) -> str | None:
    """Let the viewer choose among whose cases; None is all of them."""
    states = {among_words(state): state for state in AMONG if state is not None}
    return pick_one("Among", EVERYBODY, states, key=key, width=140)


def pick_case(rows: Sequence[CaseRow]) -> CaseRow | None:
    """Let the viewer choose a case of a run; those that became worse come first."""
    named: dict[str, CaseRow] = {}
    for row in rows:
        name, number = row.title, 2
        while name in named:
            name, number = f"{row.title} ({number})", number + 1
        named[name] = row
    if "answers" in st.session_state and st.session_state["answers"] not in named:
        del st.session_state["answers"]
    chosen = st.selectbox(
        "Case", tuple(named), key="answers", label_visibility="collapsed", bind="query-params", required=True,
        width=320,
    )  # fmt: skip
    return named.get(chosen) if chosen else None


def look_at(run: Run) -> None:
    """Look at a run; the fields, drawn already, take it on the next run."""
    set_next(run=run_name(run), view=RESULTS)
    st.rerun()


def look_at_answers(title: str) -> None:
    """Look at the answers to a case; a field that was never drawn takes it from the address."""
    st.query_params["answers"] = title
    set_next(view=ANSWERS, answers=title)
    st.rerun()


def begin_new() -> None:
    """Begin a new run."""
    set_next(run=NEW)
