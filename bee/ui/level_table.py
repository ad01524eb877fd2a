"""Service levels as tables."""

from collections.abc import Mapping, Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.burn import Burn
from bee.sla.charges import By, Charges, RequestsOfMinute
from bee.sla.impact import Affected, BadRequest, Impact
from bee.sla.objectives import Objective
from bee.sla.standing import Standing
from bee.sla.uptime import Run, State
from bee.ui.level_words import (
    SEVERITIES,
    STATES,
    VERDICT_TONES,
    VERDICTS,
    bad_words,
    charged_words,
    left_words,
    pair_words,
    percent_words,
    rate_words,
    span_words,
    target_words,
    touched_words,
)
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING

LOOK: Final = ":material/search: Look into"
COPY: Final = ":material/content_copy: Copy id"
ROWS_SHOWN: Final = 10
BY_WORDS: Final = {By.ROUTE: "Route", By.RELEASE: "Release", By.PROMPT: "Prompt", By.MODEL: "Model"}
NONE_WORDS: Final = {
    By.ROUTE: "None",
    By.RELEASE: "Not said",
    By.PROMPT: "Without a prompt",
    By.MODEL: "Without a model",
}


def standings_table(standings: Sequence[Standing], impact: Impact, *, key: str) -> Standing | None:
    """Draw how each objective stands and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "objective": [each.objective.name for each in standings],
            "state": [[VERDICTS[each.verdict]] for each in standings],
            "good": [percent_words(each.good_ratio) for each in standings],
            "target": [target_words(each.objective) for each in standings],
            "left": [
                None if each.budget is None else 100 * max(each.budget.left_ratio, 0) for each in standings
            ],
            "used": [bad_words(each) for each in standings],
            "pace": [rate_words(each.pace) for each in standings],
            "forecast": [left_words(each) for each in standings],
            "members": [touched_words(each, impact) for each in standings],
            "action": [[LOOK] for _ in standings],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "objective": columns.TextColumn("Objective", width=145),
            "state": columns.MultiselectColumn(
                "State", options=list(VERDICTS.values()), color=VERDICT_TONES, width=100
            ),
            "good": columns.TextColumn("Good", width=65, help="The share of requests or minutes that were."),
            "target": columns.TextColumn("Promised", width=70),
            "left": columns.ProgressColumn(
                "Budget left", min_value=0, max_value=100, format="%.0f%%", color="gray", width=90
            ),
            "used": columns.TextColumn("Bad, of what may be", width=165),
            "pace": columns.TextColumn("Burn, 6 h", width=65, help="1× just uses the budget up in 30 days."),
            "forecast": columns.TextColumn("At that pace", width=115),
            "members": columns.TextColumn(
                "Affected", width=95, help="Members who asked and were not served as promised."
            ),
            "action": columns.ButtonColumn("Action", key=key, width=100),
        },
        alt="Each objective, what of its budget is left, and until when that lasts",
        placeholder=NOTHING,
    )
    return pressed_row(key, standings)


def burns_table(burns: Sequence[Burn]) -> None:
    """Draw each pair of windows, and whether it burns."""
    table = pd.DataFrame(
        {
            "pair": [pair_words(burn.pair) for burn in burns],
            "state": [["Burns" if burn.is_burning else "Rests"] for burn in burns],
            "long": [rate_words(burn.long_rate) for burn in burns],
            "short": [rate_words(burn.short_rate) for burn in burns],
            "bad": [burn.long.bad for burn in burns],
            "severity": [SEVERITIES[burn.pair.severity] for burn in burns],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "pair": columns.TextColumn("Burns from", width=210),
            "state": columns.MultiselectColumn(
                "Now", options=("Burns", "Rests"), color=("red", "gray"), width=80
            ),
            "long": columns.TextColumn("Long window", width=100),
            "short": columns.TextColumn("Short window", width=100),
            "bad": columns.NumberColumn("Bad in the long one", format="localized", width=130),
            "severity": columns.TextColumn("Then", width=130),
        },
        alt="The pairs of windows that both have to burn, and how fast each does",
    )


def charges_table(charged: Charges, affected: Mapping[str, Affected], by: By, *, is_all: bool) -> None:
    """Draw what the bad events are charged to, and the rest. ``is_all``: no part of them was chosen."""
    rows = [row for row in charged.rows if row.bad] or list(charged.rows[:ROWS_SHOWN])
    rest = "Unattributed" if is_all else "Everything else"
    table = pd.DataFrame(
        {
            "name": [*(row.name or NONE_WORDS[by] for row in rows), rest],
            "bad": [*(row.bad for row in rows), charged.unattributed],
            "share": [
                *(100 * (charged.share(row) or 0) for row in rows),
                100 * charged.unattributed / charged.bad if charged.bad else 0,
            ],
            "events": pd.array([*(row.good + row.bad for row in rows), None], dtype="Int64"),
            "ratio": [*(percent_words(row.bad_ratio) for row in rows), NOTHING],
            "members": [*(charged_words(row, affected.get(row.name)) for row in rows), NOTHING],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "name": columns.TextColumn(BY_WORDS[by], width=320),
            "bad": columns.NumberColumn("Bad", format="localized", width=80),
            "share": columns.ProgressColumn(
                "Of all bad", min_value=0, max_value=100, format="%.1f%%", color="gray", width=150
            ),
            "events": columns.NumberColumn("Of its events", format="localized", width=110),
            "ratio": columns.TextColumn("Bad among them", width=120),
            "members": columns.TextColumn("Members affected", width=130),
        },
        alt=f"Bad events by {by}, the most first; what is charged to nothing last",
        placeholder=NOTHING,
    )


def requests_table(rows: Sequence[RequestsOfMinute]) -> None:
    """Draw the requests of an hour, minute by minute."""
    table = pd.DataFrame(
        {
            "minute": [row.minute for row in rows],
            "route": [row.route for row in rows],
            "release": [row.release for row in rows],
            "status": [row.status for row in rows],
            "n": [row.n for row in rows],
            "p95": [row.p95_s for row in rows],
            "prompt": [row.prompt or NOTHING for row in rows],
            "model": [row.model or NOTHING for row in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "minute": columns.DatetimeColumn("Minute (UTC)", format="HH:mm", timezone="UTC", width=100),
            "route": columns.TextColumn("Route", width=300),
            "release": columns.TextColumn("Release", width=90),
            "status": columns.TextColumn("Became", width=90),
            "n": columns.NumberColumn("Requests", format="localized", width=80),
            "p95": columns.NumberColumn("p95", format="%.3f s", width=80),
            "prompt": columns.TextColumn("Prompt", width=110),
            "model": columns.TextColumn("Model", width=130),
        },
        alt="The requests of an hour by minute, route, release and what became of them",
        placeholder=NOTHING,
    )


def bad_requests_table(rows: Sequence[BadRequest], objective: Objective, *, key: str) -> BadRequest | None:
    """Draw requests that were bad for an objective and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "at": [row.at for row in rows],
            "person": [row.pseudonym or NOTHING for row in rows],
            "why": [row.why(objective) for row in rows],
            "took": [row.seconds for row in rows],
            "route": [row.route for row in rows],
            "release": [row.release for row in rows],
            "request": [row.request_id for row in rows],
            "action": [[COPY] for _ in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn("At (UTC)", format="D MMM, HH:mm:ss", timezone="UTC", width=120),
            "person": columns.TextColumn("Person", width=70),
            "why": columns.TextColumn("Why", width=85),
            "took": columns.NumberColumn("Took", format="%.3f s", width=75),
            "route": columns.TextColumn("Route", width=205),
            "release": columns.TextColumn("Release", width=70),
            "request": columns.TextColumn("Request id", width=255),
            "action": columns.ButtonColumn("Action", key=key, width=100),
        },
        alt="Requests that spent this budget, the newest first",
        placeholder=NOTHING,
    )
    return pressed_row(key, rows)


def flips_table(runs: Sequence[Run]) -> None:
    """Draw when the state changed, newest first."""
    table = pd.DataFrame(
        {
            "at": [run.starts_at for run in runs],
            "state": [[STATES[run.state]] for run in runs],
            "length": [span_words(run.minutes) for run in runs],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "at": columns.DatetimeColumn("From (UTC)", format="D MMM YYYY, HH:mm", timezone="UTC", width=160),
            "state": columns.MultiselectColumn(
                "State",
                options=list(STATES.values()),
                color=["red" if state is State.DOWN else "gray" for state in STATES],
                width=120,
            ),
            "length": columns.TextColumn("For", width=120),
        },
        alt="When the house went up, down, into maintenance or out of sight",
    )
