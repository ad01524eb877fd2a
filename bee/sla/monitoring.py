"""What Prometheus and Grafana are given (pure): rules, alerts and a board, all of them made from the objectives.

A rate at which a budget burns is compared as the share of bad events that it means, since that is exact.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from bee.sla.burn import PAIRS, Pair, Severity, highest_burn
from bee.sla.exposition import EVENTS, LOST, REQUESTS, duration
from bee.sla.objectives import Objective

BAD_RATIO: Final = "bee:objective_bad:ratio"
BURN: Final = "bee:objective_burn:ratio"
BUDGET_LEFT: Final = "bee:objective_budget_left:ratio"
REQUEST_RATE: Final = "bee:requests:rate5m"
SILENT_FOR: Final = "5m"
Rule = dict[str, Any]


def rules(asked: Sequence[Objective]) -> Rule:
    """Return what Prometheus records and when it calls, as its rule files have it."""
    recorded = [_bad_ratio(), *map(_burn, asked), *map(_budget_left, asked), _request_rate()]
    burning = [_burning(objective, pair) for objective in asked for pair in pairs_of(objective)]
    return {
        "groups": [
            {"name": "bee-objectives", "interval": "1m", "rules": recorded},
            {"name": "bee-budgets", "interval": "1m", "rules": burning},
            {"name": "bee-measuring", "interval": "1m", "rules": [_silent(), _lost()]},
        ]
    }


def pairs_of(objective: Objective) -> Iterator[Pair]:
    """Return the pairs of windows that can fire at all for an objective."""
    return (pair for pair in PAIRS if pair.factor <= highest_burn(objective))


def threshold(objective: Objective, pair: Pair) -> float:
    """Return the share of bad events, 0-1, at which a budget burns as fast as a pair says."""
    return round(pair.factor * objective.budget_ratio, 12)


def _bad_ratio() -> Rule:
    # Every process of the API says the same, so that one of them is as good as all.
    bad = f'max by (objective, window) ({EVENTS}{{outcome="bad"}})'
    events = f"max by (objective, window) (sum without (outcome) ({EVENTS}))"
    return {"record": BAD_RATIO, "expr": f"{bad} / ({events} > 0)"}


def _burn(objective: Objective) -> Rule:
    return {
        "record": BURN,
        "expr": f"{BAD_RATIO}{_of(objective)} / {objective.budget_ratio:g}",
        "labels": {"objective": objective.id},
    }


def _budget_left(objective: Objective) -> Rule:
    """Return what is left of a budget: hours that don't overlap add up to the window."""
    window = f"[{objective.window_days}d:1h]"
    bad = f"sum_over_time(max({EVENTS}{_of(objective, window='1h', outcome='bad')}){window})"
    if objective.is_of_requests:
        events = f"sum_over_time(sum(max by (outcome) ({EVENTS}{_of(objective, window='1h')})){window})"
    else:
        events = str(objective.window_minutes)
    return {
        "record": BUDGET_LEFT,
        "expr": f"1 - {bad} / ({events} * {objective.budget_ratio:g})",
        "labels": {"objective": objective.id},
    }


def _request_rate() -> Rule:
    rate = f"max by (route, release, status) (rate({REQUESTS}_total[5m]))"
    return {"record": REQUEST_RATE, "expr": rate}


def _burning(objective: Objective, pair: Pair) -> Rule:
    at_least = f"{threshold(objective, pair):.12g}"
    long, short = duration(pair.long_min), duration(pair.short_min)
    enough = f"max by (objective) ({EVENTS}{_of(objective, window=long, outcome='bad')}) >= {pair.least_bad}"
    burning = (f"{BAD_RATIO}{_of(objective, window=window)} >= {at_least}" for window in (long, short))
    return {
        "alert": f"Bee{objective.id.title().replace('_', '')}BudgetBurns",
        "expr": " and on (objective) ".join((*burning, enough)),
        "labels": {
            "severity": pair.severity.value,
            "objective": objective.id,
            "long_window": long,
            "short_window": short,
        },
        "annotations": {
            "summary": f"{objective.name}: the budget burns {pair.factor:g} times too fast, or faster",
            "description": (
                f"{objective.promise} Of the events of the last {long} {{{{ $value | humanizePercentage }}}} were"
                f" bad, and of those of the last {short} {100 * float(at_least):g} % or more."
            ),
        },
    }


def _silent() -> Rule:
    return {
        "alert": "BeeIsSilent",
        "expr": f"absent({EVENTS})",
        "for": SILENT_FOR,
        "labels": {"severity": Severity.PAGE.value},
        "annotations": {
            "summary": "Nothing is heard of BEE",
            "description": "No process of the API has told its figures: it is down, or can't be reached from here.",
        },
    }


def _lost() -> Rule:
    return {
        "alert": "BeeLosesCounts",
        "expr": f"max(increase({LOST}_total[1h])) > 0",
        "labels": {"severity": Severity.TICKET.value},
        "annotations": {
            "summary": "Requests were answered and not counted",
            "description": "{{ $value | humanize }} in the last hour, since the database was away for too long.",
        },
    }


def _of(objective: Objective, **labels: str) -> str:
    pairs = {"objective": objective.id} | labels
    return "{" + ",".join(f'{name}="{value}"' for name, value in pairs.items()) + "}"
