"""What a rule would have sent a day, and what it changed, as charts. Pure; a figure is never changed afterwards."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import plotly.graph_objects as go

from bee.momentum.score import MomentumState
from bee.notify.measured import NO_STATE, Measured, Outcome, Part
from bee.notify.rehearsal import Rehearsal
from bee.ui.charts import DAY_TICKS, base_layout
from bee.ui.palette import COLOURS, FONT, GRID, NEUTRAL, TEXT
from bee.ui.rule_words import part_words, term_words

TRIAL_HEIGHT: Final = 240
ROW_PX: Final = 40
NAME_ROOM: Final = 96
LABEL_ROOM: Final = 150
EDGE_ROOM: Final = 92
DAY: Final = timedelta(days=1)


def trial_figure(tried: Rehearsal, live: Rehearsal | None, from_on: date, to_on: date) -> go.Figure:
    """Return how many would have been sent about each day, beside those of the version in force."""
    days = [from_on + number * DAY for number in range((to_on - from_on).days + 1)]
    figure = go.Figure(
        layout=base_layout(height=TRIAL_HEIGHT, margin={"l": 44, "r": EDGE_ROOM, "t": 12, "b": 44})
    )
    lines = [("This version", tried, TEXT)] if live is None or live == tried else [
        ("In force", live, NEUTRAL), ("This version", tried, TEXT),
    ]  # fmt: skip
    counts = {name: _a_day(rehearsal, days) for name, rehearsal, _ in lines}
    for name, _, colour in lines:
        figure.add_scatter(
            x=days, y=counts[name], name=name, mode="lines", hovertemplate="%{y:,}",
            line={"width": 2, "color": colour, "dash": "dot" if name == "In force" else "solid"},
        )  # fmt: skip
    figure.layout.annotations = [
        _edge(name, counts[name][-1], -12 if name == "In force" and len(lines) > 1 else 8)
        for name, _, _ in lines
    ]
    figure.update_xaxes(
        showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT}, tickangle=0,
        tickformat=DAY_TICKS, hoverformat="%-d %B %Y",
    )  # fmt: skip
    figure.update_yaxes(
        rangemode="tozero", gridcolor=GRID, zeroline=False, fixedrange=True, tickformat=",d", nticks=4,
        tickfont={"color": TEXT},
    )  # fmt: skip
    return figure


def effect_figure(measured: Measured) -> go.Figure:
    """Return the effect in all, by state and by day: a point with its interval each, and where none would be."""
    parts, is_ratio = measured.parts, measured.outcome is not Outcome.SCORE
    figure = go.Figure(
        layout=base_layout(
            height=ROW_PX * len(parts) + 56, margin={"l": NAME_ROOM, "r": LABEL_ROOM, "t": 8, "b": 40}
        )
    )
    names = _names(parts)
    for name, part in zip(names, parts, strict=True):
        low, middle, high = (
            _scaled(at, is_ratio) for at in (part.term.low, part.term.estimate, part.term.high)
        )
        figure.add_scatter(
            x=[middle], y=[name], mode="markers", hoverinfo="skip",
            marker={"size": 9, "color": _colour(part)},
            error_x={
                "type": "data", "symmetric": False, "array": [high - middle], "arrayminus": [middle - low],
                "color": _colour(part), "thickness": 2, "width": 0,
            },
        )  # fmt: skip
    figure.add_vline(x=1 if is_ratio else 0, line={"width": 1, "dash": "dot", "color": TEXT})
    figure.layout.annotations = [
        {
            "x": 1, "y": name, "xref": "paper", "yref": "y", "xanchor": "left", "yanchor": "middle",
            "align": "left", "showarrow": False, "xshift": 8, "text": _label(part, measured.outcome),
            "font": {"family": FONT, "size": 12, "color": TEXT},
        }
        for name, part in zip(names, parts, strict=True)
    ]  # fmt: skip
    figure.update_xaxes(
        type="log" if is_ratio else "linear", gridcolor=GRID, zeroline=False, fixedrange=True, nticks=5,
        tickfont={"color": TEXT}, **_ticks(measured, is_ratio=is_ratio),
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed", type="category", showgrid=False, fixedrange=True, tickfont={"color": TEXT}
    )
    return figure


def _a_day(rehearsal: Rehearsal, days: Sequence[date]) -> list[int]:
    by_day = rehearsal.by_day
    return [by_day.get(day, (0, 0))[1] for day in days]


def _edge(name: str, count: int, shift: int) -> dict[str, object]:
    return {
        "x": 1, "y": count, "xref": "paper", "yref": "y", "xanchor": "left", "yanchor": "middle",
        "align": "left", "showarrow": False, "xshift": 8, "yshift": shift, "text": name,
        "font": {"family": FONT, "size": 12, "color": TEXT},
    }  # fmt: skip


def _names(parts: Sequence[Part]) -> list[str]:
    return [part_words(part) for part in parts]


def _scaled(value: float, is_ratio: bool) -> float:
    return math.exp(value) if is_ratio else value


def _colour(part: Part) -> str:
    if part.of == "state" and part.name != NO_STATE:
        return COLOURS[MomentumState(part.name)]
    return TEXT if part.of == "all" else NEUTRAL


def _label(part: Part, outcome: Outcome) -> str:
    told, _, interval = term_words(part.term, outcome).partition(" (")
    counted = f" · n {part.decisions:,}" if part.decisions is not None else ""
    return f"<b>{told}</b>{counted}<br>{interval.rstrip(')')}"


def _ticks(measured: Measured, *, is_ratio: bool) -> dict[str, object]:
    """Return tick marks that read well on a logarithmic axis."""
    if not is_ratio:
        return {}
    low = math.exp(min(part.term.low for part in measured.parts))
    high = math.exp(max(part.term.high for part in measured.parts))
    marks = [mark for mark in (0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10) if low / 1.2 <= mark <= high * 1.2]
    shown = sorted({1, *marks})
    return {"tickvals": shown, "ticktext": [f"{mark:g}×" for mark in shown]}
