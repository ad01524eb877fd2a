"""A message as what memories are called up by, for somebody on the staff: as it would be for a reply."""

from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import StaffRole
from bee.coach.ledger import Account, Purpose
from bee.coach.memory.models import Embedded
from bee.coach.memory.reminding import Cue, Reminder
from bee.coach.queries import AboutMember
from bee.db import Login
from bee.ui.guard import acting
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

ASKED: Final = "message-asked"


def cue_of(scope: Scope, member_id: UUID, message: str) -> Cue:
    """Return a message to a member's coach as a cue.

    What a provider said of it is remembered until another one is asked about: a page reruns with every click.
    """
    house = get_house()
    reminder = Reminder(house.database, house.settings)
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        about = session.find(AboutMember, "coach/about_member", user_id=member_id) or AboutMember()
    asked: tuple[UUID, bool, str, Cue] | None = st.session_state.get(ASKED)
    if asked is not None and asked[:3] == (member_id, about.consents, message):
        return asked[3]
    account = Account.of_lab(acting(StaffRole.COACH).staff_id, Purpose.EMBEDDING)
    cue = reminder.cue(message, about, account, now=utc_now())
    if isinstance(cue.asked, Embedded):
        st.session_state[ASKED] = (member_id, about.consents, message, cue)
    return cue
