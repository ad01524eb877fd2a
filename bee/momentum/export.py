"""All scores into a file, streamed: CSV or Parquet by the file's name."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import pyarrow as pa
from pyarrow import csv, parquet

from bee.db import Database, Login
from bee.errors import Invalid, Unavailable
from bee.momentum.exchange import copying

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
    try:
        with _appearing(path) as file, kinds[path.suffix](file, COLUMNS) as writer:
            rows = 0
            for table in _tables(database):
                writer.write_table(table)
                rows += table.num_rows
    except OSError as error:
        raise Unavailable("file", f"{path} can't be written: {error.strerror or error}.") from error
    return rows


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of ``path`` when the block is through, and is gone when it fails."""
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("wb") as file:
        try:
            yield file
            file.flush()
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)


def _tables(database: Database) -> Iterator[pa.Table]:
    with database.reading(Login.OWNER) as session, copying(session, "momentum/export_scores") as copy:
        yield from parsed(copy)


def parsed(
    blocks: Iterable[bytes | bytearray | memoryview], block_bytes: int = BLOCK_BYTES
) -> Iterator[pa.Table]:
    """Parse COPY's text some megabytes at a time, each cut where a row ends."""
    pending = bytearray()
    quotes = 0
    for block in blocks:
        pending += block
        quotes += bytes(block).count(b'"')
        # A line break after an odd number of quotes lies inside a value.
        if len(pending) >= block_bytes and quotes % 2 == 0 and pending.endswith(b"\n"):
            yield _parse(bytes(pending))
            pending.clear()
    if pending:
        yield _parse(bytes(pending))


def _parse(text: bytes) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=COLUMNS.names),
        csv.ParseOptions(newlines_in_values=True),
        csv.ConvertOptions(
            column_types=dict(zip(COLUMNS.names, COLUMNS.types, strict=True)), strings_can_be_null=False
        ),
    )
