"""The rules as a table, what a version says otherwise, what was done to a rule, and who would have heard."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import pandas as pd
import streamlit as st

from bee.errors import Invalid
from bee.notify.catalogue import RuleCard
from bee.notify.difference import Difference
from bee.notify.measured import Measured
from bee.notify.rule import Rule
from bee.ui.rule_reads import SENDS_DAYS, Trial
from bee.ui.rule_words import (
    REFUSALS,
    STATES,
    field_words,
    glance_words,
    leaf_words,
    rule_states,
)
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING, short_date, type_words

OPEN: Final = ":material/open_in_full: Open"
TONES: Final = ("green", "gray", "red", "orange")
ROWS_SHOWN: Final = 12
PEOPLE_SHOWN: Final = 200
DAYS_SHOWN: Final = 6


def rules_table(
    cards: Sequence[RuleCard], glances: Mapping[str, Measured | Invalid], *, key: str
) -> RuleCard | None:
    """Draw the rules and return the one whose row's button was pressed."""
    bodies = [card.body if isinstance(card.body, Rule) else None for card in cards]
    table = pd.DataFrame(
        {
            "rule": [type_words(card.name) for card in cards],
            "state": [rule_states(card) for card in cards],
            "version": [card.live.version if card.live else None for card in cards],
            "priority": [type_words(body.priority) if body else NOTHING for body in bodies],
            "cap": [body.most_per_day if body else None for body in bodies],
            "pause": [body.cooldown_h if body else None for body in bodies],
            "holdout": [round(100 * body.holdout) if body else None for body in bodies],
            "sent": [_sends(card) for card in cards],
            "effect": [_glance(card, glances) for card in cards],
            "action": [[OPEN] for _ in cards],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "rule": columns.TextColumn("Rule", width=105),
            "state": columns.MultiselectColumn("State", options=STATES, color=TONES, width=118),
            "version": columns.NumberColumn("Version", format="%d", width=64),
            "priority": columns.TextColumn("Priority", width=68),
            "cap": columns.NumberColumn("A day", format="%d", width=55, help="Of its type, at most."),
            "pause": columns.NumberColumn("Pause", format="%d h", width=58, help="Between two of its type."),
            "holdout": columns.NumberColumn(
                "Held out",
                format="%d%%",
                width=68,
                help="Who gets nothing, by lot, so that it can be measured.",
            ),
            "sent": columns.TextColumn(f"Sent, {SENDS_DAYS} days", width=150),
            "effect": columns.TextColumn(
                "Opens within 24 h",
                width=225,
                help="Times as likely as for who was held out, with 95 % interval.",
            ),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="The rules, how things stand for each, what it sent and what it changed",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
    return pressed_row(key, cards)


def differences_table(found: Sequence[Difference], *, before: str, after: str) -> None:
    """Draw what differs between two versions."""
    table = pd.DataFrame(
        {
            "what": [field_words(each.name) for each in found],
            "before": [leaf_words(each, each.before) for each in found],
            "after": [leaf_words(each, each.after) for each in found],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "what": columns.TextColumn("What", width=190),
            "before": columns.TextColumn(before),
            "after": columns.TextColumn(after),
        },
        alt=f"What differs between {before} and {after}",
        most=ROWS_SHOWN,
    )


def heard_table(trial: Trial) -> None:
    """Draw who would have heard, who most often first."""
    people = trial.people[:PEOPLE_SHOWN]
    table = pd.DataFrame(
        {
            "person": [trial.numbers[each.user_id] for each in people],
            "times": [len(each.days) for each in people],
            "live": [len(each.live_days) for each in people],
            "days": [_days(each.days) for each in people],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "person": columns.TextColumn("Person", width=120),
            "times": columns.NumberColumn("Times", format="%d", width=70),
            "live": columns.NumberColumn(
                "In force", format="%d", width=80, help="From the version in force."
            ),
            "days": columns.TextColumn("About which days"),
        },
        alt="Who would have heard, who most often first",
        most=ROWS_SHOWN,
    )


def _sends(card: RuleCard) -> str:
    if not isinstance(card.body, Rule):
        return NOTHING
    recorded = f" · {card.recorded:,} recorded" if card.recorded else ""
    return f"{card.sent:,}{recorded}"


def _glance(card: RuleCard, glances: Mapping[str, Measured | Invalid]) -> str:
    if not isinstance(card.body, Rule) or card.live is None:
        return NOTHING
    found = glances.get(card.name)
    return REFUSALS["not_randomised"] if found is None else glance_words(found)


def _days(days: Sequence[date]) -> str:
    said = [short_date(day) for day in days[:DAYS_SHOWN]]
    return ", ".join(said) + (" …" if len(days) > DAYS_SHOWN else "")
