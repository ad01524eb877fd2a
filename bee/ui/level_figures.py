"""Service levels as charts. Pure; a figure is never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from bee.sla.burn import Counts
from bee.sla.charges import Step
from bee.sla.objectives import Objective
from bee.sla.uptime import Run, State
from bee.ui.charts import base_layout
from bee.ui.level_words import STATES, moment_words, percent_words, span_words
from bee.ui.palette import FONT, GRID, NEUTRAL, TEXT, faded

STEPS_HEIGHT: Final = 240
STRIP_HEIGHT: Final = 84
LABEL_ROOM: Final = 92
BAD: Final = "#dc2626"  # readable on both backgrounds; a fault and nothing else is red
COLOURS: Final = {
    State.UP: faded(NEUTRAL, 0.55),
    State.DOWN: BAD,
    State.MAINTENANCE: "#000005",
    State.UNKNOWN: faded(NEUTRAL, 0.12),
}
MS: Final = 1000
# With longer steps the hour of a tick says nothing.
DAYS_FROM_MIN: Final = 720
# A minute of thirty days is less than a pixel: what is down is drawn at least this wide.
NARROWEST: Final = timedelta(hours=2)


def steps_figure(
    steps: Sequence[Step], objective: Objective, *, since: datetime, until: datetime, step_min: int
) -> go.Figure:
    """Return the share of bad events step by step, a bar each, and at the right edge how large it may be."""
    shares = [100 * (Counts(step.good, step.bad).bad_ratio or 0) for step in steps]
    allowed = 100 * objective.budget_ratio
    figure = go.Figure(
        layout=base_layout(height=STEPS_HEIGHT, margin={"l": 44, "r": LABEL_ROOM, "t": 12, "b": 44})
    )
    figure.add_bar(
        x=[step.at + timedelta(minutes=step_min / 2) for step in steps],
        y=shares,
        width=[step_min * 60 * MS * 0.9] * len(steps),
        customdata=[[step.bad, step.good + step.bad, moment_words(step.at)] for step in steps],
        hovertemplate="%{customdata[2]}: %{customdata[0]:,} of %{customdata[1]:,} bad, %{y:.2f}%<extra></extra>",
        marker={"color": [BAD if share > allowed else NEUTRAL for share in shares], "line": {"width": 0}},
    )
    top = max([*shares, 2 * allowed]) * 1.05
    figure.update_layout(hovermode="closest")
    figure.add_hline(y=allowed, line={"width": 1, "dash": "dot", "color": TEXT})
    figure.layout.annotations = [
        _label(allowed, f"<b>Allowed</b><br>{percent_words(objective.budget_ratio)}")
    ]
    figure.update_xaxes(
        range=[since, until], showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT},
        tickangle=0, nticks=6, tickformat="%-d %b" if step_min >= DAYS_FROM_MIN else "%H:%M\n%-d %b",
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, min(top, 105)], gridcolor=GRID, zeroline=False, fixedrange=True, ticksuffix="%", nticks=5,
        tickfont={"color": TEXT},
    )  # fmt: skip
    return figure


def strip_figure(runs: Sequence[Run]) -> go.Figure:
    """Return how minutes were, one behind the other; outages stand in front, so that a short one is seen."""
    figure = go.Figure(layout=base_layout(height=STRIP_HEIGHT, margin={"l": 8, "r": 8, "t": 8, "b": 32}))
    for state in (State.UNKNOWN, State.UP, State.MAINTENANCE, State.DOWN):
        some = [run for run in runs if run.state is state]
        lengths = [_drawn(run) for run in some]
        figure.add_bar(
            x=[length.total_seconds() * MS for length in lengths],
            base=[run.starts_at for run in some],
            y=["Uptime"] * len(some),
            orientation="h",
            width=0.9,
            name=STATES[state],
            marker={"color": COLOURS[state], "line": {"width": 0}},
            customdata=[_told(run) for run in some],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.update_layout(barmode="overlay", hovermode="closest")
    figure.update_xaxes(
        type="date", showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT}, tickangle=0,
        tickformat="%-d %b", nticks=6,
    )  # fmt: skip
    figure.update_yaxes(visible=False, fixedrange=True)
    return figure


def _drawn(run: Run) -> timedelta:
    length = run.ends_at - run.starts_at
    return max(length, NARROWEST) if run.state is State.DOWN else length


def _told(run: Run) -> str:
    return f"{STATES[run.state]} for {span_words(run.minutes)} from {moment_words(run.starts_at)}"


def _label(y: float, words: str) -> dict[str, object]:
    return {
        "x": 1, "y": y, "xref": "paper", "yref": "y", "xanchor": "left", "yanchor": "middle", "align": "left",
        "showarrow": False, "xshift": 8, "text": words, "font": {"family": FONT, "size": 12, "color": TEXT},
    }  # fmt: skip
