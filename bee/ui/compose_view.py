"""One campaign, drawn: what it says and to whom, what the guards say, what can be done with it; and its change."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

from bee.access import Viewer
from bee.engage.queries import Segment
from bee.errors import Invalid
from bee.notify.compose.campaign import Campaign
from bee.notify.compose.catalogue import CampaignCard, Step, campaign_history_csv
from bee.notify.compose.health import health_words
from bee.ui.blocks import card_head, facts
from bee.ui.compose_acts import MAY_APPROVE, MAY_COMPOSE, approve, ask, refuse, save, start, stop, test
from bee.ui.compose_form import ask_campaign, audience_caption, show_wordings
from bee.ui.compose_pickers import look_at
from bee.ui.compose_reads import Story, read_audience, read_story, read_zones
from bee.ui.compose_table import reasons_table, trials_table
from bee.ui.compose_words import (
    PLATFORMS,
    act_words,
    audience_words,
    campaign_facts,
    reach_words,
    segment_labels,
)
from bee.ui.empty import errors_shown
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now
from bee.ui.tables import acts_table
from bee.ui.text import plain
from bee.ui.words import NOTHING

REASON_PX: Final = 520


def show_campaign(viewer: Viewer, scope: Scope, card: CampaignCard, segments: Sequence[Segment]) -> None:
    """Draw a campaign: what it says, whom it reaches, and what can be done with it."""
    with st.skeleton(height=420):
        story = read_story(scope, card)
    labels = segment_labels(segments)
    audience = card.campaign.audience
    with st.container(border=True):
        card_head("What it says", audience_words(audience, labels.get(audience.segment, audience.segment)))
        facts(campaign_facts(card.campaign))
        show_wordings(card.campaign)
        if not card.has_begun:
            _warn(card.campaign, story.names)
    with st.container(border=True):
        card_head("Whom it reaches", reach_words(card, story.reasons))
        if card.has_begun:
            st.progress(card.decided / card.people if card.people else 1.0)
        if story.reasons:
            reasons_table(story.reasons, has_begun=card.has_begun)
    with st.container(border=True):
        _offer_acts(viewer, card)
    _show_tests(viewer, card, story)


def show_history(scope: Scope, card: CampaignCard) -> None:
    """Draw what was done with a campaign."""
    acts = read_story(scope, card).acts
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head("History", "Who saved, approved, started and stopped it; newest first")
        st.download_button(
            "Export", lambda: campaign_history_csv(acts), f"campaign-{card.number}-{utc_now().date()}.csv",
            "text/csv", on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    acts_table(
        [(each.at, act_words(each), each.who_name or "The program", each.words or NOTHING) for each in acts],
        alt="What was done with the campaign, newest first",
    )


def show_change(scope: Scope, card: CampaignCard | None, segments: Sequence[Segment]) -> None:
    """Ask what a campaign says, count whom it means, and save it."""
    if card and card.has_begun:
        st.caption("It has begun, so it is not changed any more. A new campaign can say something else.")
        return
    if card and card.step in {Step.ASKED, Step.APPROVED}:
        st.caption("Saving it anew takes the approval back: it is for exactly these words and people.")
    key = f"campaign-{card.number}-{card.version}" if card else "campaign-new"
    try:
        draft = ask_campaign(card.campaign if card else None, segments, read_zones(scope), key)
    except Invalid as error:
        st.warning(plain(error.message), icon=":material/edit:")
        return
    st.caption(audience_caption(read_audience(scope, draft.audience.model_dump_json())))
    _warn(draft, [])
    if st.button("Save", icon=":material/save:", key=f"{key}-save"):
        with errors_shown():
            look_at(save(draft, card.number if card else None), draft.title)


def _warn(campaign: Campaign, names: Sequence[str]) -> None:
    if found := health_words(campaign.variants):
        st.warning(
            plain(f"A lock screen shows this to whoever stands by: {', '.join(found)}."),
            icon=":material/visibility:",
        )
    if names:
        st.warning(
            plain(f"Names of people whom it is for stand in the text: {', '.join(names)}."),
            icon=":material/badge:",
        )


def _offer_acts(viewer: Viewer, card: CampaignCard) -> None:
    """Offer what can be done with a campaign next, to whoever may."""
    card_head("What can be done with it", "Every step is in the history, and in the audit trail")
    match card.step:
        case Step.DRAFT:
            _offer(
                viewer,
                f"ask-{_seen(card)}",
                "What it is for",
                "Ask for approval",
                ":material/send:",
                lambda why: ask(card, why),
            )
        case Step.ASKED:
            _offer_approval(viewer, card)
        case Step.APPROVED:
            if viewer.has_any((MAY_COMPOSE,)) and st.button(
                f"Start sending to {card.people:,}", icon=":material/play_arrow:", key=f"start-{_seen(card)}"
            ):
                with errors_shown():
                    start(card)
                    st.rerun()
        case Step.STARTED:
            if st.button("Look again", icon=":material/refresh:"):
                st.rerun()
        case Step.REFUSED:
            st.caption("It was refused. Change and save it, and ask again.")
        case Step.STOPPED | Step.FINISHED:
            st.caption("It is over.")
    if card.step in {Step.APPROVED, Step.STARTED}:
        _offer(
            viewer,
            f"stop-{_seen(card)}",
            "Why",
            "Stop it for good",
            ":material/block:",
            lambda why: stop(card, why),
        )


def _offer_approval(viewer: Viewer, card: CampaignCard) -> None:
    if not viewer.has_any((MAY_APPROVE,)):
        st.caption("An admin who did not write it approves or refuses it.")
        return
    if card.author_id == viewer.staff_id:
        st.caption("You wrote it, so somebody else has to approve it.")
    elif st.button(
        f"Approve these words for {card.people:,}", icon=":material/check:", key=f"approve-{_seen(card)}"
    ):
        with errors_shown():
            approve(card)
            st.rerun()
    _offer(
        viewer,
        f"refuse-{_seen(card)}",
        "Why",
        "Refuse",
        ":material/close:",
        lambda why: refuse(card, why),
    )


def _seen(card: CampaignCard) -> str:
    """Return what a click is about: one on words that were changed meanwhile finds nothing to click."""
    return f"{card.number}-{card.version}"


def _offer(viewer: Viewer, key: str, asks: str, label: str, icon: str, act: Callable[[str], None]) -> None:
    """Ask why, and do it."""
    if not viewer.has_any((MAY_COMPOSE, MAY_APPROVE)):
        return
    with st.form(key, border=False, width=REASON_PX):
        reason = st.text_input(asks, max_chars=500, placeholder="What others should know", autocomplete="off")
        sent = st.form_submit_button(label, icon=icon)
    if sent:
        with errors_shown():
            act(reason)
            st.rerun()


def _show_tests(viewer: Viewer, card: CampaignCard, story: Story) -> None:
    with st.container(border=True):
        card_head(
            "On a phone of one's own",
            "Posted once, by the worker; the address is forgotten at once",
        )
        if viewer.has_any((MAY_COMPOSE,)):
            _ask_test(card)
        if story.tests:
            trials_table(story.tests)


def _ask_test(card: CampaignCard) -> None:
    with (
        st.form("test", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        variant = st.selectbox(
            "Wording", [each.name for each in card.campaign.variants], width=150, required=True
        )
        platform = st.selectbox(
            "Device", list(PLATFORMS), format_func=lambda each: PLATFORMS[each], width=120, required=True
        )
        address = st.text_input("Push address of your device", max_chars=4096, autocomplete="off", width=320)
        sent = st.form_submit_button("Send me a test", icon=":material/phone_iphone:")
    if sent:
        with errors_shown():
            test(card, variant=variant or "", platform=platform or "", address=address)
            st.rerun()
