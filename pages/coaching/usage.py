"""Coaching › Use and cost: what models took and cost, for whom, and whether it helped."""

from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.coach.ledger import Purpose
from bee.coach.usage import usage_csv
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.pickers import pick_one, pick_period
from bee.ui.reads import Scope, forget_reads
from bee.ui.sessions import utc_now
from bee.ui.usage_reads import PERIODS, SEE_USAGE, USUAL_PERIOD, UsagePage, UsageQuestion, read_usage
from bee.ui.usage_table import prices_table, show_totals, usage_table
from bee.ui.usage_words import GROUPINGS, PURPOSES, covers_words, days_takeaway

viewer = guard(*SEE_USAGE)

USUAL: Final = "Version"
OTHERS: Final = {f"By {name.lower()}": name for name in GROUPINGS if name != USUAL}


def show() -> None:
    """Draw the choices, one read, the empty case, the figures."""
    covers, choices = page_head("Use and cost")
    question, by = ask(Scope.of(viewer, SEE_USAGE), choices)
    with st.skeleton(height=640):
        page = read_usage(question)
    covers.caption(covers_words(page.total, question.days))
    if page.total.calls:
        with choices:
            offer_file(page, question)
        show_figures(page, question, by)
    else:
        show_nothing(question)
    show_prices(page)


def ask(scope: Scope, choices: DeltaGenerator) -> tuple[UsageQuestion, str]:
    """Return what was chosen, all of it in the address, and by what the figures are added up in words."""
    with choices:
        by = pick_one("By", f"By {USUAL.lower()}", OTHERS, key="by", width=150)
        purpose = pick_one("For", "Whatever it was for", PURPOSES, key="for", width=190)
        days = pick_period(PERIODS, USUAL_PERIOD)
    now = utc_now().replace(minute=0, second=0, microsecond=0)
    words = by or USUAL
    for_what = None if purpose is None else Purpose(purpose)
    return UsageQuestion(scope, now, days, GROUPINGS[words], for_what), words


def show_figures(page: UsagePage, question: UsageQuestion, by: str) -> None:
    """Draw the sums, the days and the lines."""
    show_totals(page.total)
    with st.container(border=True):
        card_head("Cost by day", "US dollars by the prices of the day, UTC")
        if page.figure is None:
            st.caption("No model that was asked has a price here: what it cost, only its provider knows.")
        else:
            chart(page.figure, key="days", takeaway=days_takeaway(page.total, question.days))
    with st.container(border=True):
        card_head(f"By {by.lower()}", "Tokens in kinds that exclude one another; each purpose apart")
        usage_table(page.lines, by)
        st.caption(
            "A call counts whatever came of it, as it does with the provider; what a run asks for one answer is one"
            " call. Helpful is what members said of the"
            " answers that they were sent."
        )


def show_nothing(question: UsageQuestion) -> None:
    """Say that there is nothing, and what would bring something."""
    if question.purpose is None:
        empty(
            "payments",
            "No model was asked",
            "Figures appear with the first answer of a model; the offline coach takes and costs nothing.",
            button=("Look again", forget_reads),
        )
        return
    empty("filter_alt_off", "No call was for that", "Look at all calls, or at a longer period.")


def show_prices(page: UsagePage) -> None:
    """Draw the prices that the figures go by."""
    with st.expander("Prices", icon=":material/sell:"):
        st.caption(
            "US dollars for a million tokens, for use on demand; reasoning costs what output does. What was not"
            " compared with its source is for you to confirm, or to replace with prices of your own."
        )
        prices_table(page.prices)


def offer_file(page: UsagePage, question: UsageQuestion) -> None:
    """Offer what is on the screen as a file."""
    st.download_button(
        "Export", lambda: usage_csv(page.lines, question.by), f"usage-{question.by}-{question.now.date()}.csv",
        "text/csv", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


with errors_shown():
    show()
