"""What happened, drawn in lanes over time. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import plotly.graph_objects as go

from bee.sla.incidents import Happening, Incident, Lane
from bee.ui.charts import base_layout
from bee.ui.palette import FONT, GRID, NEEDS_CARE, NEUTRAL, RISING, STEADY, TEXT
from bee.ui.words import counted

LANE_PX: Final = 30
AXIS_PX: Final = 48
LABEL_PX: Final = 96
LEAST_SHARE: Final = 0.006
COLOURS: Final = {
    Lane.ALERTS: NEEDS_CARE,
    Lane.DOWN: TEXT,
    Lane.RELEASES: RISING,
    Lane.PROMPTS: RISING,
    Lane.RULES: RISING,
    Lane.SWITCHES: STEADY,
    Lane.MIGRATIONS: STEADY,
    Lane.MAINTENANCE: NEUTRAL,
}


def incident_figure(incident: Incident) -> go.Figure:
    """Return a lane for each kind of thing, spans as bars and moments as marks."""
    lanes = list(Lane)[::-1]
    figure = go.Figure(
        layout=base_layout(
            height=AXIS_PX + LANE_PX * len(lanes), margin={"l": LABEL_PX, "r": 12, "t": 8, "b": 40}
        )
    )
    for lane in lanes:
        found = [each for each in incident.happenings if each.lane is lane]
        _draw_spans(figure, incident, [each for each in found if each.ends_at or each.is_open], lane)
        _draw_moments(figure, [each for each in found if not (each.ends_at or each.is_open)], lane)
    figure.update_layout(
        hovermode="closest",
        barmode="overlay",
        xaxis={"range": [incident.since, incident.until], "type": "date", "fixedrange": True, "showgrid": False,
               "zeroline": False, "tickfont": {"color": TEXT}},
        yaxis={"categoryorder": "array", "categoryarray": [str(lane) for lane in lanes],
               "range": [-0.6, len(lanes) - 0.4], "gridcolor": GRID, "zeroline": False, "fixedrange": True,
               "tickfont": {"color": TEXT, "family": FONT}},
    )  # fmt: skip
    return figure


def incident_takeaway(incident: Incident) -> str:
    """Return what the lanes hold, for whoever can't see them."""
    number = {lane: sum(each.lane is lane for each in incident.happenings) for lane in Lane}
    said = [f"{lane}: {counted(count, 'entry', 'entries')}" for lane, count in number.items() if count]
    return "; ".join(said) or "Nothing happened"


def _draw_spans(figure: go.Figure, incident: Incident, spans: Sequence[Happening], lane: Lane) -> None:
    least = (incident.until - incident.since) * LEAST_SHARE
    # What began a moment ago is still seen.
    starts = [min(max(each.starts_at, incident.since), incident.until - least) for each in spans]
    ends = [min(each.ends_at or incident.until, incident.until) for each in spans]
    figure.add_bar(
        orientation="h",
        base=[start.isoformat() for start in starts],
        x=[_length_ms(start, end, least) for start, end in zip(starts, ends, strict=True)],
        y=[str(lane)] * len(spans),
        width=0.5,
        name=str(lane),
        marker={"color": COLOURS[lane], "line": {"width": 0}},
        text=[each.what for each in spans],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _draw_moments(figure: go.Figure, moments: Sequence[Happening], lane: Lane) -> None:
    figure.add_scatter(
        x=[each.starts_at for each in moments],
        y=[str(lane)] * len(moments),
        mode="markers",
        name=str(lane),
        marker={"size": 11, "symbol": "diamond", "color": COLOURS[lane]},
        text=[each.what for each in moments],
        hovertemplate="%{text}, %{x|%-d %b %H:%M}<extra></extra>",
    )


def _length_ms(start: datetime, end: datetime, least: timedelta) -> float:
    return max(end - start, least).total_seconds() * 1000
