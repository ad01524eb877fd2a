"""Which budgets a request spends (pure): the same as ``bee_judged`` says of a whole minute, of one request."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bee.sla.minutes import BAD, GOOD, Area, Status
from bee.sla.objectives import Indicator, Objective
from bee.sla.request import Request
from bee.sla.sketch import bucket_of, edge_near, edge_s


@dataclass(frozen=True, slots=True)
class _Promise:
    objective: str
    indicator: Indicator
    bucket: int | None

    def is_broken(self, request: Request, *, is_fault: bool) -> bool:
        """Return whether a request is bad for it; a failure is as slow as can be."""
        if is_fault:
            return self.indicator is not Indicator.ERRORS or request.status is not Status.TIMEOUT
        if self.bucket is None:
            return False
        seconds = request.first_byte_s if self.indicator is Indicator.FIRST_BYTE else request.seconds
        return seconds is not None and bucket_of(seconds) > self.bucket


class Spending:
    """What is promised of requests, in the form in which each of them is held against it."""

    def __init__(self, asked: Sequence[Objective]) -> None:
        self._promises: Final = {
            area: tuple(_promise(each) for each in asked if area in each.areas) for area in Area
        }
        buckets = [
            each.bucket for some in self._promises.values() for each in some if each.bucket is not None
        ]
        self._quick_s: Final = edge_s(min(buckets) - 1) if buckets else float("inf")

    def of(self, request: Request) -> tuple[str, ...]:
        """Return the objectives whose budgets a request spends, by id; nearly always none."""
        if request.status in GOOD:
            # A stream's first byte is never after its last.
            if request.seconds <= self._quick_s:
                return ()
            is_fault = False
        elif request.status in BAD:
            is_fault = True
        else:
            return ()
        promises = self._promises[request.area]
        return tuple(each.objective for each in promises if each.is_broken(request, is_fault=is_fault))


def _promise(objective: Objective) -> _Promise:
    bucket = None if objective.within_s is None else edge_near(objective.within_s)
    return _Promise(objective.id, objective.indicator, bucket)
