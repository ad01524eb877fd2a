"""One seeded database for all the tests of the walls: none of them leaves anything behind."""

from collections.abc import Callable, Iterator

import pytest

from bee.db import Database, Login
from bee.db.address import ServerAddress
from tests.cluster import administering, named
from tests.walls.house import SEED, Table, read_tables


@pytest.fixture(scope="package")
def house(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """A database with two members and a coach for each."""
    name = copies()
    database = Database(named(template, name))
    try:
        with database.writing(Login.OWNER) as session:
            session.driver.execute(SEED.read_bytes())
        yield database
    finally:
        database.dispose()
        with administering(template) as connection:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="package")
def tables(house: Database) -> list[Table]:
    """What there is to be walled."""
    with house.reading(Login.OWNER) as session:
        return read_tables(session.driver)
