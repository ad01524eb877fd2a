"""When an objective's budget goes too fast (pure)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bee.sla.alerts.alert import Firing
from bee.sla.alerts.rule import BurnRule
from bee.sla.burn import Burn, Counts, Severity, burn_of
from bee.sla.objectives import Objective


def burning(
    rule: BurnRule, windows: Mapping[int, Counts], objective: Objective, *, moment: datetime
) -> Firing | None:
    """Return whether a rule fires at a moment, with the most urgent of its pairs as evidence.

    ``windows``: what came in the last so many minutes before the moment.
    """
    found = [burn for pair in rule.pairs if (burn := burn_of(pair, windows, objective)).is_burning]
    if not found:
        return None
    worst = max(found, key=lambda burn: (burn.pair.severity == Severity.PAGE, burn.pair.factor))
    return Firing(rule.name, "", worst.pair.severity, _evidence(worst, objective, moment))


def _evidence(burn: Burn, objective: Objective, moment: datetime) -> Mapping[str, Any]:
    return {
        "objective": objective.id,
        "target": objective.target,
        "factor": burn.pair.factor,
        "until": moment.isoformat(),
        "long_min": burn.pair.long_min,
        "long_total": burn.long.total,
        "long_bad": burn.long.bad,
        "long_burn": round(burn.long_rate or 0, 1),
        "short_min": burn.pair.short_min,
        "short_total": burn.short.total,
        "short_bad": burn.short.bad,
        "short_burn": round(burn.short_rate or 0, 1),
    }
