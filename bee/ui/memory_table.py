"""Memories as tables, and one of them in full."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from bee.coach.memory.queries import StoredMemory
from bee.coach.memory.recall import Recollection
from bee.coach.memory.scoring import kind_of
from bee.ui.blocks import facts
from bee.ui.memory_words import STATUSES, moment_words, source_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import type_words

OPEN: Final = ":material/open_in_new: Open"
ROWS_SHOWN: Final = 12


def proposals_table(memories: Sequence[StoredMemory], *, key: str) -> StoredMemory | None:
    """Draw what waits with the words that it comes from, and return the one whose row's button was pressed."""
    columns = st.column_config
    _draw(
        {
            "person": [f"P-{memory.number}" for memory in memories],
            "kind": [[type_words(memory.kind)] for memory in memories],
            "memory": [memory.trait_value for memory in memories],
            "message": [memory.message or "–" for memory in memories],
            "at": [memory.valid_from for memory in memories],
            "action": [[OPEN] for _ in memories],
        },
        {
            "person": columns.TextColumn("Person", width=80),
            "kind": columns.MultiselectColumn("Kind", options=_kinds(memories), color="gray", width=95),
            "memory": columns.TextColumn("To be remembered", width=265),
            "message": columns.TextColumn("From", width=265, help="The message that it comes from."),
            "at": columns.DatetimeColumn("Said (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=145),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="What is proposed to be remembered, the longest waiting first",
    )
    return pressed_row(key, memories)


def memories_table(memories: Sequence[StoredMemory], *, key: str) -> StoredMemory | None:
    """Draw what is remembered, the newest first, and return the one whose row's button was pressed."""
    columns = st.column_config
    _draw(
        {
            "kind": [[type_words(memory.kind)] for memory in memories],
            "memory": [memory.trait_value for memory in memories],
            "source": [source_words(memory) for memory in memories],
            "since": [memory.valid_from for memory in memories],
            "until": [moment_words(memory.valid_to) for memory in memories],
            "who": [memory.decided_by or "–" for memory in memories],
            "action": [[OPEN] for _ in memories],
        },
        {
            "kind": columns.MultiselectColumn("Kind", options=_kinds(memories), color="gray", width=95),
            "memory": columns.TextColumn("Memory", width=285),
            "source": columns.TextColumn("Source", width=105),
            "since": columns.DatetimeColumn(
                "Since (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=145
            ),
            "until": columns.TextColumn("Until", width=120),
            "who": columns.TextColumn("Decided by", width=115),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="What is remembered, the newest first",
    )
    return pressed_row(key, memories)


def recalled_table(found: Recollection) -> None:
    """Draw what a message calls up, with why, the best first."""
    columns = st.column_config
    rows = found.recalled
    _draw(
        {
            "memory": [row.memory.trait_value for row in rows],
            "kind_name": [[type_words(kind_of(row.memory.trait_key))] for row in rows],
            "score": [row.score for row in rows],
            "similarity": [row.similarity for row in rows],
            "recency": [row.recency for row in rows],
            "kind": [row.kind for row in rows],
        },
        {
            "memory": columns.TextColumn("Memory", width=340),
            "kind_name": columns.MultiselectColumn(
                "Kind",
                options=sorted({type_words(kind_of(row.memory.trait_key)) for row in rows}),
                color="gray",
                width=95,
            ),
            "score": columns.ProgressColumn("Score", format="%.2f", min_value=0, max_value=1, width=140),
            "similarity": columns.NumberColumn("Likeness", format="%.2f", width=90),
            "recency": columns.NumberColumn("Freshness", format="%.2f", width=90),
            "kind": columns.NumberColumn("Weight of kind", format="%.2f", width=110),
        },
        alt="What the message calls up, the best first",
    )


def whole_memory(memory: StoredMemory) -> None:
    """Draw a memory with the words that it comes from."""
    facts(
        [
            ("Person", f"P-{memory.number}"),
            ("Kind", type_words(memory.kind)),
            ("Status", STATUSES[memory.status] if memory.valid_to is None else "Ended"),
            ("Source", source_words(memory)),
            ("Since (UTC)", moment_words(memory.valid_from)),
            *([("Until (UTC)", moment_words(memory.valid_to))] if memory.valid_to else []),
            *([("Decided by", memory.decided_by)] if memory.decided_by else []),
        ]
    )
    with st.container(border=True):
        st.caption("Memory")
        st.text(memory.trait_value)
        if memory.message:
            st.caption("The message that it comes from")
            st.text(memory.message)


def _draw(cells: Mapping[str, Sequence[object]], config: Mapping[str, Any], *, alt: str) -> None:
    sheet(
        pd.DataFrame(cells),
        config,
        alt=alt,
        most=ROWS_SHOWN,
    )


def _kinds(memories: Sequence[StoredMemory]) -> list[str]:
    return sorted({type_words(memory.kind) for memory in memories})
