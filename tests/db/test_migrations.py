"""Migrations: in order, once, each with its record, and never over records that don't fit."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.db.migrations import (
    MIGRATIONS_FOLDER,
    Migration,
    connect_as_owner,
    current_state,
    load_migrations,
    migrate,
    pending_migrations,
    refuse_old_server,
)
from bee.db.schema import SCHEMA_FILE, dump_schema, normalise_dump
from bee.errors import Conflict, Invalid, Unavailable
from tests.cluster import administering

FIRST = Migration("20260101000000", "first", "create table one (id int);\ncreate table two (id int);\n")
SECOND = Migration("20260102000000", "second", "create table three (id int);")
THIRD = Migration("20260103000000", "third", "create table four (id int);")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write migrations into a folder and return it."""

    def written(*migrations: Migration) -> Path:
        for migration in migrations:
            (tmp_path / f"{migration.version}_{migration.name}.sql").write_text(migration.text)
        return tmp_path

    return written


def recorded(address: ServerAddress) -> list[tuple[str, list[str], str]]:
    with connect_as_owner(address) as connection:
        return connection.execute(
            "select version, statements, name from supabase_migrations.schema_migrations order by version"
        ).fetchall()


def tables(address: ServerAddress) -> list[str]:
    with connect_as_owner(address) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public' order by 1")
        return [name for (name,) in rows]


def test_each_file_is_recorded_as_supabase_records_it(
    empty: ServerAddress, write: Callable[..., Path]
) -> None:
    assert migrate(empty, write(FIRST)) == [FIRST]
    statements = ["create table one (id int);", "create table two (id int);"]
    assert recorded(empty) == [("20260101000000", statements, "first")]


def test_a_second_run_applies_nothing(empty: ServerAddress, write: Callable[..., Path]) -> None:
    folder = write(FIRST, SECOND)
    migrate(empty, folder)
    assert migrate(empty, folder) == []


def test_a_later_file_is_applied_to_a_database_that_has_the_earlier_ones(
    empty: ServerAddress, write: Callable[..., Path]
) -> None:
    migrate(empty, write(FIRST))
    assert migrate(empty, write(SECOND)) == [SECOND]


def test_an_applied_file_that_was_edited_is_refused(empty: ServerAddress, write: Callable[..., Path]) -> None:
    migrate(empty, write(FIRST))
    edited = Migration(FIRST.version, FIRST.name, FIRST.text.replace("two", "second"))
    with pytest.raises(Conflict, match=r"20260101000000_first\.sql was edited") as caught:
        migrate(empty, write(edited, SECOND))
    assert caught.value.code == "migration_edited"
    assert tables(empty) == ["one", "two"]


def test_an_applied_file_may_be_laid_out_anew(empty: ServerAddress, write: Callable[..., Path]) -> None:
    migrate(empty, write(FIRST))
    laid_out = (
        FIRST.text.replace("(id int);", "(\n    id int\n)\n;\n")
        .replace("(\n    id", "(id")
        .replace("\n)", ")")
    )
    assert migrate(empty, write(Migration(FIRST.version, FIRST.name, laid_out))) == []


def test_a_file_that_fails_leaves_nothing_and_can_be_mended(
    empty: ServerAddress, write: Callable[..., Path]
) -> None:
    broken = Migration(SECOND.version, SECOND.name, "create table three (id int); create table one (id int);")
    with pytest.raises(
        Conflict, match=r'second\.sql failed and left nothing behind: relation "one" already exists'
    ):
        migrate(empty, write(FIRST, broken))
    assert tables(empty) == ["one", "two"]
    assert migrate(empty, write(SECOND)) == [SECOND]


def test_a_file_may_not_commit_by_itself(empty: ServerAddress, write: Callable[..., Path]) -> None:
    with pytest.raises(Conflict, match="neither commit nor roll back"):
        migrate(empty, write(Migration(FIRST.version, FIRST.name, "create table one (id int); commit;")))
    assert recorded(empty) == []


def test_a_migrator_that_is_killed_leaves_neither_the_tables_nor_the_record(
    empty: ServerAddress, write: Callable[..., Path]
) -> None:
    slow = Migration(FIRST.version, FIRST.name, "create table one (id int); select pg_sleep(60);")
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty, write(slow))
        except Unavailable as error:
            failures.append(error)

    migrator = threading.Thread(target=run)
    migrator.start()
    end_backend(empty, "%pg_sleep(60)%")
    migrator.join(30)
    assert [type(failure) for failure in failures] == [Unavailable]
    assert (tables(empty), recorded(empty)) == ([], [])
    assert migrate(empty, write(FIRST)) == [FIRST]


def end_backend(address: ServerAddress, statement: str) -> None:
    """Take the server's side of a connection away, once it runs the statement."""
    ended = """
        select pg_terminate_backend(pid) from pg_stat_activity
        where query like %s and pid <> pg_backend_pid()
    """
    with connect_as_owner(address) as connection:
        for _ in range(200):
            if connection.execute(ended, [statement]).fetchall():
                return
            connection.execute("select pg_sleep(0.05)")
    raise AssertionError(f"nobody ran {statement}")


def test_migrators_at_once_apply_each_file_once(empty: ServerAddress, write: Callable[..., Path]) -> None:
    folder = write(FIRST, SECOND, THIRD)
    applied: list[Migration] = []
    migrators = [threading.Thread(target=lambda: applied.extend(migrate(empty, folder))) for _ in range(4)]
    for migrator in migrators:
        migrator.start()
    for migrator in migrators:
        migrator.join(60)
    assert applied == [FIRST, SECOND, THIRD]


def test_a_database_of_a_later_release_is_refused() -> None:
    with pytest.raises(Conflict, match=r"later release of BEE.*20260103000000") as caught:
        pending_migrations([FIRST, SECOND], {FIRST.version: None, SECOND.version: None, THIRD.version: None})
    assert caught.value.code == "database_ahead"


def test_a_recorded_migration_without_a_file_is_refused() -> None:
    with pytest.raises(Conflict, match="no file of: 20260101000000"):
        pending_migrations([SECOND], {FIRST.version: None, SECOND.version: None})


def test_a_file_that_slipped_in_before_an_applied_one_is_refused() -> None:
    with pytest.raises(Conflict, match="20260102000000 is older than 20260103000000") as caught:
        pending_migrations([FIRST, SECOND, THIRD], {FIRST.version: None, THIRD.version: None})
    assert caught.value.code == "migration_out_of_order"


def test_statements_cut_by_another_tool_are_the_same_statements() -> None:
    records = {FIRST.version: ["create table one (id int)", "create table two (id int)"]}
    assert pending_migrations([FIRST], records) == []


@pytest.mark.parametrize("version", [90624, 140012, 149999])
def test_a_server_before_15_is_refused(version: int) -> None:
    with pytest.raises(Unavailable, match="BEE needs 15 or later"):
        refuse_old_server(version)


@pytest.mark.parametrize("version", [150000, 150019, 180004])
def test_a_server_from_15_on_is_welcome(version: int) -> None:
    refuse_old_server(version)


@pytest.mark.parametrize("name", ["1_short.sql", "20260101000000-dash.sql", "20260101000000_Upper.sql"])
def test_a_file_with_another_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("select 1;")
    with pytest.raises(Invalid, match="is not named"):
        load_migrations(tmp_path)


def test_two_files_of_one_version_are_refused(write: Callable[..., Path]) -> None:
    folder = write(FIRST, Migration(FIRST.version, "again", "select 1;"))
    with pytest.raises(Invalid, match="Two migrations have the version 20260101000000"):
        load_migrations(folder)


def test_every_process_can_ask_whether_the_database_is_of_its_release(database: Database) -> None:
    versions = tuple(migration.version for migration in load_migrations())
    for login in (Login.API, Login.DASHBOARD, Login.WORKER, Login.SYSTEM):
        state = current_state(database, login)
        assert (state.applied, state.is_current) == (versions, True)


def test_tables_belong_to_the_migrator(database: Database) -> None:
    with database.reading(Login.OWNER) as session:
        owners = session.driver.execute(
            "select distinct tableowner from pg_tables where schemaname = 'public'"
        )
        assert owners.fetchall() == [("bee_migrator",)]


def test_claims_are_read_as_supabase_reads_them(database: Database) -> None:
    member = "7b1c9f1e-6c3f-4a53-9df0-0f9a9f6f3f10"
    claims = f'{{"sub": "{member}", "role": "authenticated", "email": "a@example.org"}}'
    asked = "select auth.uid()::text, auth.role(), auth.email(), auth.jwt() ->> 'sub'"
    with database.reading(
        Login.API, role="authenticated", settings={"request.jwt.claims": claims}
    ) as session:
        assert session.driver.execute(asked).fetchone() == (
            member,
            "authenticated",
            "a@example.org",
            member,
        )
    with database.reading(Login.API, role="anon") as session:
        assert session.driver.execute(asked).fetchone() == (None, None, None, None)


def test_passwords_are_set_where_the_server_asks_for_them(
    template: ServerAddress, request: pytest.FixtureRequest
) -> None:
    secret = "a secret of the test's own, of more than 32 characters"
    migrate(ServerAddress(template.base, template.owner, secret))
    with administering(template) as connection:
        stored = connection.execute(
            """
            select rolname, left(rolpassword, 14) from pg_authid
            where rolname like 'bee\\_%' and rolcanlogin order by 1
            """
        ).fetchall()
    assert stored == [
        (login, "SCRAM-SHA-256$") for login in ("bee_api", "bee_dashboard", "bee_system", "bee_worker")
    ]


def test_the_migrations_add_up_to_the_schema_file(
    template: ServerAddress, request: pytest.FixtureRequest
) -> None:
    if request.config.getoption("--oldest"):
        pytest.skip("the file is compared on the embedded version only")
    assert dump_schema(template) == SCHEMA_FILE.read_text(encoding="utf-8"), "run make schema"


def test_a_dump_keeps_bodies_and_loses_what_varies() -> None:
    dump = "--\n-- Dumped by pg_dump 18\n--\n\n\n\\restrict x\nSET a = b;\n\n\n\ncreate table t ();\n\n\n"
    assert normalise_dump(dump) == "create table t ();\n"


def test_a_database_that_is_down_is_told_clearly() -> None:
    nowhere = ServerAddress(
        (("host", "127.0.0.1"), ("port", "1"), ("dbname", "bee")), (("user", "bee"),), None
    )
    with pytest.raises(Unavailable, match=r"The database does not answer: .*refused"):
        migrate(nowhere)


def test_the_files_are_in_supabases_naming() -> None:
    assert [migration.version for migration in load_migrations()] == sorted(
        path.name[:14] for path in MIGRATIONS_FOLDER.iterdir()
    )
