"""Events between the file and PostgreSQL: on disk, in DuckDB, where they get their ids and their order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from itertools import groupby
from typing import Final
from uuid import UUID

import duckdb
import pyarrow as pa

from bee.db.queries import query_text
from bee.members.ingest.events import Event
from bee.members.ingest.identity import EVENTS
from bee.members.ingest.lines import BATCH_ROWS, copy_lines_of, ranges
from bee.members.ingest.loader import EventBatch, EventKey
from bee.members.ingest.rejects import Rejected

SCHEMA: Final = pa.schema(
    [
        ("line", pa.int64()),
        ("own_id", pa.string()),
        ("user_id", pa.string()),
        ("external_id", pa.string()),
        ("event_type", pa.string()),
        ("occurred_at", pa.timestamp("us")),
        ("event_date", pa.date32()),
        ("time_zone", pa.string()),
        ("metadata", pa.string()),
        ("raw", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """A member with staged events: how many, and the first day."""

    id: UUID
    events: int
    first_on: date


class Staging:
    """The staged events of one import."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: str) -> None:
        self._connection = connection
        self._source = source
        self._has_own_ids = False
        connection.execute(query_text("members/duckdb/make_staged"))

    def add(self, events: Sequence[Event]) -> None:
        """Add events to what is staged."""
        if not events:
            return
        columns = {
            "line": [event.line for event in events],
            "own_id": [None if event.id is None else event.id.hex for event in events],
            "user_id": [event.user_id.hex for event in events],
            "external_id": [event.external_id for event in events],
            "event_type": [event.event_type for event in events],
            "occurred_at": [event.occurred_at.astimezone(UTC).replace(tzinfo=None) for event in events],
            "event_date": [event.event_date for event in events],
            "time_zone": [event.time_zone for event in events],
            "metadata": [event.metadata for event in events],
            "raw": [event.raw for event in events],
        }
        self._connection.from_arrow(pa.table(columns, schema=SCHEMA)).insert_into("staged")
        self._has_own_ids = self._has_own_ids or any(event.id is not None for event in events)

    def clashes(self) -> Iterator[Rejected]:
        """Yield the rows whose id an earlier row of the file has with other content. They are not loaded."""
        if not self._has_own_ids:
            return
        found = self._connection.execute(query_text("members/duckdb/clashing_rows"))
        while rows := found.fetchmany(1_000):
            for line, own_id, earlier, raw in rows:
                yield Rejected(line, f"id {UUID(own_id)} stands on line {earlier} with other content", raw)

    def people(self) -> list[Person]:
        """Return the members with staged events in the order of their ids. Nothing is added after that."""
        self._connection.execute(query_text("members/duckdb/number_members"))
        rows = self._connection.execute(query_text("members/duckdb/people")).fetchall()
        return [Person(UUID(user_id), events, first_on) for user_id, events, first_on in rows]

    def batches(self, people: Sequence[Person], *, rows: int = BATCH_ROWS) -> Iterator[EventBatch]:
        """Yield everything that is staged, about ``rows`` at a time and a member's all together. Of rows with
        one id the first counts.
        """
        # A cursor of its own: batches are made in another thread than the one that asks for rejected rows.
        connection = self._connection.cursor()
        statement = query_text("members/duckdb/staged_batch")
        for start, end in ranges([person.events for person in people], rows=rows):
            parameters: dict[str, object] = {
                "first": start + 1,
                "last": end,
                "source": self._source,
                "namespace": EVENTS.bytes,
            }
            lines = copy_lines_of(connection, statement, parameters)
            of = people[start:end]
            yield EventBatch(
                tuple(person.id for person in of),
                tuple(person.first_on for person in of),
                lines.rows,
                lines.text,
                self._has_own_ids,
            )

    def rejected(self, taken: Sequence[EventKey]) -> Iterator[Rejected]:
        """Yield the rows whose ids other events have in the database."""
        statement = query_text("members/duckdb/staged_rows")
        for user_id, keys in groupby(taken, key=lambda key: key.user_id):
            parameters = {"user_id": user_id.hex, "ids": [key.id.hex for key in keys]}
            for line, own_id, raw in self._connection.execute(statement, parameters).fetchall():
                yield Rejected(line, f"id {UUID(own_id)} belongs to another event of this member", raw)
