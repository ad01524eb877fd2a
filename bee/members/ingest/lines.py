"""COPY's text out of DuckDB: the strings of a column lie one behind another already."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import duckdb
import pyarrow as pa

BATCH_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows as COPY's text, and how many."""

    rows: int
    text: memoryview


def copy_lines_of(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: dict[str, object]
) -> Lines:
    """Run a DuckDB statement whose first column ``line`` is a line of COPY's text, its line break
    included."""
    table: pa.Table = connection.sql(statement, params=parameters).to_arrow_table()
    parts = [_text(chunk) for chunk in table.column("line").chunks]
    return Lines(table.num_rows, parts[0] if len(parts) == 1 else memoryview(b"".join(parts)))


def _text(strings: pa.StringArray | pa.LargeStringArray) -> memoryview:
    """Return the text of all strings together, without copying it."""
    if len(strings) == 0:
        return memoryview(b"")
    _, offsets, data = strings.buffers()
    wide = pa.types.is_large_string(strings.type)
    places = memoryview(offsets).cast("q") if wide else memoryview(offsets).cast("i")
    return memoryview(data)[places[strings.offset] : places[strings.offset + len(strings)]]


def ranges(counts: list[int], *, rows: int) -> Iterator[tuple[int, int]]:
    """Cut a sequence of counts into ranges ``(start, end)`` that come to about ``rows`` each; none is
    empty."""
    cuts = [0]
    total = 0
    for index, count in enumerate(counts, start=1):
        total += count
        if total >= rows:
            cuts.append(index)
            total = 0
    if total:
        cuts.append(len(counts))
    return pairwise(cuts)
