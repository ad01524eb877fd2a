"""A database that is of another release: every process says so, and none works on it."""

import pytest
from starlette.testclient import TestClient

from bee.access import StaffRole
from bee.api.asgi import create_app
from bee.db import Database, Login
from bee.settings import Settings
from tests.commands import Bee
from tests.dashboard import add_person
from tests.factories import execute
from tests.ui.conftest import furnished, visit, words

LATER = "20991231235959"
AHEAD = (
    f"The database was migrated by a later release of BEE ({LATER} is not in this one): install that release."
)
BEHIND = "is not applied yet): run `python -m bee migrate` first."
MAKE_AHEAD = f"insert into supabase_migrations.schema_migrations (version, name) values ('{LATER}', 'later')"
MAKE_BEHIND = """
    delete from supabase_migrations.schema_migrations
    where version = (select max(version) from supabase_migrations.schema_migrations)
"""


@pytest.fixture(params=[(MAKE_AHEAD, AHEAD), (MAKE_BEHIND, BEHIND)], ids=["ahead", "behind"])
def fault(request: pytest.FixtureRequest, database: Database) -> str:
    """What is said of the test's database, which is of another release."""
    statement, sentence = request.param
    with database.writing(Login.OWNER) as session:
        execute(session, statement)
    return str(sentence)


def count_jobs(database: Database) -> int:
    with database.writing(Login.OWNER) as session:
        return int(execute(session, "select count(*) from jobs").scalar_one())


def test_migrate_leaves_a_database_of_a_later_release_as_it_is(bee: Bee, database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(session, MAKE_AHEAD)
    said = bee("migrate")
    assert (said.code, said.err.strip(), said.out) == (2, AHEAD, "")


def test_the_doctor_calls_it_broken(bee: Bee, fault: str) -> None:
    said = bee("doctor")
    assert said.code == 2
    (line,) = (line for line in said.out.splitlines() if " migrations " in line)
    assert line.startswith("broken")
    assert fault in line


def test_the_worker_does_nothing_and_says_why(bee: Bee, database: Database, fault: str) -> None:
    said = bee("worker", "--once")
    assert said.code == 2
    assert fault in said.err
    assert count_jobs(database) == 0


def test_the_api_lives_and_is_not_ready(database: Database, fault: str) -> None:
    with TestClient(create_app(database, Settings())) as client:
        assert client.get("/health").status_code == 200
        answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "migrations"
    assert fault in answer.json()["error"]["message"]


def test_every_page_says_so_instead_of_showing_anything(database: Database, fault: str) -> None:
    ana = add_person(database, StaffRole.PRODUCT)
    with furnished(database):
        app = visit("engagement/overview.py", ana)
    assert not app.exception
    assert not app.title
    # Markdown's own characters are escaped on the page.
    assert fault in words(app).replace("\\", "")
