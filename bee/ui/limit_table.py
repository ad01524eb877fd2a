"""Who hit the limits, and when limiters failed, as cards and tables."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.limits import LimitedAnswers, LimitHealth, RefusedMember
from bee.ui.limit_words import AREA_WORDS, FAULT_MEANING
from bee.ui.sheet import sheet

ROWS_SHOWN: Final = 12


def show_counts(health: LimitHealth) -> None:
    """Draw what matters most as cards."""
    grid = st.grid(4, min_column_width=150)
    for words, value, icon, meaning in (
        ("Refused", health.refused, "block", "By policy: requests of members, one too many within a minute."),
        ("Members", health.people, "group", "Whose requests were refused."),
        (
            "429 in all",
            health.limited,
            "speed",
            "Whoever asked: tries to sign in and requests without a member are among them.",
        ),
        ("Uncounted", health.uncounted, "report", FAULT_MEANING),
    ):
        grid.metric(
            words, f"{value:,}", icon=f":material/{icon}:", help=meaning, border=True, height="stretch"
        )


def refused_table(rows: Sequence[RefusedMember]) -> None:
    """Draw members, those who were refused most first."""
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "person": [row.pseudonym for row in rows],
                "area": [AREA_WORDS[row.area] for row in rows],
                "refused": [row.refused for row in rows],
                "hours": [row.hours for row in rows],
                "last": [row.last_at for row in rows],
            }
        ),
        {
            "person": columns.TextColumn("Person", width=90),
            "area": columns.TextColumn("Of what", width=110),
            "refused": columns.NumberColumn("Refused", format="localized", width=85),
            "hours": columns.NumberColumn("In hours", format="localized", width=80),
            "last": columns.DatetimeColumn("Last (UTC)", format="D MMM, HH:mm", timezone="UTC", width=115),
        },
        alt="Members whose requests were refused, the most first",
        most=ROWS_SHOWN,
    )


def faults_table(rows: Sequence[LimitedAnswers], *, span: str) -> None:
    """Draw when requests passed because a limiter failed, the newest first; ``span``: an hour or a day."""
    failed = [row for row in reversed(rows) if row.uncounted]
    columns = st.column_config
    sheet(
        pd.DataFrame({"since": [row.since for row in failed], "passed": [row.uncounted for row in failed]}),
        {
            "since": columns.DatetimeColumn(
                f"The {span} from (UTC)", format="D MMM, HH:mm", timezone="UTC", width=160
            ),
            "passed": columns.NumberColumn("Passed uncounted", format="localized", width=140),
        },
        alt="When requests passed because a limiter failed, the newest first",
        most=ROWS_SHOWN,
    )
