"""What the demo members do on each day: a level of use, and the events that make it up.

Pure. Each day draws from a generator of its own, so that a longer period begins with exactly the shorter one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bee.members.demo_people import GOALS, NEVER, ZONE_NAMES, Floats, Integers, Population, day_date

# What an event is worth to the score that the mobile app shows; used to aim a day at a level, nowhere else.
POINTS: Final = {
    "app_session": 3,
    "lesson_start": 5,
    "resource_access": 5,
    "reminder_response": 7,
    "peer_interaction": 8,
    "journal_entry": 10,
    "pes_entry": 10,
    "goal_setting": 12,
    "lesson_completion": 15,
    "assessment_completion": 15,
    "goal_completion": 18,
    "coach_interaction": 20,
    "streak_milestone": 25,
}
EVENT_TYPES: Final = tuple(POINTS)
LIKELY: Final = {
    "move": (2, 2, 2, 2, 2, 2, 1, 3, 4, 1, 14, 6, 1),
    "sleep": (2, 2, 2, 3, 1, 6, 8, 1, 6, 3, 6, 5, 1),
    "stress": (2, 2, 2, 2, 3, 7, 4, 1, 4, 3, 4, 12, 1),
    "food": (2, 3, 3, 2, 2, 3, 3, 2, 11, 4, 8, 4, 1),
}
MOST_OF_A_TYPE: Final = 4
MOST_EVENTS: Final = 12
TOO_LITTLE_TO_FILL: Final = 6
MENUS: Final = 24

# The programme of the period: a release after which people do more, as the charts of a good quarter look.
RELEASE_DAY: Final = 98
RELEASE_DAYS: Final = 50
DRIFT_KEEPS: Final = 0.95
DRIFT: Final = 1.9
QUIET_BELOW: Final = 3.0

# When people use it, in minutes of the local day: (share, middle, spread).
HOURS: Final = ((0.34, 7.75 * 60, 50.0), (0.22, 12.75 * 60, 45.0), (0.44, 20.0 * 60, 75.0))
EARLIEST_S: Final = 5 * 3600
LATEST_S: Final = 23 * 3600 + 1800
WEEKEND_LATER: Final = 75.0


@dataclass(frozen=True, slots=True)
class DayOfEvents:
    """The events of one day of the period, a column a field, in order of member and time.

    ``member``: index into the population. ``order``: the n-th event of that member and day. ``kind``: index
    into ``EVENT_TYPES``. ``second``: of the local day. ``delay_s``: until it was received.
    """

    day: int
    member: Integers
    order: Integers
    kind: Integers
    second: Integers
    delay_s: Integers


def demo_days(people: Population, *, first_day: date, days: int) -> Iterator[DayOfEvents]:
    """Yield each day of the period with its events."""
    drift = np.zeros(len(people))
    for day in range(days):
        rng = np.random.default_rng([people.seed, len(people), day])
        drift = DRIFT_KEEPS * drift + DRIFT * rng.standard_normal(len(people))
        is_weekend = day_date(first_day, day).weekday() >= 5
        levels = _levels(people, day, is_weekend=is_weekend) + drift
        noisy = levels + people.noise * rng.standard_normal(len(people))
        uses = _present(people, day) & (rng.random(len(people)) >= people.skip_ratio)
        yield _events(rng, people, day, np.where(uses, noisy, 0.0), is_weekend=is_weekend)


def utc_offsets_s(first_day: date, days: int) -> Integers:
    """Return zones' offsets from UTC in seconds, as (zone, day): nobody is up when clocks change."""
    noons = [datetime.combine(day_date(first_day, day), time(12)) for day in range(days)]
    return np.array(
        [[_offset_s(noon, ZoneInfo(name)) for noon in noons] for name in ZONE_NAMES], dtype=np.int64
    )


def _offset_s(noon: datetime, zone: ZoneInfo) -> int:
    offset = noon.replace(tzinfo=zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _levels(people: Population, day: int, *, is_weekend: bool) -> Floats:
    """Return what each member would do on an average such day, in points."""
    own = people.start + (people.end - people.start) * _smooth((day - people.turn) / people.turn_days)
    programme = people.uplift * _smooth(np.array((day - RELEASE_DAY) / RELEASE_DAYS))
    return own + programme - _slump(people, day) + (people.weekend if is_weekend else 0.0)


def _slump(people: Population, day: int) -> Floats:
    """Return the points that a member's bad weeks cost on that day: deepest in the middle."""
    through = np.clip((day - people.slump_from) / people.slump_days, 0.0, 1.0)
    return people.slump_depth * np.minimum(1.0, 4.0 * through * (1.0 - through) * 1.5)


def _present(people: Population, day: int) -> NDArray[np.bool_]:
    """Return who is there: joined, not gone, not silent. Who came earlier is there from day 0."""
    silent = (people.silent_from <= day) & (day <= people.silent_to)
    return (people.joined <= day) & (day <= people.left) & ~silent


def _events(
    rng: np.random.Generator, people: Population, day: int, levels: Floats, *, is_weekend: bool
) -> DayOfEvents:
    aims = np.clip(np.rint(np.where(levels < QUIET_BELOW, 0, levels)), 0, 100).astype(np.int64)
    menus = _menus()[people.goal, aims, rng.integers(0, MENUS, len(people))]
    seconds = _seconds(rng, len(people), is_weekend=is_weekend)
    delays = rng.integers(1, 40, (len(people), MOST_EVENTS))
    member, order = np.nonzero(menus >= 0)
    return DayOfEvents(
        day, member, order, menus[member, order], seconds[member, order], delays[member, order]
    )


def _seconds(rng: np.random.Generator, members: int, *, is_weekend: bool) -> Integers:
    """Return times of the day for each member's events, earliest first, in seconds since local midnight."""
    share, middle, spread = np.array(HOURS).T
    part = rng.choice(len(HOURS), (members, MOST_EVENTS), p=share)
    minutes = middle[part] + spread[part] * rng.standard_normal((members, MOST_EVENTS))
    minutes += WEEKEND_LATER if is_weekend else 0.0
    return np.sort(np.clip(minutes * 60, EARLIEST_S, LATEST_S).astype(np.int64), axis=1)


def _smooth(x: Floats) -> Floats:
    """Return 0 before 0, 1 after 1, and a soft step between."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


@cache
def _menus() -> Integers:
    """Return days of events as (goal, points, variant, n): indexes into ``EVENT_TYPES``, −1 for none."""
    rng = np.random.default_rng(NEVER)
    menus = np.full((len(GOALS), 101, MENUS, MOST_EVENTS), -1, dtype=np.int64)
    for goal, name in enumerate(GOALS):
        for points in range(1, 101):
            for variant in range(MENUS):
                day = _menu(rng, points, np.array(LIKELY[name], dtype=np.float64))
                menus[goal, points, variant, : len(day)] = day
    return menus


def _menu(rng: np.random.Generator, points: int, likely: Floats) -> list[int]:
    """Return types of events that are worth about ``points``; every day begins with opening the app."""
    worth = np.array(list(POINTS.values()))
    day = [0]
    left = points - worth[0]
    while left >= TOO_LITTLE_TO_FILL and len(day) < MOST_EVENTS:
        counts = np.bincount(day, minlength=len(worth))
        chances = np.where((worth <= left + 2) & (counts < MOST_OF_A_TYPE), likely * worth**3, 0.0)
        if not chances.any():
            break
        chosen = int(rng.choice(len(worth), p=chances / chances.sum()))
        day.append(chosen)
        left -= worth[chosen]
    return day
