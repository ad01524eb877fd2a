"""Notifications › Kill switch: stop everything or one rule at once; who did it, when and why."""

import streamlit as st

from bee.access import StaffRole
from bee.notify.switches import Switch, Throw, throws_csv, who_words
from bee.ui.blocks import card_head, facts, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.switch_acts import (
    MAY_RELEASE,
    MAY_STOP,
    THROWS_SHOWN,
    Switchboard,
    read_switchboard,
    release,
    stop,
)
from bee.ui.switch_table import rule_words, switches_table, throws_table

viewer = guard(MAY_STOP, MAY_RELEASE)
MAY_LET_GO = viewer.has_any((StaffRole.ADMIN,))


def show() -> None:
    """Draw everything's switch, those of the rules, and what was done to them."""
    covers, choices = page_head("Kill switch")
    covers.caption("Within two seconds of a stop nothing more goes out, not even of what is being sent.")
    board = read_switchboard(Scope.of(viewer, (MAY_STOP,)))
    with choices:
        st.button("Look again", icon=":material/refresh:")
        offer_file(board.history)
    show_everything(board)
    show_rules(board)
    show_history(board.history)


def show_everything(board: Switchboard) -> None:
    """Draw how things stand for all rules together, and the form that changes it."""
    switch = board.everything
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            card_head("Everything", "All rules at once")
            if switch.is_stopped:
                st.badge("Stopped", icon=":material/block:", color="red")
            else:
                st.badge("Notifications go out", icon=":material/check:", color="gray")
        last = f"{board.last_post_at:%-d %B %Y, %H:%M:%S} UTC" if board.last_post_at else "Never"
        known = [("Decided and waiting", f"{switch.waiting:,}"), ("Last posted or recorded", last)]
        facts([*known, *last_change(switch)])
        ask(switch)


def show_rules(board: Switchboard) -> None:
    """Draw the switches of the rules; a row opens the form that changes one."""
    card_head("Rules", "Each has a switch of its own, which stays as it is when everything is stopped")
    if not board.rules:
        empty("rule", "There are no rules yet", "They come with `bee migrate`.")
        return
    chosen = switches_table(
        board.rules, all_stopped=board.everything.is_stopped, may_release=MAY_LET_GO, key="change-switch"
    )
    if chosen is not None:
        change(chosen)


def show_history(history: list[Throw]) -> None:
    """Draw what was done to the switches."""
    card_head("History", f"The newest {THROWS_SHOWN}; all of it is in the audit trail")
    if history:
        throws_table(history)
    else:
        empty(
            "history",
            "Nobody ever stopped anything",
            "Every stop and every release appears here, with the reason.",
        )


@st.dialog("Change a switch", position="right")
def change(switch: Switch) -> None:
    """Ask whether a rule is to be stopped or let go."""
    st.markdown(f"**{rule_words(switch.rule)}**")
    facts(last_change(switch))
    ask(switch)


def ask(switch: Switch) -> None:
    """Ask for the reason, and do it."""
    if switch.is_stopped and not MAY_LET_GO:
        st.caption("An admin can let it go again.")
        return
    what = rule_words(switch.rule).lower() if switch.rule is None else f"“{rule_words(switch.rule)}”"
    # Another form once it is done: a second click finds no reason in it, and does not undo the first.
    with st.form(
        f"{'release' if switch.is_stopped else 'stop'}-{switch.rule or 'everything'}", border=False, width=520
    ):
        reason = st.text_input(
            "Why", max_chars=500, placeholder="What others should know", autocomplete="off"
        )
        if switch.is_stopped:
            sent = st.form_submit_button(f"Let {what} go again", icon=":material/play_arrow:")
        else:
            sent = st.form_submit_button(f"Stop {what}", icon=":material/block:")
    if sent:
        with errors_shown():
            (release if switch.is_stopped else stop)(switch.rule, reason)
            st.rerun()


def last_change(switch: Switch) -> list[tuple[str, str]]:
    """Return who changed a switch last, when and why; nothing where nobody did."""
    if switch.changed_at is None:
        return []
    return [
        ("Stopped" if switch.is_stopped else "Let go", f"{switch.changed_at:%-d %B %Y, %H:%M:%S} UTC"),
        ("By", who_words(switch)),
        ("Why", switch.reason or "–"),
    ]


def offer_file(history: list[Throw]) -> None:
    """Offer what was done to the switches as a file."""
    st.download_button(
        "Export", lambda: throws_csv(history), f"kill-switch-{utc_now().date()}.csv", "text/csv",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


with errors_shown():
    show()
