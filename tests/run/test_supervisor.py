"""``bee up`` and ``bee down``: one of each, nothing left behind, repaired by the next start."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from bee.db.embedded import discard_server, find_postmaster, is_running
from bee.db.place import find_place
from bee.health import answers
from bee.processes import has_ended
from bee.running import STATE_FILE, ProcessMark, Running, read_running, write_running
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
STARTED_WITHIN_S = 120
STOPPED_WITHIN_S = 60


@dataclass(slots=True)
class Up:
    """A ``bee up`` of a test, its words going to a file."""

    process: subprocess.Popen[bytes]
    home: Path
    output: Path

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def running(self) -> Running:
        running = read_running(self.home)
        assert running is not None
        return running

    def children(self) -> list[psutil.Process]:
        found = [mark.find() for mark in self.running().children]
        return [process for process in found if process is not None]

    def await_started(self) -> None:
        wait_until(lambda: "Ctrl-C stops" in self.said() or self.process.poll() is not None, STARTED_WITHIN_S)
        assert self.process.poll() is None, self.said()


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of the test's own; whatever runs for it is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="bee-up-"))
    yield folder
    bee(folder, "down")
    discard_server(folder)
    shutil.rmtree(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Up]]:
    """Start ``bee up`` for the home, on any free ports unless told otherwise."""
    started: list[Up] = []

    def start(**variables: str) -> Up:
        output = home / f"output-{len(started)}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "bee", "up", "--no-demo"],
                cwd=ROOT,
                env=environment(home) | variables,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        started.append(Up(process, home, output))
        return started[-1]

    yield start
    for up in started:
        if up.process.poll() is None:
            up.process.kill()
        up.process.wait(STOPPED_WITHIN_S)


def environment(home: Path) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("BEE_", "DATABASE_URL"))
    }
    return kept | {
        "BEE_HOME": str(home),
        "BEE_DASHBOARD_PORT": "0",
        "BEE_API_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }


def bee(home: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bee", *words],
        cwd=ROOT,
        env=environment(home) | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=STARTED_WITHIN_S,
    )


def wait_until(reached: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def gone(processes: list[psutil.Process]) -> bool:
    return all(has_ended(process) for process in processes)


def test_everything_starts_answers_and_stops_with_ctrl_c(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.await_started()
    running = up.running()
    assert {mark.name for mark in running.children} == {"dashboard", "api", "worker"}
    assert answers(f"{running.dashboard}/health")
    assert answers(f"{running.api}/ready")
    assert running.dashboard in up.said()
    assert running.api in up.said()
    children = up.children()
    logs = [home / "logs" / f"{name}.log" for name in ("dashboard", "api", "worker")]
    # A worker that has only just begun to load has nothing to say yet.
    wait_until(lambda: all(path.exists() and path.stat().st_size for path in logs), STARTED_WITHIN_S)
    up.process.send_signal(signal.SIGINT)
    assert up.process.wait(STOPPED_WITHIN_S) == 0
    assert gone(children)
    assert not is_running(home)
    assert not (home / STATE_FILE).exists()
    for path in logs:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert {"time", "severity", "logger", "message"} <= set(json.loads(lines[0]))
        assert all(line.startswith('{"time": ') for line in lines), lines


def test_down_stops_what_up_started(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.await_started()
    children = up.children()
    done = bee(home, "down")
    assert done.returncode == 0
    assert "Stopped dashboard, API and worker." in done.stdout
    assert up.process.wait(STOPPED_WITHIN_S) == 0
    assert gone(children)
    assert not is_running(home)
    assert bee(home, "down").stdout == "Nothing was running.\n"


def test_a_second_start_says_where_the_first_one_is(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.await_started()
    done = bee(home, "up", "--no-demo")
    assert done.returncode == 2
    assert f"BEE is running already: dashboard {up.running().dashboard}" in done.stderr
    assert up.process.poll() is None


def test_killed_without_warning_it_takes_its_children_along_and_starts_again(
    start: Callable[..., Up], home: Path
) -> None:
    first = start()
    first.await_started()
    children = first.children()
    first.process.kill()
    first.process.wait(STOPPED_WITHIN_S)
    second = start()
    second.await_started()
    assert gone(children)
    assert len(second.children()) == 3


def test_all_killed_at_once_it_starts_again(start: Callable[..., Up], home: Path) -> None:
    first = start()
    first.await_started()
    for process in [first.process, *first.children(), server(home)]:
        assert process is not None
        process.kill()
    first.process.wait(STOPPED_WITHIN_S)
    second = start()
    second.await_started()
    assert answers(f"{second.running().api}/ready")


def server(home: Path) -> psutil.Process | None:
    return find_postmaster(find_place(home))


def test_a_child_that_dies_is_started_again(start: Callable[..., Up]) -> None:
    up = start()
    up.await_started()
    before = {mark.name: mark.pid for mark in up.running().children}
    psutil.Process(before["api"]).kill()
    wait_until(lambda: "The api ended (exit code -9" in up.said(), 60)
    wait_until(lambda: answers(f"{up.running().api}/ready"), 60)
    after = {mark.name: mark.pid for mark in up.running().children}
    assert after["api"] != before["api"]
    assert {name: pid for name, pid in after.items() if name != "api"} == {
        name: pid for name, pid in before.items() if name != "api"
    }


def test_a_database_that_dies_is_started_again(start: Callable[..., Up], home: Path) -> None:
    up = start()
    up.await_started()
    killed = server(home)
    assert killed is not None
    killed.kill()
    # By the supervisor, or by a child that was just about to connect.
    wait_until(lambda: server(home) not in {None, killed}, 60)
    wait_until(lambda: answers(f"{up.running().api}/ready"), 60)


def test_a_taken_port_is_left_to_whoever_has_it(start: Callable[..., Up]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        up = start(BEE_API_PORT=str(port))
        up.await_started()
        assert f"Port {port} is taken: the API is on " in up.said()
        assert not up.running().api.endswith(f":{port}")


@pytest.mark.parametrize(
    ("command", "variable"), [("api", "BEE_API_PORT"), ("dashboard", "BEE_DASHBOARD_PORT")]
)
def test_a_single_server_stops_with_the_reason_when_its_port_is_taken(
    home: Path, command: str, variable: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = bee(home, command, **{variable: port})
    assert done.returncode == 2
    assert f"Port {port} of 127.0.0.1 can't be used" in done.stderr
    assert variable in done.stderr


def test_a_mark_does_not_fit_a_later_process_with_the_same_number() -> None:
    mine = ProcessMark.of("me", os.getpid())
    assert mine.find() is not None
    assert ProcessMark("me", os.getpid(), mine.started_at - 60).find() is None


def test_what_was_written_down_is_read_back(tmp_path: Path) -> None:
    mark = ProcessMark.of("api", os.getpid())
    running = Running(mark, (mark,), "http://127.0.0.1:1", "http://127.0.0.1:2")
    write_running(tmp_path, running)
    assert read_running(tmp_path) == running


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", json.dumps({"supervisor": 1})])
def test_a_note_that_was_cut_short_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / STATE_FILE).write_text(content)
    assert read_running(tmp_path) is None


INTERRUPTED_WHILE_IMPORTING = """
import os, runpy, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
runpy.run_module("bee", run_name="__main__")
"""


def test_ctrl_c_while_parts_are_being_imported_shows_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED_WHILE_IMPORTING],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGINT
    assert done.stdout + done.stderr == ""
