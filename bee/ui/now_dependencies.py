"""What the service stands on, drawn: database, queues, models, push, disk, who was heard of."""

from datetime import datetime
from typing import Final

import pandas as pd
import streamlit as st

from bee.sla.dependencies import Dependencies
from bee.ui.blocks import card_head, facts
from bee.ui.level_words import moment_words
from bee.ui.now_reads import NowPage
from bee.ui.now_view import pair, table
from bee.ui.now_words import (
    ago_words,
    database_facts,
    disk_facts,
    kind_words,
    push_facts,
    queue_words,
    wait_words,
)
from bee.ui.text import plain
from bee.ui.words import counted

HEARD_WORDS: Final = {"worker": "Worker", "prober": "Prober", "recorder": "Requests measured"}


def show_dependencies(page: NowPage) -> None:
    """Say how everything is that the service stands on."""
    found, now = page.dependencies, page.at
    left, right = pair()
    with left:
        card_head("Database", "Connections of the program by login")
        facts(database_facts(found))
        _show_activity(found)
    with right:
        card_head("Queues", queue_words(found, now))
        _show_queues(found, now)
    left, right = pair()
    with left:
        card_head("Models", "Asked for members in the last 24 h; one that fails is left alone for a while")
        _show_models(found, now)
        _show_untried(page)
    with right:
        card_head("Push", "Posts to devices in the last 24 h, gone devices and quota apart")
        facts(push_facts(found))
        _show_pauses(found, "push")
    left, right = pair()
    with left:
        card_head("Disk", "Where this dashboard keeps its files")
        facts(disk_facts(page.disk))
    with right:
        card_head("Last heard of", "Who works, looks and measures; whoever was silent for a day is not here")
        _show_heard(found, now)


def _show_activity(found: Dependencies) -> None:
    rows = found.activity
    table(
        pd.DataFrame(
            {
                "login": [row.login.removeprefix("bee_").capitalize() for row in rows],
                "connections": [row.connections for row in rows],
                "busy": pd.array([row.busy for row in rows], dtype="Int64"),
                "longest": [row.longest_s for row in rows],
            }
        ),
        {
            "login": st.column_config.TextColumn("Login", width=120),
            "connections": st.column_config.NumberColumn("Open", width=80),
            "busy": st.column_config.NumberColumn("At work", width=80),
            "longest": st.column_config.NumberColumn("Longest", format="%.1f s", width=100),
        },
        alt="How each login of the program uses its connections",
    )


def _show_queues(found: Dependencies, now: datetime) -> None:
    rows = [
        *((kind_words(row.kind), "Job", row.waiting, row.due_since, row.failed) for row in found.jobs),
        *((kind_words(row.topic), "Message", row.waiting, row.due_since, 0) for row in found.messages),
    ]
    if not rows:
        return
    table(
        pd.DataFrame(
            {
                "what": [row[0] for row in rows],
                "kind": [row[1] for row in rows],
                "waiting": [row[2] for row in rows],
                "since": [wait_words(row[3], now) for row in rows],
                "failed": [row[4] for row in rows],
            }
        ),
        {
            "what": st.column_config.TextColumn("What", width=140),
            "kind": st.column_config.TextColumn("Kind", width=80),
            "waiting": st.column_config.NumberColumn("Due", width=60),
            "since": st.column_config.TextColumn("The oldest for", width=110),
            "failed": st.column_config.NumberColumn("Failed, 24 h", width=90),
        },
        alt="What is due, by the age of the oldest",
    )


def _show_models(found: Dependencies, now: datetime) -> None:
    if not found.models:
        st.caption("No model was asked in the last 24 h.")
    for row in found.models:
        facts(
            [
                (row.provider, f"{row.answered:,} of {counted(row.calls, 'call', 'calls')} answered"),
                ("Not used for what it said", f"{row.unused:,}"),
                ("Last asked", ago_words(row.last_at, now)),
            ]
        )
    _show_pauses(found, "model")


def _show_untried(page: NowPage) -> None:
    for live in page.prompts:
        if live.is_untried:
            st.badge("Answers that no run let pass", icon=":material/rule:", color="orange")
            st.caption(plain(live.told))


def _show_pauses(found: Dependencies, kind: str) -> None:
    for row in found.paused(kind):
        st.badge(f"{row.name}: left alone", icon=":material/block:", color="red")
        st.caption(plain(f"Until {moment_words(row.open_until)}, because: {row.because}"))
    if not found.paused(kind):
        st.caption("None is left alone." if kind == "model" else "Nothing is held back for a fault.")


def _show_heard(found: Dependencies, now: datetime) -> None:
    if not found.heard:
        st.caption("Nobody: neither a worker nor a prober nor a process that measures.")
        return
    table(
        pd.DataFrame(
            {
                "kind": [HEARD_WORDS[row.kind] for row in found.heard],
                "name": [row.name for row in found.heard],
                "seen": [ago_words(row.seen_at, now) for row in found.heard],
            }
        ),
        {
            "kind": st.column_config.TextColumn("Who", width=150),
            "name": st.column_config.TextColumn("Name", width=180),
            "seen": st.column_config.TextColumn("Heard of", width=110),
        },
        alt="When workers, probers and processes that measure were last heard of",
    )
