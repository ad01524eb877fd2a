"""Migrations: the files of ``sql/migrations``, in order, each applied once, recorded in Supabase's own table.

One advisory lock is held around all of it, so any number of processes may migrate at once. A file and its
record are one transaction: a process that is killed leaves either both or neither.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import sqlparse
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy.exc import ProgrammingError

from bee.db.address import ServerAddress
from bee.db.database import Database
from bee.db.logins import Login, login_password
from bee.db.queries import SQL_FOLDER
from bee.errors import Conflict, Invalid, Unavailable

MIGRATIONS_FOLDER = SQL_FOLDER / "migrations"
BOOTSTRAP = Path(__file__).with_name("bootstrap.sql")
OLDEST_SERVER = 15
LOCK_KEY = 0x6265655F6D696772  # "bee_migr"
FILE_NAME = re.compile(r"(?P<version>\d{14})_(?P<name>[a-z0-9_]+)\.sql")
PROCESS_LOGINS = (Login.API, Login.SYSTEM, Login.DASHBOARD, Login.WORKER)
RACE_TRIES = 5
RACE_PAUSE_S = 0.2
# Roles belong to the whole server, the lock to one database: two databases may make the same role at once.
RACES = (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation, psycopg.errors.InternalError_)

RECORDS_TABLE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
"""
TABLE_OWNER = (
    "select tableowner from pg_catalog.pg_tables where schemaname = 'public' and tablename = 'members'"
)
RECORDS = "select version, statements from supabase_migrations.schema_migrations order by version"
RECORD = (
    "insert into supabase_migrations.schema_migrations (version, statements, name)"
    " values (%(version)s, %(statements)s, %(name)s)"
)
# The processes ask whether the database is of their release.
READABLE_RECORDS = """
grant usage on schema supabase_migrations to {logins};
grant select (version, name) on supabase_migrations.schema_migrations to {logins};
"""

Connection = psycopg.Connection[Any]
# version → its statements; None where whoever recorded it left them out
Records = Mapping[str, Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: ``version`` is its timestamp, ``text`` its content."""

    version: str
    name: str
    text: str

    @property
    def statements(self) -> list[str]:
        """Its statements, as they are recorded."""
        return [statement for statement in sqlparse.split(self.text) if statement.strip()]


@dataclass(frozen=True, slots=True)
class AppliedMigration:
    """One row of Supabase's table."""

    version: str


@dataclass(frozen=True, slots=True)
class SchemaState:
    """Which migrations a database has: ``unknown`` are recorded there and not in this release."""

    applied: tuple[str, ...]
    pending: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        """Whether the database is exactly of this release."""
        return not self.pending and not self.unknown

    @property
    def ahead(self) -> tuple[str, ...]:
        """What is recorded there and later than everything in this release."""
        newest = max((*self.applied, *self.pending), default="")
        return tuple(version for version in self.unknown if version > newest)

    @property
    def fault(self) -> str | None:
        """Why this release can't work on the database and what to do, in one sentence; None when it can."""
        if self.ahead:
            return (
                f"The database was migrated by a later release of BEE ({', '.join(self.ahead)} is not in this one):"
                " install that release."
            )
        if self.unknown:
            return f"The database has migrations that this release has no file of: {', '.join(self.unknown)}."
        if self.pending:
            return (
                f"The database is of an earlier release ({self.pending[0]} is not applied yet):"
                " run `python -m bee migrate` first."
            )
        return None


def load_migrations(folder: Path = MIGRATIONS_FOLDER) -> list[Migration]:
    """Return the migrations of a folder in order. Raises :class:`Invalid` for a name that is none."""
    migrations = []
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None:
            raise Invalid("migration_name", f"{path.name} is not named <timestamp of 14 digits>_<name>.sql.")
        migrations.append(Migration(match["version"], match["name"], path.read_text(encoding="utf-8")))
    versions = [migration.version for migration in migrations]
    for version in versions:
        if versions.count(version) > 1:
            raise Invalid("migration_name", f"Two migrations have the version {version}.")
    return migrations


def migrate(address: ServerAddress, folder: Path = MIGRATIONS_FOLDER) -> list[Migration]:
    """Bring the database to this release and return what was applied; nothing when it was there already.

    Raises :class:`Unavailable` when there is no database or it is too old, :class:`Conflict` when its records
    don't fit the files or a file fails.
    """
    migrations = load_migrations(folder)
    with connect_as_owner(address) as connection:
        refuse_old_server(connection.info.server_version)
        try:
            connection.execute("select pg_advisory_lock(%s)", [LOCK_KEY])
            _transact(connection, BOOTSTRAP.read_text(encoding="utf-8"))
            _become_owner(connection)
            _transact(connection, RECORDS_TABLE)
            pending = pending_migrations(migrations, read_records(connection))
            for migration in pending:
                _apply(connection, migration)
            _ready_logins(connection, address.login_secret)
        except psycopg.errors.InsufficientPrivilege as error:
            reason = error.diag.message_primary
            raise Unavailable("database_rights", f"The database refuses its owner: {reason}.") from error
        except psycopg.OperationalError as error:
            raise Unavailable("database_unavailable", f"The database stopped: {_reason(error)}") from error
    return pending


def connect_as_owner(address: ServerAddress) -> Connection:
    """Return a connection as whoever may make roles and tables. Raises :class:`Unavailable`."""
    try:
        return psycopg.connect(
            make_conninfo(**address.parameters(Login.OWNER)),
            autocommit=True,
            connect_timeout=10,
            application_name="bee migrate",
            options="-c timezone=UTC -c client_min_messages=warning",
        )
    except psycopg.OperationalError as error:
        raise Unavailable(
            "database_unavailable", f"The database does not answer: {_reason(error)}"
        ) from error


def refuse_old_server(server_version: int) -> None:
    """Raise :class:`Unavailable` for a server that is too old. ``server_version``: 150004 is 15.4."""
    if server_version < OLDEST_SERVER * 10_000:
        raise Unavailable(
            "database_too_old",
            f"The database is PostgreSQL {server_version // 10_000}; BEE needs {OLDEST_SERVER} or later.",
        )


def pending_migrations(migrations: Sequence[Migration], records: Records) -> list[Migration]:
    """Return the migrations to apply. Raises :class:`Conflict` when the records don't fit the files."""
    state = schema_state(migrations, records)
    if state.unknown:
        assert state.fault is not None
        raise Conflict("database_ahead" if state.ahead else "migration_missing", state.fault)
    for migration in migrations:
        recorded = records.get(migration.version)
        if recorded is not None and _normalised(recorded) != _normalised([migration.text]):
            raise Conflict(
                "migration_edited",
                f"{migration.version}_{migration.name}.sql was edited after it was applied:"
                " undo the edit and write a new migration.",
            )
    newest_applied = max(state.applied, default="")
    late = [version for version in state.pending if version < newest_applied]
    if late:
        raise Conflict(
            "migration_out_of_order",
            f"{', '.join(late)} is older than {newest_applied}, which is applied: give it a later version.",
        )
    return [migration for migration in migrations if migration.version in state.pending]


def schema_state(migrations: Sequence[Migration], records: Records) -> SchemaState:
    """Return how the records of a database compare with the files."""
    known = [migration.version for migration in migrations]
    return SchemaState(
        applied=tuple(version for version in known if version in records),
        pending=tuple(version for version in known if version not in records),
        unknown=tuple(sorted(set(records) - set(known))),
    )


def current_state(database: Database, login: Login, folder: Path = MIGRATIONS_FOLDER) -> SchemaState:
    """Return which migrations a database has, asked as one of the processes.

    Raises :class:`Unavailable` when the database does not answer.
    """
    try:
        with database.reading(login) as session:
            versions = [row.version for row in session.all(AppliedMigration, "db/applied_migrations")]
    except ProgrammingError:
        # No right to read the records: nothing was ever migrated by `bee migrate`.
        versions = []
    except Unavailable as error:
        if error.code != "not_migrated":
            raise
        versions = []
    return schema_state(load_migrations(folder), dict.fromkeys(versions))


def require_release(database: Database, login: Login) -> SchemaState:
    """Return the state of a database that is of this release, asked as one of the processes.

    Raises :class:`Unavailable` when it is of another or does not answer.
    """
    state = current_state(database, login)
    if state.fault is not None:
        raise Unavailable("migrations", state.fault)
    return state


def read_records(connection: Connection) -> Records:
    """Return what the database says was applied; nothing where nothing ever was."""
    if connection.execute("select to_regclass('supabase_migrations.schema_migrations')").fetchone() == (
        None,
    ):
        return {}
    return dict(connection.execute(RECORDS).fetchall())


def _normalised(statements: Sequence[str]) -> str:
    """Return statements without white space that varies and without where one was cut from the next."""
    return " ".join(" ".join(statements).replace(";", " ").split())


def _become_owner(connection: Connection) -> None:
    """Act as the owner of the tables, which on Supabase may be whoever pushed them first."""
    found = connection.execute(TABLE_OWNER).fetchone()
    owner = found[0] if found else Login.OWNER.value
    connection.execute(sql.SQL("set role {}").format(sql.Identifier(owner)))


def _apply(connection: Connection, migration: Migration) -> None:
    record = {"version": migration.version, "statements": migration.statements, "name": migration.name}
    try:
        _transact(connection, migration.text, record)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise Conflict(
            "migration_failed",
            f"{migration.version}_{migration.name}.sql failed and left nothing behind: {_reason(error)}",
        ) from error


def _transact(connection: Connection, text: str, record: Mapping[str, object] | None = None) -> None:
    """Run a file, and write its record, as one transaction."""
    for tries_left in reversed(range(RACE_TRIES)):
        try:
            with connection.transaction():
                _run(connection, text)
                if record is not None:
                    connection.execute(RECORD, record)
        except RACES:
            if not tries_left:
                raise
            time.sleep(RACE_PAUSE_S)
        else:
            return


def _run(connection: Connection, text: str) -> None:
    # No parameters, so that the server takes the file whole, with as many statements as there are.
    connection.execute(text.encode())
    if connection.info.transaction_status is not TransactionStatus.INTRANS:
        raise Conflict("migration_commits", "A migration may neither commit nor roll back by itself.")


def _ready_logins(connection: Connection, login_secret: str | None) -> None:
    """Let the processes sign in, and see which migrations there are."""
    logins = [login for login in PROCESS_LOGINS if _role_exists(connection, login)]
    if not logins:
        return
    names = sql.SQL(", ").join(sql.Identifier(login.value) for login in logins)
    with connection.transaction():
        connection.execute(sql.SQL(READABLE_RECORDS).format(logins=names))
        if login_secret is not None:
            for login in logins:
                _set_password(connection, login, login_password(login_secret, login))


def _role_exists(connection: Connection, login: Login) -> bool:
    return (
        connection.execute("select from pg_catalog.pg_roles where rolname = %s", [login]).fetchone()
        is not None
    )


def _set_password(connection: Connection, login: Login, password: str) -> None:
    # As a verifier: the password itself would stand in the server's log if that keeps statements.
    verifier = connection.pgconn.encrypt_password(
        password.encode(), login.encode(), b"scram-sha-256"
    ).decode()
    statement = sql.SQL("alter role {} with password {}")
    connection.execute(statement.format(sql.Identifier(login.value), sql.Literal(verifier)))


def _reason(error: psycopg.Error) -> str:
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    # Where a name has several addresses, the first line only says that all of them failed.
    telling = [line.strip(" -") for line in lines if not line.startswith("Multiple connection attempts")]
    return telling[0] if telling else type(error).__name__
