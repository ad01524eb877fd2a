"""What a rule would have fired on what is stored (pure): each alert as it would have been, with nobody acting."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Final

from bee.sla.alerts.ageing import Age, ageing
from bee.sla.alerts.alert import Alert, Firing, course
from bee.sla.alerts.burning import burning
from bee.sla.alerts.rule import AgeRule, BurnRule, Rule
from bee.sla.burn import Counts, Severity, windows_of
from bee.sla.counts import MinuteCount
from bee.sla.objectives import Objective

MINUTE: Final = timedelta(minutes=1)
PERIOD: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert that there would have been. ``ended_at`` is None for one that would be open still.

    ``minutes``: in how many it fired.
    """

    subject: str
    severity: Severity
    opened_at: datetime
    ended_at: datetime | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have fired in a period. ``known_minutes``: of how many anything is stored."""

    since: datetime
    until: datetime
    known_minutes: int
    episodes: tuple[Episode, ...]

    @property
    def pages(self) -> int:
        """How many of the alerts would have been told at any hour."""
        return sum(episode.severity is Severity.PAGE for episode in self.episodes)

    @property
    def firing_minutes(self) -> int:
        """In how many minutes it fired, for whatever subject."""
        return sum(episode.minutes for episode in self.episodes)

    @property
    def minutes(self) -> int:
        """How long the period is."""
        return (self.until - self.since) // MINUTE

    def summary(self) -> dict[str, object]:
        """Return what is kept beside the version that was tried."""
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "known_minutes": self.known_minutes,
            "alerts": len(self.episodes),
            "pages": self.pages,
            "firing_minutes": self.firing_minutes,
        }


@dataclass(slots=True)
class _Running:
    alert: Alert
    minutes: int


@dataclass(frozen=True, slots=True)
class _Sums:
    """An objective's events up to each minute, so that any window costs the same."""

    goods: list[int]
    bads: list[int]

    @classmethod
    def of(cls, counted: Iterable[MinuteCount], *, since: datetime, until: datetime) -> "_Sums":
        length = (until - since) // MINUTE
        goods, bads = [0] * length, [0] * length
        for each in counted:
            place = (each.minute - since) // MINUTE
            if 0 <= place < length:
                goods[place] += each.good
                bads[place] += each.bad
        return cls(list(accumulate(goods, initial=0)), list(accumulate(bads, initial=0)))

    def windows(self, place: int, lengths: Iterable[int]) -> dict[int, Counts]:
        return {length: self._between(max(0, place - length), place) for length in lengths}

    def known_since(self, place: int) -> int:
        """Return in how many minutes there was an event, from a place on."""
        return sum(
            self._between(minute, minute + 1).total > 0 for minute in range(place, len(self.goods) - 1)
        )

    def _between(self, start: int, end: int) -> Counts:
        return Counts(self.goods[end] - self.goods[start], self.bads[end] - self.bads[start])


def longest_window(rule: BurnRule) -> timedelta:
    """Return how far back a rule looks."""
    return MINUTE * max(windows_of(rule.pairs))


def backtest_burn(
    rule: BurnRule, counted: Iterable[MinuteCount], objective: Objective, *, since: datetime, until: datetime
) -> Backtest:
    """Return what a rule would have fired from ``since`` and before ``until``.

    ``counted``: of the objective alone; it begins before ``since`` by the longest window.
    """
    begin = since - longest_window(rule)
    sums = _Sums.of(counted, since=begin, until=until)
    lengths = windows_of(rule.pairs)

    def firings(moment: datetime) -> list[Firing]:
        place = (moment - begin) // MINUTE
        found = burning(rule, sums.windows(place, lengths), objective, moment=moment)
        return [found] if found else []

    known = sums.known_since((since - begin) // MINUTE)
    return Backtest(since, until, known, tuple(_replayed(rule, firings, _minutes(since, until))))


def backtest_age(
    rule: AgeRule,
    ages: Mapping[datetime, Sequence[Age]],
    passes: Iterable[datetime],
    *,
    since: datetime,
    until: datetime,
) -> Backtest:
    """Return what a rule would have fired in the minutes that were watched. ``ages``: of what was late."""
    watched = sorted(minute for minute in passes if since <= minute < until)
    episodes = _replayed(rule, lambda moment: ageing(rule, ages.get(moment, ())), watched)
    return Backtest(since, until, len(watched), tuple(episodes))


def _minutes(since: datetime, until: datetime) -> Iterator[datetime]:
    moment = since
    while moment < until:
        yield moment
        moment += MINUTE


def _replayed(
    rule: Rule, firings: Callable[[datetime], Sequence[Firing]], moments: Iterable[datetime]
) -> list[Episode]:
    """Return the alerts of some minutes; what is reopened goes on as the episode that it was."""
    running: dict[str, _Running] = {}
    over: list[_Running] = []
    for moment in moments:
        fired = {firing.subject: firing for firing in firings(moment)}
        for subject in {*running, *fired}:
            before = running.get(subject)
            step = course(before.alert if before else None, fired.get(subject), rule, version=0, now=moment)
            if step is None:
                continue
            if before is None:
                running[subject] = _Running(step.alert, 1)
            elif before.alert.closed_at and step.alert.opened_at == moment:
                over.append(before)
                running[subject] = _Running(step.alert, 1)
            else:
                before.alert = step.alert
                before.minutes += subject in fired
    return sorted(
        (_episode(each) for each in (*over, *running.values())),
        key=lambda each: (each.opened_at, each.subject),
    )


def _episode(running: _Running) -> Episode:
    alert = running.alert
    return Episode(alert.subject, Severity(alert.severity), alert.opened_at, alert.closed_at, running.minutes)
