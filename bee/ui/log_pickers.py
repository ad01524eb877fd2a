"""The choices of the log, all of them in the address."""

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from bee.notify.log import Counted, LogSearch
from bee.ui.log_reads import PERIODS, SEE_EVENTS, USUAL_PERIOD, log_since, read_log_member
from bee.ui.log_words import STATE_WORDS, by_words, reason_words
from bee.ui.pickers import pick_one, pick_period, pick_segment, pick_words
from bee.ui.reads import Scope, read_segments
from bee.ui.sessions import utc_now
from bee.ui.words import type_words


def ask_whose(scope: Scope, choices: DeltaGenerator) -> LogSearch | None:
    """Ask for the period, the segment and the member; None where nobody has the number that was typed."""
    segment = "all"
    with choices:
        if scope.role in SEE_EVENTS and (segments := read_segments(scope)):
            segment = pick_segment(segments).key
        words = pick_words("Member", key="member", placeholder="P-1778", width=120)
        days = pick_period(PERIODS, USUAL_PERIOD)
    member_id = read_log_member(scope, words) if words else None
    if words and member_id is None:
        return None
    return LogSearch(log_since(days, utc_now().date()), segment, member_id)


def ask_which(whose: LogSearch, counts: Counted) -> LogSearch:
    """Ask which of the decisions, from what there is."""
    rows = counts.counts
    with st.container(horizontal=True):
        rule = pick_one(
            "Rule", "Every rule", by_words({row.rule: type_words(row.rule) for row in rows}), key="rule"
        )
        kind = pick_one(
            "Type",
            "Every type",
            by_words({row.notification_type: type_words(row.notification_type) for row in rows}),
            key="type",
        )
        state = pick_one("What became of it", "Sent or not", by_words(STATE_WORDS), key="became", width=190)
        reasons = by_words({row.reason: reason_words(row.reason) for row in rows})
        reason = pick_one("Why", "For any reason", reasons, key="why", width=270)
    return replace(whose, rule=rule, notification_type=kind, state=state, reason=reason)
