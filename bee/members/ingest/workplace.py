"""A folder for one import's temporary files, and a DuckDB that spills into it instead of filling the
memory."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from bee.db.queries import query_text
from bee.errors import Unavailable

MEMORY_LIMIT: Final = "400MB"


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """Make a folder below ``parent`` and remove it in the end, with those that killed imports left behind.

    Raises :class:`Unavailable` when nothing can be written there.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder, held = _make(parent)
    except OSError as error:
        raise Unavailable("workplace", f"Can't write to {parent}: {error.strerror}.") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


@contextmanager
def staging_database(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB in ``folder`` that knows our macros and stays below :data:`MEMORY_LIMIT`.

    Raises :class:`Unavailable` when the folder has no room for it.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY_LIMIT,
        "temp_directory": str(folder / "spill"),
        "threads": 2,
        "preserve_insertion_order": False,
    }
    try:
        # Leaving the block closes it.
        with duckdb.connect(str(folder / "staging.duckdb"), config=settings) as connection:
            connection.execute(query_text("members/duckdb/uuid_text"))
            connection.execute(query_text("members/duckdb/copy_text"))
            yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).splitlines()[0]
        raise Unavailable("workplace", f"There is no room to work in {folder.parent}: {reason}.") from error


def _make(parent: Path) -> tuple[Path, int]:
    """Return a new folder and the descriptor that holds it."""
    gate = os.open(parent, os.O_RDONLY)
    try:
        # Nobody clears between the making and the holding.
        fcntl.flock(gate, fcntl.LOCK_EX)
        _clear(parent)
        folder = Path(tempfile.mkdtemp(prefix="import-", dir=parent))
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        return folder, held
    finally:
        os.close(gate)


def _clear(parent: Path) -> None:
    """Remove folders that nobody holds: their import was killed."""
    for folder in parent.glob("import-*"):
        held = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        else:
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(held)
