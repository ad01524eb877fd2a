"""Notifications › Rules: what decides, what it changed; one writes a change, another lets it decide."""

import streamlit as st

from bee.notify.catalogue import RuleCard, rule_history_csv
from bee.notify.registry import RuleVersion
from bee.notify.rule import Rule, parse_body
from bee.ui.blocks import card_head, page_head
from bee.ui.empty import empty, errors_shown
from bee.ui.guard import guard
from bee.ui.reads import Scope
from bee.ui.rule_effect import show_effect
from bee.ui.rule_pickers import CHANGE, DRY_RUN, EFFECT, HISTORY, look_at, pick_rule, pick_version, pick_view
from bee.ui.rule_reads import SEE_RULES, read_glances, read_history, read_rules
from bee.ui.rule_table import rules_table
from bee.ui.rule_trial import show_trial
from bee.ui.rule_version import live_body, show_change, show_version
from bee.ui.rule_words import act_words, rule_words, rules_words
from bee.ui.sessions import utc_now
from bee.ui.tables import acts_table
from bee.ui.words import NOTHING

viewer = guard(*SEE_RULES)


def show() -> None:
    """Draw the page: all rules, or one of them in the view that was chosen."""
    covers, choices = page_head("Rules")
    scope = Scope.of(viewer, SEE_RULES)
    with st.skeleton(height=480):
        cards = read_rules(scope)
    with choices:
        card = pick_rule(cards)
        version = pick_version(card) if card else None
    if card is None or version is None:
        covers.caption(rules_words(cards))
        show_all(scope, cards)
        return
    covers.caption(rule_words(card, version))
    show_one(scope, card, version)


def show_all(scope: Scope, cards: list[RuleCard]) -> None:
    """Draw all rules; a row opens one."""
    if not cards:
        empty("rule", "There are no rules yet", "They come with `bee migrate`.")
        return
    chosen = rules_table(cards, read_glances(scope, cards), key="open-rule")
    st.caption("A changed rule is a new version; somebody else than its author has to approve it.")
    if chosen is not None:
        look_at(chosen)


def show_one(scope: Scope, card: RuleCard, version: RuleVersion) -> None:
    """Draw one version of a rule in the view that was chosen."""
    body, live = parse_body(version.body), live_body(card)
    view = pick_view(card)
    if view == CHANGE:
        show_change(scope, card, version)
    elif view == DRY_RUN and isinstance(body, Rule):
        show_trial(scope, body, live if isinstance(live, Rule) else None)
    elif view == EFFECT and isinstance(body, Rule):
        show_effect(scope, version, body)
    elif view == HISTORY:
        show_history(scope, card)
    else:
        show_version(viewer, card, version)


def show_history(scope: Scope, card: RuleCard) -> None:
    """Draw what was done to a rule."""
    acts = read_history(scope, card.name)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        card_head("History", "Who wrote, approved, and put in force or took out of it; newest first")
        st.download_button(
            "Export", lambda: rule_history_csv(acts), f"rule-{card.name}-{utc_now().date()}.csv", "text/csv",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    acts_table(
        [(each.at, act_words(each), each.who, each.words or NOTHING) for each in acts],
        alt="What was done to the rule, newest first",
    )


with errors_shown():
    show()
