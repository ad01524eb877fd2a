"""The choices of the page of the rules, all of them in the address."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from bee.notify.catalogue import RuleCard
from bee.notify.registry import RuleVersion
from bee.notify.rule import Rule
from bee.ui.log_words import by_words
from bee.ui.pickers import pick_one, set_next, take_next
from bee.ui.words import type_words

SAYS: Final = "What it says"
CHANGE: Final = "Change"
DRY_RUN: Final = "Dry run"
EFFECT: Final = "Effect"
HISTORY: Final = "History"
VIEWS: Final = (SAYS, CHANGE, DRY_RUN, EFFECT, HISTORY)
# A budget is no rule that could be tried or measured.
VIEWS_OF_BUDGET: Final = (SAYS, CHANGE, HISTORY)


def pick_rule(cards: Sequence[RuleCard]) -> RuleCard | None:
    """Let the viewer choose a rule; None is all of them."""
    take_next()
    by_name = {card.name: card for card in cards}
    chosen = pick_one("Rule", "Every rule", _words(cards), key="rule")
    return by_name[chosen] if chosen else None


def pick_version(card: RuleCard) -> RuleVersion:
    """Let the viewer choose a version; by default it is the one in force, or the newest where none is."""
    usual = card.live or card.versions[0]
    numbered = {f"Version {each.version}": str(each.version) for each in card.versions}
    chosen = pick_one("Version", "In force or newest", numbered, key="version", width=175)
    return next((each for each in card.versions if str(each.version) == chosen), usual)


def pick_view(card: RuleCard) -> str:
    """Let the viewer choose what of a rule is shown."""
    views = VIEWS if isinstance(card.body, Rule) else VIEWS_OF_BUDGET
    chosen = st.segmented_control(
        "View", views, default=SAYS, required=True, key="view", label_visibility="collapsed",
        bind="query-params",
    )  # fmt: skip
    return chosen if chosen in views else SAYS


def look_at(card: RuleCard, version: int | None = None) -> None:
    """Look at a rule, or one of its versions; the fields, drawn already, take it on the next run."""
    words = next(said for said, name in _words([card]).items() if name == card.name)
    set_next(rule=words, view=SAYS, **({"version": f"Version {version}"} if version else {}))
    st.rerun()


def _words(cards: Sequence[RuleCard]) -> dict[str, str]:
    return by_words({card.name: type_words(card.name) for card in cards})
