"""The files of the Open University Learning Analytics Dataset, as published (CSV) or stored as Parquet."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from bee.db.queries import query_text
from bee.errors import Invalid
from bee.members.ingest.rejects import Rejected

NULLS: Final = ["?", ""]
SNIFFED_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class Table:
    """One of the published files: the name of our view of it, its file, the columns that we need of it."""

    view: str
    file: str
    columns: tuple[str, ...]


COURSE: Final = ("code_module", "code_presentation")
TABLES: Final = (
    Table("courses", "courses", (*COURSE, "module_presentation_length")),
    Table(
        "registrations",
        "studentRegistration",
        (*COURSE, "id_student", "date_registration", "date_unregistration"),
    ),
    Table(
        "students",
        "studentInfo",
        (
            *COURSE,
            "id_student",
            "gender",
            "region",
            "highest_education",
            "age_band",
            "disability",
            "final_result",
        ),
    ),
    Table("vle", "vle", (*COURSE, "id_site", "activity_type")),
    Table("assessments", "assessments", (*COURSE, "id_assessment")),
    Table("clicks", "studentVle", (*COURSE, "id_student", "id_site", "date", "sum_click")),
    Table("submissions", "studentAssessment", ("id_assessment", "id_student", "date_submitted", "is_banked")),
)


def find_files(folder: Path) -> dict[Table, Path]:
    """Return the file of each table, Parquet before CSV. Raises :class:`Invalid` naming all that are missing."""
    if not folder.is_dir():
        raise Invalid("no_folder", f"{folder} is not a folder.")
    found = {table: _find(folder, table) for table in TABLES}
    missing = [f"{table.file}.csv" for table, path in found.items() if path is None]
    if missing:
        raise Invalid("files_missing", f"{folder} has no {', '.join(missing)} (nor the same as .parquet).")
    return {table: path for table, path in found.items() if path is not None}


def open_tables(connection: duckdb.DuckDBPyConnection, files: dict[Table, Path]) -> None:
    """Make a view of each file, named as in :data:`TABLES`. Texts of a CSV stay texts: the queries cast them.

    Raises :class:`Invalid` for a file that is not what its name says or lacks a column.
    """
    for table, path in files.items():
        relation = _parquet(connection, path) if path.suffix == ".parquet" else _csv(connection, path)
        missing = [column for column in table.columns if column not in relation.columns]
        if missing:
            raise Invalid(
                "columns_missing",
                f"{path.name} lacks {', '.join(missing)}; it has {', '.join(relation.columns)}.",
            )
        relation.create_view(table.view)


def malformed_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> list[Rejected]:
    """Return the lines of a CSV, read before, that have the wrong form."""
    if path.suffix != ".csv":
        return []
    rows = connection.execute(query_text("members/duckdb/malformed_rows"), {"path": str(path)}).fetchall()
    return [Rejected(line, f"{path.name}: {reason}", raw or "") for line, reason, raw in rows]


def _find(folder: Path, table: Table) -> Path | None:
    paths = (folder / f"{table.file}{suffix}" for suffix in (".parquet", ".csv"))
    return next((path for path in paths if path.is_file()), None)


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    try:
        return connection.read_parquet(str(path))
    except duckdb.Error as error:
        raise Invalid("not_parquet", f"{path} is not a Parquet file that can be read.") from error


def _csv(connection: duckdb.DuckDBPyConnection, path: Path) -> duckdb.DuckDBPyRelation:
    columns = _header(path)
    return connection.read_csv(
        str(path),
        header=True,
        sep=",",
        quotechar='"',
        escapechar='"',
        na_values=NULLS,
        columns=dict.fromkeys(columns, "VARCHAR"),
        auto_detect=False,
        store_rejects=True,
    )


def _header(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(SNIFFED_BYTES)
    try:
        text = start.partition(b"\n")[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("not_csv", f"{path} is not a CSV in UTF-8.") from error
    if not start or "\0" in text:
        raise Invalid("not_csv", f"{path} is {'empty' if not start else 'not a CSV'}.")
    return next(csv.reader([text.strip("\r")]))
