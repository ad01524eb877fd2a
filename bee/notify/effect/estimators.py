"""The two estimators of a causal excursion effect: each finds its coefficients and what their variance needs.

Both solve ``Σᵢ Uᵢ(θ) = 0`` over members *i*, with ``θ = (α, β)``: ``α`` belongs to the controls and is no
result, ``β`` to the moderators and is the effect. The effect stays right when the controls describe the outcome
badly, because the treatment is centred at a probability that was drawn by.

- Boruvka, Almirall, Witkiewitz, Murphy: Assessing Time-Varying Causal Effect Moderation in Mobile Health.
  Journal of the American Statistical Association 113 (2018) 1112–1121, doi:10.1080/01621459.2017.1305274.
- Qian, Yoo, Klasnja, Almirall, Murphy: Estimating Time-Varying Causal Excursion Effects in Mobile Health with
  Binary Outcomes. Biometrika 108 (2021) 507–527, doi:10.1093/biomet/asaa070.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import root

from bee.errors import Invalid
from bee.notify.effect.trial import Decisions, Numbers, Trial, add_by_member, outer

SOLVED: Final = 1e-8
FINITE: Final = 25.0
TOLERANCE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Solution:
    """Where an estimating equation is solved.

    ``scores``: each member's ``Uᵢ`` there. ``leverages``: each member's ``Dᵢᵀ ∂rᵢ/∂θᵀ``, its residuals' share in
    the slope. ``slope``: ``Σᵢ ∂Uᵢ/∂θᵀ``.
    """

    coefficients: Numbers
    scores: Numbers
    leverages: Numbers
    slope: Numbers


def least_squares(trial: Trial) -> Solution:
    """Solve the weighted and centred least squares of a continuous outcome.

    ``Uᵢ = Σₜ Wₜ (Yₜ − gₜᵀα − (Aₜ − p̃ₜ) fₜᵀβ) (gₜ, (Aₜ − p̃ₜ) fₜ)`` over available *t* (Boruvka et al. 2018).
    One pass: a member's sums of squares and products say all.
    """
    squares = np.zeros((trial.members, trial.terms, trial.terms))
    products = np.zeros((trial.members, trial.terms))
    for decisions in trial.decisions():
        design = np.hstack([decisions.controls, decisions.centred])
        weighted = decisions.weight[:, None] * design
        add_by_member(squares, decisions, outer(weighted, design))
        add_by_member(products, decisions, weighted * decisions.outcome[:, None])
    slope = -squares.sum(axis=0)
    coefficients = np.linalg.solve(-slope, products.sum(axis=0))
    return Solution(coefficients, products - squares @ coefficients, -squares, slope)


def relative_risk(trial: Trial) -> Solution:
    """Solve the estimator of the marginal excursion effect of a binary outcome, on the log of the relative risk.

    ``Uᵢ = Σₜ Wₜ exp(−Aₜ fₜᵀβ) (Yₜ − exp(gₜᵀα + Aₜ fₜᵀβ)) (gₜ, (Aₜ − p̃ₜ) fₜ)`` over available *t* (Qian et
    al. 2021). Raises :class:`Invalid` where nothing finite solves it.
    """
    start = np.zeros(trial.terms)
    start[0] = np.log(_mean_outcome(trial))
    with np.errstate(all="ignore"):
        found = root(
            lambda theta: _equation(trial, theta), start, jac=True, method="hybr", options={"xtol": TOLERANCE}
        )
        solution = _solution(trial, np.asarray(found.x, dtype=np.float64))
    if not _is_solved(solution):
        raise Invalid(
            "not_converged",
            "No finite effect fits: at some values of the controls or moderators nobody, or everybody, has the"
            " outcome with the treatment or without it. Ask for fewer of them.",
        )
    return solution


def _mean_outcome(trial: Trial) -> float:
    total = points = 0.0
    for decisions in trial.decisions():
        total += float(decisions.outcome.sum())
        points += len(decisions.outcome)
    return total / points


def _equation(trial: Trial, theta: Numbers) -> tuple[Numbers, Numbers]:
    """Return the value of the estimating equation, a member's average, and its slope."""
    value = np.zeros(trial.terms)
    slope = np.zeros((trial.terms, trial.terms))
    for decisions in trial.decisions():
        direction, residual, steepness, bend = _pieces(trial, decisions, theta)
        value += direction.T @ residual
        slope += direction.T @ steepness + (direction * residual[:, None]).T @ bend
    return value / trial.members, slope / trial.members


def _solution(trial: Trial, theta: Numbers) -> Solution:
    scores = np.zeros((trial.members, trial.terms))
    leverages = np.zeros((trial.members, trial.terms, trial.terms))
    bent = np.zeros((trial.terms, trial.terms))
    for decisions in trial.decisions():
        direction, residual, steepness, bend = _pieces(trial, decisions, theta)
        scored = direction * residual[:, None]
        add_by_member(scores, decisions, scored)
        add_by_member(leverages, decisions, outer(direction, steepness))
        bent += scored.T @ bend
    return Solution(theta, scores, leverages, leverages.sum(axis=0) + bent)


def _pieces(trial: Trial, decisions: Decisions, theta: Numbers) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return, a decision point a row, ``D``, ``r``, ``∂r/∂θ`` and the factor by which ``∂D/∂θ`` is ``D`` again."""
    alpha, beta = theta[: trial.controls], theta[trial.controls :]
    treated = decisions.treatment[:, None] * decisions.moderators
    lift = treated @ beta
    expected = np.exp(decisions.controls @ alpha + lift)
    design = np.hstack([decisions.controls, decisions.centred])
    direction = (decisions.weight * np.exp(-lift))[:, None] * design
    steepness = -expected[:, None] * np.hstack([decisions.controls, treated])
    bend = np.hstack([np.zeros_like(decisions.controls), -treated])
    return direction, decisions.outcome - expected, steepness, bend


def _is_solved(solution: Solution) -> bool:
    """Say whether the equation holds at finite coefficients; covariates lie within −1 and 1."""
    value = np.abs(solution.scores.mean(axis=0)).max()
    return bool(value < SOLVED and np.abs(solution.coefficients).max() < FINITE)
