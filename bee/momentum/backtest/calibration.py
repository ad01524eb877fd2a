"""What a score is worth, tenth by tenth (pure)."""

from dataclasses import dataclass

import numpy as np

from bee.momentum.batch import Flags
from bee.momentum.engine import Floats


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the member-days, 1 having the lowest scores, and how many of them had the outcome."""

    decile: int
    member_days: int
    positives: int
    share: float
    lowest: float
    highest: float
    mean: float


def deciles(scores: Floats, outcome: Flags) -> tuple[Decile, ...]:
    """Return the tenths by score. Equal scores are never torn apart, so tenths differ in size or are missing.

    (scikit-learn's calibration curve tells no counts, and tears none apart either, but takes probabilities only.)
    """
    if not len(scores):
        return ()
    edges = np.quantile(scores, np.arange(1, 10) / 10, method="inverted_cdf")
    tenth = np.searchsorted(edges, scores)
    return tuple(
        _decile(int(number) + 1, scores[tenth == number], outcome[tenth == number])
        for number in np.unique(tenth)
    )


def _decile(number: int, scores: Floats, outcome: Flags) -> Decile:
    return Decile(
        decile=number,
        member_days=len(scores),
        positives=int(outcome.sum()),
        share=float(outcome.mean()),
        lowest=float(scores.min()),
        highest=float(scores.max()),
        mean=float(scores.mean()),
    )
