"""Parquet: rows in row groups, of which a few thousand at a time are in memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from bee.errors import Invalid
from bee.members.ingest.rejects import Rejected
from bee.members.ingest.rows import RawRow, Source

BATCH_ROWS: Final = 8_192


def open_parquet(path: Path) -> Source:
    """Return a Parquet file's columns and rows. Raises :class:`Invalid` when it is none."""
    try:
        with ParquetFile(path) as file:
            columns, rows = tuple(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise Invalid(
            "not_what_it_says", f"{path} is not a Parquet file that can be read: {error}."
        ) from error

    def read() -> Iterator[tuple[RawRow | Rejected, int]]:
        number = 0
        try:
            with ParquetFile(path) as file:
                for batch in file.iter_batches(batch_size=BATCH_ROWS):
                    for values in batch.to_pylist(maps_as_pydicts="lossy"):
                        number += 1
                        yield RawRow(number, values), number
        except (pa.ArrowException, OSError) as error:
            yield Rejected(number + 1, f"the file is damaged from here on: {error}", ""), rows

    return Source(path, columns, rows, read)
