"""Histories for tests of scoring, what the pure functions say that they come to, and what is stored."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy

from bee.db import Database, Login, WriteSession
from bee.momentum.definition import Definition, shipped_definition
from bee.momentum.score import MomentumState, final_score, momentum_state, raw_score
from tests.factories import execute, make_event

V1 = shipped_definition("v1")
History = Mapping[date, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Day:
    """A member's day as it should be, or as it is stored."""

    score_date: date
    raw: float
    final: float
    state: str
    events: int
    is_complete: bool
    definition: str = "v1"


@dataclass(frozen=True, slots=True)
class Restatement:
    """What a published day said, and what it says now."""

    score_date: date
    old: float
    new: float | None
    reason: str


def plain_days(
    events: History, *, today: date, left_on: date | None = None, definition: Definition = V1
) -> list[Day]:
    """Return a history's days, one after the other, by the functions for a single day."""
    if not any(events.values()):
        return []
    happened = [day for day, types in events.items() if types]
    last = min(max(left_on or date.max, *happened), today)
    days: list[Day] = []
    for day in days_between(min(happened), last):
        counts = Counter(events.get(day, ()))
        raw = raw_score(counts, definition=definition)
        final = final_score(raw, [past.final for past in reversed(days)], definition=definition)
        previous = MomentumState(days[-1].state) if days else None
        state = momentum_state(final, previous, definition=definition)
        days.append(Day(day, raw, final, state, counts.total(), day < today, definition.name))
    return days


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


def happen(
    session: WriteSession, member: UUID, events: History, *, zone: str = "Europe/London", at: time = time(12)
) -> None:
    """Add events by the ordinary road, at a time of day in a zone."""
    for day, types in events.items():
        for event_type in types:
            moment = datetime.combine(day, at, ZoneInfo(zone))
            make_event(session, member, event_type=event_type, occurred_at=moment)


def stored_days(database: Database, member: UUID) -> list[Day]:
    """Return a member's stored days in order."""
    return [
        Day(*row)
        for row in fetch(
            database,
            """
            select score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition
            from daily_engagement_scores
            where user_id = :member
            order by score_date
            """,
            member=member,
        )
    ]


def restatements(database: Database, member: UUID) -> list[Restatement]:
    """Return what was restated of a member, by day and then in order."""
    return [
        Restatement(*row)
        for row in fetch(
            database,
            """
            select score_date, old_final_score, new_final_score, reason
            from score_restatements
            where user_id = :member
            order by score_date, id
            """,
            member=member,
        )
    ]


def fetch(database: Database, statement: str, **parameters: object) -> Sequence[Any]:
    """Return the rows of a statement that only a test needs."""
    with database.writing(Login.OWNER) as session:
        return execute(session, statement, **parameters).all()


def change(database: Database, statement: str, **parameters: object) -> None:
    """Run a statement that only a test needs."""
    with database.writing(Login.OWNER) as session:
        execute(session, statement, **parameters)


def noon(day: date) -> datetime:
    """Return noon of a day, in UTC."""
    return datetime.combine(day, time(12), UTC)


def totals(database: Database, *days: date) -> list[tuple[Any, ...]]:
    """Return the daily totals as they are stored, of some days or of all, sums to the cent."""
    return _rounded(
        fetch(
            database,
            """
            select score_date, segment, momentum_state, members, final_sum, raw_sum
            from engagement_days
            where score_date = any(cast(:days as date[])) or cast(:days as date[]) = '{}'
            order by 1, 2, 3
            """,
            days=list(days),
        )
    )


def plain_totals(database: Database, *days: date) -> list[tuple[Any, ...]]:
    """Return what the daily totals have to be."""
    return _rounded(
        fetch(
            database,
            """
            select score_date, segment, momentum_state, count(*), sum(final_score), sum(raw_score)
            from daily_engagement_scores
            join member_segments using (user_id)
            where is_complete and (score_date = any(cast(:days as date[])) or cast(:days as date[]) = '{}')
            group by 1, 2, 3
            order by 1, 2, 3
            """,
            days=list(days),
        )
    )


def _rounded(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [(*row[:4], round(row[4], 2), round(row[5], 2)) for row in rows]


def recoveries(database: Database) -> list[tuple[Any, ...]]:
    """Return what became of those who fell, as it is stored."""
    statement = "select score_date, segment, fell, recovered from engagement_recoveries order by 1, 2"
    return [tuple(row) for row in fetch(database, statement)]


def plain_recoveries(database: Database) -> list[tuple[Any, ...]]:
    """Return what has to be stored of those who fell: member by member, day by day."""
    days: dict[UUID, dict[date, str]] = {}
    for member, day, state in fetch(
        database, "select user_id, score_date, momentum_state from daily_engagement_scores where is_complete"
    ):
        days.setdefault(member, {})[day] = state
    segments = fetch(database, "select user_id, segment from member_segments")
    known = {(day, segment) for day, segment, *_ in totals(database)}
    newest = max((day for day, _ in known), default=date.min)
    counts: dict[tuple[date, str], list[int]] = {}
    for member, states in days.items():
        for day, state in states.items():
            seen_on = day + timedelta(days=7)
            fell = state == "NeedsCare" and states.get(day - timedelta(days=1), state) != "NeedsCare"
            if not fell or seen_on > newest:
                continue
            week = [states.get(day + timedelta(days=back), "NeedsCare") for back in range(1, 8)]
            for owner, segment in segments:
                if owner == member and (seen_on, segment) in known:
                    count = counts.setdefault((seen_on, segment), [0, 0])
                    count[0] += 1
                    count[1] += any(state != "NeedsCare" for state in week)
    return [(day, segment, *count) for (day, segment), count in sorted(counts.items())]


def empty(database: Database) -> None:
    """Remove every member and all that was made of them."""
    with database.engine(Login.OWNER).begin() as connection:
        connection.execute(
            sqlalchemy.text(
                "delete from members; truncate score_frontiers, engagement_days, engagement_recoveries, stale_days"
            )
        )
