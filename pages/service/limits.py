"""Service health › Limits: who hits the limits on requests, and what passed because a limiter failed."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.sla.limits import LimitHealth, limited_answers_csv, refusals_csv, refused_members_csv
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.limit_reads import PERIODS, SEE_LIMITS, USUAL_PERIOD, LimitPage, LimitQuestion, read_limits
from bee.ui.limit_table import faults_table, refused_table, show_counts
from bee.ui.limit_words import AREAS, FAULT_MEANING, limits_covers_words, refusals_takeaway
from bee.ui.pickers import pick_one, pick_period
from bee.ui.reads import Scope, forget_reads
from bee.ui.sessions import utc_now

viewer = guard(*SEE_LIMITS)


def show() -> None:
    """Draw the choices, one read, the empty case, the figures."""
    covers, choices = page_head("Limits")
    question = ask(Scope.of(viewer, SEE_LIMITS), choices)
    with st.skeleton(height=640):
        page = read_limits(question)
    health = page.health
    covers.caption(limits_covers_words(health))
    if not (health.refused or health.limited or health.uncounted):
        empty(
            "speed",
            "Nobody hit a limit",
            "And no limiter failed, in this period.",
            button=("Look again", forget_reads),
        )
        return
    with choices:
        offer_files(health)
    show_counts(health)
    show_refusals(page, question)
    members, faults = st.columns(2)
    with members.container(border=True, height="stretch"):
        show_members(health)
    with faults.container(border=True, height="stretch"):
        show_faults(health, question)


def ask(scope: Scope, choices: DeltaGenerator) -> LimitQuestion:
    """Return what was chosen, all of it in the address."""
    with choices:
        area = pick_one("Of what", "Every area", AREAS, key="area", width=140)
        period, step = pick_period(PERIODS, USUAL_PERIOD)
    return LimitQuestion(scope, area, period, step, utc_now().replace(second=0, microsecond=0))


def show_refusals(page: LimitPage, question: LimitQuestion) -> None:
    """Draw when members' requests were refused."""
    with st.container(border=True):
        card_head("Refused by policy", f"Members' requests per {question.step}, UTC, by what was asked")
        if page.health.refusals:
            chart(page.figure, key="refusals", takeaway=refusals_takeaway(page.health.refusals))
        else:
            st.caption("No request of a member was refused.")


def show_members(health: LimitHealth) -> None:
    """Draw whose requests were refused."""
    card_head("Members", "Those who were refused most first")
    if health.members:
        refused_table(health.members)
    else:
        st.caption("No member was refused.")


def show_faults(health: LimitHealth, question: LimitQuestion) -> None:
    """Draw when limiters failed."""
    card_head("Passed uncounted", "Because a limiter failed; of all areas together")
    if health.uncounted:
        faults_table(health.answers, span=question.step)
    else:
        st.caption("None: every limiter worked.")
    st.caption(FAULT_MEANING)


def offer_files(health: LimitHealth) -> None:
    """Offer what is on the screen as files."""
    day = utc_now().date()
    with st.popover("Export", icon=":material/download:"):
        for kind, label, make in (
            ("refused", "Refused, over time", lambda: refusals_csv(health.refusals)),
            ("members", "Members", lambda: refused_members_csv(health.members)),
            ("answers", "All answers with 429, and faults", lambda: limited_answers_csv(health.answers)),
        ):
            st.download_button(
                label, make, f"limits-{kind}-{day}.csv", "text/csv",
                key=f"csv-{kind}", on_click="ignore", type="tertiary",
            )  # fmt: skip


with errors_shown():
    show()
