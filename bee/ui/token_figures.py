"""Push addresses as charts. Pure; a figure is never changed afterwards."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from bee.notify.tokens import TokenHealth, TokenWeek
from bee.ui.charts import base_layout
from bee.ui.palette import FONT, GRID, NEUTRAL, TEXT, faded
from bee.ui.token_words import AGE_WORDS, PLATFORM_WORDS, REASONS, share_words

BAR_PX: Final = 52
NAME_ROOM: Final = 64
LABEL_ROOM: Final = 104
WEEKS_HEIGHT: Final = 260
MOST_TICKS: Final = 6
# None of them is the colour of a momentum state, nor red.
COLOURS: Final = dict(zip(REASONS, ("#000004", "#000008", "#000006", "#000005", NEUTRAL), strict=True))
SHADES: Final = dict(zip(AGE_WORDS, (1.0, 0.55, 0.25), strict=True))


def ages_figure(health: TokenHealth) -> go.Figure:
    """Return a bar a platform, its addresses from fresh to over; at its edge how many, and how many are fresh."""
    counts = {(row.platform, row.age): row.addresses for row in health.ages}
    platforms = [platform for platform in PLATFORM_WORDS if any(key[0] == platform for key in counts)]
    names = [PLATFORM_WORDS[platform] for platform in platforms]
    figure = go.Figure(
        layout=base_layout(
            height=BAR_PX * len(platforms) + 16, margin={"l": NAME_ROOM, "r": LABEL_ROOM, "t": 8, "b": 8}
        )
    )
    for age, words in AGE_WORDS.items():
        figure.add_bar(
            x=[counts.get((platform, age), 0) for platform in platforms], y=names, orientation="h", width=0.5,
            name=words, marker={"color": faded(NEUTRAL, SHADES[age]), "line": {"width": 0}},
            hovertemplate=f"{words}: %{{x:,}}<extra></extra>",
        )  # fmt: skip
    totals = [sum(counts.get((platform, age), 0) for age in AGE_WORDS) for platform in platforms]
    figure.update_layout(barmode="stack", hovermode="closest")
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, max(totals, default=0) or 1])
    figure.update_yaxes(autorange="reversed", showgrid=False, fixedrange=True, tickfont={"color": TEXT})
    figure.layout.annotations = [
        _label(1, name, f"<b>{total:,}</b><br>{share_words(counts.get((platform, 'fresh'), 0), total)} fresh")
        for platform, name, total in zip(platforms, names, totals, strict=True)
    ]
    return figure


def weeks_figure(weeks: Sequence[TokenWeek]) -> go.Figure:
    """Return a bar a week, the addresses given up in it by reason; reasons and sums at the right edge."""
    figure = go.Figure(
        layout=base_layout(height=WEEKS_HEIGHT, margin={"l": 44, "r": LABEL_ROOM, "t": 12, "b": 44})
    )
    found = {name: [getattr(week, name) for week in weeks] for name in REASONS}
    shown = [name for name, counts in found.items() if any(counts)]
    for name in shown:
        figure.add_bar(
            x=[week.week_on for week in weeks], y=found[name], name=REASONS[name],
            marker={"color": COLOURS[name], "line": {"width": 0}}, hovertemplate="%{y:,}",
        )  # fmt: skip
    figure.update_layout(barmode="stack", bargap=0.35)
    figure.update_xaxes(
        showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT}, tickangle=0,
        tickvals=[week.week_on for week in weeks[:: -(len(weeks) // -MOST_TICKS)]],
        tickformat="%-d %b", hoverformat="Week of %-d %B %Y",
    )  # fmt: skip
    figure.update_yaxes(
        gridcolor=GRID, zeroline=False, fixedrange=True, tickformat=",d", nticks=5, rangemode="tozero",
        tickfont={"color": TEXT},
    )  # fmt: skip
    figure.layout.annotations = [
        _label(1, 1 - 0.18 * place, f"<b>{REASONS[name]}</b><br>{sum(found[name]):,}", COLOURS[name], "paper")
        for place, name in enumerate(shown)
    ]
    return figure


def _label(x: float, y: object, words: str, colour: str = TEXT, yref: str = "y") -> dict[str, object]:
    return {
        "x": x, "y": y, "xref": "paper", "yref": yref, "xanchor": "left",
        "yanchor": "top" if yref == "paper" else "middle", "align": "left", "showarrow": False, "xshift": 8,
        "text": words, "font": {"family": FONT, "size": 12, "color": colour},
    }  # fmt: skip
