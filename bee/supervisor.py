"""``bee up``: everything on one machine, from one terminal. ``bee down``: its end, from another.

The database is started and migrated, an empty one of a local installation is filled with demo members, then
dashboard, API and worker run as children. They die with this process, and a later start ends any it finds.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from bee.db import Database, Login
from bee.db.address import server_address
from bee.db.embedded import ensure_server, is_running, stop_server
from bee.db.filelock import file_lock
from bee.errors import Conflict, Unavailable
from bee.flows import bring_up_to_date, demo_sign_ins, is_empty, prepare_demo, refuse_demo_members
from bee.health import answers
from bee.members.demo import refuse_demo_outside_local
from bee.momentum.scoring import score
from bee.ports import free_port
from bee.processes import end_processes
from bee.running import (
    LOCK_FILE,
    ProcessMark,
    Running,
    forget_running,
    read_running,
    write_running,
)
from bee.settings import Settings, make_home

HEALTHY_WITHIN_S = 90
PATIENCE_S = 15
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
TICK_S = 0.25
LOG_LIMIT_BYTES = 16 * 1024**2
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # the address to show for each wildcard

Say = Callable[[str], None]


@dataclass(slots=True)
class Child:
    """One command that is kept running. ``url``: where it answers ``/health``, if it serves anything."""

    name: str
    url: str | None
    variables: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    due_at: float = field(default=0.0)


def up(settings: Settings, say: Say, *, demo: bool | None) -> None:
    """Run everything until the process is told to stop.

    ``say`` tells a person one line. ``demo``: whether an empty database is filled with demo members; where
    nobody said, a local one is. Raises :class:`Conflict` when it runs already, :class:`Forbidden` when demo
    members are asked for outside local or found in prod.
    """
    if demo:
        refuse_demo_outside_local(settings.environment)
    wants_demo = settings.is_local if demo is None else demo
    make_home(settings.home)
    with _only_one(settings.home):
        _end_leftovers(settings.home, say)
        try:
            with _stop_signals():
                sign_ins = _prepare(settings, say, demo=wants_demo)
                _run_children(settings, sign_ins, say)
        except KeyboardInterrupt:
            say("Stopping.")
        finally:
            _stop_database(settings)
            forget_running(settings.home)


def _prepare(settings: Settings, say: Say, *, demo: bool) -> list[str]:
    """Ready the database for its first visitor and return the lines that say how to sign in to demo data."""
    say("Starting the database.")
    address = server_address(settings)
    applied = bring_up_to_date(address)
    if applied:
        say(f"Migrated it: {len(applied)} new.")
    database = Database(address)
    try:
        refuse_demo_members(database, settings)
        if not demo:
            return []
        if is_empty(database):
            say("Filling it with demo members, all of them made up; this happens once.")
        now = datetime.now(UTC)
        if prepare_demo(database, settings, now=now) is None:
            return []
        scored = score(database, now=now, login=Login.OWNER)
        if scored.rows_written:
            say(f"Scored {scored.members:,} members: {scored.rows_written:,} days.")
        return demo_sign_ins(database, settings)
    finally:
        database.dispose()


def down(settings: Settings, say: Say) -> bool:
    """Stop what ``bee up`` started for this home, and the embedded server. Returns whether anything ran."""
    running = read_running(settings.home)
    process = running.supervisor.find() if running else None
    if process is not None:
        end_processes([process], patience_s=2 * PATIENCE_S)
        say("Stopped dashboard, API and worker.")
    _end_leftovers(settings.home, say)
    forget_running(settings.home)
    stopped = settings.database_url is None and stop_server(settings.home)
    if stopped:
        say("Stopped the embedded PostgreSQL.")
    return process is not None or stopped


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    try:
        with file_lock(home / LOCK_FILE, "bee up", wait_s=0):
            yield
    except Unavailable as error:
        if error.code != "locked":
            raise
        running = read_running(home)
        where = f": dashboard {running.dashboard}, API {running.api}" if running else ""
        raise Conflict("already_running", f"BEE is running already{where}. `bee down` stops it.") from error


def _end_leftovers(home: Path, say: Say) -> None:
    """End children that outlived their parent, so that there are never two workers."""
    running = read_running(home)
    for mark in running.children if running else ():
        process = mark.find()
        if process is not None:
            say(f"Ending the {mark.name} that an earlier start left behind.")
            end_processes([process], patience_s=PATIENCE_S)


@contextmanager
def _stop_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the block as Ctrl-C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # A signal that is ignored already stays so: that is what nohup asks for.
    numbers = [n for n in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run_children(settings: Settings, sign_ins: list[str], say: Say) -> None:
    children = _children(settings, say)
    reader, writer = os.pipe()
    try:
        for child in children:
            _start(child, reader)
        _write_down(settings.home, children)
        _await_health(children)
        _greet(children, sign_ins, settings.home, say)
        while True:
            _tend_database(settings, say)
            _tend(settings.home, children, reader, say)
            time.sleep(TICK_S)
    finally:
        with _undisturbed():
            _end(children)
        os.close(writer)
        os.close(reader)


def _children(settings: Settings, say: Say) -> list[Child]:
    logs = settings.home / "logs"
    logs.mkdir(exist_ok=True)
    dashboard = _port(settings.host, settings.dashboard_port, "dashboard", say)
    api = _port(settings.host, settings.api_port, "API", say)
    return [
        Child(
            "dashboard",
            _url(settings.host, dashboard),
            {"BEE_DASHBOARD_PORT": str(dashboard)},
            logs / "dashboard.log",
        ),
        Child("api", _url(settings.host, api), {"BEE_API_PORT": str(api)}, logs / "api.log"),
        Child(
            "worker",
            None,
            {"BEE_PROBE_URL": settings.probe_url or _url(settings.host, api)},
            logs / "worker.log",
        ),
    ]


def _port(host: str, wanted: int, name: str, say: Say) -> int:
    port = free_port(host, wanted)
    if wanted not in {0, port}:
        say(f"Port {wanted} is taken: the {name} is on {port} this time.")
    return port


def _url(host: str, port: int) -> str:
    shown = ANYWHERE.get(host, host)
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _start(child: Child, lifeline: int) -> None:
    too_long = child.log.exists() and child.log.stat().st_size > LOG_LIMIT_BYTES
    with child.log.open("wb" if too_long else "ab") as log:
        child.process = subprocess.Popen(
            [sys.executable, "-m", "bee.child", str(lifeline), child.name],
            env=os.environ | child.variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            pass_fds=(lifeline,),
            # Ctrl-C reaches this process only, which then stops the children in order.
            process_group=0,
        )
    child.started_at = time.monotonic()


def _write_down(home: Path, children: list[Child]) -> None:
    marks = [
        ProcessMark.of(child.name, child.process.pid)
        for child in children
        if child.process is not None and child.process.poll() is None
    ]
    dashboard, api, _worker = children
    supervisor = ProcessMark.of("up", os.getpid())
    write_running(home, Running(supervisor, tuple(marks), str(dashboard.url), str(api.url)))


def _await_health(children: list[Child]) -> None:
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    for child in children:
        while child.url is not None and not answers(f"{child.url}/health"):
            if child.process is None or child.process.poll() is not None:
                raise Unavailable("child_ended", f"The {child.name} did not start: {_last_words(child)}")
            if time.monotonic() >= deadline:
                raise Unavailable("child_silent", f"The {child.name} does not answer; see {child.log}.")
            time.sleep(TICK_S)


def _tend_database(settings: Settings, say: Say) -> None:
    """Start the embedded server again when something killed it; the children then find it by themselves."""
    if settings.database_url is not None or is_running(settings.home):
        return
    say("The embedded PostgreSQL ended; it starts again.")
    try:
        ensure_server(settings.home)
    except Unavailable as error:
        say(error.message)
        time.sleep(LONGEST_PAUSE_S)


def _tend(home: Path, children: list[Child], lifeline: int, say: Say) -> None:
    """Start children that ended again, each time a little later."""
    now = time.monotonic()
    for child in children:
        if child.process is not None and child.process.poll() is not None:
            steady = now - child.started_at >= STEADY_AFTER_S
            child.pause_s = FIRST_PAUSE_S if steady else child.pause_s
            child.due_at = now + child.pause_s
            say(f"The {child.name} ended ({_last_words(child)}); it starts again in {child.pause_s:.0f} s.")
            child.pause_s = min(2 * child.pause_s, LONGEST_PAUSE_S)
            child.process = None
        if child.process is None and now >= child.due_at:
            _start(child, lifeline)
            _write_down(home, children)


def _last_words(child: Child) -> str:
    lines = child.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    code = child.process.returncode if child.process is not None else "?"
    return f"exit code {code}; {lines[-1].strip() if lines else 'it said nothing'}"


def _greet(children: list[Child], sign_ins: list[str], home: Path, say: Say) -> None:
    dashboard, api, _worker = children
    say("")
    say(f"Dashboard  {dashboard.url}")
    say(f"API        {api.url}")
    say(f"Logs       {home / 'logs'}")
    for line in sign_ins:
        say(line)
    say("Ctrl-C stops everything.")


def _end(children: list[Child]) -> None:
    alive = [
        child.process for child in children if child.process is not None and child.process.poll() is None
    ]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_S
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _stop_database(settings: Settings) -> None:
    if settings.database_url is None:
        with _undisturbed():
            stop_server(settings.home)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Finish what must be finished, however often somebody presses Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
