"""The tasks of coaches as a table, and one of them in full."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pandas as pd
import streamlit as st

from bee.notify.tasks import Task, TaskCounts, why_words
from bee.ui.blocks import facts
from bee.ui.log_words import reason_words, state_words
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.words import counted, long_date, type_words

OPEN: Final = ":material/open_in_new: Open"
PRIORITIES: Final = ("Urgent", "High", "Normal", "Low")
TONES: Final = ("orange", "orange", "gray", "gray")
ROWS_SHOWN: Final = 12
HOUR: Final = timedelta(hours=1)


def tally_words(counts: TaskCounts, rows: Sequence[Task]) -> str:
    """Return what a coach's day looks like, in one line."""
    demo = " · demo members" if rows and all(row.is_demo for row in rows) else ""
    return (
        f"{counted(counts.open, 'open task', 'open tasks')} · {counts.overdue:,} overdue"
        f" · {counts.due_in_a_day:,} due within 24 h{demo}"
    )


def show_counts(counts: TaskCounts) -> None:
    """Draw the counts as cards."""
    grid = st.grid(4, min_column_width=150)
    share = f"{100 * counts.reached / counts.done:.0f}%" if counts.done else "–"
    for words, value, icon, meaning in (
        ("Overdue", f"{counts.overdue:,}", "alarm", None),
        ("Due within 24 h", f"{counts.due_in_a_day:,}", "schedule", None),
        ("Done in 7 days", f"{counts.done:,}", "task_alt", None),
        ("Reached", share, "call", "Of the tasks done in the last 7 days, how many reached the member."),
    ):
        grid.metric(words, value, icon=f":material/{icon}:", help=meaning, border=True, height="stretch")


def tasks_table(rows: Sequence[Task], now: datetime, *, key: str) -> Task | None:
    """Draw tasks, those due first at the top, and return the one whose row's button was pressed."""
    table = pd.DataFrame(
        {
            "person": [person_words(row) for row in rows],
            "why": [why_words(row) for row in rows],
            "priority": [[type_words(row.priority)] for row in rows],
            "due": [due_words(row, now) for row in rows],
            "told": [told_words(row) for row in rows],
            "coach": [row.coach_name or "Nobody" for row in rows],
            "action": [[OPEN] for _ in rows],
        }
    )
    columns = st.column_config
    sheet(
        table,
        {
            "person": columns.TextColumn("Person", width=205),
            "why": columns.TextColumn("Why", width=255),
            "priority": columns.MultiselectColumn("Priority", options=PRIORITIES, color=TONES, width=82),
            "due": columns.TextColumn("Due", width=125),
            "told": columns.TextColumn("Message", width=150, help="What the app told the member meanwhile."),
            "coach": columns.TextColumn("Coach", width=90),
            "action": columns.ButtonColumn("Action", key=key, width=85),
        },
        alt="Tasks of coaches, those that are due first at the top",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, rows)


def whole_task(task: Task, now: datetime) -> None:
    """Draw everything that is known of a task."""
    st.markdown(f"**{why_words(task)}**")
    known = [
        ("Person", person_words(task)),
        ("Coach", task.coach_name or "Nobody"),
        ("Priority", type_words(task.priority)),
        ("Due", f"{task.due_at:%-d %B %Y, %H:%M} UTC · {due_words(task, now)}"),
        ("Asked", f"{task.created_at:%-d %B %Y, %H:%M} UTC"),
        ("Day it is about", long_date(task.trigger_date) if task.trigger_date else ""),
        ("Message", told_words(task)),
        ("Done by", task.done_by_name or ""),
        ("What came of it", (task.outcome or "").capitalize()),
    ]
    facts([(name, value) for name, value in known if value])
    if task.note:
        with st.container(border=True):
            st.caption("Note")
            st.text(task.note)


def person_words(task: Task) -> str:
    """Return whom a task is about; the names of members who are made up say so."""
    known = task.full_name or ("demo" if task.is_demo else None)
    return f"P-{task.number} · {known}" if known else f"P-{task.number}"


def due_words(task: Task, now: datetime) -> str:
    """Return how long there is, how late it is, or what came of it."""
    if task.done_at is not None:
        return (task.outcome or "done").capitalize()
    late = now - task.due_at
    if late > timedelta(0):
        return f"{_span(late)} overdue"
    return f"in {_span(-late)}"


def told_words(task: Task) -> str:
    """Return what became of the message to the member, where there was to be one."""
    if task.told is None:
        return ""
    if task.told in {"withheld", "failed", "expired"} and task.told_because:
        return reason_words(task.told_because)
    return state_words(task.told)


def _span(length: timedelta) -> str:
    if length < HOUR:
        return counted(int(length.total_seconds() // 60), "minute", "minutes")
    if length < 48 * HOUR:
        return counted(length // HOUR, "hour", "hours")
    return counted(length.days, "day", "days")
