"""What the page of the rules reads, remembered for a minute; never anybody's name."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole
from bee.db import Login
from bee.engage.queries import coverage
from bee.errors import Invalid
from bee.notify.catalogue import RuleAct, RuleCard, catalogue, rule_history
from bee.notify.measured import Measured, Outcome, effect_points, measure
from bee.notify.rehearsal import Heard, Rehearsal, pseudonyms, rehearse, who_heard
from bee.notify.rule import Rule, parse_rule
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.sessions import utc_now

SEE_RULES: Final = (StaffRole.PRODUCT,)
SENDS_DAYS: Final = 28
PERIODS: Final = {"1w": 7, "4w": 28, "12w": 84}
USUAL_PERIOD: Final = "4w"
GLANCE: Final = Outcome.OPENS_24H


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have sent in a period, both ends included, beside the live version, if there is one.

    ``people``: who would have heard from either; ``numbers``: how they are called.
    """

    from_on: date
    to_on: date
    tried: Rehearsal
    live: Rehearsal | None
    people: list[Heard]
    numbers: dict[UUID, str]


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_rules(scope: Scope) -> list[RuleCard]:
    """Return every rule and the budget, with what was sent in the last weeks."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return catalogue(session, since=utc_now() - timedelta(days=SENDS_DAYS))


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_effect(scope: Scope, rule: str, version: int, outcome: Outcome) -> Measured | Invalid:
    """Return what a version changed, or why that can't be told."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        points = effect_points(session, rule, version, now=utc_now())
    try:
        return measure(points, outcome)
    except Invalid as refusal:
        return refusal


def read_glances(scope: Scope, cards: list[RuleCard]) -> dict[str, Measured | Invalid]:
    """Return what each live version that holds somebody out changed, by rule."""
    return {
        card.name: read_effect(scope, card.name, card.live.version, GLANCE)
        for card in cards
        if card.live and isinstance(card.body, Rule) and card.body.holdout
    }


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_history(scope: Scope, rule: str) -> list[RuleAct]:
    """Return what was done to a rule, newest first."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return rule_history(session, rule)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_trial(scope: Scope, body: str, live: str | None, days: int, today: date) -> Trial | None:
    """Return what a rule would have sent over so many complete days; None while no day is complete.

    ``body``, ``live``: the JSON of what is tried and of what is in force.
    """
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        to_on = coverage(session, "all", today).through
        if to_on is None:
            return None
        from_on = to_on - timedelta(days=days - 1)
        rule, compared = parse_rule(body), parse_rule(live) if live else None
        tried = rehearse(session, rule, from_on=from_on, to_on=to_on)
        if compared is None:
            beside = None
        elif compared == rule:
            beside = tried
        else:
            beside = rehearse(session, compared, from_on=from_on, to_on=to_on)
        people = who_heard(tried, beside or Rehearsal(()))
        return Trial(from_on, to_on, tried, beside, people, pseudonyms(session, people))
