"""How long the import of the Open University data takes, against a bare COPY of the same rows into the same tables.

``python -m bench.import_oulad [FOLDER] [--scales 1 2 4] [--rounds 3]``. Both write to new databases of one server
of their own, in turn, each from a checkpoint; the bare COPY has its text ready in files and is two statements.
The smallest time of the rounds counts. A scale of n repeats the data for n times as many students.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import duckdb
import psycopg
from rich.console import Console
from rich.table import Table

from bee.db import Database
from bee.db.address import ServerAddress
from bee.db.embedded import discard_server, ensure_server
from bee.db.logins import Login
from bee.db.migrations import migrate
from bee.members.oulad import import_oulad

CHUNK_BYTES = 1 << 20
STUDENTS_APART = 10_000_000
MEMBER_COLUMNS = (
    "id, external_id, time_zone, joined_on, left_on, attributes, consents, is_demo, is_synthetic, created_at"
)
EVENT_COLUMNS = "id, user_id, event_type, event_date, metadata, occurred_at, received_at, time_zone, source"
TABLES = {"members": MEMBER_COLUMNS, "engagement_events": EVENT_COLUMNS}
STUDENT_TABLES = ("studentInfo", "studentRegistration", "studentVle", "studentAssessment")


@dataclass(frozen=True, slots=True)
class Run:
    """One import: ``added`` events in ``seconds``, with at most ``peak_bytes`` of memory."""

    added: int
    seconds: float
    peak_bytes: int


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("../shared/data/oulad"))
    parser.add_argument("--scales", nargs="+", type=int, default=[1])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    table = Table("scale", "events", "bare COPY s", "import s", "ratio", "second run s", "peak MiB")
    with tempfile.TemporaryDirectory(prefix="bee-bench-") as work, server(Path(work) / "home") as address:
        for scale in arguments.scales:
            folder = scaled(arguments.folder, scale, Path(work))
            measure(address, folder, scale, arguments.rounds, Path(work), table)
    Console().print(table)


def measure(address: ServerAddress, folder: Path, scale: int, rounds: int, work: Path, table: Table) -> None:
    """Add a row to the table: imports and bare COPYs in turn."""
    runs: list[Run] = []
    again: list[Run] = []
    copies: list[float] = []
    for _ in range(rounds):
        with new_database(address, "bench_import") as target:
            runs.append(imported(target, folder, work))
            again.append(imported(target, folder, work))
            if not copies:
                export(target, work)
        with new_database(address, "bench_copy") as target:
            copies.append(copied(target, work))
    seconds, bare = min(run.seconds for run in runs), min(copies)
    assert all(run.added == 0 for run in again)
    table.add_row(
        f"{scale}×",
        f"{runs[0].added:,}",
        f"{bare:.1f}",
        f"{seconds:.1f}",
        f"{seconds / bare:.2f}",
        f"{min(run.seconds for run in again):.1f}",
        f"{max(run.peak_bytes for run in runs) / (1 << 20):.0f}",
    )


@contextmanager
def server(home: Path) -> Iterator[ServerAddress]:
    """Run an embedded server of the benchmark's own."""
    try:
        yield ensure_server(home)
    finally:
        discard_server(home)


@contextmanager
def new_database(address: ServerAddress, name: str) -> Iterator[ServerAddress]:
    """Make a migrated database, everything else on disk already; drop it in the end."""
    place = ServerAddress(
        tuple((key, name if key == "dbname" else value) for key, value in address.base),
        address.owner,
        address.login_secret,
    )
    with psycopg.connect(**address.parameters(Login.OWNER), autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        migrate(place)
        connection.execute("checkpoint")
        try:
            yield place
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def imported(address: ServerAddress, folder: Path, work: Path) -> Run:
    """Import in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_import, address, folder, work).result()


def _import(address: ServerAddress, folder: Path, work: Path) -> Run:
    begun = time.perf_counter()
    database = Database(address)
    report = import_oulad(
        database, folder, rejects=work / "rejects.csv", workplaces=work / "imports", now=datetime.now(UTC)
    )
    seconds = time.perf_counter() - begun
    database.dispose()
    return Run(report.added, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def export(address: ServerAddress, work: Path) -> None:
    """Write the rows of an imported database to files, as COPY's text in the order of the table."""
    with psycopg.connect(**address.parameters(Login.OWNER)) as connection, connection.cursor() as cursor:
        for table, columns in TABLES.items():
            with (
                (work / table).open("wb") as file,
                cursor.copy(f"copy {table} ({columns}) to stdout".encode()) as copy,
            ):
                for data in copy:
                    file.write(data)


def copied(address: ServerAddress, work: Path) -> float:
    """Copy the files into the same tables, as whoever runs the server, and return the seconds."""
    with psycopg.connect(**address.parameters(Login.OWNER)) as connection:
        connection.execute("set bee.bulk_load = 'on'")
        begun = time.perf_counter()
        for table, columns in TABLES.items():
            with (
                (work / table).open("rb") as file,
                connection.cursor().copy(f"copy {table} ({columns}) from stdin".encode()) as copy,
            ):
                while data := file.read(CHUNK_BYTES):
                    copy.write(data)
        connection.commit()
        return time.perf_counter() - begun


def scaled(folder: Path, scale: int, work: Path) -> Path:
    """Return a folder with the data of ``scale`` times as many students."""
    if scale == 1:
        return folder
    target = work / f"times{scale}"
    target.mkdir()
    for path in folder.glob("*.parquet"):
        rows = duckdb.read_parquet(str(path))
        if path.stem in STUDENT_TABLES:
            shifted = (
                duckdb.read_parquet(str(path)).project(
                    f"* replace (id_student + {STUDENTS_APART * copy} as id_student)"
                )
                for copy in range(1, scale)
            )
            for more in shifted:
                rows = rows.union(more)
        rows.write_parquet(str(target / path.name))
    return target


if __name__ == "__main__":
    main()
