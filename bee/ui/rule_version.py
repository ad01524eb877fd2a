"""A version of a rule, drawn: what it says, how it differs, what can be done with it; and the change of it."""

import streamlit as st

from bee.access import Viewer
from bee.errors import Invalid
from bee.notify.catalogue import RuleCard
from bee.notify.difference import differences
from bee.notify.registry import RuleVersion
from bee.notify.rule import BUDGET, Budget, Rule, parse_body
from bee.ui.blocks import card_head, facts
from bee.ui.empty import errors_shown
from bee.ui.reads import Scope
from bee.ui.rule_acts import MAY_APPROVE, activate, approve, ask_for_approval, deactivate
from bee.ui.rule_form import ask_rule, show_wordings
from bee.ui.rule_pickers import look_at
from bee.ui.rule_table import differences_table
from bee.ui.rule_trial import show_trial
from bee.ui.rule_words import body_facts, condition_words

REASON_PX = 520


def live_body(card: RuleCard) -> Rule | Budget | None:
    """Return what the version in force says; None where none is."""
    return parse_body(card.live.body) if card.live else None


def show_version(viewer: Viewer, card: RuleCard, version: RuleVersion) -> None:
    """Draw what a version says, how it differs from the one in force, and what can be done with it."""
    body = parse_body(version.body)
    if card.asked and card.asked is not version:
        _point_to(card, card.asked)
    with st.container(border=True):
        card_head("What it says", version.message)
        st.markdown(condition_words(body))
        facts(body_facts(body))
        if isinstance(body, Rule):
            show_wordings(body)
    if card.live and card.live is not version:
        _show_differences(card.live, body, f"Version {version.version}")
    with st.container(border=True):
        _offer_acts(viewer, card, version)


def show_change(scope: Scope, card: RuleCard, version: RuleVersion) -> None:
    """Ask what a rule shall say from now on, show what differs, try it, and ask for approval."""
    st.caption(f"It begins with what version {version.version} says. Nothing decides before it is approved.")
    key = f"change-{card.name}-{version.version}"
    try:
        draft = ask_rule(parse_body(version.body), key)
    except Invalid as error:
        st.warning(error.message, icon=":material/edit:")
        return
    if card.live is None:
        st.caption("No version is in force to compare it with.")
    elif not _show_differences(card.live, draft, "The change"):
        return
    live = live_body(card)
    if isinstance(draft, Rule) and st.toggle("Try it on the past", key=f"{key}-try"):
        show_trial(scope, draft, live if isinstance(live, Rule) else None)
    with st.form(f"{key}-ask", border=True):
        message = st.text_input(
            "What the change is for",
            max_chars=500,
            placeholder="Whoever approves it reads it",
            autocomplete="off",
        )
        sent = st.form_submit_button("Ask for approval", icon=":material/send:")
    if sent:
        with errors_shown():
            look_at(card, ask_for_approval(draft, message))


def _point_to(card: RuleCard, asked: RuleVersion) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(
            f"Version {asked.version} waits for approval", icon=":material/hourglass_top:", color="orange"
        )
        if st.button("Look at it", icon=":material/arrow_forward:", type="tertiary"):
            look_at(card, asked.version)


def _show_differences(live: RuleVersion, body: Rule | Budget, name: str) -> bool:
    """Draw what differs from the version in force, and return whether anything does."""
    found = differences(parse_body(live.body), body)
    with st.container(border=True):
        card_head("What differs", f"{name} beside version {live.version}, which is in force")
        if found:
            differences_table(found, before=f"Version {live.version}", after=name)
        else:
            st.caption("Nothing.")
    return bool(found)


def _offer_acts(viewer: Viewer, card: RuleCard, version: RuleVersion) -> None:
    """Offer what can be done with a version next, to whoever may."""
    card_head("What can be done with it", "Every step is in the history, and in the audit trail")
    if not viewer.has_any((MAY_APPROVE,)):
        st.caption("An admin who did not write it approves a version and puts it in force.")
    elif version.is_active:
        _offer_end(card)
    elif version.approved_by:
        _offer_start(card, version)
    elif version.author_id == viewer.staff_id:
        st.caption("You wrote it, so somebody else has to approve it.")
    elif st.button(f"Approve version {version.version}", icon=":material/check:"):
        with errors_shown():
            approve(version)
            st.rerun()


def _offer_end(card: RuleCard) -> None:
    if card.name == BUDGET:
        st.caption("A budget is always in force. To send nothing, there is the kill switch.")
        return
    reason = _ask_reason(f"end-{card.name}", "Take it out of force", ":material/block:")
    if reason is not None:
        with errors_shown():
            deactivate(card.name, reason)
            st.rerun()


def _offer_start(card: RuleCard, version: RuleVersion) -> None:
    goes_back = card.live is not None and version.version < card.live.version
    label = (
        f"Roll back to version {version.version}" if goes_back else f"Put version {version.version} in force"
    )
    reason = _ask_reason(
        f"start-{card.name}-{version.version}",
        label,
        ":material/undo:" if goes_back else ":material/play_arrow:",
    )
    if reason is not None:
        with errors_shown():
            activate(version, reason)
            st.rerun()


def _ask_reason(key: str, label: str, icon: str) -> str | None:
    """Ask why; None until it is said."""
    with st.form(key, border=False, width=REASON_PX):
        reason = st.text_input(
            "Why", max_chars=500, placeholder="What others should know", autocomplete="off"
        )
        return reason if st.form_submit_button(label, icon=icon) else None
