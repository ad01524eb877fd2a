"""Tables on disk, CSV or Parquet: the columns that are asked for, a few thousand rows at a time in memory."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
from pyarrow.parquet import ParquetFile

from bee.errors import Invalid
from bee.members.ingest.sources import open_source
from bee.notify.effect.effect import Effect, effect_in
from bee.notify.effect.question import Question
from bee.notify.effect.rows import refuse_unknown

BATCH_ROWS: Final = 32_768
SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {"memory_limit": "400MB", "threads": 2}
ENDINGS: Final = (".csv.gz", ".csv", ".parquet")
NOTHING: Final = ["", "NA", "NaN", "nan", "NULL", "null"]


def effect_of_file(path: Path, question: Question, *, small_sample: bool, drop_missing: bool) -> Effect:
    """Return the effect in a file, however large. Raises :class:`Invalid` for one that can't be read or told."""
    with _projected(path, question) as file:

        def batches() -> Iterable[pa.RecordBatch]:
            yield from file.iter_batches(batch_size=BATCH_ROWS)

        return effect_in(batches, question, small_sample=small_sample, drop_missing=drop_missing)


def _projected(path: Path, question: Question) -> ParquetFile:
    """Return the columns that are asked for as a Parquet file: a CSV's types need all of its rows.

    The file has no name any more, so nothing is left of it however the process ends.
    """
    ending = next((each for each in ENDINGS if path.name.lower().endswith(each)), None)
    if ending is None:
        raise Invalid("unknown_kind", f"{path} is named neither .csv, .csv.gz nor .parquet.")
    refuse_unknown(question, open_source(path).columns)
    with tempfile.TemporaryDirectory(prefix="bee-effect-") as folder:
        # DuckDB takes * and ? in a name for a pattern.
        source = Path(folder) / f"source{ending}"
        source.symlink_to(path.resolve())
        table = Path(folder) / "columns.parquet"
        try:
            with duckdb.connect(":memory:", config=SETTINGS | {"temp_directory": folder}) as connection:
                columns = [duckdb.ColumnExpression(name) for name in question.columns]
                _open(connection, source).select(*columns).write_parquet(str(table))
        except duckdb.Error as error:
            reason = str(error).splitlines()[0].replace(str(source), str(path))
            raise Invalid("unreadable", f"{path} can't be read as a table: {reason}") from error
        return ParquetFile(table)


def _open(connection: duckdb.DuckDBPyConnection, source: Path) -> duckdb.DuckDBPyRelation:
    if source.name.endswith(".parquet"):
        return connection.read_parquet(str(source))
    return connection.read_csv(str(source), header=True, sample_size=-1, na_values=NOTHING)
