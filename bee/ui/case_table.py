"""Cases as a table, and a member's messages of which one can be taken."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.lab.case import Case, CaseKind
from bee.coach.lab.taking import Message
from bee.ui.case_words import KINDS, NO_SCORE, state_of, who_words
from bee.ui.sheet import sheet
from bee.ui.tables import STATE_TONES, STATE_WORDS, pressed_row
from bee.ui.words import counted

OPEN: Final = ":material/open_in_full: Open"
TAKE: Final = ":material/content_cut: Take"
ROWS_SHOWN: Final = 12
KIND_TONES: Final = ("gray", "orange", "yellow", "violet", "violet", "blue", "blue")


def cases_table(cases: Sequence[Case], *, key: str) -> Case | None:
    """Draw the cases and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "title": [case.title for case in cases],
            "kind": [[KINDS[CaseKind(case.kind)]] for case in cases],
            "state": [[state_of(case)] for case in cases],
            "message": [case.message for case in cases],
            "rests": [_rests(case) for case in cases],
            "action": [[OPEN] for _ in cases],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "title": columns.TextColumn("Case", width=230),
            "kind": columns.MultiselectColumn(
                "Kind", options=list(KINDS.values()), color=KIND_TONES, width=150
            ),
            "state": columns.MultiselectColumn(
                "State", options=[*STATE_WORDS, NO_SCORE], color=[*STATE_TONES, "gray"], width=100
            ),
            "message": columns.TextColumn("The member writes", width=270),
            "rests": columns.TextColumn("Known and said", width=130),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="The cases, what each is there to show, and what the member writes in it",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, cases)


def versions_table(versions: Sequence[Case]) -> None:
    """Draw the versions of a case, newest first."""
    table = pd.DataFrame(
        {
            "version": [case.version for case in versions],
            "at": [case.created_at for case in versions],
            "who": [who_words(case) for case in versions],
            "message": [case.message for case in versions],
            "retired": ["Retired" if case.is_retired else "" for case in versions],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "version": columns.NumberColumn("Version", format="%d", width=70),
            "at": columns.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=150),
            "who": columns.TextColumn("Who", width=140),
            "message": columns.TextColumn("The member writes"),
            "retired": columns.TextColumn("", width=80),
        },
        alt="The versions of the case, newest first",
        most=ROWS_SHOWN,
    )


def messages_table(messages: Sequence[Message], *, key: str) -> Message | None:
    """Draw what a member wrote, newest first, and return the message whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "at": [message.created_at for message in messages],
            "words": [message.body for message in messages],
            "crisis": ["May tell of danger" if message.crisis else "" for message in messages],
            "action": [[TAKE] for _ in messages],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=150),
            "words": columns.TextColumn("The member wrote"),
            "crisis": columns.TextColumn("Danger", width=140),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="What the member wrote to the coach, newest first",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, messages)


def _rests(case: Case) -> str:
    parts = [
        counted(len(case.memories), "memory", "memories") if case.memories else "",
        counted(len(case.recent), "turn", "turns") if case.recent else "",
    ]
    return ", ".join(part for part in parts if part)
