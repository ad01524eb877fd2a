"""Use and cost as cards and tables."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.model.prices import Price
from bee.coach.usage import UsageLine
from bee.ui.sheet import sheet
from bee.ui.usage_words import PURPOSE_WORDS, checked_words, cost_words, helpful_words, unpriced_words

ROWS_SHOWN: Final = 15
BUCKETS: Final = {
    "input": "Input",
    "cache_read": "Cache read",
    "cache_write": "Cache written",
    "output": "Output",
    "reasoning": "Reasoning",
}


def show_totals(total: UsageLine) -> None:
    """Draw what matters most as cards."""
    grid = st.grid(4, min_column_width=150)
    for words, value, icon, meaning, left_out in (
        ("Cost", cost_words(total), "payments", "Of calls with a known price.", unpriced_words(total)),
        (
            "Calls",
            f"{total.calls:,}",
            "call_made",
            f"{total.answered:,} of them answered as they should.",
            None,
        ),
        (
            "Tokens",
            f"{total.tokens:,}",
            "data_usage",
            "All kinds together; no token is in two of them.",
            None,
        ),
        ("Helpful", helpful_words(total), "thumb_up", "Of the members' answers that they said it of.", None),
    ):
        grid.metric(
            words, value, left_out, icon=f":material/{icon}:", help=meaning, border=True, height="stretch",
            delta_color="off", delta_arrow="off",
        )  # fmt: skip


def usage_table(lines: Sequence[UsageLine], by: str) -> None:
    """Draw the lines in their order."""
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "name": [line.name for line in lines],
                "purpose": [PURPOSE_WORDS[line.purpose] for line in lines],
                "cost": [cost_words(line) for line in lines],
                "unpriced": [line.unpriced for line in lines],
                "helpful": [helpful_words(line) for line in lines],
                "calls": [line.calls for line in lines],
                "answered": [line.answered for line in lines],
            }
            | {bucket: [getattr(line, bucket) for line in lines] for bucket in BUCKETS}
        ),
        {
            "name": columns.TextColumn(by, width=150),
            "purpose": columns.TextColumn("For", width=78),
            "cost": columns.TextColumn("Cost", width=80, alignment="right"),
            "unpriced": columns.NumberColumn("No price", format="localized", width=75),
            "calls": columns.NumberColumn("Calls", format="localized", width=60),
            "answered": columns.NumberColumn("Answered", format="localized", width=80),
            **{
                bucket: columns.NumberColumn(words, format="localized", width=92)
                for bucket, words in BUCKETS.items()
            },
            "helpful": columns.TextColumn("Helpful", width=80, alignment="right"),
        },
        alt=f"What models took and cost, by {by.lower()} and purpose",
        most=ROWS_SHOWN,
    )


def prices_table(prices: Sequence[Price]) -> None:
    """Draw prices with their days and sources."""
    columns = st.column_config
    kinds = {"input": "Input", "cache_read": "Cache read", "cache_write": "Cache written", "output": "Output"}
    sheet(
        pd.DataFrame(
            {
                "model": [f"{price.provider}/{price.model}" for price in prices],
                "from": [price.valid_from for price in prices],
            }
            | {kind: [float(getattr(price, kind)) for price in prices] for kind in kinds}
            | {
                "checked": [checked_words(price) for price in prices],
                "source": [price.source for price in prices],
            }
        ),
        {
            "model": columns.TextColumn("Model", width=230),
            "from": columns.DateColumn("From", format="D MMM YYYY", width=100),
            **{kind: columns.NumberColumn(words, format="$%.3f", width=95) for kind, words in kinds.items()},
            "checked": columns.TextColumn("Checked", width=140),
            "source": columns.TextColumn("Source", width=260),
        },
        alt="Prices with the day from which they hold and where they stand",
        most=ROWS_SHOWN,
    )
