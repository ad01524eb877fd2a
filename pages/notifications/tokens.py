"""Notifications › Tokens: how healthy push addresses are, whom they reach, what becomes of them."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.notify.tokens import ages_csv, members_csv, weeks_csv
from bee.ui.blocks import card_head, chart, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.log_reads import SEE_EVENTS
from bee.ui.pickers import pick_one, pick_period, pick_segment
from bee.ui.reads import Scope, forget_reads, read_segments
from bee.ui.sessions import utc_now
from bee.ui.token_reads import PERIODS, SEE_TOKENS, USUAL_PERIOD, TokenPage, TokenQuestion, read_tokens
from bee.ui.token_table import members_table, show_counts, weeks_table
from bee.ui.token_words import PLATFORMS, WHAT_IS_DONE, ages_takeaway, coverage_words, weeks_takeaway

viewer = guard(*SEE_TOKENS)


def show() -> None:
    """Draw the choices, one read, the empty case, the figures."""
    covers, choices = page_head("Tokens")
    question = ask(Scope.of(viewer, SEE_TOKENS), choices)
    with st.skeleton(height=640):
        page = read_tokens(question)
    covers.caption(coverage_words(page.health))
    if not page.health.people:
        empty(
            "smartphone",
            "Nobody is here",
            "Devices appear when members sign in to the app and allow push messages.",
            button=("Look again", forget_reads),
        )
        return
    with choices:
        offer_files(page)
    show_counts(page.health)
    show_now(page)
    show_weeks(page)


def ask(scope: Scope, choices: DeltaGenerator) -> TokenQuestion:
    """Return what was chosen, all of it in the address."""
    segment = "all"
    with choices:
        if scope.role in SEE_EVENTS and (segments := read_segments(scope)):
            segment = pick_segment(segments).key
        platform = pick_one("Platform", "Every platform", PLATFORMS, key="platform", width=150)
        weeks = pick_period(PERIODS, USUAL_PERIOD)
    return TokenQuestion(scope, platform, segment, weeks, utc_now().date())


def show_now(page: TokenPage) -> None:
    """Draw how old the addresses are, and whom they reach."""
    old, reached = st.columns(2)
    with old.container(border=True, height="stretch"):
        card_head("How old addresses are", "Addresses in use, by when the app was last heard of there")
        if page.health.ages:
            chart(page.ages, key="ages", takeaway=ages_takeaway(page.health))
            st.caption("From strong to faint: seen within 30 days; stale, within 270 days; over.")
        else:
            st.caption("No address is in use.")
        st.caption(WHAT_IS_DONE)
    with reached.container(border=True, height="stretch"):
        card_head("Whom they reach", "Members who have not left; consent and opt-outs apart")
        members_table(page.health.members)


def show_weeks(page: TokenPage) -> None:
    """Draw what became of addresses, week by week."""
    with st.container(border=True):
        card_head("Given up, and why", "Addresses per week, UTC; one that came back since is not among them")
        if any(week.given_up for week in page.health.weeks):
            chart(page.weeks, key="weeks", takeaway=weeks_takeaway(page.health.weeks))
        else:
            st.caption("None was given up in this period.")
        weeks_table(page.health.weeks)


def offer_files(page: TokenPage) -> None:
    """Offer what is on the screen as files."""
    health, day = page.health, utc_now().date()
    with st.popover("Export", icon=":material/download:"):
        for kind, label, make in (
            ("ages", "How old addresses are", lambda: ages_csv(health.ages)),
            ("members", "Whom they reach", lambda: members_csv(health.members)),
            ("weeks", "Week by week", lambda: weeks_csv(health.weeks[::-1])),
        ):
            st.download_button(
                label, make, f"tokens-{kind}-{day}.csv", "text/csv",
                key=f"csv-{kind}", on_click="ignore", type="tertiary",
            )  # fmt: skip


with errors_shown():
    show()
