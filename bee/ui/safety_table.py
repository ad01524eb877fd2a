"""Safety events as a table, one of them in full, and as people say it."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.queries import SafetyEvent
from bee.coach.safety import Category
from bee.ui.blocks import facts
from bee.ui.safety_acts import SafetyTally
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import counted

OPEN: Final = ":material/visibility: Open"
ROWS_SHOWN: Final = 15
CATEGORIES: Final[Mapping[str, Category]] = {
    "Self-harm": Category.SELF_HARM,
    "Violence": Category.VIOLENCE,
    "Emergency": Category.EMERGENCY,
}
CATEGORY_WORDS: Final = {category: words for words, category in CATEGORIES.items()}
STATUS_WORDS: Final = {"open": "Nobody has it", "taken": "Taken", "closed": "Closed"}
FINDINGS: Final = {"Handled": "handled", "False alarm": "false_alarm"}
FINDING_WORDS: Final = {finding: words for words, finding in FINDINGS.items()}


def safety_table(events: Sequence[SafetyEvent], *, key: str) -> SafetyEvent | None:
    """Draw events and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "at": [event.created_at for event in events],
            "person": [f"P-{event.number}" for event in events],
            "category": [[CATEGORY_WORDS[Category(event.category)]] for event in events],
            "words": [matched_words(event) for event in events],
            "status": [[STATUS_WORDS[event.status]] for event in events],
            "who": [event.taker_name or "–" for event in events],
            "found": [FINDING_WORDS.get(event.finding or "", "–") for event in events],
            "action": [[OPEN] for _ in events],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn(
                "Since (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=145
            ),
            "person": columns.TextColumn("Person", width=85),
            "category": columns.MultiselectColumn(
                "May be", options=list(CATEGORIES), color="gray", width=100
            ),
            "words": columns.TextColumn("Words that triggered", width=250),
            "status": columns.MultiselectColumn(
                "Status",
                options=list(STATUS_WORDS.values()),
                color=["red", "gray", "gray"],
                width=115,
            ),
            "who": columns.TextColumn("Who", width=120),
            "found": columns.TextColumn("Found", width=100),
            "action": columns.ButtonColumn("Action", key=key, width=95),
        },
        alt="Messages in which somebody may be in danger; those that wait come first",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, events)


def whole_event(event: SafetyEvent) -> None:
    """Draw an event: what rang, the whole message, and what was done."""
    facts(
        [
            ("Person", f"P-{event.number}"),
            ("May be", CATEGORY_WORDS[Category(event.category)]),
            ("Since", f"{event.created_at:%-d %B %Y, %H:%M} UTC"),
            ("Rules", event.rules_version),
        ]
    )
    with st.container(border=True):
        st.caption("Words that triggered")
        st.text(matched_words(event))
        st.caption("The whole message")
        st.text(event.message)
    if event.taken_at is not None:
        facts(_seen_to(event))


def matched_words(event: SafetyEvent) -> str:
    """Return the words that rang, on one line."""
    return " · ".join(" ".join(words.split()) for words in event.matched)


def tally_words(tally: SafetyTally) -> str:
    """Return how things stand in a sentence."""
    waiting = counted(tally.waiting, "message waits", "messages wait")
    if not tally.closed:
        return f"{waiting} for somebody."
    false = f"{tally.false_alarms:,} of {tally.closed:,} closed"
    return f"{waiting} for somebody · {false} {'was' if tally.false_alarms == 1 else 'were'} a false alarm."


def _seen_to(event: SafetyEvent) -> list[tuple[str, str]]:
    known = [
        ("Taken by", event.taker_name),
        ("Taken", f"{event.taken_at:%-d %B %Y, %H:%M} UTC" if event.taken_at else None),
        ("Closed", f"{event.closed_at:%-d %B %Y, %H:%M} UTC" if event.closed_at else None),
        ("Found", FINDING_WORDS.get(event.finding or "")),
        ("Note", event.note),
    ]
    return [(name, value) for name, value in known if value]
