"""From a solved estimating equation to intervals that hold with few members.

- Mancl, DeRouen: A Covariance Estimator for GEE with Improved Small-Sample Properties. Biometrics 57 (2001)
  126–134.
- Liao, Klasnja, Tewari, Murphy: Sample Size Calculations for Micro-randomized Trials in mHealth. Statistics in
  Medicine 35 (2016) 1944–1971, doi:10.1002/sim.6847.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import stdtr, stdtrit

from bee.errors import Invalid
from bee.notify.effect.estimators import Solution
from bee.notify.effect.trial import Numbers

CONFIDENCE: Final = 0.95
ALONE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Term:
    """One figure of an effect, with its 95 % interval and the p-value of its being nothing."""

    name: str
    estimate: float
    low: float
    high: float
    se: float
    p: float
    df: int


def covariance(solution: Solution, *, small_sample: bool = True) -> Numbers:
    """Return the coefficients' covariance, robust to whatever ties a member's decision points together.

    ``J⁻¹ (Σᵢ ŨᵢŨᵢᵀ) J⁻ᵀ`` with ``J`` the slope. The small-sample correction takes ``(I − Hᵢ)⁻¹ rᵢ`` for a member's
    residuals, ``Hᵢ = ∂rᵢ/∂θᵀ J⁻¹ Dᵢᵀ`` (Mancl and DeRouen 2001, as Liao et al. 2016), which is
    ``Ũᵢ = (I − Dᵢᵀ ∂rᵢ/∂θᵀ J⁻¹)⁻¹ Uᵢ``: as many equations as terms, however many decision points. Raises
    :class:`Invalid` when one member alone decides a term.
    """
    bread = np.linalg.inv(solution.slope)
    scores = solution.scores
    if small_sample:
        scores = _corrected(scores, np.eye(len(bread)) - solution.leverages @ bread)
    return bread @ (scores.T @ scores) @ bread.T


def _corrected(scores: Numbers, remainder: Numbers) -> Numbers:
    if np.linalg.svd(remainder, compute_uv=False).min() < ALONE:
        raise Invalid(
            "one_member_decides",
            "One member alone decides a control or a moderator, so how it varies between members can't be told."
            " Leave that one out.",
        )
    return np.asarray(np.linalg.solve(remainder, scores[:, :, None])[:, :, 0])


def term(name: str, estimate: float, variance: float, df: int) -> Term:
    """Return a term with the interval and p-value of Student's t.

    ``df``: members − moderators − controls, both with their column of ones (Liao et al. 2016).
    """
    se = float(np.sqrt(max(variance, 0.0)))
    reach = float(stdtrit(df, (1 + CONFIDENCE) / 2)) * se
    p = float(2 * stdtr(df, -abs(estimate) / se)) if se else 0.0
    return Term(name, float(estimate), float(estimate - reach), float(estimate + reach), se, p, df)
