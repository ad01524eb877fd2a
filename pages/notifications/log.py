"""Notifications › Log: every decision, sent or not, how far it got, and why."""

import streamlit as st

from bee.notify.log import Counted, LogRow, LogSearch, log_csv
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.log_pickers import ask_which, ask_whose
from bee.ui.log_reads import (
    MOST_IN_A_FILE,
    SEE_LOG,
    LogPage,
    LogQuestion,
    read_all_rows,
    read_counts,
    read_log,
    read_text,
)
from bee.ui.log_table import log_table, reasons_table, whole_decision
from bee.ui.log_words import funnel_takeaway, funnel_words, log_coverage_words
from bee.ui.member_reads import record_look
from bee.ui.pickers import asked_before, offer_pages, start_over
from bee.ui.reads import Scope, forget_reads
from bee.ui.sessions import utc_now
from bee.ui.words import counted

viewer = guard(*SEE_LOG)


def show() -> None:
    """Draw the page: the choices, one read, the empty cases, how far it all got, the decisions."""
    covers, choices = page_head("Log")
    scope = Scope.of(viewer, SEE_LOG)
    whose = ask_whose(scope, choices)
    if whose is None:
        empty("person_search", "Nobody found among the members you may see", "Type a number such as P-1778.")
        return
    if whose.member_id is not None:
        record_look(viewer, scope, whose.member_id, utc_now())
    with st.skeleton(height=640):
        counts = read_counts(scope, whose)
    search = ask_which(whose, counts)
    with st.skeleton(height=640):
        page = read_log(LogQuestion(scope, search, asked_before()), counts)
    covers.caption(log_coverage_words(page.funnel, search.since))
    if not page.rows:
        show_nothing(counts)
        return
    with choices:
        offer_files(scope, search, page)
    show_funnel(page)
    show_decisions(scope, page)


def show_nothing(counts: Counted) -> None:
    """Say that there is nothing, and what would bring something."""
    if counts.counts:
        empty(
            "filter_alt_off",
            "No decision is like that",
            "Ask for less, or look at a longer period.",
            button=("Back to the newest", start_over),
        )
        return
    empty(
        "notifications",
        "Nothing was decided in this period",
        "A row appears for every eligible moment, sent or not, once the rules have run over complete days.",
        button=("Look again", forget_reads),
    )


def show_funnel(page: LogPage) -> None:
    """Draw how far the decisions got, and why others did not go out."""
    got, held = st.columns([5, 3])
    with got.container(border=True, height="stretch"):
        card_head("How far they got", "Decisions; shares are of the stage that is named")
        chart(page.figure, key="funnel", takeaway=funnel_takeaway(page.stages))
        st.caption(funnel_words(page.funnel))
    with held.container(border=True, height="stretch"):
        card_head("Why others did not go out", "Decisions held back, failed or too late")
        if page.not_sent:
            reasons_table(page.not_sent)
        else:
            st.caption("None of these was held back.")


def show_decisions(scope: Scope, page: LogPage) -> None:
    """Draw the decisions, a page at a time; a row opens why it is as it is."""
    card_head("Decisions", "One row for each moment, newest first")
    chosen = log_table(page.rows, page.acted, key="show-decision")
    shown = counted(len(page.rows), "decision", "decisions")
    offer_pages(f"{shown} of {page.funnel.decided:,}", str(page.older) if page.older else None)
    if chosen is not None:
        show_decision(scope, chosen)


@st.dialog("One decision", position="right", width="medium")
def show_decision(scope: Scope, row: LogRow) -> None:
    """Show a decision in full; that somebody looked is in the trail before."""
    with errors_shown():
        record_look(viewer, scope, row.user_id, utc_now())
        whole_decision(row, read_text(scope, row.id))


def offer_files(scope: Scope, search: LogSearch, page: LogPage) -> None:
    """Offer what is on the screen as a file, and everything that was chosen."""
    name = f"{search.since.date()}-{utc_now().date()}.csv"
    with st.popover("Export", icon=":material/download:"):
        for kind, label, make in (
            ("page", "The decisions on this page", lambda: log_csv(page.rows, page.acted)),
            (
                "all",
                f"All of them, {MOST_IN_A_FILE:,} at most",
                lambda: log_csv(*read_all_rows(scope, search)),
            ),
        ):
            st.download_button(
                label, make, f"notifications-{kind}-{name}", "text/csv",
                key=f"csv-{kind}", on_click="ignore", type="tertiary",
            )  # fmt: skip


with errors_shown():
    show()
