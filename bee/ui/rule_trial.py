"""A rule tried on the past, drawn: how much, about which days, how often to whom, and what held the rest back."""

from typing import Final

import pandas as pd
import streamlit as st

from bee.notify.rehearsal import Rehearsal, heard_csv
from bee.notify.rule import Rule, body_text
from bee.ui.blocks import card_head, chart
from bee.ui.empty import empty
from bee.ui.log_words import reason_words
from bee.ui.pickers import pick_period
from bee.ui.reads import Scope
from bee.ui.rule_figures import trial_figure
from bee.ui.rule_reads import PERIODS, USUAL_PERIOD, Trial, read_trial
from bee.ui.rule_table import PEOPLE_SHOWN, heard_table
from bee.ui.sessions import utc_now
from bee.ui.sheet import sheet
from bee.ui.words import counted, long_date, type_words

REASONS_SHOWN: Final = 8


def show_trial(scope: Scope, rule: Rule, live: Rule | None) -> None:
    """Ask for a period, and draw what a rule would have sent in it beside what the live version would have."""
    days = pick_period(PERIODS, USUAL_PERIOD)
    with st.spinner(f"Going through {days} days of everybody"):
        trial = read_trial(scope, body_text(rule), body_text(live) if live else None, days, utc_now().date())
    if trial is None:
        empty("history", "There is no day to try it on", "It takes days that are over and scored.")
        return
    st.caption(
        f"{long_date(trial.from_on)} to {long_date(trial.to_on)} · consents, choices and devices are those of now"
    )
    if not trial.tried.moments and not trial.people:
        empty(
            "filter_alt_off", "It would have been about nobody", "Ask for less, or look at a longer period."
        )
        return
    _show_counts(trial)
    with st.container(border=True):
        card_head(
            "About which days", "Notifications that would have been sent, by the day that they are about"
        )
        chart(
            trial_figure(trial.tried, trial.live, trial.from_on, trial.to_on),
            key="trial",
            takeaway=_takeaway(trial),
        )
    often, held = st.columns(2)
    with often.container(border=True, height="stretch"):
        card_head("How often", "People, by how many notifications they would have had")
        _often_table(trial)
    with held.container(border=True, height="stretch"):
        card_head("What became of the moments", "Moments, by what the guards would have said")
        _reasons_table(trial)
    _show_people(rule, trial)


def _show_counts(trial: Trial) -> None:
    grid = st.grid(4, min_column_width=150)
    for label, tried, live in (
        ("Eligible moments", len(trial.tried.moments), _of(trial.live, "moments")),
        ("Would have been sent", _sent(trial.tried), _of(trial.live, "sent")),
        ("People", len(trial.tried.sends), _of(trial.live, "people")),
        ("Most to one person", max(trial.tried.times, default=0), _of(trial.live, "most")),
    ):
        grid.metric(
            label,
            f"{tried:,}",
            None if live is None else tried - live,
            delta_color="off",
            delta_description="vs in force",
            border=True,
            height="stretch",
        )


def _of(live: Rehearsal | None, what: str) -> int | None:
    if live is None:
        return None
    return {
        "moments": len(live.moments),
        "sent": _sent(live),
        "people": len(live.sends),
        "most": max(live.times, default=0),
    }[what]


def _sent(rehearsal: Rehearsal) -> int:
    return sum(each.is_send for each in rehearsal.moments)


def _takeaway(trial: Trial) -> str:
    sent = counted(_sent(trial.tried), "notification", "notifications")
    beside = "" if trial.live is None else f", {_sent(trial.live):,} by the version in force"
    return f"{sent} would have been sent{beside}."


def _often_table(trial: Trial) -> None:
    tried, live = trial.tried.times, trial.live.times if trial.live else {}
    times = sorted({*tried, *live})
    _counts_table(
        "Times", [f"{each}×" for each in times],
        [tried.get(each, 0) for each in times], [live.get(each, 0) for each in times], trial,
    )  # fmt: skip


def _reasons_table(trial: Trial) -> None:
    tried, live = trial.tried.reasons, trial.live.reasons if trial.live else {}
    reasons = [*tried, *(each for each in live if each not in tried)]
    _counts_table(
        "What", [reason_words(each) for each in reasons],
        [tried.get(each, 0) for each in reasons], [live.get(each, 0) for each in reasons], trial,
    )  # fmt: skip


def _counts_table(label: str, names: list[str], tried: list[int], live: list[int], trial: Trial) -> None:
    table = pd.DataFrame({"name": names, "tried": tried} | ({} if trial.live is None else {"live": live}))
    columns = st.column_config
    sheet(
        table,
        {
            "name": columns.TextColumn(label),
            "tried": columns.NumberColumn("This version", format="localized", width=95),
            "live": columns.NumberColumn("In force", format="localized", width=80),
        },
        alt=f"{label}, by this version and by the one in force",
        most=REASONS_SHOWN,
    )


def _show_people(rule: Rule, trial: Trial) -> None:
    shown = f"the first {PEOPLE_SHOWN:,} of " if len(trial.people) > PEOPLE_SHOWN else ""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head("To whom", f"{shown}{counted(len(trial.people), 'person', 'people')}, most often first")
        st.download_button(
            "Export", lambda: heard_csv(trial.people, trial.numbers),
            f"dry-run-{rule.name}-{trial.from_on}-{trial.to_on}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    if trial.people:
        heard_table(trial)
    else:
        st.caption(f"Nothing of {type_words(rule.name)} would have gone out.")
