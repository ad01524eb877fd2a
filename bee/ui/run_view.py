"""One run, drawn: how far it is, what the gate says, what it came to, each answer beside the other version's."""

from typing import Final

import streamlit as st

from bee.coach.lab.results import CaseRow, Results, Speed
from bee.coach.lab.run import Arm, Ended, Output, Run
from bee.ui.blocks import card_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import find_onlooker
from bee.ui.palette import Tone
from bee.ui.reads import Scope
from bee.ui.run_acts import cancel
from bee.ui.run_pickers import look_at_answers, pick_case, pick_state
from bee.ui.run_reads import SEE_RUNS, Brought, read_run
from bee.ui.run_table import cases_table, checks_table
from bee.ui.run_words import (
    ERRORS,
    FAILED,
    GATE_CHECKS,
    PASSED,
    arm_words,
    check_words,
    end_words,
    models_words,
    money,
    output_words,
    outputs_csv,
    progress_words,
    results_csv,
    stands,
    time_words,
)
from bee.ui.sessions import utc_now
from bee.ui.text import plain

REFRESHED_S: Final = 3
GATE_TONES: Final[dict[str, Tone]] = {PASSED: "green", FAILED: "orange"}


def show_progress(run: Run) -> None:
    """Draw how far a run is, again and again until it is over, and why it ended; offer to call it off."""
    if run.outcome == Ended.FINISHED:
        st.caption(progress_words(run))
    elif run.is_over:
        _show_progress(run)
    else:
        st.fragment(_follow, run_every=REFRESHED_S)(run.number)


def _follow(number: int) -> None:
    """Draw how far a run is now; once it is over, or not to be seen any more, the page is drawn anew."""
    with errors_shown():
        viewer = find_onlooker(*SEE_RUNS)
        if viewer is None:
            st.rerun()
        run = read_run(Scope.of(viewer, SEE_RUNS), number)
        if run.is_over:
            st.rerun()
        _show_progress(run)


def _show_progress(run: Run) -> None:
    with st.container(border=True):
        card_head("How far it is", progress_words(run))
        st.progress(min(1.0, run.done / run.due) if run.due else 0.0)
        if said := end_words(run):
            st.warning(plain(said), icon=":material/info:")
        if not run.is_over:
            st.caption("How far it is refreshes by itself; what it came to so far, when you look again.")
            with st.container(horizontal=True):
                if st.button("Look again", icon=":material/refresh:"):
                    st.rerun()
                if st.button("Call it off", icon=":material/block:"):
                    with errors_shown():
                        cancel(run.id)
                        st.rerun()


def show_results(run: Run, brought: Brought) -> None:
    """Draw what the gate says and what a run came to."""
    if run.outcome == Ended.FINISHED:
        _show_verdict(run)
    if not brought.outputs:
        empty("hourglass_empty", "No answer yet", "The worker asks for them; look again in a while.")
        return
    st.caption(models_words(brought.outputs))
    for speed in brought.results.speeds:
        _show_speed(run, speed)
    _show_checks(run, brought.results)
    _show_cases(run, brought.results)


def show_answers(run: Run, brought: Brought) -> None:
    """Draw every answer to one case beside the other version's."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        row = pick_case(brought.results.cases)
        st.download_button(
            "Export", lambda: outputs_csv(run, brought.outputs), f"run-{run.number}-answers.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    if row is None:
        empty("hourglass_empty", "No answer yet", "The worker asks for them; look again in a while.")
        return
    theirs = [output for output in brought.outputs if output.case_id == row.case_id]
    for repeat in sorted({output.repeat for output in theirs}):
        _show_repeat(run, repeat, [output for output in theirs if output.repeat == repeat])


def _show_verdict(run: Run) -> None:
    words = stands(run, utc_now())
    until = f"It holds until {run.expires_at:%-d %B %Y, %H:%M} UTC" if run.passed and run.expires_at else None
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            card_head("The gate", until or "Whether this version may go live")
            st.badge(
                words,
                icon=":material/check:" if words == PASSED else None,
                color=GATE_TONES.get(words, "gray"),
            )
        for reason in run.reasons or []:
            st.markdown(f"- **{GATE_CHECKS.get(reason['check'], reason['check'])}**: {plain(reason['said'])}")


def _show_speed(run: Run, speed: Speed) -> None:
    if not speed.fresh:
        why = "no answer was given afresh, so nothing is known of its time and cost"
        st.caption(f"{arm_words(run, speed.arm)}: {why}.")
        return
    st.caption(f"{arm_words(run, speed.arm)}, {speed.fresh:,} answers given afresh")
    grid = st.grid(4, min_column_width=150)
    first = f"Half of the answers began within this time, 19 of 20 within {time_words(speed.first_p95_ms)}."
    for label, value, meaning in (
        ("First words", time_words(speed.first_p50_ms), first),
        ("Whole answer", time_words(speed.total_p50_ms), "Half of the answers were there within this time."),
        (
            "19 of 20 within",
            time_words(speed.total_p95_ms),
            "All but the slowest answers were there by then.",
        ),
        ("Cost of one", money(speed.mean_usd), f"On average; {money(speed.total_usd)} together."),
    ):
        grid.metric(label, value, help=meaning, border=True, height="stretch")


def _show_checks(run: Run, results: Results) -> None:
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            card_head(
                "What became worse, what better",
                "How often each check passed; intervals count cases, not answers",
            )
            state = pick_state(key="among")
            rows = [row for row in results.checks if state in {None, row.state}]
            st.download_button(
                "Export", lambda: results_csv(run, rows), f"run-{run.number}-results.csv", "text/csv",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip
        if rows:
            checks_table(run, rows)
        else:
            st.caption("No case is in that state.")


def _show_cases(run: Run, results: Results) -> None:
    with st.container(border=True):
        card_head("Case by case", "How often every check passed, what became worse first")
        chosen = cases_table(run, results.cases, key="read-answers")
    if chosen is not None:
        look_at_answers(_name_of(chosen, results))


def _name_of(chosen: CaseRow, results: Results) -> str:
    """Return what a case is called where two have one title."""
    before = 0
    for row in results.cases:
        if row.case_id == chosen.case_id:
            break
        before += row.title == chosen.title
    return chosen.title if not before else f"{chosen.title} ({before + 1})"


def _show_repeat(run: Run, repeat: int, outputs: list[Output]) -> None:
    if run.repeats > 1:
        st.caption(f"Asked for the {_ordinal(repeat)} time")
    arms = [Arm.CANDIDATE] if run.baseline is None else list(Arm)
    for column, arm in zip(st.columns(len(arms)), arms, strict=True):
        output = next((output for output in outputs if output.arm == arm), None)
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{arm_words(run, arm)}**")
            if output is None:
                st.caption("No answer yet")
            else:
                _show_output(output)


def _show_output(output: Output) -> None:
    if output.text is None:
        st.warning(ERRORS.get(output.error or "", "No answer came."), icon=":material/block:")
    else:
        st.text(output.text)
    for name in output.failed:
        found = "; ".join(str(each) for each in output.results[name]["found"])
        st.badge(check_words(name), icon=":material/close:", color="orange", help=found or None)
    if output.passes:
        st.badge("Every check passed", icon=":material/check:", color="green")
    st.caption(plain(output_words(output)))


def _ordinal(number: int) -> str:
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number, 'th') }"
