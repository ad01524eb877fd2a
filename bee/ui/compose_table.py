"""Campaigns as a table, and what became of the people, what was done, and the tests."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from bee.notify.compose.catalogue import CampaignCard, Reason
from bee.notify.compose.trials import Trial
from bee.ui.compose_words import PLATFORMS, STEP_WORDS, trial_words, why_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING

OPEN = ":material/open_in_full: Open"
ROWS_SHOWN = 12
TONES = ("gray", "orange", "green", "red", "blue", "red", "gray")


def campaigns_table(cards: Sequence[CampaignCard], *, key: str) -> CampaignCard | None:
    """Draw the campaigns and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "number": [card.number for card in cards],
            "title": [card.campaign.title for card in cards],
            "step": [[STEP_WORDS[card.step]] for card in cards],
            "people": [card.people for card in cards],
            "decided": [card.decided if card.has_begun else None for card in cards],
            "sent": [card.sent if card.has_begun else None for card in cards],
            "recorded": [card.recorded if card.has_begun else None for card in cards],
            "who": [card.author_name or NOTHING for card in cards],
            "at": [card.created_at for card in cards],
            "action": [[OPEN] for _ in cards],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "number": columns.NumberColumn("No.", format="%d", width=50),
            "title": columns.TextColumn("Campaign", width=200),
            "step": columns.MultiselectColumn(
                "State", options=list(STEP_WORDS.values()), color=TONES, width=100
            ),
            "people": columns.NumberColumn("People", format="localized", width=70),
            "decided": columns.NumberColumn("Decided", format="localized", width=75),
            "sent": columns.NumberColumn("Sent", format="localized", width=65),
            "recorded": columns.NumberColumn("Recorded", format="localized", width=80),
            "who": columns.TextColumn("Author", width=120),
            "at": columns.DatetimeColumn(
                "Saved (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=140
            ),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="The campaigns, where each stands and what became of its people",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
    return pressed_row(key, cards)


def reasons_table(reasons: Sequence[Reason], *, has_begun: bool) -> None:
    """Draw what became of the people, or would if it began now."""
    table = pd.DataFrame(
        {
            "what": ["Gets it" if each.is_send else "Held back" for each in reasons],
            "why": [why_words(each.reason) for each in reasons],
            "people": [each.people for each in reasons],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "what": columns.TextColumn("What", width=110),
            "why": columns.TextColumn("Why"),
            "people": columns.NumberColumn("People", format="localized", width=90),
        },
        alt="What became of the people" if has_begun else "What the guards would say now",
        most=ROWS_SHOWN,
    )


def trials_table(tests: Sequence[Trial]) -> None:
    """Draw the newest tests, newest first."""
    table = pd.DataFrame(
        {
            "at": [each.asked_at for each in tests],
            "who": [each.who_name or NOTHING for each in tests],
            "what": [f"{each.variant} · version {each.version}" for each in tests],
            "device": [PLATFORMS.get(each.platform, each.platform) for each in tests],
            "became": [trial_words(each) for each in tests],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn(
                "When (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "who": columns.TextColumn("Who", width=130),
            "what": columns.TextColumn("Wording", width=170),
            "device": columns.TextColumn("Device", width=90),
            "became": columns.TextColumn("What became of it"),
        },
        alt="The tests, newest first",
        most=ROWS_SHOWN,
    )
