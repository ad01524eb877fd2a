"""Rows out of a table and back into it by a bare COPY: the floor of whatever writes them."""

import time
from collections.abc import Mapping
from pathlib import Path

from bee.db.address import ServerAddress
from bench.place import owner

CHUNK_BYTES = 1 << 20


def take_out(address: ServerAddress, tables: Mapping[str, str], work: Path) -> None:
    """Write tables (name → columns) to files of their names, as COPY's text in the order of the table."""
    with owner(address) as connection:
        for table, columns in tables.items():
            statement = f"copy {table} ({columns}) to stdout".encode()
            with (work / table).open("wb") as file, connection.cursor().copy(statement) as copy:
                for data in copy:
                    file.write(data)


def put_in(address: ServerAddress, tables: Mapping[str, str], work: Path) -> float:
    """Copy the files into the same tables in one transaction and return the seconds."""
    with owner(address) as connection:
        begun = time.perf_counter()
        with connection.transaction():
            connection.execute("set local bee.bulk_load = 'on'")
            for table, columns in tables.items():
                statement = f"copy {table} ({columns}) from stdin".encode()
                with (work / table).open("rb") as file, connection.cursor().copy(statement) as copy:
                    while data := file.read(CHUNK_BYTES):
                        copy.write(data)
        return time.perf_counter() - begun
