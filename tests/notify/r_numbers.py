"""R's random numbers, so that the synthetic trials that an R package documents are drawn here as there.

``set.seed(s)`` with R's default kinds: Mersenne Twister, normals by inversion, a binomial of size 1 by inversion.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Numbers = NDArray[np.float64]
SCRAMBLED, STATE = 50, 624
UNIT = 2.3283064365386963e-10
BIG = 134_217_728


class RNumbers:
    """A stream of R's numbers from a seed."""

    def __init__(self, seed: int) -> None:
        for _ in range(SCRAMBLED + 1):
            seed = (69_069 * seed + 1) % 2**32
        key = np.zeros(STATE, dtype=np.uint32)
        for index in range(STATE):
            seed = (69_069 * seed + 1) % 2**32
            key[index] = seed
        self._stream = np.random.RandomState()
        self._stream.set_state(("MT19937", key, STATE, 0, 0.0))

    def uniform(self, size: int) -> Numbers:
        return np.frombuffer(self._stream.bytes(4 * size), dtype="<u4") * UNIT

    def normal(self, size: int) -> Numbers:
        drawn = self.uniform(2 * size).reshape(size, 2)
        return np.asarray(ndtri((np.floor(BIG * drawn[:, 0]) + drawn[:, 1]) / BIG))

    def bernoulli(self, size: int, probability: Numbers | float) -> Numbers:
        """Return 0 or 1; R draws the rarer of the two."""
        rarer = np.minimum(probability, np.subtract(1, probability))
        rare = self.uniform(size) >= 1 - rarer
        return np.where(np.asarray(probability) > 0.5, ~rare, rare).astype(np.float64)
