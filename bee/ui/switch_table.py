"""The switches of the rules as a table, and what was done to them."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.notify.switches import Switch, Throw, who_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import type_words

STOP: Final = ":material/block: Stop"
RELEASE: Final = ":material/play_arrow: Let go"
STATES: Final = ("Runs", "Off", "Stopped", "Stopped with all")
TONES: Final = ("gray", "gray", "red", "red")


def rule_words(rule: str | None) -> str:
    """Return what a switch is of."""
    return "Everything" if rule is None else type_words(rule)


def switch_state(switch: Switch, *, all_stopped: bool) -> str:
    """Return how things stand for a rule; off is one of which no version decides."""
    if switch.is_stopped:
        return "Stopped"
    if all_stopped:
        return "Stopped with all"
    return "Runs" if switch.is_active else "Off"


def switches_table(
    rows: Sequence[Switch], *, all_stopped: bool, may_release: bool, key: str
) -> Switch | None:
    """Draw the rules and return the one whose row's button was pressed; there is none for what one may not do."""
    table = pd.DataFrame(
        {
            "rule": [rule_words(row.rule) for row in rows],
            "state": [[switch_state(row, all_stopped=all_stopped)] for row in rows],
            "at": [row.changed_at for row in rows],
            "who": [who_words(row) for row in rows],
            "reason": [row.reason or "–" for row in rows],
            "waiting": [row.waiting for row in rows],
            "action": [_action(row, may_release=may_release) for row in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "rule": columns.TextColumn("Rule", width=130),
            "state": columns.MultiselectColumn("State", options=STATES, color=TONES, width=135),
            "at": columns.DatetimeColumn(
                "Last change (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "who": columns.TextColumn("Who", width=150),
            "reason": columns.TextColumn("Why", width=200),
            "waiting": columns.NumberColumn("Waiting", format="localized", width=80),
            "action": columns.ButtonColumn("Action", key=key, width=110),
        },
        alt="The rules, whether each is stopped, by whom and why",
        placeholder="–",
    )
    return pressed_row(key, rows)


def throws_table(rows: Sequence[Throw]) -> None:
    """Draw what was done to the switches, newest first."""
    table = pd.DataFrame(
        {
            "at": [row.changed_at for row in rows],
            "what": [["Stopped" if row.is_stopped else "Let go"] for row in rows],
            "rule": [rule_words(row.rule) for row in rows],
            "who": [who_words(row) for row in rows],
            "reason": [row.reason for row in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn(
                "When (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "what": columns.MultiselectColumn(
                "What", options=("Stopped", "Let go"), color=("red", "gray"), width=95
            ),
            "rule": columns.TextColumn("Of", width=130),
            "who": columns.TextColumn("Who", width=150),
            "reason": columns.TextColumn("Why"),
        },
        alt="What was done to the switches, newest first",
    )


def _action(row: Switch, *, may_release: bool) -> list[str]:
    if not row.is_stopped:
        return [STOP]
    return [RELEASE] if may_release else []
