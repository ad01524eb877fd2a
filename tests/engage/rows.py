"""Scored days for tests of the engagement pages, written as the scorer writes them."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from bee.db import WriteSession
from tests.factories import execute

STATES = {"R": ("Rising", 80.0), "S": ("Steady", 55.0), "N": ("NeedsCare", 20.0)}


def add_days(
    session: WriteSession, member_id: UUID, first: date, states: str, *, finals: Sequence[float] | None = None
) -> None:
    """Give a member a complete day a letter: Rising, Steady, Needs care; a full stop is no row."""
    for n, letter in enumerate(states):
        if letter == ".":
            continue
        state, final = STATES[letter]
        add_score(session, member_id, first + timedelta(days=n), state, finals[n] if finals else final)


def add_score(
    session: WriteSession, member_id: UUID, day: date, state: str, final: float, *, is_complete: bool = True
) -> None:
    execute(
        session,
        """
        insert into daily_engagement_scores
            (user_id, score_date, raw_score, final_score, momentum_state, is_complete, definition,
             event_count)
        values (:user_id, :score_date, :final, :final, :state, :is_complete, 'v1', 1)
        """,
        user_id=member_id,
        score_date=day,
        final=final,
        state=state,
        is_complete=is_complete,
    )


def scored_through(session: WriteSession, **zones: date) -> None:
    """Say through which day zones are scored: ``Europe_London=date(…)``."""
    for zone, day in zones.items():
        execute(
            session,
            "insert into score_frontiers (time_zone, scored_through) values (:zone, :day)",
            zone=zone.replace("_", "/", 1),
            day=day,
        )


def roll_up(session: WriteSession) -> None:
    """Write the totals of every complete day."""
    execute(
        session,
        """
        insert into engagement_days (score_date, segment, momentum_state, members, final_sum, raw_sum)
        select score_date, segment, momentum_state, count(*), sum(final_score), sum(raw_score)
        from daily_engagement_scores
        join members on members.id = user_id and not is_synthetic
        cross join lateral (
            select 'all' as segment
            union all select 'demo' where is_demo
            union all select 'zone:' || time_zone
            union all select 'coach:' || coach_id where coach_id is not null
            union all select key || ':' || value from jsonb_each_text(attributes)
        ) as segments
        where is_complete
        group by score_date, segment, momentum_state
        """,
    )
