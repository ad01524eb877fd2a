"""Decisions about notifications as a table, why they were not sent, and one of them in full."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

import pandas as pd
import streamlit as st

from bee.momentum.score import MomentumState
from bee.notify.log import LogRow, LogText
from bee.ui.blocks import facts
from bee.ui.log_words import (
    STATE_WORDS,
    guard_answers,
    held_words,
    person_words,
    reason_words,
    state_words,
    why_words,
)
from bee.ui.palette import WORDS
from bee.ui.sheet import HEAD_HEIGHT, ROW_HEIGHT, sheet
from bee.ui.tables import pressed_row
from bee.ui.words import long_date, type_words

WHY: Final = ":material/help: Why"
ROWS_SHOWN: Final = 15
REASONS_SHOWN: Final = 5
# Red is for what went wrong only.
STATE_TONES: Final = tuple("red" if words == "Failed" else "gray" for words in STATE_WORDS.values())
THEN: Final = ("Opened", "Acted")
ANSWERS: Final = ("Passed", "Later", "Not known", "Held back")


def log_table(rows: Sequence[LogRow], acted: Collection[UUID] | None, *, key: str) -> LogRow | None:
    """Draw decisions, newest first, and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "at": [row.decided_at for row in rows],
            "person": [person_words(row) for row in rows],
            "rule": [type_words(row.rule) for row in rows],
            "type": [type_words(row.notification_type) for row in rows],
            "became": [[state_words(row.state)] for row in rows],
            "reason": [held_words(row) for row in rows],
            "then": [_then(row, acted) for row in rows],
            "action": [[WHY] for _ in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=140),
            "person": columns.TextColumn("Person", width=100),
            "rule": columns.TextColumn("Rule", width=95),
            "type": columns.TextColumn("Type", width=128),
            "became": columns.MultiselectColumn(
                "What became of it", options=list(STATE_WORDS.values()), color=list(STATE_TONES), width=150
            ),
            "reason": columns.TextColumn("Why not", width=172),
            "then": columns.MultiselectColumn(
                "Then",
                options=THEN,
                color="gray",
                width=135,
                help="Acted: an event within 24 h after it was sent.",
            ),
            "action": columns.ButtonColumn("Action", key=key, width=85),
        },
        alt="Decisions about notifications, newest first",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, rows)


def reasons_table(reasons: Sequence[tuple[str, int]]) -> None:
    """Draw why decisions did not go out, the most frequent reason first."""
    sheet(
        pd.DataFrame(
            {
                "reason": [reason_words(reason) for reason, _ in reasons],
                "decisions": [decisions for _, decisions in reasons],
            }
        ),
        {
            "reason": st.column_config.TextColumn("Why", width=235),
            "decisions": st.column_config.NumberColumn("Decisions", format="localized", width=70),
        },
        alt="Why decisions did not go out, the most frequent reason first",
        most=REASONS_SHOWN,
    )


def whole_decision(row: LogRow, text: LogText | None) -> None:
    """Draw everything that the ledger has of a decision."""
    st.markdown(f"**{why_words(row)}**")
    facts(_facts(row))
    st.caption("What the guards answered when it was decided")
    if row.guards:
        _guards_table(row)
    else:
        st.caption("Nobody wrote down what they said.")
    if text is not None:
        with st.container(border=True):
            st.caption("What it says" if row.sent_at else "What it would have said")
            st.text(text.title or "–")
            st.text(text.message or "–")


def _then(row: LogRow, acted: Collection[UUID] | None) -> list[str]:
    happened = (row.opened_at is not None, row.id in (acted or ()))
    return [words for words, has_happened in zip(THEN, happened, strict=True) if has_happened]


def _guards_table(row: LogRow) -> None:
    answers = guard_answers(row)
    columns = st.column_config
    st.dataframe(
        pd.DataFrame(
            {
                "guard": [each.guard for each in answers],
                "answer": [[each.answer] for each in answers],
                "meaning": [each.meaning for each in answers],
            }
        ),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=HEAD_HEIGHT + ROW_HEIGHT * len(answers),
        alt="What each guard answered",
        column_config={
            "guard": columns.TextColumn("Guard"),
            "answer": columns.MultiselectColumn("Answer", options=ANSWERS, color="gray", width=95),
            "meaning": columns.TextColumn("Which means"),
        },
    )


def _facts(row: LogRow) -> list[tuple[str, str]]:
    score = None if row.final_score is None else f"{row.final_score:.0f}"
    state = WORDS[MomentumState(row.momentum_state)] if row.momentum_state else None
    known = [
        ("Person", person_words(row)),
        ("Decided", f"{row.decided_at:%-d %B %Y, %H:%M:%S} UTC"),
        ("Rule", f"{type_words(row.rule)}, version {row.rule_version}"),
        ("Type", type_words(row.notification_type)),
        ("Day it is about", long_date(row.trigger_date)),
        ("Score that day", " · ".join(part for part in (score, state) if part)),
        ("Opened", f"{row.opened_at:%-d %B %Y, %H:%M:%S} UTC" if row.opened_at else None),
        ("Chance to be sent", None if row.draw is None else f"{row.probability:.0%}, drew {row.draw:.3f}"),
        ("Text", f"Variant {row.variant}" if row.variant else None),
    ]
    return [(name, value) for name, value in known if value]
