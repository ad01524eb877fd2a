"""Coaching › Runs: versions of the prompt tried over the cases, what became worse, and what the gate says."""

import streamlit as st

from bee.coach.lab.run import Run
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.run_acts import request
from bee.ui.run_form import ask_run
from bee.ui.run_pickers import ANSWERS, NEW, begin_new, look_at, pick_run, pick_view
from bee.ui.run_reads import SEE_RUNS, read_brought, read_offer, read_runs
from bee.ui.run_table import runs_table
from bee.ui.run_view import show_answers, show_progress, show_results
from bee.ui.run_words import hidden_words, run_words, runs_words
from bee.ui.sessions import utc_now

viewer = guard(*SEE_RUNS)


def show() -> None:
    """Draw the page: all runs, a new one, or one of them in the view that was chosen."""
    covers, choices = page_head("Runs")
    scope = Scope.of(viewer, SEE_RUNS)
    with st.skeleton(height=480):
        runs = read_runs(scope)
    with choices:
        chosen = pick_run(runs)
    if chosen is None:
        covers.caption(runs_words(runs))
        show_all(runs)
    elif isinstance(chosen, Run):
        covers.caption(run_words(chosen))
        show_one(scope, chosen)
    else:
        covers.caption("The worker asks each version the same questions; each answer is kept as it comes.")
        show_new(scope)


def show_all(runs: list[Run]) -> None:
    """Draw all runs; a row opens one."""
    if not runs:
        empty(
            "experiment",
            "Nothing was tried yet",
            "A run asks versions of the prompt every case, and says what became worse before anybody meets it.",
            button=("New run", begin_new),
        )
        return
    run = runs_table(runs, utc_now(), key="open-run")
    st.button(NEW, icon=":material/add:", on_click=begin_new)
    if run is not None:
        look_at(run)


def show_new(scope: Scope) -> None:
    """Ask for a run."""
    offer = read_offer(scope)
    if not offer.versions or not offer.cases:
        empty("quiz", "There is nothing to run", "It takes a version of the prompt, and at least one case.")
        return
    wanted = ask_run(offer, get_house().settings)
    if wanted is not None:
        with errors_shown():
            number = request(wanted)
            look_at(next(run for run in read_runs(scope) if run.number == number))


def show_one(scope: Scope, run: Run) -> None:
    """Draw one run in the view that was chosen."""
    view = pick_view()
    show_progress(run)
    if run.hidden_by is not None:
        empty("visibility_off", "Hidden while you rate", hidden_words(run.hidden_by))
        return
    brought = read_brought(scope, run.id, run.done)
    if view == ANSWERS:
        show_answers(run, brought)
    else:
        show_results(run, brought)


with errors_shown():
    show()
