"""Who would have been called (pure): precision among those whom a marker puts first.

A coach with time for k calls takes the k members who look worst on one evaluation day. So each evaluation day (the
14th, the 28th, … after the start) gives one list of k, or of all where fewer are there. Where the k-th place is
shared, it is drawn by lot: the hits are those to be expected.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bee.momentum.batch import Flags
from bee.momentum.engine import Floats, Ints


@dataclass(frozen=True, slots=True)
class Shortlist:
    """All the lists of up to ``size`` members, one an evaluation day, and how many listed had the outcome.

    ``precision``: hits among the listed. ``recall``: hits among all who had the outcome; None where nobody did.
    """

    size: int
    lists: int
    listed: int
    hits: float
    precision: float
    recall: float | None


def shortlists(
    marker: Floats, outcome: Flags, evaluation: Ints, sizes: Sequence[int]
) -> tuple[Shortlist, ...]:
    """Return precision for lists of several sizes. ``evaluation``: on which day after the start a day lies."""
    if not len(marker):
        return ()
    order = np.lexsort((-marker, evaluation))
    cuts = np.flatnonzero(np.diff(evaluation[order])) + 1
    lists = [(marker[days], outcome[days]) for days in np.split(order, cuts)]
    positives = int(outcome.sum())
    return tuple(_shortlist(lists, size, positives) for size in sizes)


def _shortlist(lists: Sequence[tuple[Floats, Flags]], size: int, positives: int) -> Shortlist:
    listed = sum(min(size, len(marker)) for marker, _ in lists)
    hits = sum(expected_hits(marker, outcome, size) for marker, outcome in lists)
    return Shortlist(
        size=size,
        lists=len(lists),
        listed=listed,
        hits=hits,
        precision=hits / listed,
        recall=hits / positives if positives else None,
    )


def expected_hits(marker: Floats, outcome: Flags, size: int) -> float:
    """Return how many outcomes the first ``size`` have, to be expected. ``marker`` falls, ``outcome`` beside it."""
    if size >= len(marker):
        return float(outcome.sum())
    last = marker[size - 1]
    above, tied = marker > last, marker == last
    return float(outcome[above].sum() + (size - above.sum()) * outcome[tied].mean())
