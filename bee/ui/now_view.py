"""The first parts of the page of the present: are we up, what burns, what is open, who is on call."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.sla.alerts.rota import OnCall
from bee.sla.alerts.words import headline
from bee.sla.burn import Severity
from bee.sla.standing import Standing, Verdict
from bee.sla.uptime import State
from bee.ui.blocks import card_head, facts
from bee.ui.level_words import (
    SEVERITIES,
    VERDICTS,
    bad_words,
    burn_words,
    forecast_words,
    interval_words,
    percent_words,
)
from bee.ui.now_reads import NowPage, OpenAlert
from bee.ui.now_words import HEADLINES, STATE_ICONS, ago_words, latest_run, state_words
from bee.ui.sheet import sheet
from bee.ui.text import plain
from bee.ui.words import NOTHING

LEVELS_PAGE: Final = "pages/service/levels.py"
ROWS_SHOWN: Final = 8


def show_state(page: NowPage) -> None:
    """Say whether the house is up, since when, and how sure that is."""
    run = latest_run(page.levels.runs)
    state = State.UNKNOWN if run is None else run.state
    with st.container(border=True):
        st.markdown(f"## {STATE_ICONS[state]} {HEADLINES[state]}", anchors=False)
        st.caption(plain(state_words(run, page.levels.until)) if run else "Nothing was ever measured.")
        uptime = page.levels.of("uptime").uptime
        assert uptime is not None
        if uptime.ratio is None:
            st.caption("No evidence of the last 30 days.")
            return
        facts(
            [
                ("Uptime, 30 days", percent_words(uptime.ratio)),
                ("Known", percent_words(uptime.coverage)),
                ("Whatever the rest was", interval_words(uptime)),
            ]
        )


def show_burning(standings: Sequence[Standing]) -> None:
    """Say which budgets burn or are gone, worst first, and until when they last."""
    card_head("What burns", "Budgets that go too fast, or are gone")
    found = [each for each in standings if each.verdict in (Verdict.SPENT, Verdict.BURNING)]
    if not found:
        known = any(each.verdict is not Verdict.NO_EVIDENCE for each in standings)
        st.caption("Nothing burns." if known else "No evidence: nothing was measured yet.")
    for standing in sorted(found, key=lambda each: list(Verdict).index(each.verdict)):
        _show_burning(standing)


def _show_burning(standing: Standing) -> None:
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(standing.objective.name)}**", width="content")
            st.badge(VERDICTS[standing.verdict], icon=":material/local_fire_department:", color="red")
            st.page_link(
                LEVELS_PAGE,
                label="Look into it",
                icon=":material/arrow_forward:",
                query_params={"objective": standing.objective.name, "period": "6h"},
            )
        burn = standing.burning
        st.caption(plain(f"{forecast_words(standing)}. {bad_words(standing)} were bad."))
        if burn is not None:
            st.caption(plain(f"{SEVERITIES[burn.pair.severity]}: {burn_words(burn)}."))


def show_alerts(alerts: Sequence[OpenAlert], on_call: Sequence[OnCall], now: datetime) -> None:
    """Say what is open and who is on call."""
    card_head("Open alerts", _on_call_words(on_call))
    if not alerts:
        st.caption("No alert is open.")
        return
    table(
        pd.DataFrame(
            {
                "what": [headline(row.rule, row.subject, row.evidence) for row in alerts],
                "severity": [[SEVERITIES[Severity(row.severity)]] for row in alerts],
                "since": [ago_words(row.opened_at, now) for row in alerts],
                "held": [_held_words(row, now) for row in alerts],
            }
        ),
        {
            "what": st.column_config.TextColumn("What", width=260),
            "severity": st.column_config.MultiselectColumn(
                "Told", options=list(SEVERITIES.values()), color=("red", "gray"), width=125
            ),
            "since": st.column_config.TextColumn("Opened", width=100),
            "held": st.column_config.TextColumn("Held by", width=200),
        },
        alt="Alerts that are open, those that wake somebody first",
    )


def _on_call_words(on_call: Sequence[OnCall]) -> str:
    if not on_call:
        return "Nobody is on call"
    first = on_call[0]
    others = "".join(f", then {each.full_name}" for each in on_call[1:])
    return f"On call: {first.full_name}{others}, until {first.ends_at:%-d %b, %H:%M} UTC"


def _held_words(row: OpenAlert, now: datetime) -> str:
    if row.acknowledged_until and row.acknowledged_until > now:
        return f"{row.acknowledged_by_name or 'Somebody'}, until {row.acknowledged_until:%H:%M} UTC"
    if row.snoozed_until and row.snoozed_until > now:
        return f"Snoozed until {row.snoozed_until:%H:%M} UTC"
    return NOTHING


def pair() -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return two cards beside one another, of one height; on a phone one below the other."""
    left, right = st.columns(2)
    return left.container(border=True, height="stretch"), right.container(border=True, height="stretch")


def table(rows: pd.DataFrame, columns: Mapping[str, Any], *, alt: str) -> None:
    """Draw rows of the page, a few at a time."""
    sheet(
        rows,
        dict(columns),
        alt=alt,
        most=ROWS_SHOWN,
        placeholder=NOTHING,
    )
