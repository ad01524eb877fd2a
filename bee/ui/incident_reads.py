"""What the page of incidents reads: as it is now, never remembered."""

from datetime import datetime

from bee.db import Login
from bee.sla.incidents import Incident, read_incident
from bee.ui.house import get_house
from bee.ui.reads import Scope


def read_time_line(scope: Scope, since: datetime, until: datetime) -> Incident:
    """Return what happened from ``since`` and before ``until``."""
    with get_house().database.reading(Login.DASHBOARD, role=scope.role, staff_id=scope.staff_id) as session:
        return read_incident(session, since=since, until=until)
