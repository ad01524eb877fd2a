"""When something is too old (pure)."""

from collections.abc import Iterable
from dataclasses import dataclass

from bee.sla.alerts.alert import Firing
from bee.sla.alerts.rule import AgeRule


@dataclass(frozen=True, slots=True)
class Age:
    """How old the oldest thing of a signal is; ``subject``: of which part, where there may be several."""

    signal: str
    subject: str
    age_s: float


def ageing(rule: AgeRule, ages: Iterable[Age]) -> list[Firing]:
    """Return for which subjects a rule fires."""
    return [
        Firing(
            rule.name,
            age.subject,
            rule.severity,
            {"signal": age.signal, "age_min": int(age.age_s // 60), "most_min": rule.most_min},
        )
        for age in ages
        if age.signal == rule.signal and age.age_s > 60 * rule.most_min
    ]
