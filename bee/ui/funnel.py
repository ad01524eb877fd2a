"""How far notifications got, as bars. Pure; a figure is never changed afterwards."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from bee.ui.charts import base_layout
from bee.ui.log_words import Stage
from bee.ui.palette import FONT, NEUTRAL, TEXT

BAR_PX: Final = 42
NAME_ROOM: Final = 70
LABEL_ROOM: Final = 130


def funnel_figure(stages: Sequence[Stage]) -> go.Figure:
    """Return a bar for each stage, its count and share at the right edge."""
    figure = go.Figure(
        layout=base_layout(
            height=BAR_PX * len(stages) + 16, margin={"l": NAME_ROOM, "r": LABEL_ROOM, "t": 8, "b": 8}
        )
    )
    figure.add_bar(
        x=[stage.count for stage in stages],
        y=[stage.name for stage in stages],
        orientation="h",
        width=0.55,
        marker={"color": NEUTRAL, "line": {"width": 0}},
        hoverinfo="skip",
    )
    figure.update_xaxes(
        visible=False, fixedrange=True, range=[0, max((stage.count for stage in stages), default=0) or 1]
    )
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, tickfont={"color": TEXT})
    figure.layout.annotations = [
        {
            "x": 1, "y": stage.name, "xref": "paper", "yref": "y", "xanchor": "left", "yanchor": "middle",
            "align": "left", "showarrow": False, "xshift": 8,
            "text": f"<b>{stage.count:,}</b>" + (f"<br>{stage.share}" if stage.share else ""),
            "font": {"family": FONT, "size": 12, "color": TEXT},
        }
        for stage in stages
    ]  # fmt: skip
    return figure
