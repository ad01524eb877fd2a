"""What code may do inside one transaction: a :class:`ReadSession` reads, a :class:`WriteSession` also writes.

They are two types so that the type checker stops a write on a read path. Neither commits: whoever opened it does.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
import sqlalchemy

from bee.db.queries import query
from bee.errors import NotFound
from bee.telemetry.spans import span

Row = TypeVar("Row")


def only(rows: Sequence[Row], name: str) -> Row | None:
    """Return the only row of a query, or None. More than one row is a fault of the query."""
    if len(rows) > 1:
        raise RuntimeError(f"{name} returned {len(rows)} rows where at most one was expected")
    return rows[0] if rows else None


class ReadSession:
    """One transaction in which to run the queries of ``sql/``; rows come back as the given dataclass."""

    def __init__(self, connection: sqlalchemy.Connection) -> None:
        self._connection = connection

    @property
    def driver(self) -> psycopg.Connection[Any]:
        """The psycopg connection of this transaction, for COPY."""
        connection = self._connection.connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        return connection

    def all(self, row: type[Row], name: str, /, **parameters: object) -> list[Row]:
        """Return every row of a query; its columns are the fields of ``row``."""
        with span(name):
            result = self._connection.execute(query(name), parameters)
            columns = tuple(result.keys())
            return [row(**dict(zip(columns, values, strict=True))) for values in result]

    def find(self, row: type[Row], name: str, /, **parameters: object) -> Row | None:
        """Return the only row of a query, or None. More than one row is a fault of the query."""
        return only(self.all(row, name, **parameters), name)

    def get(self, row: type[Row], name: str, /, **parameters: object) -> Row:
        """Return the only row of a query. Raises :class:`NotFound` when there is none."""
        found = self.find(row, name, **parameters)
        if found is None:
            raise NotFound("not_found", f"There is no such {row.__name__}.")
        return found

    def scalar(self, name: str, /, **parameters: object) -> Any:
        """Return the first column of the first row, or None when there is no row."""
        with span(name):
            return self._connection.execute(query(name), parameters).scalar()


class WriteSession(ReadSession):
    """A transaction that may write. It is committed on leaving the block that opened it, or not at all."""

    def run(self, name: str, /, **parameters: object) -> int:
        """Run a statement and return how many rows it touched."""
        with span(name):
            return self._connection.execute(query(name), parameters).rowcount

    def run_many(self, name: str, rows: Sequence[Mapping[str, object]]) -> None:
        """Run a statement once for each row of parameters; no rows, no statement."""
        if not rows:
            return
        with span(name):
            self._connection.execute(query(name), [dict(row) for row in rows])

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what the block did, and only that, when it raises."""
        with self._connection.begin_nested():
            yield
