"""The rules: what is watched, and a form in which one is changed, tried on the past, and saved."""

from datetime import datetime

import streamlit as st

from bee.errors import NotFound
from bee.sla.alerts.registry import RuleVersion
from bee.sla.alerts.rule import Escalation, Rule
from bee.ui.alert_acts import save_rule
from bee.ui.alert_form import ask_rule
from bee.ui.alert_reads import read_history, read_rules, read_trial
from bee.ui.alert_table import episodes_table, readable, rules_table
from bee.ui.alert_words import trial_words
from bee.ui.blocks import card_head
from bee.ui.empty import errors_shown
from bee.ui.reads import Scope
from bee.ui.tables import acts_table
from bee.ui.text import plain
from bee.ui.words import type_words


def show_rules(scope: Scope, now: datetime) -> None:
    """Draw all rules, or the one that the address names."""
    rows = read_rules(scope)
    asked = st.query_params.get("rule")
    if asked is None:
        st.caption(
            "A changed rule is a new version and holds at once; it is tried on the past before it is saved."
        )
        chosen = rules_table(rows, key="open-rule")
        if chosen is not None:
            st.query_params["rule"] = chosen.rule
            st.rerun()
        return
    if st.button("All rules", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params["rule"]
        st.rerun()
    row = next((row for row in rows if row.rule == asked), None)
    if row is None:
        raise NotFound("no_rule", "There is no such rule.")
    _show_rule(scope, row, now)


def _show_rule(scope: Scope, row: RuleVersion, now: datetime) -> None:
    body = readable(row)
    with st.container(horizontal=True, vertical_alignment="center"):
        card_head(type_words(row.rule), f"Version {row.version}")
        st.badge("Watches" if row.is_on else "Off", color="green" if row.is_on else "gray")
    if body is None:
        st.error("This release can't read what the rule says: it watches nothing.", icon=":material/error:")
    else:
        _change(scope, row, body, now)
    _show_history(scope, row)


def _change(scope: Scope, row: RuleVersion, body: Rule | Escalation, now: datetime) -> None:
    """Ask what the rule shall say; show what that would have fired, and save it."""
    with errors_shown():
        asked = ask_rule(body, f"{row.rule}-{row.version}")
        if not isinstance(asked, Escalation):
            _show_trial(scope, asked, now)
        with st.form("save-rule", border=False):
            is_on = True if isinstance(asked, Escalation) else st.toggle("It watches", row.is_on)
            message = st.text_input("What the change is for", max_chars=500, autocomplete="off")
            sent = st.form_submit_button("Save", icon=":material/save:")
        if sent:
            save_rule(asked, is_on=is_on, seen=row.version, message=message, now=now)
            st.rerun()


def _show_trial(scope: Scope, rule: Rule, now: datetime) -> None:
    with st.container(border=True):
        card_head("What it would have fired", "On what is stored, with nobody seeing to it")
        with st.spinner("Going through the minutes"):
            found = read_trial(scope, rule, now)
        st.text(trial_words(found))
        if found.episodes:
            episodes_table(found.episodes)


def _show_history(scope: Scope, row: RuleVersion) -> None:
    card_head("Versions", "Newest first")
    acts_table(
        [
            (
                each.created_at,
                f"Version {each.version}{'' if each.is_on else ', off'}",
                each.author_name or "Came along",
                plain(each.message),
            )
            for each in read_history(scope, row.rule)
        ],
        alt="The versions of the rule, newest first",
    )
