"""A day's messages as a table, and one in full."""

import json
from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from bee.coach.prompts.difference import pieces
from bee.coach.replay import Match, Replayed, Rerendered
from bee.ui.blocks import facts
from bee.ui.prompt_difference import TEXT_PX, marked
from bee.ui.replay_words import (
    MATCH_MEANS,
    MATCH_WORDS,
    answered_words,
    shortened,
    state_name,
)
from bee.ui.sheet import sheet
from bee.ui.tables import pressed_row
from bee.ui.text import plain

OPEN: Final = ":material/visibility: Open"
ROWS_SHOWN: Final = 12
SPEAKERS: Final = {"user": "Member", "assistant": "Coach"}


def moments_table(moments: Sequence[Replayed], *, key: str) -> Replayed | None:
    """Draw a day's messages in their order, and return the one whose row's button was pressed."""
    kept = [each.kept for each in moments]
    columns = st.column_config
    sheet(
        pd.DataFrame(
            {
                "at": [each.local_at for each in kept],
                "person": [f"P-{each.person}" for each in kept],
                "state": [state_name(each.state) for each in kept],
                "message": [shortened(each.message) for each in kept],
                "by": [answered_words(each) for each in kept],
                "prompt": [[MATCH_WORDS[each.rerendered.match]] for each in moments],
                "action": [[OPEN] for _ in kept],
            }
        ),
        {
            "at": columns.DatetimeColumn("Their time", format="HH:mm", width=85),
            "person": columns.TextColumn("Person", width=75),
            "state": columns.TextColumn("State then", width=95),
            "message": columns.TextColumn("Message", width=290),
            "by": columns.TextColumn("Answered by", width=200),
            "prompt": columns.MultiselectColumn(
                "Prompt again", options=list(MATCH_WORDS.values()), color="gray", width=105
            ),
            "action": columns.ButtonColumn("Action", key=key, width=88),
        },
        alt="What members wrote on the day, in order, and whether each prompt is the same when rendered again",
        most=ROWS_SHOWN,
    )
    return pressed_row(key, moments)


def whole_moment(replayed: Replayed) -> None:
    """Draw a message, what was answered, and its prompt as it was sent beside the same again."""
    kept = replayed.kept
    facts(
        [
            ("Who", f"P-{kept.person}"),
            ("When", f"{kept.local_at:%-d %B %Y, %H:%M} their time"),
            ("State then", state_name(kept.state)),
            ("Answered by", answered_words(kept)),
        ]
    )
    st.caption("The member wrote")
    st.text(kept.message)
    st.caption("The answer was")
    st.text(kept.answer)
    _show_prompt(replayed.rerendered)


def _show_prompt(found: Rerendered) -> None:
    if found.match is Match.DIFFERENT:
        st.warning(
            plain(f"{MATCH_MEANS[found.match]}: {'; '.join(found.why)}."), icon=":material/difference:"
        )
    else:
        st.caption(
            f":material/{'check' if found.match is Match.SAME else 'info'}: {MATCH_MEANS[found.match]}"
        )
    if found.sent is not None:
        text = st.expander("The prompt as it was sent", icon=":material/description:", expanded=True)
        with text.container(width=TEXT_PX):
            _show_text(found)


def _show_text(found: Rerendered) -> None:
    """Draw what was sent; where the same again differs, what went is struck through and what came is bold."""
    sent, again = json.loads(found.sent or "{}"), json.loads(found.again or found.sent or "{}")
    is_same = found.again in (None, found.sent)
    if not is_same:
        st.caption("~~Struck through~~: only as it was sent. **Bold**: only as it would be rendered now.")
    _show_pair("Prompt", sent["system"], again["system"])
    for number, (role, text) in enumerate(sent["turns"]):
        other = again["turns"][number][1] if number < len(again["turns"]) else ""
        _show_pair(SPEAKERS[role], text, other)
    figures = [
        (name, f"{sent[key]}")
        for name, key in (("Model", "model"), ("Most tokens", "max_tokens"), ("Temperature", "temperature"))
    ]
    facts(figures)


def _show_pair(name: str, sent: str, again: str) -> None:
    st.caption(name)
    if sent == again:
        st.text(sent)
        return
    st.markdown(marked(pieces(sent, again)))
