"""What the public is told, as it is now, never remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bee.db import Login
from bee.sla.status.notes import Told, names_in, told
from bee.ui.house import get_house
from bee.ui.reads import Scope
from bee.ui.sessions import utc_now

TOLD_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Notices:
    """Incidents that the public is, was or may be told of. ``names``: words of drafts that are somebody's name."""

    incidents: Sequence[Told]
    names: Mapping[int, list[str]]


def read_notices(scope: Scope) -> Notices:
    """Return what is told, of as long as the status page shows."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        found = told(session, since=utc_now() - TOLD_FOR)
        drafts = [note.id for incident in found for note in incident.notes if note.is_draft]
        return Notices(found, {note: names_in(session, note) for note in drafts})
