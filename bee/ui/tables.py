"""The tables of the pages: chips, progress and sparkline columns, one action a row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

import pandas as pd
import streamlit as st

from bee.engage.queries import MemberMatch, PersonAtRisk
from bee.momentum.score import MomentumState
from bee.ui.palette import ORDER, TONES, WORDS
from bee.ui.sheet import ROW_HEIGHT, sheet
from bee.ui.why import CarryRow, PartRow, parts_sum

STATE_WORDS: Final = tuple(WORDS[state] for state in ORDER)
STATE_TONES: Final = tuple(TONES[state] for state in ORDER)
OPEN: Final = ":material/person_search: Open"
ACTS_SHOWN: Final = 12
Row = TypeVar("Row")


def pressed_row(key: str, rows: Sequence[Row]) -> Row | None:
    """Return the row whose button was pressed, as it was drawn: since then there may be others in its place."""
    drawn: Sequence[Row] = st.session_state.get(f"{key}-drawn", ())
    st.session_state[f"{key}-drawn"] = rows
    click = st.session_state.get(key)
    return drawn[click.row] if click and click.row < len(drawn) else None


def acts_table(acts: Sequence[tuple[datetime, str, str, str]], *, alt: str) -> None:
    """Draw what was done to something, in the order given: when, what, who, and why."""
    table = pd.DataFrame(acts, columns=["at", "what", "who", "why"])
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn(
                "When (UTC)", format="D MMM YYYY, HH:mm:ss", timezone="UTC", width=170
            ),
            "what": columns.TextColumn("What", width=210),
            "who": columns.TextColumn("Who", width=150),
            "why": columns.TextColumn("Why"),
        },
        alt=alt,
        most=ACTS_SHOWN,
    )


def people_table(
    people: Sequence[PersonAtRisk], tasks: Mapping[UUID, datetime] | None = None, *, key: str
) -> PersonAtRisk | None:
    """Draw who may need a call and return the person whose row's button was pressed.

    ``tasks``: by when their coaches have to see to them; None draws no such column.
    """
    rows = pd.DataFrame(
        {
            "person": [f"P-{person.number}" for person in people],
            "state": [[WORDS[MomentumState(person.momentum_state)]] for person in people],
            "score": [round(person.final_score) for person in people],
            "weeks": [person.last_finals for person in people],
            "below": [round(person.below_usual) for person in people],
            "days": [person.days_in_state for person in people],
            "coach": [person.coach_name or "–" for person in people],
            **({} if tasks is None else {"task": [tasks.get(person.user_id) for person in people]}),
            "action": [[OPEN] for _ in people],
        }
    )
    columns = st.column_config
    # With another column the others have less room.
    score_width, weeks_width = (150, 184) if tasks is None else (110, 150)
    sheet(
        rows,
        {
            "person": columns.TextColumn("Person", width=80),
            "state": columns.MultiselectColumn("State", options=STATE_WORDS, color=STATE_TONES, width=110),
            "score": columns.ProgressColumn(
                "Score", min_value=0, max_value=100, format="%d", color="orange", width=score_width
            ),
            "weeks": columns.AreaChartColumn(
                "Last 6 weeks", y_min=0, y_max=100, color="orange", width=weeks_width
            ),
            "below": columns.NumberColumn(
                "Below usual", format="%d pts", help="Last week's score below the usual one.", width=100
            ),
            "days": columns.NumberColumn("Days in state", format="%d", width=100),
            "coach": columns.TextColumn("Coach", width=110),
            "task": columns.DatetimeColumn(
                "Task due (UTC)",
                format="D MMM, HH:mm",
                timezone="UTC",
                width=115,
                help="Open, for their coach.",
            ),
            "action": columns.ButtonColumn("Action", key=key, width=110),
        },
        alt="People who may need a call, those furthest below their usual score first",
        placeholder="–",
    )
    return pressed_row(key, people)


def matches_table(matches: Sequence[MemberMatch], *, key: str) -> MemberMatch | None:
    """Draw who was found and return the member whose row's button was pressed."""
    rows = pd.DataFrame(
        {
            "person": [f"P-{match.number}" for match in matches],
            "name": [match.full_name or "–" for match in matches],
            "action": [[OPEN] for _ in matches],
        }
    )
    columns = st.column_config
    sheet(
        rows,
        {
            "person": columns.TextColumn("Person", width=100),
            "name": columns.TextColumn("Name"),
            "action": columns.ButtonColumn("Action", key=key, width=110),
        },
        alt="Members that were found",
    )
    return pressed_row(key, matches)


def parts_table(parts: Sequence[PartRow]) -> None:
    """Draw the parts of a score, with their sum below."""
    rows = pd.DataFrame(
        {
            "part": [*(row.part for row in parts), "Score"],
            "brought": [*(row.brought for row in parts), parts_sum(parts)],
            "count": pd.array([*(row.count for row in parts), None], dtype="Int64"),
            "counted": pd.array([*(row.counted for row in parts), None], dtype="Int64"),
            "without": [*(row.without for row in parts), ""],
        }
    )
    columns = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        placeholder="",
        alt="What each part brought to the score; the last row is their sum",
        column_config={
            "part": columns.TextColumn("Part", width=195),
            "brought": columns.NumberColumn("Points", format="%.3f", width=80),
            "count": columns.NumberColumn("Events", format="%d", width=80),
            "counted": columns.NumberColumn(
                "Counted", format="%d", width=80, help="A type of event counts only so often on one day."
            ),
            "without": columns.TextColumn("Score without them", width=150),
        },
    )


def carry_table(days: Sequence[CarryRow]) -> None:
    """Draw what each earlier day brought, the nearest first."""
    rows = pd.DataFrame(
        {
            "day": [row.day for row in days],
            "score": [row.score for row in days],
            "brought": [row.brought for row in days],
        }
    )
    columns = st.column_config
    st.dataframe(
        rows,
        hide_index=True,
        row_height=ROW_HEIGHT,
        alt="What each earlier day brought to the score",
        column_config={
            "day": columns.DateColumn("Day", format="ddd D MMM YYYY"),
            "score": columns.NumberColumn("Score", format="%.2f"),
            "brought": columns.NumberColumn("Points", format="%.3f"),
        },
    )
