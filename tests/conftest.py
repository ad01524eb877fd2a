"""What the tests share: one server a run, a migrated database of its own for each test, the real data."""

import functools
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

from bee.coach.prompts.registry import ensure_prompts
from bee.db import Database
from bee.db.address import ServerAddress
from bee.db.migrations import migrate
from bee.momentum.registry import ensure_definitions
from bee.notify.registry import ensure_rules
from bee.sla.alerts.registry import ensure_alert_rules
from tests.cluster import (
    OLDEST_BINARIES,
    administering,
    embedded_cluster,
    memory_folder,
    named,
    oldest_cluster,
    place_databases,
)
from tests.commands import Bee, database_url, run_bee

# A machine may be slow; no test here fails for that.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = Path("/usr/bin/chromium")
STRICT = "BEE_TEST_STRICT"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--oldest", action="store_true", help="run against Debian's PostgreSQL 15")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Against the oldest server only what talks to a database is run again, and no browser."""
    if not config.getoption("--oldest"):
        return
    kept = [
        item for item in items if {"template"} <= set(_fixtures(item)) and "chromium" not in _fixtures(item)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def _fixtures(item: pytest.Item) -> list[str]:
    return item.fixturenames if isinstance(item, pytest.Function) else []


@pytest.fixture(scope="session")
def memory() -> Iterator[Path | None]:
    """A folder in memory for databases, None where there is too little."""
    with memory_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, memory: Path | None
) -> Iterator[ServerAddress]:
    """A running server that belongs to this run; it ends before the memory that it uses goes."""
    if not request.config.getoption("--oldest"):
        # A name of its own: what a killed run left under another is never taken for ours.
        with embedded_cluster(
            Path(tempfile.mkdtemp(prefix="home-", dir=tmp_path_factory.getbasetemp()))
        ) as address:
            yield address
    elif OLDEST_BINARIES.is_dir():
        with oldest_cluster() as address:
            yield address
    else:
        missing("PostgreSQL 15")


@pytest.fixture(scope="session")
def room(server: ServerAddress, memory: Path | None) -> str:
    """Where a database is to lie: what follows its name."""
    return place_databases(server, memory)


@pytest.fixture(scope="session")
def template(server: ServerAddress, room: str) -> ServerAddress:
    """A database with every migration applied; tests get copies of it."""
    address = named(server, "bee_template")
    with administering(server) as connection:
        connection.execute(f"create database bee_template {room}")
    migrate(address)
    database = Database(address)
    ensure_definitions(database)
    ensure_rules(database)
    ensure_prompts(database)
    ensure_alert_rules(database)
    database.dispose()
    return address


@pytest.fixture
def empty(template: ServerAddress) -> Iterator[ServerAddress]:
    """A database without any table."""
    with administering(template) as connection:
        connection.execute("drop database if exists bee_empty with (force)")
        connection.execute("create database bee_empty")
    yield named(template, "bee_empty")
    with administering(template) as connection:
        connection.execute("drop database bee_empty with (force)")


@pytest.fixture(scope="session")
def copies(template: ServerAddress, room: str) -> Callable[[], str]:
    """Make a copy of the template and return its name."""
    numbers = itertools.count()

    def copy() -> str:
        name = f"bee_test_{next(numbers)}"
        with administering(template) as connection:
            connection.execute(f"create database {name} template bee_template {room}")
        return name

    return copy


@pytest.fixture
def database(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """An empty, migrated database of the test's own, reached through the real logins."""
    name = copies()
    database = Database(named(template, name))
    try:
        yield database
    finally:
        database.dispose()
        with administering(template) as connection:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture
def bee(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Bee:
    """The command line over the test's database, with a home of its own."""
    monkeypatch.setenv("DATABASE_URL", database_url(database))
    monkeypatch.setenv("BEE_HOME", str(tmp_path / "home"))
    return functools.partial(run_bee, monkeypatch, capsys)


@pytest.fixture(scope="session")
def oulad() -> Path:
    """The folder of the real data."""
    folder = Path(os.environ.get("BEE_TEST_DATA", ROOT / "../shared/data")).resolve() / "oulad"
    if not (folder / "studentVle.parquet").is_file():
        pytest.skip("the real data is not here (BEE_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    if not CHROMIUM.exists():
        missing("Chromium")
    return CHROMIUM


def missing(what: str) -> NoReturn:
    """Skip a test for want of a program; in strict runs, which install them all, that is a failure."""
    if os.environ.get(STRICT):
        pytest.fail(f"{what} is missing, and a strict run has to have it")
    pytest.skip(f"{what} is not installed")
