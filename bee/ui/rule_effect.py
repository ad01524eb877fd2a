"""What a version of a rule changed, drawn; or why that can't be told, and how many people it would take."""

import math
from typing import Any, Final

import streamlit as st

from bee.errors import Invalid
from bee.notify.effect.planning import Course, Days, Plan, Shape, binary, continuous
from bee.notify.measured import Measured, Outcome, measured_csv
from bee.notify.registry import RuleVersion
from bee.notify.rule import Rule
from bee.ui.blocks import card_head, chart
from bee.ui.empty import empty, errors_shown
from bee.ui.reads import Scope
from bee.ui.rule_figures import effect_figure
from bee.ui.rule_reads import read_effect
from bee.ui.rule_words import OUTCOMES, measured_words, rate_words, term_words, verdict_words
from bee.ui.words import counted

NUMBER_PX: Final = 195


def show_effect(scope: Scope, version: RuleVersion, rule: Rule) -> None:
    """Ask for an outcome, draw what a version changed about it, and what it would take to tell."""
    outcome = _pick_outcome()
    with st.spinner("Comparing who was told with who was held out"):
        found = (
            read_effect(scope, version.rule, version.version, outcome) if rule.holdout else _nobody(version)
        )
    if isinstance(found, Invalid):
        empty("balance", "No effect can be shown", found.message)
    else:
        _show_measured(version, found)
    _show_calculator(rule, outcome, found if isinstance(found, Measured) else None)


def _pick_outcome() -> Outcome:
    usual = "Opens within 24 h"
    chosen = st.segmented_control(
        "What follows", tuple(OUTCOMES), default=usual, required=True, key="outcome",
        label_visibility="collapsed", bind="query-params",
    )  # fmt: skip
    return OUTCOMES.get(chosen or usual, Outcome.OPENS_24H)


def _nobody(version: RuleVersion) -> Invalid:
    return Invalid(
        "not_randomised",
        f"Version {version.version} holds nobody out, so nothing tells what would have happened otherwise."
        " Change the rule so that it holds some people out by lot.",
    )


def _show_measured(version: RuleVersion, measured: Measured) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(measured_words(measured), width="content")
        st.download_button(
            "Export", lambda: measured_csv(measured),
            f"effect-{version.rule}-{version.version}-{measured.outcome}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    grid = st.grid(4, min_column_width=150)
    told, _, interval = term_words(measured.overall, measured.outcome).partition(" (")
    for label, value, meaning in (
        ("Effect", told, f"95 % interval: {interval.rstrip(')')}."),
        ("p", _p_words(measured.overall.p), "How likely so much would be if there were no effect."),
        ("When sent", rate_words(measured, measured.rate), None),
        ("When held out", rate_words(measured, measured.rate_without), None),
    ):
        grid.metric(label, value, help=meaning, border=True, height="stretch")
    with st.container(border=True):
        card_head(
            "What it changed",
            "Points are estimates, lines their 95 % intervals; the dotted line is no effect",
        )
        chart(effect_figure(measured), key="effect", takeaway=verdict_words(measured))
        st.caption(verdict_words(measured))
        for why in measured.missing:
            st.caption(why)
        st.caption(f"Counted as it was drawn, whatever became of the delivery. Method: {measured.method}.")


def _p_words(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _show_calculator(rule: Rule, outcome: Outcome, found: Measured | None) -> None:
    with st.container(border=True):
        card_head(
            "How many people it takes", "A trial of this rule, as large as it has to be to show an effect"
        )
        with errors_shown():
            plan, power = _ask_plan(rule, outcome, found)
            people = plan.members(power / 100)
            st.markdown(f"**{counted(people, 'person', 'people')}** for a power of {power} %, tested at 5 %.")
            if found is not None:
                likely = plan.power(found.members)
                st.caption(
                    f"With the {counted(found.members, 'person', 'people')} so far it is {likely:.0%}."
                )


def _ask_plan(rule: Rule, outcome: Outcome, found: Measured | None) -> tuple[Plan, int]:
    """Ask what a trial is like, and return its test and the power that is wanted, in percent."""
    with st.container(horizontal=True):
        days = _ask("Days", "days", 1, 365, 42)
        share = _ask("Eligible on, % of days", "eligible", 0.1, 100.0, 10.0)
        sent = _ask("Sent to, %", "sent", 1, 99, round(100 * (1 - rule.holdout)) if rule.holdout else 60)
        if outcome is Outcome.SCORE:
            size = _ask("Effect, standard deviations", "size", 0.01, 3.0, 0.2)
            rate = 0.0
        else:
            rate = _ask("Open it when held out, %", "rate", 0.1, 99.0, _rate(found))
            size = _ask("Times as likely when sent", "times", 0.1, 10.0, 1.2)
        power = _ask("Power, %", "power", 50, 99, 80)
    trial = Days(days, 1, sent / 100, Course(share / 100), Shape.CONSTANT)
    if outcome is Outcome.SCORE:
        return continuous(trial, Course(size)), power
    return binary(trial, Course(math.log(size)), Course(math.log(rate / 100))), power


def _rate(found: Measured | None) -> float:
    return 30.0 if found is None else min(max(round(100 * found.rate_without, 1), 0.1), 99.0)


def _ask(label: str, key: str, least: Any, most: Any, usual: Any) -> Any:
    return st.number_input(label, least, most, usual, key=key, width=NUMBER_PX, bind="query-params")
