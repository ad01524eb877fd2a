"""Service health › Jobs: what the worker did and does, what fails first; and running something now."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.sla.jobs import Run, RunSearch, kinds_csv, runs_csv
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.job_acts import (
    MOST_IN_A_FILE,
    PERIODS,
    SEE_JOBS,
    USUAL_PERIOD,
    JobPage,
    read_all_runs,
    read_jobs,
    read_kinds,
    run_now,
)
from bee.ui.job_table import kinds_table, runs_table, show_counts, whole_run
from bee.ui.job_words import STATES, covers_words, job_words
from bee.ui.pickers import asked_before, offer_pages, pick_one, pick_period, start_over
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.words import counted, type_words

viewer = guard(*SEE_JOBS)


def show() -> None:
    """Draw the choices, one read, the empty case, the kinds, the runs."""
    covers, choices = page_head("Jobs")
    scope, now = Scope.of(viewer, SEE_JOBS), utc_now()
    search = ask(scope, choices)
    page = read_jobs(scope, search, asked_before(), now)
    covers.caption(covers_words(page.kinds, now))
    if not page.kinds:
        empty(
            "manufacturing",
            "No job was ever asked for",
            "A worker asks for them as it runs; none has run yet.",
            button=("Look again", start_over),
        )
        return
    with choices:
        offer_files(scope, search, page)
        st.button("Look again", icon=":material/refresh:")
    show_counts(page.kinds, now)
    show_kinds(page)
    show_runs(page)


def ask(scope: Scope, choices: DeltaGenerator) -> RunSearch:
    """Ask which runs; all of it is in the address."""
    with choices:
        names = {type_words(kind): kind for kind in read_kinds(scope)}
        kind = pick_one("Job", "Every job", names, key="kind", width=150)
        state = pick_one("State", "Any state", STATES, key="state", width=130)
        period = pick_period(PERIODS, USUAL_PERIOD)
    return RunSearch(utc_now() - period, kind, state)


def show_kinds(page: JobPage) -> None:
    """Draw the kinds; a row has one run now."""
    with st.container(border=True):
        card_head("Kinds of jobs", "Those in trouble first; runs and failures of this period")
        chosen = kinds_table(page.kinds, page.now, key="run-kind")
    if chosen is not None:
        run_kind(chosen.kind)


def show_runs(page: JobPage) -> None:
    """Draw the runs; a row opens one."""
    with st.container(border=True):
        card_head("Runs", "Those that have not ended first, then the newest")
        if not page.runs:
            st.caption("None is found. Look at a longer period, or for another job.")
            return
        chosen = runs_table(page.runs, page.now, key="show-run")
    offer_pages(counted(len(page.runs), "run", "runs"), str(page.older) if page.older else None)
    if chosen is not None:
        show_run(chosen)


@st.dialog("Run a job now", position="right")
def run_kind(kind: str) -> None:
    """Ask why, and have a job of a kind run."""
    st.markdown(f"**{type_words(kind)}**")
    ask_to_run(kind, "")


@st.dialog("One run", position="right")
def show_run(run: Run) -> None:
    """Show a run in full, and have the same run again."""
    st.markdown(f"**{job_words(run.kind, run.key)}**")
    whole_run(run, utc_now())
    ask_to_run(run.kind, run.key)


def ask_to_run(kind: str, key: str) -> None:
    """Ask for the reason, and have it run."""
    with st.form(f"run-{kind}-{key}", border=False):
        reason = st.text_input(
            "Why", max_chars=500, placeholder="What others should know", autocomplete="off"
        )
        sent = st.form_submit_button(f"Run “{job_words(kind, key)}” now", icon=":material/play_arrow:")
    if sent:
        with errors_shown():
            run_now(kind, key, reason)
            st.toast("Asked for: a worker takes it within seconds.", icon=":material/check:")
            st.rerun()


def offer_files(scope: Scope, search: RunSearch, page: JobPage) -> None:
    """Offer what is on the screen as files, and every run that is found."""
    day = page.now.date()
    with st.popover("Export", icon=":material/download:"):
        for name, label, make in (
            ("kinds", "The kinds of jobs", lambda: kinds_csv(page.kinds, page.now)),
            ("page", "The runs on this page", lambda: runs_csv(page.runs, page.now)),
            (
                "all",
                f"All runs that are found, {MOST_IN_A_FILE:,} at most",
                lambda: runs_csv(read_all_runs(scope, search), page.now),
            ),
        ):
            st.download_button(
                label, make, f"jobs-{name}-{day}.csv", "text/csv",
                key=f"csv-{name}", on_click="ignore", type="tertiary",
            )  # fmt: skip


with errors_shown():
    show()
