"""What a notification changes, told from decisions that were randomised: a micro-randomised trial's estimators.

Pure but for :mod:`~bee.notify.effect.files`, which reads tables from disk. Whoever needs an effect calls
:func:`~bee.notify.effect.effect.effect_of` with the ledger's rows as columns.
"""

from bee.notify.effect.effect import Effect, effect_of
from bee.notify.effect.inference import Term
from bee.notify.effect.question import Kind, Question
from bee.notify.effect.survey import refuse_unrandomised

__all__ = ["Effect", "Kind", "Question", "Term", "effect_of", "refuse_unrandomised"]
