"""The effect that a table of randomised decisions shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from bee.errors import Invalid
from bee.notify.effect.design import Design, design_of, table_units, trial_of
from bee.notify.effect.estimators import least_squares, relative_risk
from bee.notify.effect.inference import Term, covariance, term
from bee.notify.effect.question import Kind, Question
from bee.notify.effect.rows import Batches, batches_of
from bee.notify.effect.survey import Survey, survey
from bee.notify.effect.trial import Numbers

METHODS: Final = {
    Kind.CONTINUOUS: "weighted and centred least squares (Boruvka et al. 2018)",
    Kind.BINARY: "estimator of the marginal excursion effect (Qian et al. 2021)",
}
SCALES: Final = {
    Kind.CONTINUOUS: "difference of means",
    Kind.BINARY: "log of the relative risk",
}
CORRECTED: Final = (
    "errors robust to what ties a member's decisions together, with the small-sample correction"
    " (Mancl, DeRouen 2001; Liao et al. 2016), Student's t"
)
UNCORRECTED: Final = "errors robust to what ties a member's decisions together, Student's t"


@dataclass(frozen=True, slots=True)
class Effect:
    """What a treatment changed.

    ``terms``: ``effect``, and one for each moderator. With moderators, ``effect`` is the effect where all of them
    are 0, a text being the one in ``references``; a moderator's term is how much the effect changes with it.
    ``members`` and ``decision_points`` count the table, the rest what is used. ``dropped``: available decision
    points left out because they miss a value. ``numerator``: the constant that the treatment was centred at.
    """

    terms: tuple[Term, ...]
    covariance: tuple[tuple[float, ...], ...]
    kind: Kind
    scale: str
    method: str
    members: int
    members_available: int
    decision_points: int
    available: int
    treated: int
    dropped: int
    numerator: float | None
    references: Mapping[str, str]
    notices: tuple[str, ...]

    def at(self, name: str, moderators: Mapping[str, float]) -> Term:
        """Return the effect at values of the moderators, by the names of their terms; those left out are 0.

        ``{"day": 7}`` for the seventh day, ``{"state: Rising": 1}`` for a state.
        """
        names = [each.name for each in self.terms[1:]]
        unknown = [each for each in moderators if each not in names]
        if unknown:
            raise Invalid("unknown_moderator", f"The effect has no moderator {', '.join(unknown)}.")
        weights = np.array([1.0, *(moderators.get(each, 0.0) for each in names)])
        estimate = float(weights @ [each.estimate for each in self.terms])
        return term(name, estimate, float(weights @ np.array(self.covariance) @ weights), self.terms[0].df)


def effect_of(
    table: pa.Table | Mapping[str, Sequence[object]],
    question: Question,
    *,
    small_sample: bool = True,
    drop_missing: bool = False,
) -> Effect:
    """Return the effect in a table, by column, with one decision a row.

    Raises :class:`Invalid` with the reason when no effect can be told from it, decisions that were not randomised
    (``not_randomised``) among the reasons.
    """
    batches = batches_of(table, question)
    return effect_in(batches, question, small_sample=small_sample, drop_missing=drop_missing)


def effect_in(batches: Batches, question: Question, *, small_sample: bool, drop_missing: bool) -> Effect:
    """Return the effect in batches that can be gone through again and again. Raises as :func:`effect_of` does."""
    found = survey(batches, question, drop_missing=drop_missing)
    design = design_of(found)
    trial = trial_of(batches, found, design)
    solution = least_squares(trial) if found.kind is Kind.CONTINUOUS else relative_risk(trial)
    units = table_units(design)
    beta = units @ solution.coefficients[trial.controls :]
    spread = covariance(solution, small_sample=small_sample)[trial.controls :, trial.controls :]
    return _effect(
        found,
        design,
        beta,
        units @ spread @ units.T,
        df=trial.members - trial.terms,
        small_sample=small_sample,
    )


def _effect(
    found: Survey, design: Design, beta: Numbers, spread: Numbers, *, df: int, small_sample: bool
) -> Effect:
    names = ["effect", *(column.name for column in design.moderators)]
    return Effect(
        terms=tuple(
            term(name, estimate, variance, df)
            for name, estimate, variance in zip(names, beta, np.diag(spread), strict=True)
        ),
        covariance=tuple(map(tuple, spread.tolist())),
        kind=found.kind,
        scale=SCALES[found.kind],
        method=f"{METHODS[found.kind]}; {CORRECTED if small_sample else UNCORRECTED}",
        members=len(found.everybody),
        members_available=len(found.members),
        decision_points=found.points,
        available=found.used,
        treated=int(found.treated),
        dropped=found.dropped,
        numerator=_constant_numerator(found),
        references=design.references,
        notices=tuple(_notices(found)),
    )


def _constant_numerator(found: Survey) -> float | None:
    wanted = found.question.numerator
    if isinstance(wanted, str):
        return None
    return found.mean_probability if wanted is None else float(wanted)


def _notices(found: Survey) -> list[str]:
    notices = []
    if found.dropped:
        notices.append(f"{found.dropped:,} available decision points were left out: they miss a value.")
    if found.treated_unavailable:
        notices.append(
            f"{found.treated_unavailable:,} decision points are treated though not available; they are not used."
        )
    return notices
