"""Quiet hours by the member's own clock (pure): through midnight, and over the edges of daylight saving."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a time of day until another one, the end excluded; equal times are no quiet hours at all."""

    starts: time
    ends: time

    def hold(self, clock: time) -> bool:
        """Whether it is quiet when a clock shows this."""
        if self.starts <= self.ends:
            return self.starts <= clock < self.ends
        return clock >= self.starts or clock < self.ends


def quiet_until(now: datetime, zone: ZoneInfo, hours: QuietHours) -> datetime | None:
    """Return the first moment from ``now`` on at which the clock of the zone is past quiet; None if it is now."""
    if not _is_quiet(now, zone, hours):
        return None
    # Quiet ends where the clock shows the end, or is set past it: at most a day and a change of the clock away.
    today = now.astimezone(zone).date()
    ends = (
        moment
        for day in (today - DAY, today, today + DAY, today + 2 * DAY)
        for moment in _shown(day, hours.ends, zone)
        if moment > now and not _is_quiet(moment, zone, hours)
    )
    return min(ends)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day that it is in the zone."""
    return moment.astimezone(zone).date()


def _is_quiet(moment: datetime, zone: ZoneInfo, hours: QuietHours) -> bool:
    return hours.hold(moment.astimezone(zone).time())


def _shown(day: date, clock: time, zone: ZoneInfo) -> list[datetime]:
    """Return when the clock shows a time: twice where it is set back, and where it skips it, when it is set."""
    early, late = (datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if late < early:
        return [_change(late, early, zone)]
    return [early, late]


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the minute between two moments at which the clock of the zone is set."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + (after - before) // MINUTE // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
