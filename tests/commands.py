"""The command line in the test's own process: the same main, the same sentences and exit codes."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import pytest

from bee.cli import main
from bee.db import Database
from bee.db.logins import Login


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


Bee = Callable[..., Said]


def database_url(database: Database) -> str:
    """Return the address of a test's database as the settings take it."""
    place = database.address.parameters(Login.OWNER)
    return f"postgresql://{place['user']}@/{place['dbname']}?host={quote(place['host'])}&port={place['port']}"


def run_bee(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> Said:
    """Run ``bee`` with these words in the environment as it is."""
    monkeypatch.setattr(sys, "argv", ["bee", *map(str, words)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return Said(int(ended.value.code or 0), said.out, said.err)
