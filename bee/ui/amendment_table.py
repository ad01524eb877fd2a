"""What people say of minutes as a table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.amendments import Amendment
from bee.sla.maintenance import Change, changes_of
from bee.ui.level_words import amendment_words, effect_words, times_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING

WITHDRAW: Final = ":material/undo: Withdraw"
CHANGE: Final = ":material/edit_calendar: Change"


def amendments_table(rows: Sequence[Amendment], now: datetime, *, key: str) -> Amendment | None:
    """Draw what was said of minutes, newest first, and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "what": [amendment_words(row) for row in rows],
            "when": [times_words(row) for row in rows],
            "who": [row.declared_by_name or NOTHING for row in rows],
            "why": [row.reason for row in rows],
            "effect": [effect_words(row.uptime_before, row.uptime_after) for row in rows],
            "changed": [_changed(row) for row in rows],
            "action": [_action(row, now) for row in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "what": columns.TextColumn("What", width=175),
            "when": columns.TextColumn("When (UTC)", width=250),
            "who": columns.TextColumn("Who", width=95),
            "why": columns.TextColumn("Why", width=150),
            "effect": columns.TextColumn("Uptime", width=120),
            "changed": columns.TextColumn("Changed", width=110),
            "action": columns.ButtonColumn("Action", key=key, width=115),
        },
        alt="Maintenance and corrections, newest first, with what each did to uptime",
        placeholder=NOTHING,
    )
    return pressed_row(key, rows)


def _changed(row: Amendment) -> str:
    if row.withdrawn_at is not None:
        return f"Withdrawn, {row.withdrawn_by_name or 'somebody'}: {row.withdrawn_because}"
    if row.changed is not None:
        return f"{row.changed_by_name or 'Somebody'}: {row.changed_because}"
    return NOTHING


def _action(row: Amendment, now: datetime) -> list[str]:
    match changes_of(row, now):
        case ():
            return []
        case (Change.WITHDRAW,):
            return [WITHDRAW]
        case _:
            return [CHANGE]
