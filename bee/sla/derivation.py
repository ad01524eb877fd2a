"""Making minutes and hours of objectives from what was measured: again whenever it changed, in the worker.

A mark says what changed. It is taken off first and the figures are made then, in a statement of its own: what is
being added at that moment holds its mark, and is looked at the next time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.db import Database, Login, WriteSession
from bee.sla.objectives import OF_REQUESTS, Objective, as_asked, objectives

# Of so many requests in a minute fewer than so many have to succeed before the house counts as down.
ENOUGH_REQUESTS: Final = 10
UP_RATIO: Final = 0.9
# What `/ready` said holds until its next tick, and for so long at most (the trigger on probe_ticks knows it, too).
CARRIED_S: Final = 300
MINUTE: Final = timedelta(minutes=1)
MOST_MINUTES: Final = 240
# The hour that runs changes every second; its figures are made anew this often.
HOURS_REST: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StaleMinute:
    """A minute whose figures are to be made anew."""

    minute: datetime


@dataclass(frozen=True, slots=True)
class StaleHour:
    """An hour whose figures are to be made anew."""

    hour: datetime


def derive(database: Database, *, now: datetime) -> int:
    """Make what is out of date anew and return how many minutes that were; how things stand is kept with them."""
    minute = minute_at(now)
    with database.writing(Login.WORKER) as session:
        sample(session, minute=minute, now=now)
    minutes = found = _derive_minutes(database, now=now)
    while found == MOST_MINUTES:
        minutes += (found := _derive_minutes(database, now=now))
    while _derive_hour(database, now=now):
        pass
    return minutes


def minute_at(now: datetime) -> datetime:
    """Return the minute that a moment lies in."""
    return now.replace(second=0, microsecond=0)


def sample(session: WriteSession, *, minute: datetime, now: datetime) -> None:
    """Keep of a minute how what is no request stands; what was said of it first stays."""
    limits = {objective.id: objective.within_s for objective in objectives()}
    session.run("sla/sample_minute", minute=minute, now=now, push_s=limits["push"], crisis_s=limits["crisis"])


def _derive_minutes(database: Database, *, now: datetime) -> int:
    with database.writing(Login.WORKER) as session:
        minutes = [
            row.minute for row in session.all(StaleMinute, "sla/take_stale_minutes", most=MOST_MINUTES)
        ]
        if minutes:
            session.run("sla/judge_minutes", minutes=minutes, objectives=as_asked(objectives()))
            session.run(
                "sla/judge_uptime",
                minutes=minutes, enough=ENOUGH_REQUESTS, up_ratio=UP_RATIO, carried_s=CARRIED_S,
            )  # fmt: skip
            session.run("sla/mark_hours", minutes=minutes, now=now)
    return len(minutes)


def _derive_hour(database: Database, *, now: datetime) -> bool:
    with database.writing(Login.WORKER) as session:
        stale = session.find(StaleHour, "sla/take_stale_hour", marked_before=now - HOURS_REST)
        if stale is not None:
            make_hour(session, stale.hour, objectives())
    return stale is not None


def make_hour(session: WriteSession, hour: datetime, asked: Sequence[Objective]) -> None:
    """Make anew what an hour came to, by what its requests are charged to."""
    ids = [objective.id for objective in asked if objective.indicator in OF_REQUESTS]
    session.run("sla/clear_hour", hour=hour, objectives=ids)
    session.run("sla/judge_hour", hour=hour, objectives=as_asked(asked))
