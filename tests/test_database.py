"""Transactions: who may do what in them, and what becomes of them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy

from bee.db import Database, Login
from bee.db import session as sessions
from bee.db.address import ServerAddress
from bee.errors import Conflict, Invalid, NotFound, Unavailable
from tests.cluster import administering
from tests.factories import execute, make_member


@dataclass(frozen=True, slots=True)
class Named:
    name: str


@pytest.fixture
def query(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the name of a query be its text: these tests are about what happens around it."""
    monkeypatch.setattr(sessions, "query", sqlalchemy.text)


def count_members(database: Database) -> int:
    with database.reading(Login.OWNER) as session:
        return int(session.scalar("select count(*) from members"))


@pytest.mark.usefixtures("query")
def test_what_was_written_is_there_after_the_block(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session)
    assert count_members(database) == 1


@pytest.mark.usefixtures("query")
def test_an_exception_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing(Login.OWNER) as session:
        make_member(session)
        raise ZeroDivisionError
    assert count_members(database) == 0


@pytest.mark.usefixtures("query")
def test_a_savepoint_undoes_only_its_own_block(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        make_member(session)
        with pytest.raises(ZeroDivisionError), session.savepoint():
            make_member(session)
            raise ZeroDivisionError
    assert count_members(database) == 1


def test_a_read_can_not_write(database: Database) -> None:
    with (
        pytest.raises(sqlalchemy.exc.InternalError, match="read-only"),
        database.reading(Login.OWNER) as session,
    ):
        make_member(session)  # type: ignore[arg-type]  # the type checker stops it as well


@pytest.mark.usefixtures("query")
def test_a_pooled_connection_forgets_whose_it_was(database: Database) -> None:
    staff_id = uuid4()
    with database.reading(Login.DASHBOARD, role="bee_product", staff_id=staff_id) as session:
        assert session.scalar("select bee_staff_id()") == staff_id
        assert session.scalar("select current_user") == "bee_product"
    with database.reading(Login.DASHBOARD) as session:
        assert session.scalar("select current_setting('bee.staff_id', true)") in (None, "")
        assert session.scalar("select current_user") == "bee_dashboard"


@pytest.mark.usefixtures("query")
def test_a_login_without_a_role_sees_nothing(database: Database) -> None:
    denied = pytest.raises(sqlalchemy.exc.ProgrammingError, match="permission denied")
    with denied, database.reading(Login.DASHBOARD) as session:
        session.scalar("select count(*) from members")


@pytest.mark.parametrize("statement", ["select 1 from no_table", "select no_column", "select no_function()"])
@pytest.mark.usefixtures("query")
def test_a_table_that_is_not_there_names_the_command_that_makes_it(
    database: Database, statement: str
) -> None:
    with (
        pytest.raises(Unavailable, match="run `bee migrate`") as caught,
        database.reading(Login.OWNER) as session,
    ):
        session.scalar(statement)
    assert caught.value.code == "not_migrated"


@pytest.mark.usefixtures("query")
def test_get_finds_one_row_or_says_there_is_none(database: Database) -> None:
    with database.reading(Login.OWNER) as session:
        assert session.get(Named, "select 'a' as name") == Named("a")
        assert session.find(Named, "select 'a' as name where false") is None
        with pytest.raises(NotFound):
            session.get(Named, "select 'a' as name where false")
        with pytest.raises(RuntimeError, match="2 rows"):
            session.find(Named, "select 'a' as name union all select 'b'")


def test_a_violated_constraint_is_a_domain_error(database: Database) -> None:
    with pytest.raises(Invalid, match="time zone"), database.writing(Login.OWNER) as session:
        make_member(session, time_zone="Mars/Olympus")
    with pytest.raises(Conflict, match="external id"), database.writing(Login.OWNER) as session:
        make_member(session, external_id="a")
        make_member(session, external_id="a")
    with pytest.raises(Invalid, match="leave before joining"), database.writing(Login.OWNER) as session:
        make_member(session, joined_on=date(2026, 1, 2), left_on=date(2026, 1, 1))


@pytest.mark.parametrize("zone", ["EST5EDT,M3", "+02", "utc+2", "", "Europe", "../etc", "Europe/Nowhere"])
def test_a_zone_without_a_name_in_the_iana_list_is_refused(zone: str, database: Database) -> None:
    with pytest.raises(Invalid, match="time zone"), database.writing(Login.OWNER) as session:
        make_member(session, time_zone=zone)


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "America/Argentina/Buenos_Aires", "Etc/GMT+3"])
def test_a_zone_of_the_iana_list_is_taken(zone: str, database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        assert isinstance(make_member(session, time_zone=zone), UUID)


@pytest.mark.usefixtures("query")
def test_a_connection_that_the_server_ends_is_replaced(database: Database) -> None:
    with pytest.raises(Unavailable), database.writing(Login.WORKER) as session:
        session.scalar("select pg_terminate_backend(pg_backend_pid())")
    with database.reading(Login.WORKER) as session:
        assert session.scalar("select 1") == 1


def test_whoever_comes_after_a_restart_of_the_server_notices_nothing(database: Database) -> None:
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        session.driver.execute("select 1")
    name = dict(database.address.base)["dbname"]
    with administering(database.address) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where usename = 'bee_dashboard' and datname = %s",
            [name],
        )
    with database.reading(Login.DASHBOARD, role="bee_product") as session:
        session.driver.execute("select 1")


def test_threads_that_come_at_once_share_one_pool(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        engines = list(pool.map(lambda _: database.engine(Login.WORKER), range(64)))
    assert len(set(map(id, engines))) == 1


def test_no_server_is_unavailable() -> None:
    base = (("host", "/nowhere"), ("port", "5432"), ("dbname", "bee"))
    nowhere = Database(ServerAddress(base, (("user", "postgres"),), None))
    with pytest.raises(Unavailable, match="does not answer"), nowhere.reading(Login.WORKER):
        pass


@pytest.mark.usefixtures("query")
def test_a_value_is_never_read_as_sql(database: Database) -> None:
    name = "'; drop table members; --"
    with database.writing(Login.OWNER) as session:
        make_member(session, external_id=name)
    with database.reading(Login.OWNER) as session:
        found = session.get(
            Named, "select external_id as name from members where external_id = :name", name=name
        )
    assert found.name == name


@pytest.mark.usefixtures("query")
def test_two_sessions_of_one_test_see_each_other_after_commit(database: Database) -> None:
    with database.writing(Login.OWNER) as writer:
        execute(writer, "create table seen (n integer)")
        with database.reading(Login.OWNER) as reader:
            assert reader.scalar("select to_regclass('seen')") is None
    with database.reading(Login.OWNER) as reader:
        assert reader.scalar("select to_regclass('seen')") == "seen"
