"""Runs as a table, and what one came to: check by check, and case by case, what became worse first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.lab.case import CaseKind
from bee.coach.lab.results import CaseRow, CheckRow
from bee.coach.lab.run import Run
from bee.ui.case_words import KINDS, NO_SCORE
from bee.ui.run_words import (
    EVERYBODY,
    STANDS,
    TELLS,
    among_words,
    check_words,
    difference_words,
    rate_words,
    stands,
    tell_words,
)
from bee.ui.sheet import sheet
from bee.ui.tables import STATE_TONES, STATE_WORDS, pressed_row
from bee.ui.words import NOTHING

OPEN: Final = ":material/open_in_full: Open"
READ: Final = ":material/chat: Read"
ROWS_SHOWN: Final = 12
TELL_TONES: Final = ("orange", "orange", "gray", "green", "green")
AMONG: Final = [EVERYBODY, *STATE_WORDS, NO_SCORE]
AMONG_TONES: Final = ["gray", *STATE_TONES, "gray"]


def runs_table(runs: Sequence[Run], now: datetime, *, key: str) -> Run | None:
    """Draw the runs and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "number": [run.number for run in runs],
            "version": [run.candidate for run in runs],
            "against": [run.baseline for run in runs],
            "stands": [[stands(run, now)] for run in runs],
            "progress": [100 * run.done / run.due if run.due else 0.0 for run in runs],
            "cases": [f"{run.cases:,}{f' · {run.tag}' if run.tag else ''}" for run in runs],
            "repeats": [run.repeats for run in runs],
            "cost": [float(run.cost_usd) for run in runs],
            "who": [run.requested_by or NOTHING for run in runs],
            "at": [run.requested_at for run in runs],
            "action": [[OPEN] for _ in runs],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "number": columns.NumberColumn("No.", format="%d", width=50),
            "version": columns.NumberColumn("Version", format="%d", width=65),
            "against": columns.NumberColumn("Against", format="%d", width=65),
            "stands": columns.MultiselectColumn(
                "State", options=list(STANDS), color=list(STANDS.values()), width=115
            ),
            "progress": columns.ProgressColumn(
                "Answers", min_value=0, max_value=100, format="%.0f%%", width=110, color="gray"
            ),
            "cases": columns.TextColumn("Cases", width=90),
            "repeats": columns.NumberColumn("Times each", format="%d", width=85),
            "cost": columns.NumberColumn("Cost, $", format="%.4f", width=80),
            "who": columns.TextColumn("Who", width=110),
            "at": columns.DatetimeColumn("When (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=140),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="The runs, where each stands and what the gate says",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
    return pressed_row(key, runs)


def checks_table(run: Run, rows: Sequence[CheckRow]) -> None:
    """Draw how often each check passed, what became worse first."""
    table = pd.DataFrame(
        {
            "check": [check_words(row.check) for row in rows],
            "among": [[among_words(row.state)] for row in rows],
            "ours": [rate_words(row.candidate) for row in rows],
            "theirs": [rate_words(row.baseline) for row in rows],
            "difference": [difference_words(row.difference) for row in rows],
            "tells": [[tell_words(row.difference)] if row.difference else [] for row in rows],
            "cases": [row.difference.cases if row.difference else None for row in rows],
        }
    )
    columns = st.column_config
    against = None if run.baseline is None else columns.TextColumn(f"Version {run.baseline}", width=135)
    sheet(
        table,
        {
            "check": columns.TextColumn("Check", width=155),
            "among": columns.MultiselectColumn("Among", options=AMONG, color=AMONG_TONES, width=105),
            "ours": columns.TextColumn(f"Version {run.candidate}", width=135),
            "theirs": against,
            "difference": None
            if run.baseline is None
            else columns.TextColumn("Difference, points (95 %)", width=175),
            "tells": None
            if run.baseline is None
            else columns.MultiselectColumn("What it says", options=TELLS, color=TELL_TONES, width=150),
            "cases": None if run.baseline is None else columns.NumberColumn("Cases", format="%d", width=60),
        },
        alt="How often each check passed, by momentum, what became worse first",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )


def cases_table(run: Run, rows: Sequence[CaseRow], *, key: str) -> CaseRow | None:
    """Draw how often every check passed with each case, and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "title": [row.title for row in rows],
            "kind": [KINDS[CaseKind(row.kind)] for row in rows],
            "among": [[among_words(row.state or "unknown")] for row in rows],
            "ours": [rate_words(row.candidate) for row in rows],
            "theirs": [rate_words(row.baseline) for row in rows],
            "change": [f"{100 * row.change:+.0f}" if row.change else "" for row in rows],
            "action": [[READ] for _ in rows],
        }
    )
    columns = st.column_config
    against = None if run.baseline is None else columns.TextColumn(f"Version {run.baseline}", width=150)
    sheet(
        table,
        {
            "title": columns.TextColumn("Case", width=230),
            "kind": columns.TextColumn("Kind", width=160),
            "among": columns.MultiselectColumn("State", options=AMONG, color=AMONG_TONES, width=105),
            "ours": columns.TextColumn(f"Version {run.candidate}", width=150),
            "theirs": against,
            "change": None if run.baseline is None else columns.TextColumn("Points", width=75),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="How often every check passed with each case, what became worse first",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, rows)
