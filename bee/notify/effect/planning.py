"""How many members a trial needs, and how likely a trial of so many is to show an effect.

- Liao, Klasnja, Tewari, Murphy: Sample Size Calculations for Micro-randomized Trials in mHealth. Statistics in
  Medicine 35 (2016) 1944–1971, doi:10.1002/sim.6847, for continuous outcomes.
- Cohn, Qian, Murphy: Sample Size Considerations for Micro-randomized Trials with Binary Proximal Outcomes.
  Statistics in Medicine 42 (2023) 2777–2796, doi:10.1002/sim.9748, for binary ones.

Both test that no coefficient of the effect over days differs from 0, by F with ``p`` and ``n − p − q`` degrees of
freedom, which under the alternative has the non-centrality ``n·c``: a trial is what ``c`` a member brings.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from scipy.special import fdtri
from scipy.stats import ncf

from bee.errors import Invalid
from bee.notify.effect.trial import Numbers

MOST_MEMBERS: Final = 100_000


class Shape(IntEnum):
    """How something goes over the days, by the degree of its polynomial."""

    CONSTANT = 0
    LINEAR = 1
    QUADRATIC = 2


@dataclass(frozen=True, slots=True)
class Course:
    """How something goes over the days: its mean, its value on the first day, and the day of a quadratic's turn.

    ``turns_on`` counts the first day as 0.
    """

    mean: float
    shape: Shape = Shape.CONSTANT
    initial: float = 0.0
    turns_on: float = 0.0

    def over(self, days: int) -> Numbers:
        """Return a value a day. Raises :class:`Invalid` for a course that does not exist."""
        day = np.arange(days, dtype=np.float64)
        if self.shape is Shape.CONSTANT or days == 1:
            return np.full(days, float(self.mean))
        rise = self.mean - self.initial
        if self.shape is Shape.LINEAR:
            return np.asarray(self.initial + rise * day / day.mean())
        bow = 2 * self.turns_on * day - day**2
        if not bow.mean():
            raise Invalid(
                "no_course", "No quadratic course with that turn moves away from its first day's value."
            )
        return np.asarray(self.initial + rise * bow / bow.mean())


@dataclass(frozen=True, slots=True)
class Days:
    """When and with what probability a trial randomises; the shape to test the effect in."""

    days: int
    occasions: int
    probability: float
    availability: Course
    shape: Shape

    def __post_init__(self) -> None:
        if self.days < 1 or self.occasions < 1:
            raise Invalid("no_days", "A trial has at least one day and one occasion a day.")
        if not 0 < self.probability < 1:
            raise Invalid("probability_outside", "The probability has to lie between 0 and 1.")
        if not ((expected := self.expected) > 0).all() or (expected > 1).any():
            raise Invalid(
                "availability_outside", "The expected availability has to lie between 0 and 1 every day."
            )

    @property
    def expected(self) -> Numbers:
        """Return the share of members available, a day."""
        return self.availability.over(self.days)

    def basis(self, shape: Shape) -> Numbers:
        """Return the powers of the day up to a shape's degree, a day a row; days are between 0 and 1."""
        day = np.arange(self.days) / max(self.days - 1, 1)
        return np.asarray(day[:, None] ** np.arange(min(shape, self.days - 1) + 1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Plan:
    """A test of an effect: its degrees of freedom and the non-centrality that a member brings."""

    effects: int
    controls: int
    each: float

    def power(self, members: int, significance: float = 0.05) -> float:
        """Return the probability that a trial of so many members shows the effect."""
        rest = members - self.effects - self.controls
        if rest < 1:
            return 0.0
        if not self.each:
            # SciPy's non-central F is wrong where it is central.
            return significance
        critical = fdtri(self.effects, rest, 1 - significance)
        return float(ncf.sf(critical, self.effects, rest, members * self.each))

    def members(self, power: float = 0.8, significance: float = 0.05) -> int:
        """Return the least number of members that reaches a power. Raises :class:`Invalid` when too many would."""
        if not (0 < power < 1 and 0 < significance < 1):
            raise Invalid("no_power", "Power and significance have to lie between 0 and 1.")
        low, high = self.effects + self.controls, MOST_MEMBERS
        if self.power(high, significance) < power:
            raise Invalid(
                "too_small", f"It would take more than {MOST_MEMBERS:,} members: the effect is too small."
            )
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.power(middle, significance) >= power else (middle, high)
        return high


def continuous(days: Days, effect: Course, *, controls: Shape = Shape.QUADRATIC) -> Plan:
    """Return the test of an effect on a continuous outcome.

    ``effect`` is standardised: by the outcome's standard deviation given history, as Liao et al. have it. A member
    brings ``dᵀ Q d``, ``Q = Σₜ E[Iₜ] ρ(1−ρ) ZₜZₜᵀ`` and ``d`` the effect's weighted projection on ``Z``.
    """
    basis, expected = days.basis(days.shape), days.expected
    weighted = basis * expected[:, None]
    projected = np.linalg.solve(weighted.T @ basis, weighted.T @ effect.over(days.days))
    spread = days.occasions * days.probability * (1 - days.probability) * weighted.T @ basis
    return Plan(basis.shape[1], _controls(days, controls), float(projected @ spread @ projected))


def binary(days: Days, effect: Course, baseline: Course, *, controls: Shape = Shape.QUADRATIC) -> Plan:
    """Return the test of an effect on a binary outcome.

    ``effect`` is the log of the relative risk, ``baseline`` the log of the probability of the outcome without
    treatment. A member brings ``βᵀ M Σ⁻¹ M β`` with, Cohn et al. 2023,
    ``M = Σₜ E[Iₜ] e^(p fβ) e^(gα) p(1−p) ff ᵀ`` and
    ``Σ = Σₜ E[Iₜ] e^(2p fβ) e^(gα) p(1−p) ((1−p) e^(−fβ) + p − e^(gα)) ff ᵀ``.
    """
    basis, lift, log_risk = days.basis(days.shape), effect.over(days.days), baseline.over(days.days)
    if (log_risk >= 0).any() or (log_risk + lift >= 0).any():
        raise Invalid(
            "risk_outside", "The outcome's probability has to lie below 1 every day, treated or not."
        )
    p, risk = days.probability, np.exp(log_risk)
    steady = days.occasions * days.expected * risk * p * (1 - p)
    slope = steady * np.exp(p * lift)
    noise = steady * np.exp(2 * p * lift) * ((1 - p) * np.exp(-lift) + p - risk)
    beta = np.linalg.lstsq(basis, lift)[0]
    m, sigma = (basis.T * slope) @ basis, (basis.T * noise) @ basis
    return Plan(basis.shape[1], _controls(days, controls), float(beta @ m @ np.linalg.solve(sigma, m @ beta)))


def _controls(days: Days, shape: Shape) -> int:
    return min(int(shape), days.days - 1) + 1
