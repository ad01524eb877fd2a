"""Areas under ROC curves (pure), with intervals that know that a member's days resemble one another.

Placement values: E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, Biometrics 44:837–845 (1988). Variances and
covariances of clustered data: N. A. Obuchowski, Biometrics 53:567–578 (1997); with one day a member they are
DeLong's.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
from sklearn.metrics import roc_auc_score

from bee.momentum.batch import Flags
from bee.momentum.engine import Floats, Ints

LEVEL: Final = 0.95
Z: Final = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval. ``low`` and ``high``: None where too few members tell how sure it is."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Areas:
    """The area of each marker, and how they vary together; NaN where too few members tell."""

    values: Floats
    covariance: Floats

    def area(self, marker: int) -> Estimate:
        """Return the area of a marker: how often a positive ranks above a negative, ties counting half."""
        return _estimate(self.values[marker], self.covariance[marker, marker], 0.0)

    def lead(self, marker: int, other: int) -> Estimate:
        """Return by how much the area of a marker exceeds that of another one."""
        both = self.covariance[np.ix_([marker, other], [marker, other])]
        variance = both[0, 0] + both[1, 1] - 2 * both[0, 1]
        return _estimate(self.values[marker] - self.values[other], variance, -1.0)


def areas(markers: Floats, outcome: Flags, member: Ints) -> Areas | None:
    """Return the areas of markers, shape (markers, days), high values of which are to announce the outcome.

    ``member``: whose day it is, any numbering. None where every day or none has the outcome.
    """
    if outcome.all() or not outcome.any():
        return None
    members, place = np.unique(member, return_inverse=True)
    values = np.array([roc_auc_score(outcome, marker) for marker in markers])
    positive = _residuals(markers, outcome, place, len(members), values)
    # Seen from the negatives everything is upside down: they should rank below.
    negative = _residuals(-markers, ~outcome, place, len(members), values)
    mixed = _corrected(len(members)) * positive @ negative.T
    covariance = (
        _corrected(len(np.unique(place[outcome]))) * positive @ positive.T
        + _corrected(len(np.unique(place[~outcome]))) * negative @ negative.T
        + mixed
        + mixed.T
    )
    return Areas(values, covariance)


def placements(values: Floats, others: Floats) -> Floats:
    """Return for each value the share of the others that lie below it; equal ones count half."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return below / (2 * len(others))


def _residuals(markers: Floats, chosen: Flags, place: Ints, members: int, values: Floats) -> Floats:
    """Return how far each member's chosen days, taken together, move each area; shape (markers, members)."""
    whose = place[chosen]
    days = np.bincount(whose, minlength=members)
    rows = [
        np.bincount(whose, placements(marker[chosen], marker[~chosen]), minlength=members) - days * value
        for marker, value in zip(markers, values, strict=True)
    ]
    return np.array(rows) / len(whose)


def _corrected(members: int) -> float:
    return members / (members - 1) if members > 1 else np.nan


def _estimate(value: float, variance: float, lowest: float) -> Estimate:
    if np.isnan(variance):
        return Estimate(float(value), None, None)
    reach = Z * np.sqrt(max(variance, 0.0))
    return Estimate(float(value), float(max(value - reach, lowest)), float(min(value + reach, 1.0)))
