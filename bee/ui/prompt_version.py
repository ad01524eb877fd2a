"""A version of a prompt, drawn: what it says, what the gate found, what can be done with it; and the next one."""

from datetime import datetime
from typing import Final

import streamlit as st

from bee.access import Viewer
from bee.coach.prompts.catalogue import PromptCard, VersionCard
from bee.coach.prompts.difference import differences
from bee.coach.prompts.draft import Draft
from bee.coach.prompts.promotions import Promotion
from bee.coach.prompts.template import spelled_out
from bee.errors import Invalid
from bee.ui.blocks import card_head, facts
from bee.ui.empty import errors_shown
from bee.ui.prompt_acts import approve, ask, reject, roll_back, save, withdraw
from bee.ui.prompt_difference import TEXT_PX, show_differences
from bee.ui.prompt_form import ask_draft
from bee.ui.prompt_pickers import SAYS, look_at
from bee.ui.prompt_words import (
    GATE_ICONS,
    GATE_TONES,
    NOT_TRIED,
    PASSED,
    PLACES,
    gate_words,
    moment_words,
    part_words,
    setting_words,
    untried_words,
    verdict_words,
    version_facts,
)
from bee.ui.text import plain
from bee.ui.words import type_words

REASON_PX: Final = 520


def show_version(viewer: Viewer, card: PromptCard, shown: VersionCard, now: datetime) -> None:
    """Draw what a version says, what the gate found of it, and what can be done with it."""
    _point_to_waiting(card, shown)
    with st.container(border=True):
        card_head("What it says", shown.version.message)
        facts(version_facts(shown))
        for part in spelled_out(shown.version.template).parts:
            with st.container(gap="xxsmall", width=TEXT_PX):
                st.caption(part_words(part.origin))
                st.text(part.text)
    with st.container(border=True):
        _show_gate(shown, now)
    with st.container(border=True):
        _offer_acts(viewer, card, shown, now)


def show_change(card: PromptCard, start: VersionCard) -> None:
    """Ask what the next version shall say, show what differs, and save it."""
    st.caption(f"It begins with what version {start.number} says. Saved, it goes live nowhere by itself.")
    key = f"write-{start.number}-{len(card.cards)}"
    with st.container(border=True):
        try:
            draft = ask_draft(Draft.of(start.version), key)
        except Invalid as error:
            st.warning(plain(error.message), icon=":material/edit:")
            return
    if draft.sha256 == start.version.sha256:
        st.caption("Nothing is different yet.")
        return
    _show_draft(start, draft)
    with st.form(f"{key}-save", border=True):
        message = st.text_input(
            "What is new in it", max_chars=500, placeholder="Whoever approves it reads it", autocomplete="off"
        )
        sent = st.form_submit_button("Save as a new version", icon=":material/save:")
    if sent:
        with errors_shown():
            look_at(SAYS, save(card.prompt, draft, message))


def _show_draft(start: VersionCard, draft: Draft) -> None:
    """Draw what differs from the version that it began with."""
    found = differences(spelled_out(start.version.template), spelled_out(draft.template))
    with st.container(border=True):
        card_head("What differs", f"What you wrote, beside version {start.number}")
        if settings := setting_words(Draft.of(start.version), draft):
            st.caption(plain(settings))
        show_differences(found, before=f"version {start.number}", after="what you wrote", only_changes=True)


def _point_to_waiting(card: PromptCard, shown: VersionCard) -> None:
    for each in card.waiting:
        if each.number != shown.number:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.badge(
                    f"Version {each.number} waits for approval",
                    icon=":material/hourglass_top:",
                    color="orange",
                )
                if st.button(
                    "Look at it", icon=":material/arrow_forward:", type="tertiary", key=f"look-{each.id}"
                ):
                    look_at(SAYS, each.number)


def _show_gate(shown: VersionCard, now: datetime) -> None:
    """Draw what the gate said of a version, the newest verdict with its reasons."""
    card_head("The gate", "A version goes live only while its newest verdict is a pass that holds")
    words = gate_words(shown.verdict, now)
    if shown.verdict is None:
        st.badge(NOT_TRIED, icon=f":material/{GATE_ICONS[NOT_TRIED]}:", color="gray")
        st.caption(plain(untried_words(shown)))
    else:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(words, icon=f":material/{GATE_ICONS[words]}:", color=GATE_TONES[words])
            st.caption(plain(verdict_words(shown.verdict)), width="content")
        for reason in shown.verdict.reasons:
            with st.container(gap="xxsmall", width=TEXT_PX):
                st.caption(plain(type_words(reason.check)))
                st.text(reason.said)
    for other in shown.verdicts:
        if other is not shown.verdict:
            st.caption(plain(f"Also: {gate_words(other, now).lower()}. {verdict_words(other)}"))


def _offer_acts(viewer: Viewer, card: PromptCard, shown: VersionCard, now: datetime) -> None:
    """Offer what can be done with a version next, to whoever may."""
    card_head("What can be done with it", "Every step is in the history, and in the audit trail")
    asked = card.waits(shown)
    if shown is card.live:
        _offer_roll_back(card, shown)
    elif asked is not None:
        _offer_decision(viewer, card, shown, asked, now)
    else:
        _offer_way_back(card, shown)
        _offer_to_ask(card, shown)


def _offer_to_ask(card: PromptCard, shown: VersionCard) -> None:
    place = PLACES[card.environment]
    with st.form("ask", border=False, width=REASON_PX):
        why = st.text_input(
            "Why it shall go live",
            max_chars=500,
            placeholder="Whoever approves it reads it",
            autocomplete="off",
        )
        sent = st.form_submit_button(f"Ask for it to go live in {place}", icon=":material/send:")
    if sent:
        with errors_shown():
            ask(card.prompt, card.environment, shown.number, why)
            st.rerun()


def _offer_decision(
    viewer: Viewer, card: PromptCard, shown: VersionCard, asked: Promotion, now: datetime
) -> None:
    """Offer to approve or reject what somebody asked for, or to whoever asked to take it back."""
    st.markdown(plain(f"{card.name(asked.asked_by)} asked on {moment_words(asked.asked_at)}: {asked.reason}"))
    own = asked.asked_by == viewer.staff_id
    stands = gate_words(shown.verdict, now)
    may_approve = asked.may_approve(viewer.staff_id) and stands == PASSED
    if own or not asked.may_approve(viewer.staff_id):
        st.caption("Somebody else than who wrote it and who asked has to approve it.")
    elif stands != PASSED:
        st.caption(f"It can't be approved now. The gate: {stands.lower()}.")
    with st.form("decide", border=False, width=REASON_PX):
        why = st.text_input("Why", max_chars=500, placeholder="What others should know", autocomplete="off")
        with st.container(horizontal=True):
            approved = may_approve and st.form_submit_button(
                f"Approve: live in {PLACES[card.environment]} now", icon=":material/check:"
            )
            refused = st.form_submit_button(
                "Withdraw" if own else "Reject", icon=":material/undo:" if own else ":material/close:"
            )
    if approved or refused:
        with errors_shown():
            act = approve if approved else withdraw if own else reject
            act(asked.id, why)
            st.rerun()


def _offer_roll_back(card: PromptCard, shown: VersionCard) -> None:
    """Offer the way back from what is live, one click."""
    since = moment_words(card.times[0].live_from)
    st.caption(f"It is live in {PLACES[card.environment]} since {since}.")
    if not card.back:
        st.caption("There is no version to roll back to.")
        return
    _ask_to_roll_back(card, card.back[0].number, shown.number)


def _offer_way_back(card: PromptCard, shown: VersionCard) -> None:
    if card.live and any(time.number == shown.number for time in card.back):
        _ask_to_roll_back(card, shown.number, card.live.number)


def _ask_to_roll_back(card: PromptCard, number: int, live: int) -> None:
    with st.form("roll-back", border=False, width=REASON_PX):
        why = st.text_input("Why", f"Version {live} is not good enough.", 500, autocomplete="off")
        sent = st.form_submit_button(f"Roll back to version {number}", icon=":material/undo:")
    st.caption("One person can, at once: members get its answers from the next message on.")
    if sent:
        with errors_shown():
            roll_back(card.prompt, card.environment, number, why)
            look_at(SAYS, number)
