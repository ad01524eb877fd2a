"""When a rule becomes eligible (pure): the moment at which its condition becomes true, on days that are fresh.

A day is fresh if its score was final within 48 hours of the day's end and says now what it said then, late events
aside that came in by then. What was imported, rebuilt or scored by another definition is past, not news.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import fmean
from uuid import UUID

from bee.notify.rule import Drop, NewMember, Rule, Silence, Streak

DAY = timedelta(days=1)
# A moment that nobody looked at when it came is caught up with for one day, if what it says is still so.
CATCH_UP_DAYS = 1


@dataclass(frozen=True, slots=True)
class Day:
    """A complete day of a member."""

    on: date
    final: float
    state: str
    definition: str
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """That a rule became eligible for a member: ``key`` is unique among theirs and the rule's.

    ``day``: the score that goes with it, if there is one. ``since``: the last event, where it is about silence.
    """

    rule: Rule
    user_id: UUID
    key: str
    trigger_date: date
    day: Day | None = None
    since: datetime | None = None

    @property
    def looks_from(self) -> date | None:
        """The first of the days that make it one; None where it is about silence."""
        condition = self.rule.condition
        if isinstance(condition, Silence):
            return None
        # Of a new member each day is a moment by itself.
        days = 1 if isinstance(condition, NewMember) else condition.window_days
        return self.trigger_date - (days - 1) * DAY


def day_moments(
    rules: Sequence[Rule], user_id: UUID, days: Sequence[Day], *, only_fresh: bool = True
) -> Iterator[Moment]:
    """Yield the moments of a member; ``days`` are the complete ones, newest first.

    ``only_fresh``: False takes days that are not fresh as well, as a dry run on the past does.
    """
    for rule in rules:
        for back in range(CATCH_UP_DAYS + 1):
            if _becomes_true(rule, days, back, only_fresh):
                day = days[back]
                yield Moment(rule, user_id, day.on.isoformat(), day.on, day)


def silence_moment(
    rule: Rule, user_id: UUID, last_at: datetime, received_at: datetime, *, now: datetime
) -> Moment | None:
    """Return the moment of a member who was last heard of at ``last_at``; None while, or when no longer, silent.

    What was only received when the hours were over is no silence that anybody could have heard.
    """
    condition = rule.condition
    assert isinstance(condition, Silence)
    begins = last_at + timedelta(hours=condition.hours)
    if not begins <= now < begins + timedelta(hours=condition.within_h) or received_at > begins:
        return None
    key = f"{last_at.isoformat(timespec='milliseconds')}/{condition.hours}"
    return Moment(rule, user_id, key, begins.date(), since=last_at)


def window_days(rules: Sequence[Rule]) -> int:
    """Return how many days have to be known to tell whether any of the rules becomes true."""
    windows = [rule.condition.window_days for rule in rules if not isinstance(rule.condition, Silence)]
    return max(windows, default=0) + CATCH_UP_DAYS + 1


def _becomes_true(rule: Rule, days: Sequence[Day], back: int, only_fresh: bool) -> bool:
    """Whether a condition became true ``back`` days ago and is so still."""
    condition = rule.condition
    if isinstance(condition, Silence):
        return False
    if isinstance(condition, NewMember):
        # True anew each day: what makes it false in between is what was sent.
        window = days[: condition.window_days]
        return back == 0 and 0 < len(window) <= condition.days and _is_news(window, only_fresh)
    window = days[back : back + condition.window_days]
    return (
        _is_true(condition, days, back)
        and not _is_true(condition, days, back + 1)
        and (back == 0 or _is_true(condition, days, 0))
        and _is_news(window, only_fresh)
    )


def _is_true(condition: Streak | Drop, days: Sequence[Day], back: int) -> bool:
    window = days[back : back + condition.window_days]
    if len(window) < condition.window_days or not _are_in_a_row(window):
        return False
    if isinstance(condition, Streak):
        return all(day.state == condition.state for day in window)
    finals = [day.final for day in window]
    return fmean(finals[condition.days :]) - fmean(finals[: condition.days]) > condition.points


def _are_in_a_row(days: Sequence[Day]) -> bool:
    return all(newer.on - older.on == DAY for newer, older in pairwise(days))


def _is_news(days: Sequence[Day], only_fresh: bool) -> bool:
    """Whether days are fresh and, scored alike, can be compared."""
    if len({day.definition for day in days}) > 1:
        return False
    return not only_fresh or all(day.is_fresh for day in days)
