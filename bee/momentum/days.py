"""Days (pure): when one is over, and until when a member has one."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_day(zone: str, now: datetime) -> date:
    """Return the day that it is in a zone. ``now`` has a zone of its own."""
    return now.astimezone(ZoneInfo(zone)).date()


def complete_through(zone: str, now: datetime) -> date:
    """Return the last day that is over in a zone."""
    return local_day(zone, now) - timedelta(days=1)
