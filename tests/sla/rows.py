"""What is stored of requests, for tests."""

from collections import Counter
from typing import Any

from bee.db import Database, Login
from tests.factories import execute


def stored(database: Database, columns: str, table: str = "service_minutes") -> list[Any]:
    """Return rows of a table, ordered by all of the columns."""
    with database.reading(Login.OWNER) as session:
        return list(execute(session, f"select {columns} from {table} order by {columns}"))


def counted(database: Database) -> dict[tuple[str, str], int]:
    """Return how many requests are stored, by route and status."""
    counts: Counter[tuple[str, str]] = Counter()
    for route, status, n in stored(database, "route, status, n"):
        counts[route, status] += n
    return dict(counts)
