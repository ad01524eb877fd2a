"""The door to PostgreSQL: an engine a login, and the transactions that are opened through it."""

import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import psycopg
import sqlalchemy
from psycopg.conninfo import make_conninfo
from psycopg.rows import class_row
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bee.db.address import ServerAddress, server_address
from bee.db.constraints import domain_error
from bee.db.logins import Login
from bee.db.queries import driver_query
from bee.db.session import ReadSession, Row, WriteSession, only
from bee.errors import Unavailable
from bee.settings import Settings
from bee.telemetry.spans import span

POOL_SIZE = 16
POOL_WAIT_S = 5
PING_AFTER_S = 1.0
ASSUME = "select set_config(key, value, true) from json_each_text(%s)"
CONNECT_TIMEOUT_S = 5
# Somebody waits for what these logins ask; a statement that takes longer, for a lock included, is given up.
LONGEST_STATEMENT_S = {Login.API: 8, Login.SYSTEM: 8}
NOT_MIGRATED = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.UndefinedFunction,
    psycopg.errors.InvalidSchemaName,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a transaction acts as: a login, and for staff and members the role and settings that policies read."""

    login: Login
    role: str | None = None
    settings: tuple[tuple[str, str], ...] = ()


class Database:
    """An engine for each login that is used, made when it is first used; leaving a ``with`` closes them."""

    def __init__(self, address: ServerAddress) -> None:
        self.address = address
        self._engines: dict[Login, sqlalchemy.Engine] = {}
        self._lock = threading.Lock()

    @classmethod
    def connect(cls, settings: Settings) -> Self:
        """Return the database of these settings, starting the embedded server if it is the one and is down.

        Raises :class:`Unavailable` when there is none to be had.
        """
        return cls(server_address(settings))

    def engine(self, login: Login) -> sqlalchemy.Engine:
        """Return the pool of a login."""
        with self._lock:
            if login not in self._engines:
                self._engines[login] = _engine(self.address, login)
            return self._engines[login]

    @contextmanager
    def reading(
        self,
        login: Login,
        *,
        role: str | None = None,
        staff_id: UUID | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator[ReadSession]:
        """Open a read-only transaction that sees one state of the data throughout."""
        with self._transaction(_identity(login, role, staff_id, settings), read_only=True) as connection:
            yield ReadSession(connection)

    @contextmanager
    def writing(
        self,
        login: Login,
        *,
        role: str | None = None,
        staff_id: UUID | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Iterator[WriteSession]:
        """Open a transaction, committed on leaving the block and rolled back by any exception."""
        with self._transaction(_identity(login, role, staff_id, settings), read_only=False) as connection:
            yield WriteSession(connection)

    @contextmanager
    def keeping(self, login: Login) -> Iterator[WriteSession]:
        """Keep a connection outside any transaction: each statement is one of its own.

        For a single statement, which then is one round trip, and for a lock that is held over transactions.
        """
        with _translated(), self.engine(login).connect() as connection:
            yield WriteSession(connection.execution_options(isolation_level="AUTOCOMMIT"))

    def fetch(self, identity: Identity, row: type[Row], name: str, /, **parameters: object) -> list[Row]:
        """Return the rows of one query, a transaction of its own in a single round trip.

        Only for what may be done twice: it is asked again where a restarted server cut the connection off.
        """
        engine = self.engine(identity.login)
        with _translated(), span(name):
            try:
                return _fetch(engine, identity, row, name, parameters)
            except _CutOff:
                engine.dispose()
                return _fetch(engine, identity, row, name, parameters)

    def find(self, identity: Identity, row: type[Row], name: str, /, **parameters: object) -> Row | None:
        """Return the only row of such a query, or None. More than one row is a fault of the query."""
        return only(self.fetch(identity, row, name, **parameters), name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dispose()

    def dispose(self) -> None:
        """Close the pools."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()

    @contextmanager
    def _transaction(self, identity: Identity, *, read_only: bool) -> Iterator[sqlalchemy.Connection]:
        with _translated():
            transaction = self._begun(identity, read_only=read_only)
            with transaction.connection as connection, transaction:
                yield connection

    def _begun(self, identity: Identity, *, read_only: bool) -> sqlalchemy.RootTransaction:
        """Return a transaction that has begun; a pool that a restarted server cut off is filled anew."""
        engine = self.engine(identity.login)
        try:
            return _begin(engine, identity, read_only=read_only)
        except (OperationalError, psycopg.OperationalError):
            engine.dispose()
            return _begin(engine, identity, read_only=read_only)


def _begin(engine: sqlalchemy.Engine, identity: Identity, *, read_only: bool) -> sqlalchemy.RootTransaction:
    connection = engine.connect()
    try:
        if read_only:
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        transaction = connection.begin()
        _assume(connection, identity)
    except BaseException:
        connection.close()
        raise
    return transaction


class _CutOff(psycopg.OperationalError):
    """The connection was lost, whatever was asked on it."""


def _fetch(
    engine: sqlalchemy.Engine, identity: Identity, row: type[Row], name: str, parameters: dict[str, object]
) -> list[Row]:
    pooled = engine.raw_connection()
    driver = pooled.driver_connection
    assert isinstance(driver, psycopg.Connection)
    try:
        # Without an explicit beginning, what goes out together is one transaction.
        driver.autocommit = True
        changes = _changes(identity)
        if not changes:
            rows = (
                driver.cursor(row_factory=class_row(row)).execute(driver_query(name), parameters).fetchall()
            )
        else:
            with driver.pipeline():
                driver.execute(ASSUME, (changes,))
                cursor = driver.cursor(row_factory=class_row(row)).execute(driver_query(name), parameters)
            rows = cursor.fetchall()
        driver.autocommit = False
    except psycopg.Error as error:
        if driver.closed:
            pooled.invalidate()
            raise _CutOff(*error.args) from error
        driver.autocommit = False
        raise
    finally:
        pooled.close()
    return rows


@contextmanager
def _translated() -> Iterator[None]:
    """Raise what goes wrong in the block as domain errors."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable(
            "database_busy", "The database has no free connection; try again shortly."
        ) from error
    except IntegrityError as error:
        raise domain_error(error.orig) from error
    except (OperationalError, psycopg.OperationalError) as error:
        raise _unavailable(error.orig if isinstance(error, OperationalError) else error) from error
    except ProgrammingError as error:
        if isinstance(error.orig, NOT_MIGRATED):
            raise _not_migrated() from error
        raise
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("database_unavailable", "The database closed the connection.") from error
        raise


def _identity(
    login: Login, role: str | None, staff_id: UUID | None, settings: Mapping[str, str] | None
) -> Identity:
    staff = (("bee.staff_id", str(staff_id)),) if staff_id is not None else ()
    return Identity(login, role, staff + tuple((settings or {}).items()))


def _assume(connection: sqlalchemy.Connection, identity: Identity) -> None:
    """Take on the role and settings for this transaction only, so that a pooled connection forgets them."""
    if not _changes(identity):
        return
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    # The beginning of the transaction and this go out in one round trip.
    with driver.pipeline():
        connection.exec_driver_sql(ASSUME, (_changes(identity),))


def _changes(identity: Identity) -> str:
    """Return the role and the settings of somebody as JSON; nothing for a login that acts as itself."""
    changes = ({"role": identity.role} if identity.role else {}) | dict(identity.settings)
    return json.dumps(changes) if changes else ""


def conninfo(address: ServerAddress, login: Login, **more: str) -> str:
    """Return what libpq connects a login with. ``more``: parameters beside the usual ones."""
    return make_conninfo(
        **{"connect_timeout": str(CONNECT_TIMEOUT_S)}
        | address.parameters(login)
        | {"application_name": f"bee {login}", "options": _options(login)}
        | more
    )


def _engine(address: ServerAddress, login: Login) -> sqlalchemy.Engine:
    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(conninfo(address, login))

    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://",
        creator=connect,
        pool_size=POOL_SIZE,
        # What flowed over would be opened and closed again for each request.
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        pool_use_lifo=True,
        # What is asked about somebody has no place in a log.
        hide_parameters=True,
    )
    sqlalchemy.event.listen(engine, "checkin", _note_rest)
    sqlalchemy.event.listen(engine, "checkout", _ping_after_rest)
    if login is Login.OWNER:
        sqlalchemy.event.listen(engine, "connect", _become_owner)
    return engine


def _options(login: Login) -> str:
    limit = f" -c statement_timeout={LONGEST_STATEMENT_S[login]}s" if login in LONGEST_STATEMENT_S else ""
    return f"-c timezone=UTC{limit}"


def _note_rest(_connection: object, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _ping_after_rest(connection: psycopg.Connection[Any], record: Any, _proxy: object) -> None:
    """Try a connection that has rested: the server may have ended it meanwhile. One in constant use needs none."""
    since = record.info.get("rests_since")
    if since is None or time.monotonic() - since < PING_AFTER_S:
        return
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = False
    except psycopg.OperationalError as error:
        # The pool's way to be told: it takes another connection.
        raise sqlalchemy.exc.DisconnectionError from error


def _become_owner(connection: Any, _record: object) -> None:
    """Act as the role that owns the tables; the address itself may belong to a superuser."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select tableowner from pg_catalog.pg_tables where schemaname = 'public' and tablename = 'members'"
        )
        row = cursor.fetchone()
        if row is not None:
            cursor.execute(psycopg.sql.SQL("set session role {}").format(psycopg.sql.Identifier(row[0])))
    connection.commit()


def _not_migrated() -> Unavailable:
    """Return what to say where tables or logins of this release are missing."""
    return Unavailable("not_migrated", "The database is not of this release: run `bee migrate` first.")


def _unavailable(cause: BaseException | None) -> Unavailable:
    if isinstance(cause, psycopg.errors.DiskFull):
        return Unavailable("database_full", f"The database has no space left: {_reason(cause)}")
    # A refused connection carries no SQLSTATE, only the server's words.
    if re.search(r'role "bee_\w+" does not exist', str(cause)):
        return _not_migrated()
    return Unavailable("database_unavailable", f"The database does not answer: {_reason(cause)}")


def _reason(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no reason given"
