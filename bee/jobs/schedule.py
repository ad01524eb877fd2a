"""Schedules (pure): when something that comes round is due next."""

from datetime import datetime

from croniter import croniter


def next_run(cron: str, after: datetime) -> datetime:
    """Return the first moment after ``after`` that a cron expression names, in the zone of ``after``."""
    moment = croniter(cron, after).get_next(datetime)
    assert isinstance(moment, datetime)
    return moment
