"""Scoring one new day of everybody against an upsert of the same rows from a staging table into the same table."""

import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bee.db import Login
from bee.db.address import ServerAddress
from bench.ground import Ground, next_noon, score_through
from bench.place import alone, owner

TITLE = "One new day of everybody against an upsert of the same rows from a staging table (at most 2)"
COLUMNS = ("members", "rows", "upsert ms", "score ms", "ratio")
KEYS = ("user_id", "score_date")
VALUES = (
    "raw_score", "final_score", "momentum_state", "event_count", "is_complete", "definition", "calculated_at",
)  # fmt: skip
COLUMN_LIST = ", ".join(KEYS + VALUES)
REPLACED = ", ".join(f"{name} = excluded.{name}" for name in VALUES)


@dataclass(frozen=True, slots=True)
class Day:
    """One new day: ``rows`` written for ``members``, scored and upserted in so many seconds."""

    members: int
    rows: int
    scored_s: float
    upserted_s: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Score a day, take it back, upsert its rows; then the next day."""
    address = ground.everybody()
    days = [_measure_day(address, next_noon(address)) for _ in range(ground.rounds)]
    bare, seconds = min(day.upserted_s for day in days), min(day.scored_s for day in days)
    return (
        f"{days[0].members:,}",
        f"{days[0].rows:,}",
        f"{1000 * bare:.0f}",
        f"{1000 * seconds:.0f}",
        f"{seconds / bare:.2f}",
    )


def _measure_day(address: ServerAddress, now: datetime) -> Day:
    today = now.date()
    _clean(address)
    scored_s = alone(_score, address, now).result
    rows = _stage_and_take_back(address, today)
    _clean(address)
    with owner(address) as connection:
        begun = time.perf_counter()
        connection.execute(
            f"insert into daily_engagement_scores ({COLUMN_LIST}) select {COLUMN_LIST} from bench_day"
            f" on conflict (user_id, score_date) do update set {REPLACED}".encode()
        )
        upserted_s = time.perf_counter() - begun
        members = connection.execute("select count(distinct user_id) from bench_day").fetchone()
        connection.execute("drop table bench_day")
    assert members is not None
    return Day(members[0], rows, scored_s, upserted_s)


def _score(address: ServerAddress, now: datetime) -> float:
    begun = time.perf_counter()
    score_through(address, now, Login.WORKER)
    return time.perf_counter() - begun


def _stage_and_take_back(address: ServerAddress, today: date) -> int:
    """Keep the rows that a scoring of today wrote, and leave the table as it was before it."""
    yesterday = today - timedelta(days=1)
    with owner(address) as connection, connection.transaction():
        rows = connection.execute(
            f"create table bench_day as select {COLUMN_LIST} from daily_engagement_scores"
            f" where score_date between '{yesterday}' and '{today}' order by user_id, score_date".encode()
        ).rowcount
        connection.execute("delete from daily_engagement_scores where score_date = %s", [today])
        connection.execute(
            "update daily_engagement_scores set is_complete = false where score_date = %s", [yesterday]
        )
    return rows


def _clean(address: ServerAddress) -> None:
    """Let neither of the two find what the other left behind."""
    with owner(address) as connection:
        connection.execute("vacuum analyze daily_engagement_scores")
        connection.execute("checkpoint")
