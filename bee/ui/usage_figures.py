"""What models cost, day by day. Pure; a figure is never changed afterwards."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import plotly.graph_objects as go

from bee.coach.ledger import Purpose
from bee.coach.usage import UsageLine
from bee.ui.charts import base_layout
from bee.ui.palette import FONT, GRID, NEUTRAL, TEXT
from bee.ui.usage_words import PURPOSE_WORDS, dollars

HEIGHT: Final = 240
LABEL_ROOM: Final = 104
# None of them is the colour of a momentum state, nor red.
COLOURS: Final = {
    Purpose.PRODUCTION: "#000004",
    Purpose.LAB: "#000008",
    Purpose.JUDGE: NEUTRAL,
    Purpose.EMBEDDING: "#000006",
}


def days_figure(days: Sequence[UsageLine]) -> go.Figure:
    """Return a bar a day by purpose, of the calls with a price; purposes and sums at the right edge."""
    figure = go.Figure(layout=base_layout(height=HEIGHT, margin={"l": 56, "r": LABEL_ROOM, "t": 12, "b": 36}))
    priced = [day for day in days if day.cost_usd is not None]
    shown = [purpose for purpose in Purpose if any(day.purpose is purpose for day in priced)]
    for purpose in shown:
        own = [day for day in priced if day.purpose is purpose]
        figure.add_bar(
            x=[day.name for day in own], y=[float(day.cost_usd or 0) for day in own], name=PURPOSE_WORDS[purpose],
            marker={"color": COLOURS[purpose], "line": {"width": 0}}, hovertemplate="$%{y:,.4f}",
        )  # fmt: skip
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_xaxes(
        type="date", showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT}, nticks=6,
        tickformat="%-d %b", hoverformat="%-d %B %Y",
    )  # fmt: skip
    figure.update_yaxes(
        gridcolor=GRID, zeroline=False, fixedrange=True, tickprefix="$", tickformat=",.4~f", nticks=5,
        rangemode="tozero", tickfont={"color": TEXT},
    )  # fmt: skip
    figure.layout.annotations = [
        _label(place, purpose, _sum(priced, purpose)) for place, purpose in enumerate(shown)
    ]
    return figure


def _sum(days: Sequence[UsageLine], purpose: Purpose) -> Decimal:
    return sum((day.cost_usd or Decimal(0) for day in days if day.purpose is purpose), Decimal(0))


def _label(place: int, purpose: Purpose, cost: Decimal) -> dict[str, object]:
    return {
        "x": 1, "y": 1 - 0.22 * place, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "top",
        "align": "left", "showarrow": False, "xshift": 8,
        "text": f"<b>{PURPOSE_WORDS[purpose]}</b><br>{dollars(cost)}",
        "font": {"family": FONT, "size": 12, "color": COLOURS[purpose]},
    }  # fmt: skip
