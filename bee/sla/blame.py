"""Who burnt a budget (pure): a release is blamed for what it did worse on a route than was to be expected.

Expected is what the other releases do on the same route in the same hour; where there was no other, what the others
did there at the same hour a day earlier. So an outage that all of them share is nobody's, and is left in the rest.
What nothing can be compared with is left there too. It is the same for prompts and for models.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bee.sla.burn import NONE, Counts

DAY: Final = timedelta(days=1)
# Of what chance does to counts by itself nobody is blamed: an excess of fewer standard deviations is none.
SIGMAS: Final = 4.0
# Of a comparison with fewer events nothing is said.
LEAST_EVENTS: Final = 50


@dataclass(frozen=True, slots=True)
class HourOf:
    """What a route came to in an hour with a release, prompt or model, which is its ``name``."""

    hour: datetime
    route: str
    name: str
    good: int
    bad: int

    @property
    def counts(self) -> Counts:
        """Its events."""
        return Counts(self.good, self.bad)


@dataclass(frozen=True, slots=True)
class Culprit:
    """How many more events of a route were bad with a release than expected. ``share``: of all bad ones."""

    route: str
    name: str
    excess: float
    share: float
    bad_ratio: float
    expected_ratio: float


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Who is blamed, the most first, and how many bad events are nobody's."""

    culprits: tuple[Culprit, ...]
    bad: int

    @property
    def rest(self) -> float:
        """Bad events that nobody is blamed for."""
        return self.bad - sum(each.excess for each in self.culprits)


def blame(hours: Iterable[HourOf], *, since: datetime | None = None) -> Verdicts:
    """Return who burnt it from an hour on; what came before is only compared with."""
    found = list(hours)
    by_place = _by_place(found)
    counted = [each for each in found if since is None or each.hour >= since]
    bad = sum(each.bad for each in counted)
    suspects: dict[tuple[str, str], list[tuple[HourOf, Counts]]] = defaultdict(list)
    for each in counted:
        if (other := _expected(each, by_place)) is not None:
            suspects[each.route, each.name].append((each, other))
    culprits = (
        culprit
        for (route, name), pairs in suspects.items()
        if (culprit := _judge(route, name, pairs, bad)) is not None
    )
    return Verdicts(tuple(sorted(culprits, key=lambda each: -each.excess)), bad)


def _by_place(hours: Iterable[HourOf]) -> Mapping[tuple[datetime, str], Mapping[str, Counts]]:
    places: dict[tuple[datetime, str], dict[str, Counts]] = defaultdict(dict)
    for each in hours:
        names = places[each.hour, each.route]
        names[each.name] = names.get(each.name, NONE) + each.counts
    return places


def _expected(each: HourOf, places: Mapping[tuple[datetime, str], Mapping[str, Counts]]) -> Counts | None:
    """Return what an hour of a route of a release is compared with; None where there is nothing."""
    for place in ((each.hour, each.route), (each.hour - DAY, each.route)):
        others = (counts for name, counts in places.get(place, {}).items() if name != each.name)
        other = sum(others, NONE)
        if other.total >= LEAST_EVENTS:
            return other
    return None


def _judge(route: str, name: str, pairs: list[tuple[HourOf, Counts]], bad: int) -> Culprit | None:
    own = sum((each.counts for each, _ in pairs), NONE)
    expected = sum(each.counts.total * (other.bad_ratio or 0) for each, other in pairs)
    excess = own.bad - expected
    if own.total < LEAST_EVENTS or excess <= SIGMAS * math.sqrt(_variance(pairs)):
        return None
    return Culprit(route, name, excess, excess / bad, own.bad / own.total, expected / own.total)


def _variance(pairs: Iterable[tuple[HourOf, Counts]]) -> float:
    """Return the variance of an excess if there was no difference: of its own count, and of what was expected."""
    return sum(_variances(pairs)) or 1.0


def _variances(pairs: Iterable[tuple[HourOf, Counts]]) -> Iterator[float]:
    for each, other in pairs:
        own = each.counts
        ratio = (own.bad + other.bad) / (own.total + other.total)
        yield own.total * ratio * (1 - ratio) * (1 + own.total / other.total)
