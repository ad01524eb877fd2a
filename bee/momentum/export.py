"""All scores into a file, streamed: CSV or Parquet by the file's name."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from pyarrow import csv, parquet

from bee.db import Database, Login
from bee.db.queries import query_text
from bee.errors import Invalid, Unavailable

COLUMNS: Final = pa.schema(
    [
        ("external_id", pa.string()),
        ("user_id", pa.string()),
        ("score_date", pa.date32()),
        ("raw_score", pa.float64()),
        ("final_score", pa.float64()),
        ("momentum_state", pa.string()),
        ("definition", pa.string()),
    ]
)
BLOCK_BYTES: Final = 1 << 23


def export_scores(database: Database, path: Path) -> int:
    """Write every complete score into a ``.csv`` or ``.parquet`` file and return how many.

    The file appears whole or not at all. Raises :class:`Invalid` for another kind of file and
    :class:`Unavailable` when it can't be written.
    """
    kinds = {".csv": csv.CSVWriter, ".parquet": parquet.ParquetWriter}
    if path.suffix not in kinds:
        raise Invalid("bad_file", f"{path.name}: a .csv or .parquet file is wanted.")
    unfinished = path.with_name(f".{path.name}.part")
    try:
        rows = 0
        with kinds[path.suffix](unfinished, COLUMNS) as writer:
            for table in _tables(database):
                writer.write_table(table)
                rows += table.num_rows
        unfinished.replace(path)
    except OSError as error:
        raise Unavailable("file", f"{path} can't be written: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _tables(database: Database) -> Iterator[pa.Table]:
    statement = query_text("momentum/export_scores").encode()
    with (
        database.reading(Login.OWNER) as session,
        session.driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        yield from _parsed(copy)


def _parsed(blocks: Any) -> Iterator[pa.Table]:
    """Parse COPY's text some megabytes at a time, each cut at the end of a line."""
    pending = bytearray()
    for block in blocks:
        pending += block
        if len(pending) >= BLOCK_BYTES:
            # A line break inside quotes can't be told from one between rows here; ids hold none.
            cut = pending.rfind(b"\n") + 1
            yield _parse(bytes(pending[:cut]))
            del pending[:cut]
    if pending:
        yield _parse(bytes(pending))


def _parse(text: bytes) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=COLUMNS.names),
        convert_options=csv.ConvertOptions(
            column_types=dict(zip(COLUMNS.names, COLUMNS.types, strict=True)), strings_can_be_null=False
        ),
    )
