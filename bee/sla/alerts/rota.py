"""Who is on call when: shifts at up to three levels, of which nobody shares one at the same time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.db import ReadSession


@dataclass(frozen=True, slots=True)
class OnCall:
    """Somebody who is on call at a moment; level 1 is told first."""

    level: int
    staff_id: UUID
    full_name: str
    starts_at: datetime
    ends_at: datetime


def on_call(session: ReadSession, at: datetime) -> Sequence[OnCall]:
    """Return who is on call at a moment, by level."""
    return session.all(OnCall, "sla/oncall_at", at=at)
