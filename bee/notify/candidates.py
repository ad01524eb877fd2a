"""Who may be eligible at a moment: found by one statement a kind of rule, told exactly by the pure functions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from bee.db import ReadSession
from bee.notify.moments import CATCH_UP_DAYS, Day, Moment, day_moments, silence_moment, window_days
from bee.notify.rule import Drop, NewMember, Rule, Silence, Streak

FRESH_H = 48


@dataclass(frozen=True, slots=True)
class DayCandidate:
    """A member's newest complete days. ``timely``: scored in time; ``rewritten``: those said otherwise since."""

    user_id: UUID
    days: list[date]
    finals: list[float]
    states: list[str]
    definitions: list[str]
    timely: list[bool]
    rewritten: list[date]

    def history(self) -> list[Day]:
        """Return the days, newest first."""
        return [
            Day(on, final, state, definition, timely and on not in self.rewritten)
            for on, final, state, definition, timely in zip(
                self.days, self.finals, self.states, self.definitions, self.timely, strict=True
            )
        ]


@dataclass(frozen=True, slots=True)
class SilenceCandidate:
    """A member who was last heard of at ``last_at``."""

    user_id: UUID
    last_at: datetime
    received_at: datetime


def find_moments(
    session: ReadSession, rules: Sequence[Rule], *, now: datetime, only_fresh: bool = True
) -> list[Moment]:
    """Return every eligible moment at ``now``, decided before or not.

    ``only_fresh``: False takes days that are no news as well, as a dry run on the past does.
    """
    return [*_over_days(session, rules, now, only_fresh), *_silences(session, rules, now, only_fresh)]


def _over_days(
    session: ReadSession, rules: Sequence[Rule], now: datetime, only_fresh: bool
) -> Iterator[Moment]:
    conditions = [rule.condition for rule in rules if not isinstance(rule.condition, Silence)]
    if not conditions:
        return
    streaks = [condition for condition in conditions if isinstance(condition, Streak)]
    drops = [condition for condition in conditions if isinstance(condition, Drop)]
    found = session.all(
        DayCandidate,
        "notify/day_candidates",
        now=now,
        fresh_h=FRESH_H,
        window=window_days(rules),
        new_days=max((each.days for each in conditions if isinstance(each, NewMember)), default=0),
        states=[condition.state for condition in streaks],
        streaks=[condition.days for condition in streaks],
        drop_days=[condition.days for condition in drops],
        points=[condition.points for condition in drops],
        past_days=CATCH_UP_DAYS + 1,
    )
    for candidate in found:
        yield from day_moments(rules, candidate.user_id, candidate.history(), only_fresh=only_fresh)


def _silences(
    session: ReadSession, rules: Sequence[Rule], now: datetime, only_fresh: bool
) -> Iterator[Moment]:
    spans = {rule.name: rule.condition for rule in rules if isinstance(rule.condition, Silence)}
    if not spans:
        return
    found = session.all(
        SilenceCandidate,
        "notify/silence_candidates",
        now=now,
        since=now - timedelta(hours=max(span.hours + span.within_h for span in spans.values())),
        until=now - timedelta(hours=min(span.hours for span in spans.values())),
    )
    for candidate in found:
        received_at = candidate.received_at if only_fresh else candidate.last_at
        for rule in rules:
            if rule.name in spans:
                moment = silence_moment(rule, candidate.user_id, candidate.last_at, received_at, now=now)
                if moment is not None:
                    yield moment
