"""What happened as a table, in order of time."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.incidents import Happening, Lane
from bee.ui.sheet import sheet
from bee.ui.words import NOTHING

ROWS_SHOWN: Final = 15
TONES: Final = ("orange", "red", "green", "green", "green", "blue", "blue", "gray")
MOMENT: Final = "D MMM YYYY, HH:mm"


def happenings_table(happenings: Sequence[Happening]) -> None:
    """Draw what happened."""
    table = pd.DataFrame(
        {
            "from": [each.starts_at for each in happenings],
            "until": [each.ends_at for each in happenings],
            "lane": [[str(each.lane)] for each in happenings],
            "what": [each.what for each in happenings],
            "detail": [each.detail or NOTHING for each in happenings],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "from": columns.DatetimeColumn("From (UTC)", format=MOMENT, timezone="UTC", width=145),
            "until": columns.DatetimeColumn("Until (UTC)", format=MOMENT, timezone="UTC", width=145),
            "lane": columns.MultiselectColumn(
                "Lane", options=tuple(str(lane) for lane in Lane), color=TONES, width=115
            ),
            "what": columns.TextColumn("What", width=330),
            "detail": columns.TextColumn("More"),
        },
        alt="What happened, in order of time",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
