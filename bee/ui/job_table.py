"""Jobs as cards and tables, and one of them in full."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.jobs import TROUBLED, Kind, Run
from bee.ui.blocks import facts
from bee.ui.job_words import STATE_TONES, STATE_WORDS, job_words, oldest_wait, took_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import NOTHING, type_words

RUN: Final = ":material/play_arrow: Run now"
SHOW: Final = ":material/open_in_full: Show"
ROWS_SHOWN: Final = 12
STATES: Final = tuple(STATE_WORDS.values())


def show_counts(kinds: Sequence[Kind], now: datetime) -> None:
    """Draw what matters most as cards."""
    wait = oldest_wait(kinds, now)
    grid = st.grid(4, min_column_width=150)
    for words, value, icon, meaning in (
        (
            "In trouble",
            f"{sum(kind.state(now) in TROUBLED for kind in kinds):,}",
            "error",
            "Kinds of jobs whose newest run failed, that are tried again, late, or whose worker is silent.",
        ),
        ("Failed runs", f"{sum(kind.failed for kind in kinds):,}", "close", "In this period."),
        ("Runs", f"{sum(kind.runs for kind in kinds):,}", "done_all", "That ended in this period."),
        (
            "Oldest wait",
            took_words(wait.total_seconds()) if wait is not None else NOTHING,
            "hourglass_bottom",
            "Since when the oldest job that is due waits for a worker.",
        ),
    ):
        grid.metric(words, value, icon=f":material/{icon}:", help=meaning, border=True, height="stretch")


def kinds_table(kinds: Sequence[Kind], now: datetime, *, key: str) -> Kind | None:
    """Draw the kinds, those in trouble first, and return the one whose row's button was pressed."""
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "kind": [type_words(kind.kind) for kind in kinds],
                "state": [[STATE_WORDS[kind.state(now)]] for kind in kinds],
                "last": [kind.started_at for kind in kinds],
                "took": [took_words(kind.seconds) for kind in kinds],
                "rows": [kind.rows_done for kind in kinds],
                "runs": [kind.runs for kind in kinds],
                "failed": [kind.failed for kind in kinds],
                "next": [kind.next_at for kind in kinds],
                "error": [kind.waits_with or (kind.error or NOTHING) for kind in kinds],
                "action": [[RUN] if kind.has_plain else [] for kind in kinds],
            }
        ),
        {
            "kind": columns.TextColumn("Job", width=110),
            "state": columns.MultiselectColumn("State", options=STATES, color=STATE_TONES, width=110),
            "last": columns.DatetimeColumn(
                "Last run (UTC)", format="D MMM, HH:mm:ss", timezone="UTC", width=125
            ),
            "took": columns.TextColumn("Took", width=75),
            "rows": columns.NumberColumn("Rows", format="localized", width=65),
            "runs": columns.NumberColumn("Runs", format="localized", width=55),
            "failed": columns.NumberColumn("Failed", format="localized", width=60),
            "next": columns.DatetimeColumn(
                "Next due (UTC)",
                format="D MMM, HH:mm:ss",
                timezone="UTC",
                width=125,
                help="None: it runs when there is something to do.",
            ),
            "error": columns.TextColumn("Why it failed", width=140),
            "action": columns.ButtonColumn("Action", key=key, width=105),
        },
        alt="Kinds of jobs, those in trouble first",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
    return pressed_row(key, kinds)


def runs_table(runs: Sequence[Run], now: datetime, *, key: str) -> Run | None:
    """Draw runs, those that have not ended first, and return the one whose row's button was pressed."""
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "job": [job_words(run.kind, run.key) for run in runs],
                "state": [[STATE_WORDS[run.state(now)]] for run in runs],
                "due": [run.run_at for run in runs],
                "began": [run.started_at for run in runs],
                "took": [took_words(run.seconds) for run in runs],
                "rows": [run.rows_done for run in runs],
                "tries": [run.attempts for run in runs],
                "error": [run.error or NOTHING for run in runs],
                "action": [[SHOW] for _ in runs],
            }
        ),
        {
            "job": columns.TextColumn("Job", width=150),
            "state": columns.MultiselectColumn("State", options=STATES, color=STATE_TONES, width=110),
            "due": columns.DatetimeColumn("Due (UTC)", format="D MMM, HH:mm:ss", timezone="UTC", width=125),
            "began": columns.DatetimeColumn(
                "Began (UTC)", format="D MMM, HH:mm:ss", timezone="UTC", width=125
            ),
            "took": columns.TextColumn("Took", width=75),
            "rows": columns.NumberColumn("Rows", format="localized", width=65),
            "tries": columns.NumberColumn("Tries", width=55),
            "error": columns.TextColumn("Why it failed", width=175),
            "action": columns.ButtonColumn("Action", key=key, width=90),
        },
        alt="Runs of jobs, those that have not ended first, then the newest",
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
    return pressed_row(key, runs)


def whole_run(run: Run, now: datetime) -> None:
    """Draw everything that is known of a run."""
    facts(
        [
            ("State", STATE_WORDS[run.state(now)]),
            ("Run", f"no. {run.id:,}"),
            ("Asked for", _moment(run.created_at)),
            ("Due", _moment(run.run_at)),
            ("Began", _moment(run.started_at)),
            ("Ended", _moment(run.finished_at)),
            ("Took", took_words(run.seconds)),
            ("Rows", f"{run.rows_done:,}"),
            ("Tries", f"{run.attempts} of {run.max_attempts}"),
            ("Worker", run.worker or NOTHING),
            ("Last heard of", _moment(run.heartbeat_at)),
        ]
    )
    if run.error:
        st.caption("Why it failed")
        st.text(run.error)


def _moment(moment: datetime | None) -> str:
    return f"{moment:%-d %B %Y, %H:%M:%S} UTC" if moment else NOTHING
