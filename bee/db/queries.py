"""The SQL files: ``sql/<domain>/<query>.sql``, one statement each, loaded once."""

from functools import cache
from pathlib import Path

import sqlalchemy
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

PSYCOPG = PGDialect_psycopg()  # type: ignore[no-untyped-call]
SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"


@cache
def query_text(name: str) -> str:
    """Return the statement named ``<domain>/<query>``. Raises FileNotFoundError: a fault of the program."""
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@cache
def query(name: str) -> sqlalchemy.TextClause:
    """Return the statement named ``<domain>/<query>``, its ``:names`` being bound parameters."""
    return sqlalchemy.text(query_text(name))


@cache
def driver_query(name: str) -> bytes:
    """Return the statement as psycopg itself takes it, its parameters by the same names."""
    return str(query(name).compile(dialect=PSYCOPG)).encode()
