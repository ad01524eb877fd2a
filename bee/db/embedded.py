"""The embedded PostgreSQL: started when it is needed, attached to when it runs, repaired when it was killed.

It listens on a socket that only its own user (and root) can reach, so it asks for no password. It lies in a
session of its own: Ctrl-C in the terminal that started it does not end it, :func:`stop_server` does.
"""

import os
import shutil
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from bee.db.address import ServerAddress, embedded_address
from bee.db.filelock import file_lock
from bee.db.place import MAJOR, SOCKET_NAME, Place, find_place, look_for_place
from bee.errors import BeeError, Unavailable
from bee.processes import end_processes

PORT = 5432
DATABASE = "bee"
START_S = 120
STOP_S = 30
STRAY_S = 3
NEEDED_BYTES = 256 * 1024**2
LOG_LIMIT_BYTES = 16 * 1024**2
SMALL_SHARED_MEMORY_BYTES = 512 * 1024**2
MIB = 1024**2

# name → value of postgresql.conf, over those that depend on the machine. Ours alone: rewritten at each start.
CONFIGURATION = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    # Nothing replicates from it, and a COPY into a table made in the same transaction is not logged twice.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "synchronous_commit": "on",
    "wal_compression": "on",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "datestyle": "ISO, YMD",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u@%d ",
    "idle_in_transaction_session_timeout": "10min",
}


def ensure_server(home: Path) -> ServerAddress:
    """Return the address of the embedded server of ``home``, started if it is down; its database exists.

    Two that start it at once get one server. Raises :class:`Unavailable` with the reason when it can't run.
    """
    place = find_place(home)
    try:
        with file_lock(place.lock, "another start of the embedded PostgreSQL"):
            if find_postmaster(place) is None:
                _start(place)
            _await_database(place, time.monotonic() + START_S)
    except OSError as error:
        raise Unavailable(
            "embedded_folder", f"The embedded PostgreSQL can't use {place.folder}: {error.strerror}."
        ) from error
    return embedded_address(str(place.socket), PORT)


def stop_server(home: Path) -> bool:
    """Stop the embedded server of ``home``, open transactions being rolled back. Returns whether it ran."""
    place = look_for_place(home)
    if place is None:
        return False
    with file_lock(place.lock, "another start or stop of the embedded PostgreSQL"):
        if find_postmaster(place) is None:
            _end_strays(place)
            return False
        _stop(place)
    return True


def discard_server(home: Path) -> None:
    """Stop the embedded server of ``home`` and delete all its data."""
    stop_server(home)
    place = look_for_place(home)
    if place is not None:
        shutil.rmtree(place.folder)
        shutil.rmtree(place.socket, ignore_errors=True)


def is_running(home: Path) -> bool:
    """Return whether the embedded server of ``home`` runs, starting nothing."""
    place = look_for_place(home)
    return place is not None and find_postmaster(place) is not None


def find_postmaster(place: Place) -> psutil.Process | None:
    """Return the running server of a place; a number in ``postmaster.pid`` proves nothing by itself."""
    try:
        lines = (place.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        ours = str(place.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    return process if ours else None


def _start(place: Place) -> None:
    _end_strays(place)
    # What a killed server left: PostgreSQL takes it for a live one if that number belongs to a process again.
    for leftover in (
        place.data / "postmaster.pid",
        place.socket / SOCKET_NAME,
        place.socket / f"{SOCKET_NAME}.lock",
    ):
        leftover.unlink(missing_ok=True)
    if not (place.data / "PG_VERSION").exists():
        _make_data(place)
    _refuse_other_major(place)
    _write_configuration(place)
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT_BYTES:
        place.log.unlink()
    command = ["start", "--pgdata", str(place.data), "--log", str(place.log), "--wait"]
    _run(place, "pg_ctl", *command, "--timeout", str(START_S))


def _stop(place: Place) -> None:
    """Stop a server, by force where asking is in vain: its next start recovers what was committed.

    PostgreSQL 18 waits forever when it is asked while it recovers from a process of its own that was killed.
    """
    command = ["stop", "--pgdata", str(place.data), "--mode", "fast", "--wait", "--timeout", str(STOP_S)]
    with suppress(Unavailable):
        _run(place, "pg_ctl", *command)
    _end_strays(place)


def _make_data(place: Place) -> None:
    """Make the data folder under another name, so that a half-made one is never taken for a whole one."""
    free = shutil.disk_usage(place.folder).free
    if free < NEEDED_BYTES:
        raise Unavailable(
            "disk_full",
            f"PostgreSQL needs {NEEDED_BYTES // MIB} MB in {place.folder}, where {free // MIB} MB are free.",
        )
    for unfinished in place.folder.glob("data.new-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    if place.data.exists():
        # Without PG_VERSION it is no data folder of PostgreSQL; kept, because we did not make it.
        place.data.rename(place.folder / f"data.unknown-{time.time_ns()}")
    made = place.folder / f"data.new-{time.time_ns()}"
    access = ["--auth-local", "trust", "--auth-host", "reject", "--username", "postgres"]
    content = ["--encoding", "UTF8", "--locale", "C", "--data-checksums"]
    _run(place, "initdb", "--pgdata", str(made), *access, *content)
    made.rename(place.data)


def _refuse_other_major(place: Place) -> None:
    major = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if major != str(MAJOR):
        raise Unavailable(
            "embedded_version",
            f"{place.data} was made by PostgreSQL {major} and this is {MAJOR}: dump it with the older "
            "version of BEE and restore it, or name another folder in BEE_HOME.",
        )


def _write_configuration(place: Place) -> None:
    memory = psutil.virtual_memory().total
    buffers = max(32, min(512, memory // 8 // MIB))
    machine = {
        "cluster_name": place.name,
        "unix_socket_directories": str(place.socket),
        "shared_buffers": f"{buffers}MB",
        "effective_cache_size": f"{max(64, memory // 2 // MIB)}MB",
        "dynamic_shared_memory_type": _shared_memory(),
    }
    lines = [f"{name} = {_quoted(value)}\n" for name, value in (CONFIGURATION | machine).items()]
    path = place.data / "postgresql.conf"
    path.write_text("# Written by BEE at each start.\n" + "".join(lines), encoding="utf-8")
    if place.account is not None:
        os.chown(path, place.account.uid, place.account.gid)


def _shared_memory() -> str:
    """Return where parallel workers exchange rows; containers often have 64 MB of shared memory only."""
    folder = Path("/dev/shm")  # noqa: S108
    roomy = folder.is_dir() and shutil.disk_usage(folder).total >= SMALL_SHARED_MEMORY_BYTES
    return "posix" if roomy else "mmap"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _end_strays(place: Place) -> None:
    """End what a killed server or a killed start left behind: no new server may run beside them."""
    strays = [process for process in psutil.process_iter() if _is_stray(process, place)]
    end_processes(strays, patience_s=STRAY_S)


def _is_stray(process: psutil.Process, place: Place) -> bool:
    try:
        words = process.cmdline()
        if not words or process.status() == psutil.STATUS_ZOMBIE:
            return False
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
    program = Path(words[0]).name
    of_this_data = any(
        word == str(place.data) or word.startswith(f"{place.folder}/data.new-") for word in words
    )
    return words[0].startswith(f"postgres: {place.name}: ") or (
        program in {"postgres", "initdb", "pg_ctl"} and of_this_data
    )


def _run(place: Place, program: str, *words: str) -> None:
    """Run one of the server's programs as the server's user, away from this terminal and this environment."""
    account = place.account
    before = place.log.stat().st_size if place.log.exists() else 0
    try:
        done = subprocess.run(
            [str(place.binaries / "bin" / program), *words],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            start_new_session=True,
            umask=0o077,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise Unavailable(
            "embedded_start", f"The embedded PostgreSQL can't be run ({program}): {error.strerror}."
        ) from error
    if done.returncode != 0:
        raise _failure(place, program, done.stdout, before)


def _failure(place: Place, program: str, output: str, log_from: int) -> BeeError:
    """Return what stopped one of the server's programs, in the server's own words."""
    log = place.log.read_bytes()[log_from:].decode(errors="replace") if place.log.exists() else ""
    lines = [line.strip() for line in (output + "\n" + log).splitlines() if line.strip()]
    if any("No space left on device" in line for line in lines):
        return Unavailable(
            "disk_full", f"The disk is full: the embedded PostgreSQL needs room in {place.folder}."
        )
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line] or lines[-1:]
    reason = telling[-1] if telling else "it gave no reason"
    return Unavailable(
        "embedded_start", f"The embedded PostgreSQL failed ({program}): {reason} Log: {place.log}"
    )


def _await_database(place: Place, deadline: float) -> None:
    """Wait until the server takes connections, after a crash until it has recovered; make its database."""
    while True:
        try:
            with _connect(place, DATABASE):
                return
        except psycopg.OperationalError as error:
            if _lacks_database(error):
                _make_database(place)
                continue
            if _is_stopping(error):
                # Whoever asked it to stop is gone, or the lock would not be ours.
                _stop(place)
                _start(place)
                continue
            if find_postmaster(place) is None or time.monotonic() >= deadline:
                reason = str(error).strip().splitlines()[-1]
                raise Unavailable(
                    "embedded_start", f"The embedded PostgreSQL does not answer: {reason} Log: {place.log}"
                ) from error
        time.sleep(0.1)


def _connect(place: Place, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=str(place.socket),
        port=PORT,
        user="postgres",
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def _lacks_database(error: psycopg.OperationalError) -> bool:
    # A refused connection carries no SQLSTATE in psycopg, only the server's words; lc_messages is C.
    return f'database "{DATABASE}" does not exist' in str(error)


def _is_stopping(error: psycopg.OperationalError) -> bool:
    return "the database system is shutting down" in str(error)


def _make_database(place: Place) -> None:
    with _connect(place, "postgres") as connection:
        connection.execute(f"create database {DATABASE} template template0 encoding 'UTF8' locale 'C'")
