"""Who the demo members are: made-up people of a few archetypes, the same ones for the same seed.

Pure. A population is columns, one entry a member; days are counted from the first day of the period, day 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

DEMO: Final = UUID("5b0d3a0e-55c5-4d40-9d2a-3f3c1f3b8a11")
DAYS: Final = 182
NEVER: Final = 1_000_000

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Archetype(StrEnum):
    """How somebody goes about the app over half a year."""

    STEADY = "steady"
    INTENSE = "intense"
    RISER = "riser"
    FADER = "fader"
    WEEKEND = "weekend"
    SPORADIC = "sporadic"
    LEAVER = "leaver"
    RETURNER = "returner"
    NEWCOMER = "newcomer"


@dataclass(frozen=True, slots=True)
class Habit:
    """What an archetype does. Levels are points of a day's use, 0–100, each drawn from its range.

    ``skip_ratio``: share of days without any use. ``noise``: day-to-day standard deviation in points.
    ``weekend``: points added on Saturday and Sunday.
    """

    share: float
    start: tuple[float, float]
    end: tuple[float, float]
    skip_ratio: float
    noise: float
    weekend: float = 0.0


HABITS: Final[dict[Archetype, Habit]] = {
    Archetype.STEADY: Habit(0.39, (51, 61), (51, 63), 0.003, 1.5, -1.0),
    Archetype.INTENSE: Habit(0.15, (72, 90), (74, 94), 0.004, 4.0, -2.0),
    Archetype.RISER: Habit(0.14, (32, 52), (66, 86), 0.010, 4.0, -1.0),
    Archetype.FADER: Habit(0.06, (60, 80), (18, 44), 0.020, 4.0, -2.0),
    Archetype.WEEKEND: Habit(0.015, (32, 42), (34, 46), 0.050, 4.0, 30.0),
    Archetype.SPORADIC: Habit(0.05, (22, 50), (26, 56), 0.350, 12.0),
    Archetype.LEAVER: Habit(0.05, (50, 66), (20, 44), 0.020, 4.0),
    Archetype.RETURNER: Habit(0.06, (50, 66), (50, 70), 0.010, 4.0),
    Archetype.NEWCOMER: Habit(0.09, (40, 58), (54, 80), 0.010, 4.0, -1.0),
}
KINDS: Final = tuple(Archetype)

ZONES: Final = {
    "Europe/London": 0.34,
    "America/New_York": 0.24,
    "Europe/Berlin": 0.14,
    "America/Los_Angeles": 0.12,
    "Asia/Tokyo": 0.08,
    "Australia/Sydney": 0.08,
}
ZONE_NAMES: Final = tuple(ZONES)
GOALS: Final = ("move", "sleep", "stress", "food")
PLANS: Final = ("basic", "plus")
COACHES: Final = ("Cora Demo", "Ines Demo", "Milo Demo")
WITHOUT_COACH_RATIO: Final = 0.08

FIRST_NAMES: Final = (
    "Amber", "Basil", "Clover", "Dusty", "Ember", "Fern", "Ginger", "Hazel", "Indigo", "Juniper",
    "Kelp", "Lilac", "Maple", "Nutmeg", "Olive", "Pepper", "Quince", "Rusty", "Sage", "Thyme",
    "Umber", "Violet", "Willow", "Zinnia",
)  # fmt: skip
LAST_NAMES: Final = (
    "Badger", "Crane", "Dormouse", "Egret", "Finch", "Gecko", "Heron", "Ibis", "Jackdaw",
    "Kingfisher", "Lynx", "Marten", "Newt", "Otter", "Puffin", "Quail", "Robin", "Stoat",
    "Tortoise", "Vole", "Wagtail", "Yaffle",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Population:
    """Every demo member, a column a trait.

    ``joined``: day of joining, negative for those who were there before. ``left``: day of leaving
    or ``NEVER``.
    ``silent_from`` to ``silent_to``, both included: days without any use. ``turn`` and ``turn_days``: when a
    member begins to go from the level ``start`` to ``end``, and for how long. ``uplift``: points that the
    programme of the period brings. ``slump_from``, ``slump_days``, ``slump_depth``: a bad time, and how many
    points it costs at its deepest. ``coach``: index into ``COACHES`` or −1.
    """

    seed: int
    ids: tuple[UUID, ...]
    kind: Integers
    zone: Integers
    goal: Integers
    plan: Integers
    coach: Integers
    joined: Integers
    left: Integers
    silent_from: Integers
    silent_to: Integers
    start: Floats
    end: Floats
    turn: Floats
    turn_days: Floats
    uplift: Floats
    slump_from: Floats
    slump_days: Floats
    slump_depth: Floats
    skip_ratio: Floats
    noise: Floats
    weekend: Floats

    def __len__(self) -> int:
        return len(self.ids)


def population(*, seed: int, members: int) -> Population:
    """Return the demo members of a seed. Another number of members makes other people of the same kinds."""
    rng = np.random.default_rng([seed, members])
    kind = _kinds(rng, members)
    is_kind = {archetype: kind == index for index, archetype in enumerate(KINDS)}
    joined = np.where(
        is_kind[Archetype.NEWCOMER], rng.integers(14, DAYS - 21, members), -rng.integers(0, 240, members)
    )
    turn = rng.uniform(30, 120, members)
    left = np.where(is_kind[Archetype.LEAVER], rng.integers(50, DAYS - 4, members), NEVER)
    turn = np.where(is_kind[Archetype.LEAVER], left - 30, turn)
    turn = np.where(is_kind[Archetype.NEWCOMER], joined, turn)
    silent_from, silent_to = _silence(rng, is_kind[Archetype.RETURNER], is_kind[Archetype.SPORADIC])
    habits = [HABITS[KINDS[index]] for index in kind]
    return Population(
        seed=seed,
        ids=tuple(uuid5(DEMO, f"{seed}:{n}") for n in range(1, members + 1)),
        kind=kind,
        zone=rng.choice(len(ZONES), members, p=np.array(list(ZONES.values()))),
        goal=rng.integers(0, len(GOALS), members),
        plan=rng.choice(len(PLANS), members, p=[0.7, 0.3]),
        coach=np.where(rng.random(members) < WITHOUT_COACH_RATIO, -1, rng.integers(0, len(COACHES), members)),
        joined=joined,
        left=left,
        silent_from=silent_from,
        silent_to=silent_to,
        start=_between(rng, [habit.start for habit in habits]),
        end=_between(rng, [habit.end for habit in habits]),
        turn=turn,
        turn_days=rng.uniform(20, 60, members),
        uplift=rng.uniform(0, 9, members),
        slump_from=rng.uniform(-30, DAYS + 60, members),
        slump_days=rng.uniform(14, 50, members),
        slump_depth=rng.uniform(0, 32, members),
        skip_ratio=np.array([habit.skip_ratio for habit in habits]),
        noise=np.array([habit.noise for habit in habits]),
        weekend=np.array([habit.weekend for habit in habits]),
    )


def full_name(n: int) -> str:
    """Return the made-up name of the ``n``-th member: a plant or spice and an animal."""
    return f"{FIRST_NAMES[n % len(FIRST_NAMES)]} {LAST_NAMES[n // len(FIRST_NAMES) % len(LAST_NAMES)]}"


def day_date(first_day: date, day: int) -> date:
    """Return the date of a day of the period."""
    return first_day + timedelta(days=day)


def _kinds(rng: np.random.Generator, members: int) -> Integers:
    """Deal the archetypes out by their shares and shuffle."""
    shares = np.array([HABITS[kind].share for kind in KINDS])
    bounds = np.cumsum(shares / shares.sum()) * members
    return rng.permutation(np.minimum(np.searchsorted(bounds, np.arange(members) + 0.5), len(KINDS) - 1))


def _silence(
    rng: np.random.Generator, returns: NDArray[np.bool_], sporadic: NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    """Returners pause for two to seven weeks; every third sporadic member stops for good without leaving."""
    members = len(returns)
    begin = rng.integers(40, DAYS - 10, members)
    back = begin + rng.integers(14, 50, members)
    gone = sporadic & (rng.random(members) < 1 / 3)
    silent_from = np.where(returns | gone, begin, NEVER)
    silent_to = np.where(returns, back, np.where(gone, NEVER, -1))
    return silent_from, silent_to


def _between(rng: np.random.Generator, ranges: Sequence[tuple[float, float]]) -> Floats:
    low, high = np.array(ranges, dtype=np.float64).reshape(-1, 2).T
    return rng.uniform(low, high)
