"""``bee score`` over everything against a bare COPY of the same result rows into the same table."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from bee.db.address import ServerAddress
from bench.ground import Ground, score_through
from bench.place import Alone, alone
from bench.rows import put_in, take_out

TITLE = "Scoring everything against a bare COPY of the same rows into the same table (at most 1.6, 1,536 MiB)"
COLUMNS = ("member-days", "bare COPY s", "score s", "ratio", "rows/s", "peak MiB")
TABLES = {
    "daily_engagement_scores": (
        "user_id, score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition"
    )
}


@dataclass(frozen=True, slots=True)
class Scoring:
    """One scoring: ``rows`` written in ``seconds``."""

    rows: int
    seconds: float


def measure(ground: Ground) -> tuple[str, ...]:
    """Score and copy in turn, each into the emptied table."""
    scorings: list[Alone[Scoring]] = []
    copies: list[float] = []
    for _ in range(ground.rounds):
        address = ground.imported()
        scorings.append(alone(_score, address))
        if not copies:
            take_out(address, TABLES, ground.work)
        copies.append(put_in(ground.imported(), TABLES, ground.work))
    seconds, bare, rows = min(run.result.seconds for run in scorings), min(copies), scorings[0].result.rows
    return (
        f"{rows:,}",
        f"{bare:.1f}",
        f"{seconds:.1f}",
        f"{seconds / bare:.2f}",
        f"{rows / seconds:,.0f}",
        f"{max(run.peak_mib for run in scorings):.0f}",
    )


def _score(address: ServerAddress) -> Scoring:
    begun = time.perf_counter()
    rows = score_through(address, datetime.now(UTC))
    return Scoring(rows, time.perf_counter() - begun)
