"""Acts of the trail as a table, and one of them in full."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.audit.search import Act, actor_words
from bee.ui.blocks import facts
from bee.ui.sheet import ROW_HEIGHT, sheet
from bee.ui.tables import pressed_row
from bee.ui.trail_words import about_words, action_words, change_words, changes

SHOW: Final = ":material/open_in_full: Show"
ROWS_SHOWN: Final = 15
SEALED: Final = ("Sealed", "Not yet")


def trail_table(acts: Sequence[Act], names: Mapping[str, str], *, key: str) -> Act | None:
    """Draw acts, newest first, and return the one whose row's button was pressed."""
    rows = pd.DataFrame(
        {
            "at": [act.at for act in acts],
            "who": [actor_words(act) for act in acts],
            "what": [action_words(act.action) for act in acts],
            "about": [about_words(act) for act in acts],
            "change": [change_words(act, names) for act in acts],
            "reason": [act.reason or "" for act in acts],
            "sealed": [[SEALED[0] if act.is_sealed else SEALED[1]] for act in acts],
            "action": [[SHOW] for _ in acts],
        }
    )
    columns = st.column_config
    sheet(
        rows,
        {
            "at": columns.DatetimeColumn(
                "When (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=165
            ),
            "who": columns.TextColumn("Who", width=115),
            "what": columns.TextColumn("What", width=150),
            "about": columns.TextColumn("About", width=140),
            "change": columns.TextColumn("Before → after", width=178),
            "reason": columns.TextColumn("Reason", width=90),
            "sealed": columns.MultiselectColumn("Seal", options=SEALED, color="gray", width=78),
            "action": columns.ButtonColumn("Action", key=key, width=88),
        },
        alt="Acts of the trail, newest first",
        most=ROWS_SHOWN,
        placeholder="",
    )
    return pressed_row(key, acts)


def whole_act(act: Act, names: Mapping[str, str]) -> None:
    """Draw everything that the trail says of an act."""
    facts(
        [
            ("When", f"{act.at:%-d %B %Y, %H:%M:%S} UTC"),
            ("Who", actor_words(act)),
            ("About", about_words(act)),
            ("Act", f"no. {act.id:,}"),
            ("Seal", SEALED[0] if act.is_sealed else SEALED[1]),
        ]
    )
    if act.reason:
        st.caption("Reason")
        st.text(act.reason)
    found = changes(act.before, act.after, names)
    if not found:
        st.caption("The act says no more than this.")
        return
    rows = pd.DataFrame(
        {
            "name": [change.name for change in found],
            "before": [change.before for change in found],
            "after": [change.after for change in found],
        }
    )
    columns = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt="What was before the act and what is after it",
        column_config={
            "name": columns.TextColumn("What", width="small"),
            "before": columns.TextColumn("Before"),
            "after": columns.TextColumn("After"),
        },
    )
