"""The tables of the pages: chips, progress and sparkline columns, one action a row."""

from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.engage.queries import PersonAtRisk
from bee.momentum.score import MomentumState
from bee.ui.palette import ORDER, WORDS

ROW_HEIGHT: Final = 40
# In the order of the theme's chart colours.
STATE_WORDS: Final = tuple(WORDS[state] for state in reversed(ORDER))
OPEN: Final = ":material/person_search: Open"
ROWS_SHOWN: Final = 10


def people_table(people: Sequence[PersonAtRisk], *, key: str) -> PersonAtRisk | None:
    """Draw who may need a call and return the person whose row's button was pressed."""
    rows = pd.DataFrame(
        {
            "person": [f"P-{person.number}" for person in people],
            "state": [[WORDS[MomentumState(person.momentum_state)]] for person in people],
            "score": [round(person.final_score) for person in people],
            "weeks": [person.last_finals for person in people],
            "below": [round(person.below_usual) for person in people],
            "days": [person.days_in_state for person in people],
            "coach": [person.coach_name or "–" for person in people],
            "action": [[OPEN] for _ in people],
        }
    )
    columns = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(people), ROWS_SHOWN) + 1) + 2,
        alt="People who may need a call, those furthest below their usual score first",
        column_config={
            "person": columns.TextColumn("Person", width=80),
            "state": columns.MultiselectColumn("State", options=STATE_WORDS, color="auto", width=110),
            "score": columns.ProgressColumn(
                "Score", min_value=0, max_value=100, format="%d", color="orange", width="medium"
            ),
            "weeks": columns.AreaChartColumn(
                "Last 6 weeks", y_min=0, y_max=100, color="orange", width="medium"
            ),
            "below": columns.NumberColumn(
                "Below usual", format="%d pts", help="Last week's score below the usual one.", width=100
            ),
            "days": columns.NumberColumn("Days in state", format="%d", width=100),
            "coach": columns.TextColumn("Coach", width=110),
            "action": columns.ButtonColumn("Action", key=key, width=110),
        },
    )
    click = st.session_state.get(key)
    return people[click.row] if click else None
