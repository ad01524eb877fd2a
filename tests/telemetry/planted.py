"""What is planted to be looked for in everything that a process writes, and faults that quote it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bee.db import Database, Login
from tests.api.processes import await_true

NAME = "Zenobia Plantagenet"
EMAIL = "zenobia.plantagenet@planted.example"
PASSWORD = "planted-pass-phrase-7"
WORDS = "I whispered marzipan to nobody"
PHONE = "+44 20 7946 0958"
PUSH_TOKEN = "fPlantedDevice:APA91bPlantedRegistration"
PLANTED = (
    "zenobia",
    "plantagenet",
    "planted.example",
    PASSWORD,
    "marzipan",
    # With its space, which no number of a request has.
    "7946 0958",
    "apa91b",
    "planteddevice",
    "eyj",
    "bearer",
)
# A row that can't be read or written, which says so in the words of PostgreSQL.
FAULT = f"""
create function planted_fault() returns boolean language plpgsql as $$
begin
  raise exception '{NAME} <{EMAIL}> said {WORDS}' using detail = 'Failing row contains ({NAME}, {PHONE}).';
end $$;
"""


def break_table(database: Database, table: str) -> Callable[[], None]:
    """Let whoever reads or writes a table fail, by an error that quotes a member; what is returned mends it."""
    with database.writing(Login.OWNER) as session:
        session.driver.execute(FAULT)
        session.driver.execute("grant execute on function planted_fault() to public")
        session.driver.execute(
            f"create policy planted on {table} as restrictive using (planted_fault())".encode()
        )

    def mend() -> None:
        with database.writing(Login.OWNER) as session:
            session.driver.execute(f"drop policy planted on {table}".encode())

    return mend


def leaks(output: Path, *more: str) -> list[str]:
    """Return which of the planted words, and of ``more``, are anywhere in a file."""
    text = output.read_bytes().decode("utf-8", "replace").lower()
    return [word for word in (*PLANTED, *(other.lower() for other in more)) if word in text]


def lines(output: Path) -> list[dict[str, Any]]:
    """Return every line of a log, each of which is one object of JSON."""
    return [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]


def await_line(output: Path, **fields: object) -> dict[str, Any]:
    """Wait for a line that has these fields, and return it."""

    def found() -> list[dict[str, Any]]:
        return [line for line in lines(output) if fields.items() <= line.items()]

    await_true(lambda: bool(found()))
    return found()[0]
