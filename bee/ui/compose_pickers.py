"""The choices of the page of the campaigns, each in the address."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from bee.notify.compose.catalogue import CampaignCard
from bee.ui.compose_words import campaign_name
from bee.ui.pickers import pick_one, set_next, take_next

NEW: Final = "New campaign"
SAYS: Final = "What it says"
CHANGE: Final = "Change"
HISTORY: Final = "History"
VIEWS: Final = (SAYS, CHANGE, HISTORY)


def pick_campaign(cards: Sequence[CampaignCard]) -> CampaignCard | str | None:
    """Let the viewer choose a campaign, or ``NEW``; None is all of them."""
    take_next()
    named = {campaign_name(card): card for card in cards}
    chosen = pick_one(
        "Campaign", "Every campaign", {NEW: NEW} | {name: name for name in named}, key="campaign", width=240
    )
    return named.get(chosen, NEW) if chosen else None


def pick_view() -> str:
    """Let the viewer choose what of a campaign is shown."""
    chosen = st.segmented_control(
        "View", VIEWS, default=SAYS, required=True, key="view", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in VIEWS else SAYS


def look_at(number: int, title: str) -> None:
    """Look at a campaign; the fields, drawn already, take it on the next run."""
    set_next(campaign=f"{number} · {title}", view=SAYS)
    st.rerun()


def begin_new() -> None:
    """Begin a new campaign."""
    set_next(campaign=NEW)
