"""The real population, brought in once for all tests of a run that only read it, and what the others share."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bee.db import Database
from bee.db.address import ServerAddress
from bee.members.oulad import import_oulad
from bee.momentum.scoring import ScoringReport, score
from tests.cluster import administering, named

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def open_university(
    template: ServerAddress, copies: Callable[[], str], oulad: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The Open University's members and events."""
    name, folder = copies(), tmp_path_factory.mktemp("open_university")
    database = Database(named(template, name))
    try:
        import_oulad(database, oulad, rejects=folder / "rejects.csv", workplaces=folder / "imports", now=NOW)
        yield database
    finally:
        database.dispose()
        with administering(template) as connection:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def first_scoring(open_university: Database) -> ScoringReport:
    """What the first scoring of the Open University's members said."""
    return score(open_university, now=NOW)


@pytest.fixture
def candidate() -> Path:
    """A file with a definition that nobody has stored: v1 with thresholds for people who come now and then."""
    return EXAMPLES / "gentle.json"
