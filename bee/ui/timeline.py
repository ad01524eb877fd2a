"""One member's days in lanes: the score, the state, each kind of event, messages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

import plotly.graph_objects as go

from bee.engage.queries import EventsOfDay, MemberTask, NotificationMoment, ScoredDay
from bee.momentum.score import MomentumState
from bee.ui.charts import DAY_TICKS, base_layout
from bee.ui.palette import COLOURS, FONT, GRID, RISING, STEADY, TEXT, WORDS
from bee.ui.words import counted, short_date, type_words

LANE_PX: Final = 24
SCORE_PX: Final = 150
AXIS_PX: Final = 44
LANE_LABEL_PX: Final = 104
MOST_LANES: Final = 8
DAY: Final = timedelta(days=1)
DAY_MS: Final = 86_400_000
SYMBOLS: Final = ("circle", "diamond", "square", "triangle-up", "cross", "star", "hexagon", "pentagon")


@dataclass(frozen=True, slots=True)
class StateRun:
    """Days in a row, both ends included, on which a member was in one state."""

    state: MomentumState
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of thing that happened: on which days, and what to say of each."""

    name: str
    days: tuple[date, ...]
    said: tuple[str, ...]


def state_runs(days: Sequence[ScoredDay]) -> list[StateRun]:
    """Return the runs of one state, oldest first; a day without a score ends a run."""
    runs: list[StateRun] = []
    for day in days:
        state = MomentumState(day.momentum_state)
        if runs and runs[-1].state is state and day.score_date - runs[-1].last == DAY:
            runs[-1] = StateRun(state, runs[-1].first, day.score_date)
        else:
            runs.append(StateRun(state, day.score_date, day.score_date))
    return runs


def event_lanes(events: Sequence[EventsOfDay], *, most: int = MOST_LANES) -> list[Lane]:
    """Return a lane for each kind of event, the most frequent first; what exceeds ``most`` shares the last one."""
    totals: dict[str, int] = {}
    for row in events:
        totals[row.event_type] = totals.get(row.event_type, 0) + row.events
    kinds = sorted(totals, key=lambda kind: (-totals[kind], kind))
    own = kinds if len(kinds) <= most else kinds[: most - 1]
    lanes = [_lane(type_words(kind), [row for row in events if row.event_type == kind]) for kind in own]
    others = [row for row in events if row.event_type not in own]
    return [*lanes, _lane("Other", others)] if others else lanes


def notification_lanes(moments: Sequence[NotificationMoment]) -> list[Lane]:
    """Return a lane of the messages that were sent and one of those that were held back, where there are any."""
    sent = [moment for moment in moments if moment.sent_at is not None]
    held = [moment for moment in moments if moment.sent_at is None]
    return [
        Lane(
            name,
            tuple(m.day for m in some),
            tuple(f"{type_words(m.notification_type)}: {m.reason}" for m in some),
        )
        for name, some in (("Message sent", sent), ("Held back", held))
        if some
    ]


def task_lanes(tasks: Sequence[MemberTask]) -> list[Lane]:
    """Return a lane of what the coach was asked to do, where there is any, with what came of it."""
    if not tasks:
        return []
    return [Lane("Coach task", tuple(task.day for task in tasks), tuple(_task_words(task) for task in tasks))]


def timeline_figure(
    days: Sequence[ScoredDay],
    events: Sequence[EventsOfDay],
    moments: Sequence[NotificationMoment],
    tasks: Sequence[MemberTask] = (),
    *,
    selected: date | None,
) -> go.Figure:
    """Return the timeline; ``selected`` is marked by a line through all lanes."""
    event_rows, message_rows = event_lanes(events), [*notification_lanes(moments), *task_lanes(tasks)]
    lanes = [*event_rows, *message_rows]
    lanes_px = LANE_PX * (len(lanes) + 1)
    height = SCORE_PX + lanes_px + AXIS_PX + 12
    share = lanes_px / (SCORE_PX + lanes_px)
    figure = go.Figure(
        layout=base_layout(height=height, margin={"l": LANE_LABEL_PX, "r": 34, "t": 12, "b": AXIS_PX})
    )
    figure.update_layout(hovermode="closest")
    _draw_score(figure, days)
    _draw_states(figure, state_runs(days), len(lanes))
    for index, lane in enumerate(lanes):
        figure.add_scatter(
            x=lane.days, y=[len(lanes) - 1 - index] * len(lane.days), yaxis="y2", mode="markers", name=lane.name,
            text=lane.said, hovertemplate="%{x|%-d %b}: %{text}<extra></extra>",
            marker={
                "symbol": SYMBOLS[index % len(SYMBOLS)], "size": 8,
                "color": STEADY if index < len(event_rows) else RISING,
            },
        )  # fmt: skip
    if selected is not None:
        figure.add_shape(
            type="line", x0=selected, x1=selected, y0=0, y1=1, yref="paper",
            line={"width": 1, "dash": "dot", "color": TEXT},
        )  # fmt: skip
    names = [*(lane.name for lane in reversed(lanes)), "State"]
    figure.update_layout(
        xaxis={"showgrid": False, "zeroline": False, "fixedrange": True, "tickangle": 0,
               "tickfont": {"color": TEXT}, "anchor": "y2", "tickformat": DAY_TICKS,
               "range": [days[0].score_date - DAY, days[-1].score_date + DAY]},
        yaxis={"domain": [share + 0.04, 1], "range": [0, 104], "tickvals": [0, 50, 100], "gridcolor": GRID,
               "zeroline": False, "fixedrange": True, "tickfont": {"color": TEXT}},
        yaxis2={"domain": [0, share], "range": [-0.6, len(lanes) + 0.6], "tickvals": list(range(len(names))),
                "ticktext": names, "gridcolor": GRID, "zeroline": False, "fixedrange": True,
                "tickfont": {"color": TEXT, "family": FONT}},
    )  # fmt: skip
    return figure


def _task_words(task: MemberTask) -> str:
    """Return how pressing a task was, and what came of it."""
    came = task.outcome or f"open, due {short_date(task.due_at.date())}"
    return f"{type_words(task.priority)}: {came}"


def _lane(name: str, rows: Sequence[EventsOfDay]) -> Lane:
    return Lane(name, tuple(row.day for row in rows), tuple(f"{name} × {row.events:,}" for row in rows))


def _draw_score(figure: go.Figure, days: Sequence[ScoredDay]) -> None:
    figure.add_scatter(
        x=[day.score_date for day in days], y=[day.final_score for day in days], mode="lines", name="Score",
        line={"width": 2, "color": TEXT}, hovertemplate="%{x|%-d %b}: %{y:.1f}<extra></extra>",
    )  # fmt: skip
    last = days[-1]
    figure.add_scatter(
        x=[last.score_date], y=[last.final_score], mode="markers+text", name="Last",
        text=[f"<b>{last.final_score:.0f}</b>"], textposition="middle right", cliponaxis=False, hoverinfo="skip",
        marker={"size": 9, "color": COLOURS[MomentumState(last.momentum_state)]}, textfont={"color": TEXT},
    )  # fmt: skip


def _draw_states(figure: go.Figure, runs: Sequence[StateRun], lane: int) -> None:
    figure.add_bar(
        orientation="h",
        base=[_half_a_day_before(run.first) for run in runs],
        x=[((run.last - run.first).days + 1) * DAY_MS for run in runs],
        y=[lane] * len(runs),
        yaxis="y2",
        width=0.7,
        name="State",
        marker={"color": [COLOURS[run.state] for run in runs], "line": {"width": 0}},
        text=[_run_words(run) for run in runs],
        textposition="none",
        hovertemplate="%{text}<extra></extra>",
    )


def _run_words(run: StateRun) -> str:
    length = counted((run.last - run.first).days + 1, "day", "days")
    return f"{WORDS[run.state]}, {short_date(run.first)} to {short_date(run.last)}, {length}"


def _half_a_day_before(day: date) -> str:
    return (datetime.combine(day, time()) - DAY / 2).isoformat()
