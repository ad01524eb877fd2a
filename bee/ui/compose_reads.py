"""What the page of the campaigns reads: how one stands is read anew each time, what takes long is remembered."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from bee.access import StaffRole
from bee.db import Login
from bee.notify.compose.campaign import Audience
from bee.notify.compose.catalogue import (
    CampaignAct,
    CampaignCard,
    Reason,
    audience_zones,
    campaign_history,
    campaigns,
    count_audience,
    foresee,
    names_in,
    results,
)
from bee.notify.compose.trials import Trial, trials
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.sessions import utc_now

SEE_CAMPAIGNS: Final = (StaffRole.PRODUCT,)


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one campaign. ``reasons``: what became of the people, or would if it began now."""

    acts: list[CampaignAct]
    tests: list[Trial]
    reasons: list[Reason]
    names: list[str]


def read_campaigns(scope: Scope) -> list[CampaignCard]:
    """Return every campaign as it stands now, newest first."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return campaigns(session)


def read_story(scope: Scope, card: CampaignCard) -> Story:
    """Return what is known of one campaign now."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        if card.has_begun:
            reasons, names = results(session, card), []
        else:
            reasons, names = foresee(session, card, now=utc_now()), names_in(session, card.number)
        return Story(campaign_history(session, card.number), trials(session, card.number), reasons, names)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_audience(scope: Scope, audience: str) -> int:
    """Return how many people an audience, as JSON, means now."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return count_audience(session, Audience.model_validate_json(audience))


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_zones(scope: Scope) -> list[str]:
    """Return the time zones in which somebody lives."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role) as session:
        return audience_zones(session)
