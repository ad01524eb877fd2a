"""The board (pure): what was promised, what burns, how much is asked; as Grafana imports it."""

from collections.abc import Sequence
from typing import Any, Final

from bee.sla.exposition import DURATION, EVENTS, FIRST_BYTE
from bee.sla.monitoring import BUDGET_LEFT, BURN, REQUEST_RATE, pairs_of
from bee.sla.objectives import Indicator, Objective

Panel = dict[str, Any]
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}
WIDTH: Final = 24
COLOURS: Final = {"good": "#0f766e", "ticket": "#a16207", "page": "#c2410c"}
# What probes ask is no request of a member.
MEMBERS: Final = 'route!~"[(].*"'
COACH: Final = ".*/ai-coaching-engine/generate-response"


def board(asked: Sequence[Objective]) -> dict[str, Any]:
    """Return the board as JSON has it."""
    panels = [
        *_budgets(asked),
        _burning(asked),
        _series("Bad events of the last hour", _bad(), "short", legend="{{objective}}"),
        _series("Requests a second", _requests("status"), "reqps", legend="{{status}}"),
        _series("By release", _requests("release"), "reqps", legend="{{release}}"),
        *(
            _times(objective)
            for objective in asked
            if objective.within_s is not None and objective.is_of_requests
        ),
        _series("Failing routes", _failing(), "reqps", legend="{{route}}"),
    ]
    return {
        "uid": "bee-service-levels",
        "title": "BEE: service levels",
        "tags": ["bee"],
        "editable": False,
        "schemaVersion": 39,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "utc",
        "templating": {"list": [_source()]},
        "panels": _placed(panels),
    }


def expressions(made: dict[str, Any]) -> list[str]:
    """Return every question that a board asks Prometheus."""
    return [target["expr"] for panel in made["panels"] for target in panel["targets"]]


def _source() -> dict[str, Any]:
    return {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus"}


def _budgets(asked: Sequence[Objective]) -> list[Panel]:
    return [
        {
            "type": "stat",
            "title": objective.name,
            "description": objective.promise,
            "targets": [_target(f'{BUDGET_LEFT}{{objective="{objective.id}"}}', "left")],
            "fieldConfig": _fields("percentunit", [(None, "page"), (0, "ticket"), (0.5, "good")]),
            "gridPos": {"w": 4, "h": 4},
        }
        for objective in asked
    ]


def _burning(asked: Sequence[Objective]) -> Panel:
    """Return how fast budgets burn, with lines where somebody is called."""
    factors = {pair.factor: pair.severity for objective in asked for pair in pairs_of(objective)}
    lines: list[tuple[float | None, str]] = [(None, "good")]
    lines += [(factor, severity.value) for factor, severity in sorted(factors.items())]
    expression = f'{BURN}{{window="1h"}}'
    panel = _series(
        "Budgets burn so many times too fast, last hour", expression, "short", legend="{{objective}}"
    )
    return panel | {"fieldConfig": _fields("short", lines)}


def _bad() -> str:
    return f'max by (objective) ({EVENTS}{{outcome="bad",window="1h"}})'


def _requests(by: str) -> str:
    return f"sum by ({by}) ({REQUEST_RATE}{{{MEMBERS}}})"


def _failing() -> str:
    return f'topk(10, sum by (route) ({REQUEST_RATE}{{status=~"5xx|broken|timeout",{MEMBERS}}}) > 0)'


def _times(objective: Objective) -> Panel:
    """Return how long requests of an objective take, as long as 95 of 100; its line is what was promised."""
    metric = FIRST_BYTE if objective.indicator is Indicator.FIRST_BYTE else DURATION
    match = "=~" if "coach" in objective.areas else "!~"
    series = f'rate({metric}_bucket{{{MEMBERS},route{match}"{COACH}"}}[5m])'
    summed = f"sum by (le) (max by (route, release, status, le) ({series}))"
    panel = _series(f"{objective.name}: p95", f"histogram_quantile(0.95, {summed})", "s", legend="95 of 100")
    return panel | {"fieldConfig": _fields("s", [(None, "good"), (objective.within_s, "page")])}


def _series(title: str, expression: str, unit: str, *, legend: str) -> Panel:
    return {
        "type": "timeseries",
        "title": title,
        "targets": [_target(expression, legend)],
        "fieldConfig": _fields(unit, [(None, "good")]),
        "options": {"legend": {"displayMode": "list", "placement": "bottom"}},
        "gridPos": {"w": 12, "h": 8},
    }


def _fields(unit: str, steps: Sequence[tuple[float | None, str]]) -> dict[str, Any]:
    drawn = [{"value": value, "color": COLOURS[name]} for value, name in steps]
    return {
        "defaults": {
            "unit": unit,
            "thresholds": {"mode": "absolute", "steps": drawn},
            "custom": {"thresholdsStyle": {"mode": "line" if len(drawn) > 1 else "off"}},
        },
        "overrides": [],
    }


def _target(expression: str, legend: str) -> dict[str, Any]:
    return {"refId": "A", "datasource": SOURCE, "expr": expression, "legendFormat": legend}


def _placed(panels: Sequence[Panel]) -> list[Panel]:
    """Return panels with their numbers and places, from left to right and from the top down."""
    placed, x, y, row_height = [], 0, 0, 0
    for number, panel in enumerate(panels, start=1):
        width, height = panel["gridPos"]["w"], panel["gridPos"]["h"]
        if x + width > WIDTH or (row_height and height != row_height):
            x, y, row_height = 0, y + row_height, 0
        place = {"x": x, "y": y, "w": width, "h": height}
        placed.append(panel | {"id": number, "datasource": SOURCE, "gridPos": place})
        x, row_height = x + width, height
    return placed
