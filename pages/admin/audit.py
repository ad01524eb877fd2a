"""Admin › Audit: who did what, when, to whom; and whether the trail still holds."""

import streamlit as st

from bee.audit.search import Act, TrailSearch, acts_csv
from bee.ui.blocks import page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.pickers import asked_before, offer_pages, pick_one, pick_period, pick_words, start_over
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.trail_reads import (
    MOST_IN_A_FILE,
    PERIODS,
    SEE_TRAIL,
    USUAL_PERIOD,
    TrailPage,
    read_actions,
    read_all_acts,
    read_trail,
    since,
    verify_chain,
)
from bee.ui.trail_table import trail_table, whole_act
from bee.ui.trail_words import action_words, verification_words
from bee.ui.words import counted

viewer = guard(*SEE_TRAIL)


def show() -> None:
    """Draw the page: what is looked for, one read, the empty case, the acts."""
    covers, choices = page_head("Audit")
    covers.caption("What staff, members and the program did; members by number. Times are UTC.")
    scope = Scope.of(viewer, SEE_TRAIL)
    search = ask(scope, choices)
    page = read_trail(scope, search, asked_before())
    with choices:
        offer_files(scope, search, page)
        if st.button("Verify", icon=":material/verified_user:"):
            verify()
    if not page.acts:
        empty(
            "policy",
            "No act is found",
            "Look at a longer period, or for something else.",
            button=("Back to the newest", start_over),
        )
        return
    chosen = trail_table(page.acts, page.names, key="show-act")
    offer_pages(
        f"{counted(len(page.acts), 'act', 'acts')}, newest first", str(page.older) if page.older else None
    )
    if chosen is not None:
        show_act(chosen, page.names)


def ask(scope: Scope, choices: st.delta_generator.DeltaGenerator) -> TrailSearch:
    """Ask what is looked for; all of it is in the address."""
    with choices:
        period = pick_period(PERIODS, USUAL_PERIOD)
    with st.container(horizontal=True):
        who = pick_words("Who", key="who", placeholder="Who: a name, P-1778", width=220)
        about = pick_words("About", key="about", placeholder="About: P-1778, a rule", width=220)
        kinds = {action_words(action): action for action in read_actions(scope)}
        action = pick_one("What", "Any act", kinds, key="what", width=250)
    return TrailSearch(since(period, utc_now()), who, about, action)


def offer_files(scope: Scope, search: TrailSearch, page: TrailPage) -> None:
    """Offer what is on the screen as a file, and everything that is found."""
    day = utc_now().date()
    with st.popover("Export", icon=":material/download:"):
        for kind, label, make in (
            ("page", "The acts on this page", lambda: acts_csv(page.acts)),
            (
                "all",
                f"All that are found, {MOST_IN_A_FILE:,} at most",
                lambda: acts_csv(read_all_acts(scope, search)),
            ),
        ):
            st.download_button(
                label, make, f"audit-{kind}-{day}.csv", "text/csv",
                key=f"csv-{kind}", on_click="ignore", type="tertiary",
            )  # fmt: skip


@st.dialog("One act", position="right")
def show_act(act: Act, names: dict[str, str]) -> None:
    """Show an act in full."""
    st.markdown(f"**{action_words(act.action)}**")
    whole_act(act, names)


@st.dialog("Does the trail hold?", position="right")
def verify() -> None:
    """Compute the chain again from the rows as they are now."""
    st.caption(
        "Computed from the acts as they are now. By itself the chain can't show that its end was cut off:"
        " a head that you kept does."
    )
    with st.form("verify", border=False):
        kept = st.text_input(
            "A head that you kept", placeholder="Optional; its beginning is enough", autocomplete="off"
        )
        sent = st.form_submit_button("Verify")
    if not sent:
        return
    with errors_shown(), st.spinner("Reading the whole trail"):
        found = verify_chain(kept.strip() or None)
        if found.broken is None:
            st.success(verification_words(found), icon=":material/verified_user:")
        else:
            st.error(verification_words(found), icon=":material/gpp_bad:")
        st.caption("Its head; keep it elsewhere to compare it later.")
        st.code(found.head, language=None, wrap_lines=True)


with errors_shown():
    show()
