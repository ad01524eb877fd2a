"""The versions of a prompt as a table, and which was live when."""

from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.prompts.catalogue import PromptCard, VersionCard
from bee.coach.prompts.registry import Deployment
from bee.ui.prompt_words import GATE, GATE_TONES, PLACES, gate_words, model_words, way_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row

OPEN: Final = ":material/open_in_full: Open"
ROWS_SHOWN: Final = 12
WAITS: Final = "Waits for approval"


def versions_table(card: PromptCard, now: datetime, *, key: str) -> VersionCard | None:
    """Draw the versions, newest first, and return the one whose row's button was pressed."""
    cards = card.cards
    table = pd.DataFrame(
        {
            "version": [each.number for each in cards],
            "stands": [_stands(card, each) for each in cards],
            "gate": [[gate_words(each.verdict, now)] for each in cards],
            "message": [each.version.message for each in cards],
            "model": [model_words(each.version.model) for each in cards],
            "author": [each.author for each in cards],
            "at": [each.version.created_at for each in cards],
            "action": [[OPEN] for _ in cards],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "version": columns.NumberColumn("Version", format="%d", width=64),
            "stands": columns.MultiselectColumn(
                "Live in",
                options=[*PLACES.values(), WAITS],
                color=["green", "green", "green", "orange"],
                width=185,
            ),
            "gate": columns.MultiselectColumn(
                "Gate", options=GATE, color=[GATE_TONES[words] for words in GATE], width=90
            ),
            "message": columns.TextColumn("What is new in it", width=230),
            "model": columns.TextColumn("Model", width=140),
            "author": columns.TextColumn("Written by", width=105),
            "at": columns.DatetimeColumn("Written", format="D MMM YYYY", timezone="UTC", width=100),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="The versions of the prompt, newest first, with where each is live and what the gate said",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, cards)


def times_table(card: PromptCard) -> None:
    """Draw which version was live from when to when, newest first."""
    table = pd.DataFrame(
        {
            "version": [time.number for time in card.times],
            "from": [time.live_from for time in card.times],
            "to": pd.Series([time.live_to for time in card.times], dtype="datetime64[ns, UTC]"),
            "way": [way_words(time) for time in card.times],
            "who": [_who(card, time) for time in card.times],
            "why": [time.reason for time in card.times],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "version": columns.NumberColumn("Version", format="%d", width=64),
            "from": columns.DatetimeColumn(
                "From (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "to": columns.DatetimeColumn(
                "To (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "way": columns.TextColumn("How", width=105),
            "who": columns.TextColumn("Who", width=230),
            "why": columns.TextColumn("Why"),
        },
        alt="Which version was live from when to when, newest first",
        most=ROWS_SHOWN,
        placeholder="Still live",
    )


def _stands(card: PromptCard, shown: VersionCard) -> list[str]:
    return [*(PLACES[place] for place in shown.live_in), *([WAITS] if card.waits(shown) else [])]


def _who(card: PromptCard, time: Deployment) -> str:
    asked = next((each for each in card.asked if each.id == time.promotion_id), None)
    who = card.name(time.deployed_by)
    return who if asked is None else f"{who}, asked by {card.name(asked.asked_by)}"
