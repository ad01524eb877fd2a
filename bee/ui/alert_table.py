"""The tables of the page of the alerts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from bee.errors import Invalid
from bee.sla.alerts.backtest import Episode
from bee.sla.alerts.queries import AlertCard, Delivery
from bee.sla.alerts.registry import RuleVersion
from bee.sla.alerts.rota import Shift
from bee.sla.alerts.rule import Escalation, Rule, parse_body
from bee.sla.alerts.words import minutes_words
from bee.sla.burn import Severity
from bee.ui.alert_words import (
    SEVERITIES,
    STATES,
    fared_words,
    held_words,
    receiver_words,
    rule_says,
    rule_severity,
    since_words,
    state_words,
    step_words,
    version_words,
)
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING, type_words

OPEN: Final = ":material/open_in_full: Open"
TAKE_BACK: Final = ":material/undo: Take back"
ROWS_SHOWN: Final = 20
SEVERITY_WORDS: Final = tuple(SEVERITIES.values())
SEVERITY_TONES: Final = ("red", "gray")
STATE_TONES: Final = ("red", "gray", "orange", "gray", "green")
MOMENT: Final = "D MMM YYYY, HH:mm"


def alerts_table(cards: Sequence[AlertCard], now: datetime, *, key: str) -> AlertCard | None:
    """Draw alerts and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "severity": [[SEVERITIES[Severity(card.severity)]] for card in cards],
            "what": [card.headline for card in cards],
            "state": [[state_words(card, now)] for card in cards],
            "since": [card.opened_at for card in cards],
            "for": [since_words(card.opened_at, card.closed_at or now) for card in cards],
            "who": [held_words(card, now) for card in cards],
            "action": [[OPEN] for _ in cards],
        }
    )
    columns = st.column_config
    _draw(
        table,
        "Alerts, the most urgent first",
        {
            "severity": columns.MultiselectColumn(
                "Urgency", options=SEVERITY_WORDS, color=SEVERITY_TONES, width=80
            ),
            "what": columns.TextColumn("What", width=320),
            "state": columns.MultiselectColumn("State", options=STATES, color=STATE_TONES, width=90),
            "since": columns.DatetimeColumn("Began (UTC)", format=MOMENT, timezone="UTC", width=145),
            "for": columns.TextColumn("For", width=95),
            "who": columns.TextColumn("Who has it", width=190),
            "action": columns.ButtonColumn("Action", key=key, width=95),
        },
    )
    return pressed_row(key, cards)


def deliveries_table(deliveries: Sequence[Delivery]) -> None:
    """Draw what was told of an alert, newest first."""
    table = pd.DataFrame(
        {
            "at": [each.queued_at for each in deliveries],
            "what": [step_words(each) for each in deliveries],
            "to": [receiver_words(each) for each in deliveries],
            "fared": [fared_words(each) for each in deliveries],
        }
    )
    columns = st.column_config
    _draw(
        table,
        "What was told, newest first",
        {
            "at": columns.DatetimeColumn("When (UTC)", format="D MMM, HH:mm", timezone="UTC", width=105),
            "what": columns.TextColumn("Message", width=120),
            "to": columns.TextColumn("To", width=115),
            "fared": columns.TextColumn("What became of it"),
        },
    )


def rules_table(rows: Sequence[RuleVersion], *, key: str) -> RuleVersion | None:
    """Draw the rules and return the one whose row's button was pressed."""
    bodies = [readable(row) for row in rows]
    table = pd.DataFrame(
        {
            "rule": [type_words(row.rule) for row in rows],
            "state": [["Watches" if row.is_on else "Off"] for row in rows],
            "severity": [[rule_severity(body)] if body else [] for body in bodies],
            "says": [rule_says(body) if body else "This release can't read it" for body in bodies],
            "version": [version_words(row) for row in rows],
            "action": [[OPEN] for _ in rows],
        }
    )
    columns = st.column_config
    _draw(
        table,
        "The rules, by name",
        {
            "rule": columns.TextColumn("Rule", width=170),
            "state": columns.MultiselectColumn(
                "State", options=("Watches", "Off"), color=("green", "gray"), width=85
            ),
            "severity": columns.MultiselectColumn(
                "Up to", options=(*SEVERITY_WORDS, NOTHING), color=(*SEVERITY_TONES, "gray"), width=75
            ),
            "says": columns.TextColumn("Fires on", width=430),
            "version": columns.TextColumn("Version", width=130),
            "action": columns.ButtonColumn("Action", key=key, width=95),
        },
    )
    return pressed_row(key, rows)


def episodes_table(episodes: Sequence[Episode]) -> None:
    """Draw the alerts that there would have been, in order."""
    table = pd.DataFrame(
        {
            "severity": [[SEVERITIES[each.severity]] for each in episodes],
            "subject": [each.subject or NOTHING for each in episodes],
            "opened": [each.opened_at for each in episodes],
            "ended": [each.ended_at for each in episodes],
            "fired": [minutes_words(each.minutes) for each in episodes],
        }
    )
    columns = st.column_config
    _draw(
        table,
        "The alerts that there would have been",
        {
            "severity": columns.MultiselectColumn(
                "Urgency", options=SEVERITY_WORDS, color=SEVERITY_TONES, width=80
            ),
            "subject": columns.TextColumn("Of", width=140),
            "opened": columns.DatetimeColumn("Began (UTC)", format=MOMENT, timezone="UTC", width=150),
            "ended": columns.DatetimeColumn("Ended (UTC)", format=MOMENT, timezone="UTC", width=150),
            "fired": columns.TextColumn("Fired for", width=110),
        },
    )


def shifts_table(shifts: Sequence[Shift], *, key: str) -> Shift | None:
    """Draw shifts and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "level": [shift.level for shift in shifts],
            "who": [shift.full_name for shift in shifts],
            "from": [shift.starts_at for shift in shifts],
            "until": [shift.ends_at for shift in shifts],
            "action": [[TAKE_BACK] for _ in shifts],
        }
    )
    columns = st.column_config
    _draw(
        table,
        "Who is on call, by time",
        {
            "level": columns.NumberColumn("Level", format="%d", width=60),
            "who": columns.TextColumn("Who", width=200),
            "from": columns.DatetimeColumn("From (UTC)", format=MOMENT, timezone="UTC", width=150),
            "until": columns.DatetimeColumn("Until (UTC)", format=MOMENT, timezone="UTC", width=150),
            "action": columns.ButtonColumn("Action", key=key, width=120),
        },
    )
    return pressed_row(key, shifts)


def readable(row: RuleVersion) -> Rule | Escalation | None:
    """Return what a version says; None where this release can't read it."""
    try:
        return parse_body(row.body)
    except Invalid:
        return None


def _draw(table: pd.DataFrame, alt: str, config: Mapping[str, Any]) -> None:
    sheet(
        table,
        config,
        alt=alt,
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
