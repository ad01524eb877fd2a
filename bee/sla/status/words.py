"""The status page's words. Pure."""

import math
from datetime import date, datetime
from typing import Final

from bee.sla.status.notes import Kind
from bee.sla.status.standing import Day, Incident, Standing
from bee.sla.uptime import State, Uptime

HEADLINES: Final = {
    State.UP: "Everything works",
    State.DOWN: "Something is wrong",
    State.MAINTENANCE: "We are working on it, as announced",
    State.UNKNOWN: "We don't know at the moment",
}
KINDS: Final = {
    Kind.PUBLISHED: "What we know",
    Kind.UPDATED: "Update",
    Kind.RESOLVED: "Resolved",
}
NOTHING_YET: Final = "Nothing has been measured yet."
NO_EVIDENCE: Final = "nothing is known"


def percent(ratio: float | None) -> str:
    """Return a share with two decimals, rounded down: what was not always up is never 100 %."""
    return "–" if ratio is None else f"{math.floor(ratio * 10_000) / 100:.2f} %"


def long_day(day: date) -> str:
    """Return a day such as ``25 November 2026``."""
    return f"{day.day} {day:%B %Y}"


def moment(at: datetime) -> str:
    """Return a moment such as ``25 November 2026, 10:33 UTC``."""
    return f"{long_day(at.date())}, {at:%H:%M} UTC"


def minutes(number: int) -> str:
    """Return a number of minutes such as ``1 minute`` or ``2 h 5 min``."""
    if number < 60:
        return f"{number} {'minute' if number == 1 else 'minutes'}"
    return f"{number // 60} h {number % 60} min"


def day_words(day: Day) -> str:
    """Return how a day was, in a sentence's worth."""
    uptime = day.uptime
    parts = [f"{percent(uptime.ratio)} up" if uptime.known else NO_EVIDENCE]
    parts += [f"{minutes(uptime.down)} down"] if uptime.down else []
    parts += [f"{minutes(uptime.maintenance)} of announced maintenance"] if uptime.maintenance else []
    parts += [f"{minutes(uptime.unknown)} unknown"] if uptime.unknown and uptime.known else []
    return f"{long_day(day.on)}: {', '.join(parts)}"


def incident_words(incident: Incident) -> str:
    """Return when an incident was, and how much of it the house was down."""
    until = f"until {moment(incident.ended_at)}" if incident.ended_at else "not over yet"
    measured = f"{minutes(incident.down)} down" if incident.down else "no minute of it was measured as down"
    return f"From {moment(incident.began_at)}, {until}; {measured}."


def uptime_words(standing: Standing) -> str:
    """Return the uptime of all days, how much of them is known, and what the rest could make of it."""
    uptime, days = standing.uptime, len(standing.days)
    if not uptime.known:
        return NOTHING_YET
    span = "in the last day" if days == 1 else f"in the last {days} days"
    sure = f"There is evidence of {percent(uptime.coverage)} of that time"
    if not uptime.unknown:
        return f"{percent(uptime.ratio)} up {span}. {sure}."
    return (
        f"{percent(uptime.ratio)} up {span}. {sure}; whatever the rest was, it lies between"
        f" {percent(uptime.lowest)} and {percent(uptime.highest)}."
    )


def day_kind(uptime: Uptime) -> str:
    """Return how a day is drawn: ``up``, ``some`` down, ``down`` for an hour or more, ``unknown``."""
    if not uptime.known:
        return "unknown"
    if uptime.down >= 60:
        return "down"
    return "some" if uptime.down else "up"
