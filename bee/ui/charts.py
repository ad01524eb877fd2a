"""The overview's charts, built by hand from rows. Pure; a figure is never changed afterwards."""

from collections.abc import Mapping, Sequence
from typing import Final

import plotly.graph_objects as go

from bee.engage.queries import Movement, Note, StateDay
from bee.momentum.score import MomentumState
from bee.ui.palette import COLOURS, FONT, GRID, ORDER, TEXT, WORDS, faded

CHART_HEIGHT: Final = 330
LABEL_ROOM: Final = 92
LABEL_GAP_PX: Final = 34
LABEL_AWAY_PX: Final = 8
NODE_GAP_PX: Final = 7
FLOW_TOP: Final = 10
FLOW_SIDES: Final = 86
STAYS_ALPHA: Final = 0.19
MOVES_ALPHA: Final = 0.55
NODE_WIDTH: Final = 10
# The day first, as everywhere else on the pages; the year once.
DAY_TICKS: Final = "%-d %b\n%Y"
NO_MODE_BAR: Final[dict[str, object]] = {"displayModeBar": False, "scrollZoom": False}


def base_layout(*, height: int, margin: Mapping[str, int]) -> go.Layout:
    """Return what all charts share: type, no legend, no zoom by accident."""
    return go.Layout(
        height=height,
        margin=dict(margin),
        showlegend=False,
        dragmode=False,
        hovermode="x unified",
        font={"family": FONT, "size": 12, "color": TEXT},
        hoverlabel={"font": {"family": FONT, "size": 12}},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )


def states_figure(days: Sequence[StateDay], notes: Sequence[Note] = ()) -> go.Figure:
    """Return how many people were in each state, stacked, with each state's name and last count at its edge."""
    figure = go.Figure(
        layout=base_layout(height=CHART_HEIGHT, margin={"l": 44, "r": LABEL_ROOM, "t": 12, "b": 44})
    )
    dates = [day.score_date for day in days]
    for state in ORDER:
        figure.add_scatter(
            x=dates,
            y=[_members(day, state) for day in days],
            name=WORDS[state],
            stackgroup="states",
            mode="lines",
            line={"width": 1, "color": COLOURS[state]},
            fillcolor=faded(COLOURS[state], 0.8),
            hovertemplate="%{y:,}",
        )
    people = max((day.people for day in days), default=0)
    figure.layout.annotations = _edge_labels(days[-1], CHART_HEIGHT - 56, people)
    _mark_notes(figure, notes)
    figure.update_xaxes(
        showgrid=False, zeroline=False, fixedrange=True, tickfont={"color": TEXT}, tickangle=0,
        tickformat=DAY_TICKS, hoverformat="%-d %B %Y",
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, people], gridcolor=GRID, zeroline=False, fixedrange=True, tickformat=",", nticks=5,
        tickfont={"color": TEXT},
    )  # fmt: skip
    return figure


def movements_figure(movements: Sequence[Movement]) -> go.Figure:
    """Return a Sankey from the first to the last day; who stayed is faint, who moved is strong."""
    figure = go.Figure(
        layout=base_layout(
            height=CHART_HEIGHT, margin={"l": FLOW_SIDES, "r": FLOW_SIDES, "t": FLOW_TOP, "b": FLOW_TOP}
        )
    )
    states = tuple(reversed(ORDER))
    before = {s: sum(m.members for m in movements if m.state_from == s) for s in states}
    after = {s: sum(m.members for m in movements if m.state_to == s) for s in states}
    lefts, rights = [s for s in states if before[s]], [s for s in states if after[s]]
    height = CHART_HEIGHT - 2 * FLOW_TOP
    left_y, right_y = (
        _centres([c[s] for s in side], height) for c, side in ((before, lefts), (after, rights))
    )
    flows = [m for m in movements if m.members]
    figure.add_sankey(
        arrangement="fixed",
        node={
            "label": [""] * (len(lefts) + len(rights)),
            "customdata": [f"{WORDS[s]}, {before[s]:,}" for s in lefts]
            + [f"{WORDS[s]}, {after[s]:,}" for s in rights],
            "color": [COLOURS[s] for s in (*lefts, *rights)],
            "x": [0.001] * len(lefts) + [0.999] * len(rights),
            "y": [*left_y, *right_y],
            "pad": NODE_GAP_PX,
            "thickness": NODE_WIDTH,
            "line": {"width": 0},
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [lefts.index(MomentumState(m.state_from)) for m in flows],
            "target": [len(lefts) + rights.index(MomentumState(m.state_to)) for m in flows],
            "value": [m.members for m in flows],
            "color": [_flow_colour(m) for m in flows],
            "customdata": [
                f"{WORDS[MomentumState(m.state_from)]} → {WORDS[MomentumState(m.state_to)]}" for m in flows
            ],
            "hovertemplate": "%{customdata}: %{value:,}<extra></extra>",
        },
    )
    labels = []
    for side, counts, centres, anchor in ((lefts, before, left_y, "right"), (rights, after, right_y, "left")):
        places = spread([1 - centre for centre in centres], LABEL_GAP_PX / height)
        for state, place in zip(side, places, strict=True):
            x = 0 if anchor == "right" else 1
            labels.append(_label(x, place, WORDS[state], counts[state], anchor))
    figure.layout.annotations = labels
    return figure


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return places, each 0–1, moved apart so that neighbours are ``gap`` from one another; order is kept."""
    order = sorted(range(len(places)), key=lambda index: -places[index])
    moved = list(places)
    ceiling = 1.0
    for index in order:
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    floor = 0.0
    for index in reversed(order):
        moved[index] = max(moved[index], floor)
        floor = moved[index] + gap
    return moved


def _members(day: StateDay, state: MomentumState) -> int:
    match state:
        case MomentumState.RISING:
            return day.rising
        case MomentumState.STEADY:
            return day.steady
        case MomentumState.NEEDS_CARE:
            return day.needs_care


def _edge_labels(last: StateDay, height: int, people: int) -> list[dict[str, object]]:
    below, middles = 0, []
    for state in ORDER:
        middles.append((below + _members(last, state) / 2) / max(people, 1))
        below += _members(last, state)
    return [
        _label(1, place, WORDS[state], _members(last, state), "left")
        for state, place in zip(ORDER, spread(middles, LABEL_GAP_PX / height), strict=True)
    ]


def _label(x: float, y: float, words: str, count: int, anchor: str) -> dict[str, object]:
    """Return an annotation. A figure takes all of them at once: each one added checks all before it again."""
    return {
        "x": x, "y": y, "xref": "paper", "yref": "paper", "xanchor": anchor, "yanchor": "middle",
        "align": anchor, "showarrow": False,
        "xshift": -LABEL_AWAY_PX if anchor == "right" else LABEL_AWAY_PX,
        "text": f"<b>{words}</b><br>{count:,}", "font": {"family": FONT, "size": 12, "color": TEXT},
    }  # fmt: skip


def _mark_notes(figure: go.Figure, notes: Sequence[Note]) -> None:
    """Mark what happened on a day with a dotted line; its title shows when the pointer is on it."""
    for note in notes:
        figure.add_vline(x=note.on_date.isoformat(), line={"width": 1, "dash": "dot", "color": TEXT})
        figure.add_annotation(
            x=note.on_date.isoformat(), y=1, yref="paper", yanchor="bottom", text="◆", showarrow=False,
            hovertext=f"{note.on_date:%-d %B}: {_escaped(note.title)}", font={"size": 10, "color": TEXT},
        )  # fmt: skip


def _escaped(text: str) -> str:
    """Keep what people typed from being read as a chart's markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _centres(counts: Sequence[int], height: int) -> list[float]:
    """Return where the nodes of a column stand, from the top, as a share of the height, gaps between them."""
    total = max(sum(counts), 1)
    room = (height - NODE_GAP_PX * (len(counts) - 1)) / height
    above, centres = 0.0, []
    for count in counts:
        size = room * count / total
        centres.append(above + size / 2)
        above += size + NODE_GAP_PX / height
    return centres


def _flow_colour(movement: Movement) -> str:
    stays = movement.state_from == movement.state_to
    return faded(COLOURS[MomentumState(movement.state_to)], STAYS_ALPHA if stays else MOVES_ALPHA)
