"""What the page of the prompts reads, remembered for a minute but for what is a member's."""

from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole
from bee.coach.prompts.catalogue import PromptAct, PromptCard, catalogue, prompt_history
from bee.coach.prompts.registry import COACH
from bee.coach.prompts.sample import Sample, last_message, read_sample
from bee.db import Login
from bee.settings import Environment
from bee.ui.house import get_house
from bee.ui.reads import MOST_ANSWERS, REMEMBERED_S, Scope
from bee.ui.reminding import cue_of
from bee.ui.sessions import utc_now

SEE_PROMPTS: Final = (StaffRole.COACH,)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_prompt(scope: Scope, environment: Environment) -> PromptCard:
    """Return the coach's prompt as it stands in an environment."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return catalogue(session, COACH, environment)


@st.cache_resource(ttl=REMEMBERED_S, max_entries=MOST_ANSWERS, show_spinner=False)
def read_prompt_history(scope: Scope, environment: Environment) -> list[PromptAct]:
    """Return what was done to the coach's prompt, newest first."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return prompt_history(session, COACH, environment)


def read_member_sample(scope: Scope, member_id: UUID) -> Sample:
    """Return a member as a prompt would be rendered for them; nothing of one that the scope does not have."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        message = last_message(session, member_id)
    cue = cue_of(scope, member_id, message)
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read_sample(session, member_id, cue, now=utc_now())
