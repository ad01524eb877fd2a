"""Batches from and to PostgreSQL by COPY: text that Arrow reads and writes, never a row at a time in Python."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from bee.db import ReadSession, WriteSession
from bee.db.constraints import domain_error
from bee.db.queries import query_text
from bee.errors import Unavailable
from bee.momentum.batch import DueMember, Events, Rows, Stored, days_since_epoch
from bee.momentum.definition import Definition
from bee.momentum.engine import STATES, Ints

FAR: Final = date(9999, 1, 1)
EVENT_COLUMNS: Final = {"member": pa.int64(), "day": pa.int64(), "event_type": pa.string()}
STORED_COLUMNS: Final = {
    "member": pa.int64(),
    "day": pa.int64(),
    "final": pa.float64(),
    "state": pa.string(),
    "raw": pa.float64(),
    "events": pa.int64(),
    "is_complete": pa.int64(),
}


def read_events(session: ReadSession, members: Sequence[DueMember], *, definition: Definition) -> Events:
    """Return the events of members from their starts on, even those to come; their types by canonical name."""
    table = read_copy(session, "momentum/copy_events", EVENT_COLUMNS, _scope(members))
    names = table["event_type"].combine_chunks().dictionary_encode()
    canonical = [definition.canonical_type(name) for name in names.dictionary.to_pylist()]
    types = sorted(set(canonical))
    place = np.array([types.index(name) for name in canonical], np.int64)
    kinds = place[_integers(names.indices)] if len(place) else np.zeros(0, np.int64)
    return Events(_integers(table["member"]), _integers(table["day"]), kinds, types)


def read_stored(session: ReadSession, members: Sequence[DueMember], *, definition: Definition) -> Stored:
    """Return the stored scores of members from their starts, and from the days before that still weigh."""
    parameters = _scope(members) | {"reach": definition.history_days}
    table = read_copy(session, "momentum/copy_stored", STORED_COLUMNS, parameters)
    states = pc.index_in(table["state"], pa.array([state.value for state in STATES]))
    return Stored(
        _integers(table["member"]),
        _integers(table["day"]),
        table["raw"].fill_null(0).to_numpy(),
        table["final"].to_numpy(),
        _integers(states).astype(np.int8),
        _integers(table["events"].fill_null(0)),
        _integers(table["is_complete"].fill_null(0)).astype(bool),
    )


def rows_text(rows: Rows, members: Sequence[DueMember], *, definition: Definition) -> pa.Buffer:
    """Return rows as COPY's text, columns as in ``sql/momentum/copy_scores.sql``."""
    ids = pa.array([str(member.user_id) for member in members])
    names = pa.array([state.value for state in STATES])
    table = pa.table(
        {
            "user_id": pc.take(ids, pa.array(rows.member)),
            "score_date": pa.array(rows.day.astype(np.int32)).cast(pa.date32()),
            "raw_score": pa.array(rows.raw),
            "final_score": pa.array(rows.final),
            "momentum_state": pc.take(names, pa.array(rows.state)),
            "event_count": pa.array(rows.events),
            "is_complete": pa.array(rows.is_complete),
            "definition": pa.repeat(definition.name, len(rows)),
        }
    )
    return table_text(table)


def table_text(table: pa.Table) -> pa.Buffer:
    """Return a table as COPY's text (format csv)."""
    sink = pa.BufferOutputStream()
    csv.write_csv(table, sink, csv.WriteOptions(include_header=False, quoting_style="needed"))
    return sink.getvalue()


def copy_in(session: WriteSession, name: str, text: pa.Buffer) -> None:
    """Send text to a COPY statement."""
    with copying(session, name) as copy:
        copy.write(memoryview(text))


@contextmanager
def copying(
    session: ReadSession, name: str, parameters: dict[str, Any] | None = None
) -> Iterator[psycopg.Copy]:
    """Run a COPY statement; what the driver itself raises meanwhile becomes a domain error."""
    try:
        with session.driver.cursor() as cursor, cursor.copy(query_text(name).encode(), parameters) as copy:
            yield copy
    except psycopg.IntegrityError as error:
        raise domain_error(error) from error
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database_unavailable", "The database went away while scores were copied."
        ) from error


def read_copy(
    session: ReadSession, name: str, columns: dict[str, pa.DataType], parameters: dict[str, Any]
) -> pa.Table:
    """Return what a COPY statement writes out as a table of these columns; only numbers may be null."""
    received = io.BytesIO()
    with copying(session, name, parameters) as copy:
        for block in copy:
            received.write(block)
    if not received.tell():
        return pa.table({column: pa.array([], kind) for column, kind in columns.items()})
    received.seek(0)
    return csv.read_csv(
        received,
        csv.ReadOptions(column_names=list(columns)),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(column_types=columns, strings_can_be_null=False),
    )


def window_numbers(days: Sequence[date | None]) -> Ints:
    """Return days as numbers; one that is missing lies far ahead."""
    return np.array([days_since_epoch(day or FAR) for day in days], np.int64)


def _scope(members: Sequence[DueMember]) -> dict[str, Any]:
    starts = [member.start_on for member in members]
    return {"members": [member.user_id for member in members], "starts": starts, "earliest": min(starts)}


def _integers(values: pa.ChunkedArray | pa.Array) -> Ints:
    return np.asarray(
        values.to_numpy(zero_copy_only=False) if isinstance(values, pa.Array) else values.to_numpy(), np.int64
    )
