"""Refused requests as a chart. Pure; a figure is never changed afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from bee.sla.limits import Refusals, Span
from bee.ui.charts import base_layout
from bee.ui.limit_words import AREA_WORDS
from bee.ui.palette import FONT, GRID, TEXT

HEIGHT: Final = 260
LABEL_ROOM: Final = 104
# None of them is the colour of a momentum state, nor red.
COLOURS: Final = dict(zip(AREA_WORDS, ("#000004", "#000008", "#000006", "#000005"), strict=True))
SPANS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
HOVERS: Final = {"hour": "%-d %b, %H:%M", "day": "%-d %B %Y"}


def refusals_figure(rows: Sequence[Refusals], *, since: datetime, until: datetime, step: Span) -> go.Figure:
    """Return a bar a span, the requests refused in it by area; areas and sums at the right edge."""
    figure = go.Figure(layout=base_layout(height=HEIGHT, margin={"l": 44, "r": LABEL_ROOM, "t": 12, "b": 44}))
    shown = [area for area in AREA_WORDS if any(row.area == area for row in rows)]
    for area in shown:
        mine = [row for row in rows if row.area == area]
        figure.add_bar(
            x=[row.since for row in mine], y=[row.refused for row in mine], name=AREA_WORDS[area],
            width=0.8 * SPANS[step].total_seconds() * 1000, offset=0,
            marker={"color": COLOURS[area], "line": {"width": 0}}, hovertemplate="%{y:,}",
        )  # fmt: skip
    figure.update_layout(barmode="stack")
    figure.update_xaxes(
        range=[since, until], showgrid=False, zeroline=False, fixedrange=True, tickangle=0, nticks=6,
        tickfont={"color": TEXT}, hoverformat=HOVERS[step],
        tickformatstops=[
            {"dtickrange": [None, 43_200_000], "value": "%H:%M\n%-d %b"},
            {"dtickrange": [43_200_001, None], "value": "%-d %b\n%Y"},
        ],
    )  # fmt: skip
    figure.update_yaxes(
        gridcolor=GRID, zeroline=False, fixedrange=True, tickformat=",d", nticks=5, rangemode="tozero",
        tickfont={"color": TEXT},
    )  # fmt: skip
    figure.layout.annotations = [
        _label(1 - 0.2 * place, area, sum(row.refused for row in rows if row.area == area))
        for place, area in enumerate(shown)
    ]
    return figure


def _label(y: float, area: str, refused: int) -> dict[str, object]:
    return {
        "x": 1, "y": y, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top", "align": "left",
        "showarrow": False, "xshift": 8, "text": f"<b>{AREA_WORDS[area]}</b><br>{refused:,}",
        "font": {"family": FONT, "size": 12, "color": COLOURS[area]},
    }  # fmt: skip
