"""The form in which a rule is changed: what it asks for becomes a rule, or says why it is none."""

import json
from typing import Any

import streamlit as st

from bee.sla.alerts.rota import LEVELS
from bee.sla.alerts.rule import AgeRule, BurnRule, Escalation, Rule, Step, parse_body
from bee.sla.burn import Pair, Severity
from bee.ui.alert_words import SEVERITIES
from bee.ui.blocks import card_head


def ask_rule(body: Rule | Escalation, key: str) -> Rule | Escalation:
    """Ask what a rule shall say, beginning with what it says. Raises :class:`bee.errors.Invalid` with every fault.

    ``key``: what the fields belong to, so that those of another version begin anew.
    """
    said = body.model_dump(mode="json")
    with st.container(border=True):
        match body:
            case BurnRule():
                said["pairs"] = [_ask_pair(pair, f"{key}-{place}") for place, pair in enumerate(body.pairs)]
                said |= _ask_course(body, key)
            case AgeRule():
                said |= _ask_age(body, key) | _ask_course(body, key)
            case Escalation():
                said["page"] = _ask_steps("Pages", body.page, f"{key}-page")
                said["ticket"] = _ask_steps("Tickets", body.ticket, f"{key}-ticket")
    return parse_body(json.dumps(said))


def _ask_pair(pair: Pair, key: str) -> dict[str, Any]:
    with st.container(horizontal=True):
        return {
            "severity": _severity(pair.severity, f"{key}-severity"),
            "factor": _number("Times too fast", float(pair.factor), 0.1, f"{key}-factor"),
            "long_min": _number("Over, min", pair.long_min, 1, f"{key}-long"),
            "short_min": _number("And over, min", pair.short_min, 1, f"{key}-short"),
            "least_bad": _number("With at least, bad", pair.least_bad, 1, f"{key}-bad"),
        }


def _ask_age(rule: AgeRule, key: str) -> dict[str, Any]:
    with st.container(horizontal=True):
        return {
            "severity": _severity(rule.severity, f"{key}-severity"),
            "most_min": _number("After, min", rule.most_min, 1, f"{key}-most"),
        }


def _ask_course(rule: Rule, key: str) -> dict[str, Any]:
    with st.container(horizontal=True):
        return {
            "quiet_min": _number("Ends once quiet, min", rule.quiet_min, 1, f"{key}-quiet"),
            "reopen_min": _number("Same again within, min", rule.reopen_min, 0, f"{key}-reopen"),
        }


def _ask_steps(title: str, steps: tuple[Step, ...], key: str) -> list[dict[str, Any]]:
    card_head(title, "Whom each step tells, unless somebody sees to it by then")
    number = int(_number("Steps", len(steps), 1, f"{key}-number"))
    last = steps[-1]
    more = [
        last.model_copy(update={"after_min": last.after_min + 30 * place})
        for place in range(1, number - len(steps) + 1)
    ]
    return [_ask_step(step, f"{key}-{place}") for place, step in enumerate([*steps, *more][:number])]


def _ask_step(step: Step, key: str) -> dict[str, Any]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        return {
            "after_min": _number("After, min", step.after_min, 0, f"{key}-after"),
            "levels": st.multiselect("Levels", LEVELS, step.levels, key=f"{key}-levels", width=220),
            "team": st.checkbox("The team", step.team, key=f"{key}-team"),
            "webhook": st.checkbox("Webhook", step.webhook, key=f"{key}-webhook"),
        }


def _severity(now: Severity, key: str) -> str:
    return st.selectbox(
        "Urgency",
        tuple(SEVERITIES),
        index=tuple(SEVERITIES).index(now),
        format_func=lambda each: SEVERITIES[each],
        key=key,
        width=120,
    )


def _number(label: str, now: float, least: float, key: str) -> float:
    return st.number_input(label, min_value=least, value=now, key=key, width=180)
