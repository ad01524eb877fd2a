"""Push addresses as cards and tables."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from bee.notify.addresses import Age
from bee.notify.tokens import ReachedMembers, TokenHealth, TokenWeek
from bee.ui.sheet import ROW_HEIGHT, sheet
from bee.ui.token_words import REASONS, WAY_WORDS, share_words

WEEKS_SHOWN = 12


def show_counts(health: TokenHealth) -> None:
    """Draw what matters most as cards."""
    grid = st.grid(4, min_column_width=150)
    reachable = share_words(health.reachable, health.people)
    stale = share_words(health.aged(Age.STALE), health.in_use)
    gone = health.weeks[-1].found_dead if health.weeks else 0
    for words, value, icon, meaning in (
        (
            "Reachable",
            reachable,
            "notifications_active",
            "Members with a device that is posted to; consent apart.",
        ),
        ("Addresses in use", f"{health.in_use:,}", "smartphone", None),
        ("Stale", stale, "hourglass_bottom", "Of the addresses in use."),
        (
            "Found gone",
            f"{gone:,}",
            "phonelink_erase",
            "Devices, by the push service, since Monday UTC.",
        ),
    ):
        grid.metric(words, value, icon=f":material/{icon}:", help=meaning, border=True, height="stretch")


def members_table(rows: Sequence[ReachedMembers]) -> None:
    """Draw how members can be reached."""
    people = sum(row.members for row in rows)
    st.dataframe(
        pd.DataFrame(
            {
                "way": [WAY_WORDS[row.way] for row in rows],
                "members": [row.members for row in rows],
                "share": [100 * row.members / people if people else 0.0 for row in rows],
            }
        ),
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt="How many members can be reached, and how",
        column_config={
            "way": st.column_config.TextColumn("Members", width=225),
            "members": st.column_config.NumberColumn("People", format="localized", width=75),
            "share": st.column_config.ProgressColumn(
                "Share", min_value=0, max_value=100, format="%.1f%%", color="gray", width=110
            ),
        },
    )


def weeks_table(weeks: Sequence[TokenWeek]) -> None:
    """Draw the weeks, the newest first."""
    newest = list(reversed(weeks))
    numbers = {
        "in_use": "In use at its end",
        "registered": "Registered",
        "found_dead": "Answers: gone",
        **REASONS,
    }
    sheet(
        pd.DataFrame(
            {"week": [week.week_on for week in newest]}
            | {name: [getattr(week, name) for week in newest] for name in numbers}
        ),
        {
            "week": st.column_config.DateColumn("Week of", format="D MMM YYYY", width=110),
            **{
                name: st.column_config.NumberColumn(words, format="localized", width=105)
                for name, words in numbers.items()
            },
        },
        alt="What became of push addresses, week by week, the newest first",
        most=WEEKS_SHOWN,
    )
