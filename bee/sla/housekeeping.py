"""What is measured is not kept for ever."""

from datetime import datetime, timedelta
from typing import Final

from bee.db import WriteSession
from bee.settings import Settings

# A process that has not added anything for so long is gone, and repeats nothing any more.
RECORDERS_KEPT: Final = timedelta(days=7)


def forget_old_minutes(session: WriteSession, *, settings: Settings, now: datetime) -> int:
    """Remove what has been kept for long enough, and return how many rows that were."""
    measured = now - timedelta(days=settings.service_minutes_kept_days)
    one_by_one = now - timedelta(days=settings.bad_requests_kept_days)
    derived = now - timedelta(days=settings.service_levels_kept_days)
    return sum(
        (
            session.run("sla/forget_minutes", before=measured),
            session.run("sla/forget_bad_requests", before=one_by_one),
            session.run("sla/forget_unlisted_requests", before=one_by_one),
            session.run("sla/forget_refusals", before=measured),
            session.run("sla/forget_recorders", before=now - RECORDERS_KEPT),
            session.run("sla/forget_gaps", before=derived),
            session.run("sla/forget_objective_minutes", before=derived),
            session.run("sla/forget_objective_hours", before=derived),
            session.run("sla/forget_uptime_minutes", before=derived),
        )
    )
