"""A micro-randomised trial as the estimators read it: its available decision points, some thousands at a time.

Every available decision point *t* of a member has a history that was known when the coin was thrown, a treatment
``A`` drawn with probability ``p``, and an outcome ``Y`` measured soon after. Controls ``g`` and moderators ``f``
are functions of that history; both begin with a column of ones.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Available decision points, one a row; ``member`` counts from 0."""

    member: Indices
    outcome: Numbers
    treatment: Numbers
    probability: Numbers
    numerator: Numbers
    controls: Numbers
    moderators: Numbers

    @property
    def centred(self) -> Numbers:
        """Return ``(A − p̃) f``, the moderators times the treatment less its numerator probability."""
        return (self.treatment - self.numerator)[:, None] * self.moderators

    @property
    def weight(self) -> Numbers:
        """Return ``W = (p̃/p)^A ((1−p̃)/(1−p))^(1−A)`` (Boruvka et al. 2018)."""
        return np.where(
            self.treatment == 1,
            self.numerator / self.probability,
            (1 - self.numerator) / (1 - self.probability),
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """Decision points that can be gone through more than once, with the size of what they span."""

    members: int
    controls: int
    moderators: int
    decisions: Callable[[], Iterable[Decisions]]

    @property
    def terms(self) -> int:
        return self.controls + self.moderators


def add_by_member(sums: Numbers, decisions: Decisions, values: Numbers) -> None:
    """Add the values of decision points to the sums of their members."""
    members, place = np.unique(decisions.member, return_inverse=True)
    rows = len(place)
    membership = csr_array((np.ones(rows), (place, np.arange(rows))), shape=(len(members), rows))
    sums[members] += (membership @ values.reshape(rows, -1)).reshape(-1, *values.shape[1:])


def outer(left: Numbers, right: Numbers) -> Numbers:
    """Return the outer product of each row of the one with the same row of the other."""
    return left[:, :, None] * right[:, None, :]
