"""Finding for whom notification rules are eligible, of everybody in one pass, against the bare statements."""

import random
import time
from dataclasses import dataclass
from typing import Any

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.queries import query
from bee.notify.candidates import find_moments
from bee.notify.evaluation import evaluate
from bee.notify.registry import active_rules
from bench.ground import BUSY, Ground
from bench.place import alone, owner

TITLE = "The rules over everybody in one pass against their SQL, bare (at most 1.5)"
COLUMNS = ("members", "moments", "SQL ms", "found ms", "ratio", "decided ms")


@dataclass(frozen=True, slots=True)
class Finding:
    """Who is eligible: by the statements alone, found, and with every decision written."""

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
            begun = time.perf_counter()
            for text, parameters in asked:
                session._connection.execute(text, parameters).all()
            bare_s = time.perf_counter() - begun
            begun = time.perf_counter()
            moments = len(find_moments(session, rules, now=BUSY))
            found_s = time.perf_counter() - begun
        begun = time.perf_counter()
        evaluate(database, now=BUSY, chance=random.Random(7))  # noqa: S311  # no secret
        decided_s = time.perf_counter() - begun
    with owner(address) as connection:
        connection.execute("truncate momentum_notifications cascade")
    return Finding(moments, bare_s, found_s, decided_s)
