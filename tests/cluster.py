"""Servers for the tests: the embedded one by default, Debian's PostgreSQL 15 where it is asked for."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
from pydantic import SecretStr

from bee.db import Database
from bee.db.address import ServerAddress, embedded_address
from bee.db.embedded import discard_server, ensure_server
from bee.db.logins import Login

OLDEST_BINARIES = Path("/usr/lib/postgresql/15/bin")
# Nothing that a test writes has to survive the machine.
UNSAFE_AND_FAST = ("fsync", "synchronous_commit", "full_page_writes")
# A copy of the template is 1,300 files: 25 ms in memory, where a disk takes up to a second.
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 3 << 30


@contextmanager
def embedded_cluster(home: Path) -> Iterator[ServerAddress]:
    """Run an embedded server of the tests' own and remove it with all its data."""
    address = ensure_server(home)
    try:
        _hurry(address)
        yield address
    finally:
        discard_server(home)


@contextmanager
def memory_folder() -> Iterator[Path | None]:
    """Make a folder in memory, and remove it; None where there is too little."""
    _forget_abandoned()
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ENOUGH_MEMORY:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix=f"bee-test-{os.getpid()}-", dir=MEMORY))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def place_databases(address: ServerAddress, folder: Path | None) -> str:
    """Let a server keep databases in a folder, and return what follows the name of one that is to lie there."""
    if folder is None:
        return ""
    with administering(address) as connection:
        (data,) = connection.execute("show data_directory").fetchone() or ("",)
        server = Path(str(data)).stat()
        os.chown(folder, server.st_uid, server.st_gid)
        connection.execute(f"create tablespace memory location '{folder}'")
    return "tablespace memory strategy file_copy"


@contextmanager
def oldest_cluster() -> Iterator[ServerAddress]:
    """Run PostgreSQL 15, the oldest supported, from Debian's package."""
    folder = Path(tempfile.mkdtemp(prefix="bee15-", dir="/tmp"))
    account = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)

    def run(program: str, *words: str) -> None:
        who = {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
        subprocess.run(  # type: ignore[call-overload]  # the account's keywords depend on who we are
            [str(OLDEST_BINARIES / program), *words],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **who,
        )

    data = str(folder / "data")
    run("initdb", "--pgdata", data, "--auth", "trust", "--username", "postgres", "--encoding", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c timezone=UTC -c jit=off"
    try:
        run("pg_ctl", "start", "--pgdata", data, "--wait", "--log", str(folder / "log"), "--options", options)
        address = embedded_address(str(folder), 5432)
        with psycopg.connect(**_owner(address, "postgres"), autocommit=True) as connection:
            connection.execute("create database bee")
        _hurry(address)
        yield address
    finally:
        run("pg_ctl", "stop", "--pgdata", data, "--mode", "immediate", "--wait")
        shutil.rmtree(folder, ignore_errors=True)


def named(address: ServerAddress, database: str) -> ServerAddress:
    """Return the address of another database of the same server."""
    base = tuple((key, database if key == "dbname" else value) for key, value in address.base)
    return ServerAddress(base, address.owner, address.login_secret)


def url_of(address: ServerAddress) -> SecretStr:
    """Return the value of DATABASE_URL that leads to the database of an address."""
    base = dict(address.base)
    return SecretStr(f"postgresql://postgres@/{base['dbname']}?host={base['host']}&port={base['port']}")


@contextmanager
def administering(address: ServerAddress) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Connect to the server's own database, outside any transaction."""
    with psycopg.connect(**_owner(address, "postgres"), autocommit=True) as connection:
        yield connection


@contextmanager
def away(database: Database) -> Iterator[None]:
    """Let a database refuse everybody for a while, and end the connections that it has."""
    name = dict(database.address.base)["dbname"]
    with administering(database.address) as connection:
        connection.execute(f"alter database {name} allow_connections false")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(f"alter database {name} allow_connections true")
            # Only tests sign in as the owner; what the program does with its ended connections is its own affair.
            database.engine(Login.OWNER).dispose()


def _owner(address: ServerAddress, database: str) -> dict[str, Any]:
    return address.parameters(Login.OWNER) | {"dbname": database}


def _forget_abandoned() -> None:
    """Remove what killed tests left in memory."""
    for folder in MEMORY.glob("bee-test-*"):
        if not psutil.pid_exists(int(folder.name.split("-")[2])):
            shutil.rmtree(folder, ignore_errors=True)


def _hurry(address: ServerAddress) -> None:
    with administering(address) as connection:
        for name in UNSAFE_AND_FAST:
            connection.execute(f"alter system set {name} = off")
        connection.execute("select pg_reload_conf()")
