"""Who looks at the service and what each saw last, drawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.probes.roster import KnownProber, LastStep, Roster
from bee.sla.probes.ticks import Probe
from bee.ui.blocks import card_head
from bee.ui.now_view import table
from bee.ui.now_words import ago_words
from bee.ui.prober_words import (
    PROBES,
    beat_words,
    host_words,
    outcome_words,
    reason_words,
    saw_words,
    step_words,
    waiting_words,
    why_words,
)
from bee.ui.text import plain

JOURNEYS_SHOWN: Final = 4


def show_probers(roster: Roster, now: datetime) -> None:
    """Draw each prober with its heartbeat, and the last journeys step by step."""
    with st.container(border=True):
        card_head(
            "Probers", "Who looks at the service from outside, on fixed ticks; heard of in the last 7 days"
        )
        if not roster.probers:
            st.caption("Nobody looks: set BEE_PROBE_URL for the worker, or run bee probe on another machine.")
            return
        _show_all(roster, now)
        journeys = [each for each in roster.probers if each.probe == Probe.JOURNEY]
        for prober in journeys[:JOURNEYS_SHOWN]:
            _show_journey(prober, roster.last_of(prober), now)


def _show_all(roster: Roster, now: datetime) -> None:
    rows = roster.probers
    table(
        pd.DataFrame(
            {
                "who": [row.prober for row in rows],
                "what": [PROBES[Probe(row.probe)] for row in rows],
                "target": [row.target for row in rows],
                "last": [f"{row.last_tick_at:%-d %b, %H:%M:%S}" for row in rows],
                "every": [row.every_s for row in rows],
                "beat": [beat_words(row, now) for row in rows],
                "saw": [saw_words(row, roster.last_of(row)) for row in rows],
                "waiting": [waiting_words(row.waiting) for row in rows],
            }
        ),
        {
            "who": st.column_config.TextColumn("Prober", width=90),
            "what": st.column_config.TextColumn("Looks at", width=135),
            "target": st.column_config.TextColumn("Address", width=170),
            "last": st.column_config.TextColumn("Last tick (UTC)", width=120),
            "every": st.column_config.NumberColumn("Every", format="%d s", width=60),
            "beat": st.column_config.TextColumn("Heartbeat", width=100),
            "saw": st.column_config.TextColumn("Saw", width=185),
            "waiting": st.column_config.TextColumn("Untold before", width=105),
        },
        alt="Who looks at the service, when last, and what each saw",
    )


def _show_journey(prober: KnownProber, steps: Sequence[LastStep], now: datetime) -> None:
    st.markdown(f"**{plain(prober.prober)}: the last journey through {plain(host_words(prober.target))}**")
    if prober.not_run:
        st.caption(
            plain(f"At its last tick it was not run: {reason_words(prober.not_run)}. It counts as nothing.")
        )
    if not steps:
        st.caption("No journey is known of it.")
        return
    failed = next((step for step in steps if not step.ok), None)
    took = f"{steps[0].scheduled_at:%-d %B, %H:%M} UTC, {ago_words(steps[0].scheduled_at, now)}"
    if failed is None:
        st.caption(plain(f"{took}: every step went well."))
    else:
        st.markdown(
            f":red[:material/error: {plain(step_words(failed))} failed twice: {plain(reason_words(failed.reason))}]"
        )
        st.caption(plain(took))
    table(
        pd.DataFrame(
            {
                "step": [step_words(step) for step in steps],
                "came": [outcome_words(step) for step in steps],
                "seconds": [step.seconds for step in steps],
                "began": [step.began_s for step in steps],
                "why": [why_words(step) for step in steps],
            }
        ),
        {
            "step": st.column_config.TextColumn("Step", width=140),
            "came": st.column_config.TextColumn("Came to", width=95),
            "seconds": st.column_config.NumberColumn("Took", format="%.2f s", width=80),
            "began": st.column_config.NumberColumn("Began after", format="%.1f s", width=105),
            "why": st.column_config.TextColumn("Why", width=240),
        },
        alt=f"The steps of the last journey of {prober.prober}",
    )
