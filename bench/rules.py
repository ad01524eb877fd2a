"""Finding for whom notification rules are eligible, of everybody in one pass, against the bare statements.

A pass takes about a second, its ground minutes: both take several turns a round, of which the smallest time counts.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bee.db import Database, Login, ReadSession
from bee.db.address import ServerAddress
from bee.db.queries import query
from bee.notify.candidates import find_moments
from bee.notify.evaluation import evaluate
from bee.notify.registry import active_rules
from bee.notify.rule import Rule
from bench.ground import BUSY, Ground
from bench.place import alone, owner

TITLE = "The rules over everybody in one pass against their SQL, bare (at most 1.5)"
COLUMNS = ("members", "moments", "SQL ms", "found ms", "ratio", "decided ms")
TURNS_A_ROUND = 5


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is eligible: by the statements alone, and found."""

    moments: int
    bare_s: float
    found_s: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The smallest times of a round's turns, and what it takes with every decision written."""

    moments: int
    bare_s: float
    found_s: float
    decided_s: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Look at everybody on a busy day, as if each day had been scored when it was over."""
    address = ground.everybody()
    with owner(address) as connection:
        connection.execute(
            "update daily_engagement_scores set calculated_at = score_date + 1"
            " where score_date > (select max(score_date) from daily_engagement_scores) - 12"
        )
        connection.execute("vacuum analyze daily_engagement_scores")
        row = connection.execute("select count(*) from members").fetchone()
    assert row is not None
    findings = [alone(_find, address).result for _ in range(ground.rounds)]
    bare_s, found_s = min(each.bare_s for each in findings), min(each.found_s for each in findings)
    return (
        f"{row[0]:,}",
        f"{findings[0].moments:,}",
        f"{1000 * bare_s:.0f}",
        f"{1000 * found_s:.0f}",
        f"{found_s / bare_s:.2f}",
        f"{1000 * min(each.decided_s for each in findings):.0f}",
    )


def _find(address: ServerAddress) -> Finding:
    with Database(address) as database:
        with database.reading(Login.WORKER) as session:
            rules = active_rules(session).rules
            asked: list[tuple[Any, Any]] = []
            kept = session.all

            def keep(row: Any, name: str, /, **parameters: object) -> list[Any]:
                asked.append((query(name), parameters))
                return kept(row, name, **parameters)

            session.all = keep  # type: ignore[method-assign]
            find_moments(session, rules, now=BUSY)
            session.all = kept  # type: ignore[method-assign]
            turns = [_turn(session, rules, asked) for _ in range(TURNS_A_ROUND)]
        begun = time.perf_counter()
        evaluate(database, now=BUSY, chance=random.Random(7))  # noqa: S311  # no secret
        decided_s = time.perf_counter() - begun
    with owner(address) as connection:
        connection.execute("truncate momentum_notifications cascade")
    return Finding(
        turns[0].moments, min(turn.bare_s for turn in turns), min(turn.found_s for turn in turns), decided_s
    )


def _turn(session: ReadSession, rules: Sequence[Rule], asked: Sequence[tuple[Any, Any]]) -> Turn:
    begun = time.perf_counter()
    for text, parameters in asked:
        session._connection.execute(text, parameters).all()
    between = time.perf_counter()
    moments = len(find_moments(session, rules, now=BUSY))
    return Turn(moments, between - begun, time.perf_counter() - between)
