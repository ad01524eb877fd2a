"""What the replay reads and does: never remembered; whose words were read is in the trail before they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import streamlit as st

from bee.access import Viewer
from bee.audit import Actor, record
from bee.coach.model import Provider
from bee.coach.model.prices import find_price, price_list
from bee.coach.prompting import Prompt
from bee.coach.replay import Day, Replayed, cost_ceiling, read_day
from bee.db import Login
from bee.ui.house import get_house
from bee.ui.reads import Scope

SAME_LOOK: Final = timedelta(minutes=15)
LISTED: Final = "replay-listed"
# How many messages are asked again at once; more is a run's.
MOST_AGAIN: Final = 40


@dataclass(frozen=True, slots=True)
class ReplayQuestion:
    """Which day, by each member's own calendar, of whom; None is everybody whom the scope may read."""

    scope: Scope
    member_id: UUID | None
    day: date


def read_replay(question: ReplayQuestion) -> Day:
    """Return what was written that day, each prompt rendered again."""
    house, scope = get_house(), question.scope
    with house.database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read_day(session, question.member_id, question.day, house.settings)


def record_replay(viewer: Viewer, question: ReplayQuestion, day: Day, now: datetime) -> None:
    """Write to the trail that somebody read a day of members' words in a list, before any is shown."""
    last: tuple[date, datetime] | None = st.session_state.get(LISTED)
    if not day.moments or (last is not None and last[0] == question.day and now - last[1] < SAME_LOOK):
        return
    role = question.scope.role
    with get_house().database.writing(Login.DASHBOARD, role=role, staff_id=viewer.staff_id) as session:
        record(
            session,
            actor=Actor.staff(viewer.staff_id),
            action="coach.replayed",
            subject_kind="coach",
            after={"day": question.day, "messages": len(day.moments), "people": day.people},
        )
    st.session_state[LISTED] = (question.day, now)


def most_usd(moments: Sequence[Replayed], prompt: Prompt, now: datetime) -> Decimal | None:
    """Return about the most that asking again can cost; None where nobody knows the price."""
    if prompt.provider is Provider.OFFLINE:
        return Decimal(0)
    price = find_price(prompt.provider, prompt.model, on=now.date(), prices=price_list(get_house().settings))
    return None if price is None else cost_ceiling(moments, prompt, price)
