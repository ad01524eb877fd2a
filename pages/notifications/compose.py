"""Notifications › Compose: a message for a group of people; one writes, another approves, then it goes gently."""

import streamlit as st

from bee.notify.compose.catalogue import CampaignCard
from bee.ui.blocks import page_head
from bee.ui.compose_pickers import CHANGE, HISTORY, begin_new, look_at, pick_campaign, pick_view
from bee.ui.compose_reads import SEE_CAMPAIGNS, read_campaigns
from bee.ui.compose_table import campaigns_table
from bee.ui.compose_view import show_campaign, show_change, show_history
from bee.ui.compose_words import campaigns_words, card_words
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.reads import Scope, read_segments

viewer = guard(*SEE_CAMPAIGNS)


def show() -> None:
    """Draw the page: all campaigns, a new one, or one of them in the view that was chosen."""
    covers, choices = page_head("Compose")
    scope = Scope.of(viewer, SEE_CAMPAIGNS)
    with st.skeleton(height=480):
        cards = read_campaigns(scope)
        segments = read_segments(scope)
    with choices:
        chosen = pick_campaign(cards)
    if chosen is None:
        covers.caption(campaigns_words(cards))
        show_all(cards)
    elif isinstance(chosen, CampaignCard):
        covers.caption(card_words(chosen))
        view = pick_view()
        if view == CHANGE:
            show_change(scope, chosen, segments)
        elif view == HISTORY:
            show_history(scope, chosen)
        else:
            show_campaign(viewer, scope, chosen, segments)
    else:
        covers.caption("Nothing is sent before somebody else approves it.")
        show_change(scope, None, segments)


def show_all(cards: list[CampaignCard]) -> None:
    """Draw all campaigns; a row opens one."""
    if not cards:
        empty(
            "campaign",
            "Nobody composed anything yet",
            "A campaign says one thing to a group of people, once somebody else has approved it.",
            button=("New campaign", begin_new),
        )
        return
    card = campaigns_table(cards, key="open-campaign")
    st.button("New campaign", icon=":material/add:", on_click=begin_new)
    if card is not None:
        look_at(card.number, card.campaign.title)


with errors_shown():
    show()
