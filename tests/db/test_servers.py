"""Servers that can't be worked with: too old, or without space."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from bee.db import Database, Login
from bee.errors import Unavailable
from tests.cluster import administering
from tests.commands import Bee
from tests.factories import execute
from tests.members.imports import add_members, value_in, write_csv

SPACE_BYTES = 4 << 20
VERSION = re.compile(rb"(server_version\0)(\d\d)(?=[.d])")


class Aged:
    """A server as it is, seen through a socket behind which it says that it is PostgreSQL 14."""

    def __init__(self, server: Path, folder: Path) -> None:
        self._server = server
        self.folder = folder
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / ".s.PGSQL.5432"))
        self._listener.listen()
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def close(self) -> None:
        """Stop listening; whoever is connected has to have gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(self._server))
                for source, sink, change in ((client, server, _as_it_is), (server, client, _older)):
                    thread = threading.Thread(target=_pass_on, args=(source, sink, change))
                    self._threads.append(thread)
                    thread.start()


def _as_it_is(data: bytes) -> bytes:
    return data


def _older(data: bytes) -> bytes:
    return VERSION.sub(rb"\g<1>14", data)


def _pass_on(source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(change(data))
    for end in (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture
def aged(database: Database, bee: Bee, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bee]:
    """The command line over the test's database on a server that says it is PostgreSQL 14."""
    place = database.address.parameters(Login.OWNER)
    folder = Path(tempfile.mkdtemp(prefix="bee14-", dir="/tmp"))
    server = Aged(Path(place["host"]) / ".s.PGSQL.5432", folder)
    monkeypatch.setenv(
        "DATABASE_URL", f"postgresql://{place['user']}@/{place['dbname']}?host={quote(str(folder))}&port=5432"
    )
    yield bee
    server.close()
    shutil.rmtree(folder)


def test_a_server_before_15_is_left_alone(aged: Bee) -> None:
    said = aged("migrate")
    assert (said.code, said.err.strip()) == (2, "The database is PostgreSQL 14; BEE needs 15 or later.")


def test_the_doctor_names_a_server_before_15(aged: Bee) -> None:
    said = aged("doctor")
    assert said.code == 2
    assert "PostgreSQL 14; BEE needs 15 or later." in said.out


def move_home(database: Database) -> None:
    """Put the events where the rest of the database lies."""
    rest = value_in(
        database,
        "select spcname from pg_tablespace t join pg_database d on d.dattablespace = t.oid"
        " where datname = current_database()",
    )
    with database.writing(Login.OWNER) as session:
        execute(session, f"alter table engagement_events set tablespace {rest}")


@pytest.fixture
def cramped(database: Database) -> Iterator[Database]:
    """The test's database, its events on a disk of their own on which there is hardly any room."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    with administering(database.address) as connection:
        (data,) = connection.execute("show data_directory").fetchone() or ("",)
    disk = Path(tempfile.mkdtemp(prefix="bee-disk-", dir="/tmp"))
    owner = Path(str(data)).stat()
    options = f"size={SPACE_BYTES},mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        disk.rmdir()
        pytest.skip("no disk can be mounted here")
    try:
        with administering(database.address) as connection:
            connection.execute(f"create tablespace cramped location '{disk}'")
            connection.execute("grant create on tablespace cramped to public")
        with database.writing(Login.OWNER) as session:
            execute(session, "alter table engagement_events set tablespace cramped")
        yield database
        move_home(database)
        with administering(database.address) as connection:
            connection.execute("drop tablespace cramped")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
        disk.rmdir()


def test_a_server_without_space_is_told_and_a_rerun_finishes(
    cramped: Database, bee: Bee, tmp_path: Path
) -> None:
    names = [f"member-{number}" for number in range(40)]
    add_members(cramped, *names)
    rows = [
        f"{name},app_session,2026-01-{1 + minute % 28:02}T08:{minute // 60:02}:{minute % 60:02}Z"
        for name in names
        for minute in range(1_500)
    ]
    path = write_csv(tmp_path / "events.csv", *rows)
    said = bee("import", "events", path)
    assert said.code == 2
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("The database has no space left: could not extend file")
    assert last.endswith("No space left on device; run it again to finish.")
    move_home(cramped)
    assert bee("import", "events", path).code == 0
    assert value_in(cramped, "select count(*) from engagement_events") == len(rows)


def test_any_write_to_a_server_without_space_says_that_there_is_none(database: Database) -> None:
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            """
            create function no_space() returns trigger language plpgsql as $$
            begin
                raise exception 'could not extend file "base/1/2": No space left on device' using errcode = '53100';
            end
            $$
            """,
        )
        execute(
            session, "create trigger no_space before insert on jobs for each row execute function no_space()"
        )
    with pytest.raises(Unavailable, match="The database has no space left: could not extend file") as caught:
        with database.writing(Login.WORKER) as session:
            execute(session, "insert into jobs (kind) values ('score')")
    assert caught.value.code == "database_full"
