"""``bee api`` as the processes that it is, and what a test does to them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import psutil

from bee.api.house import client_settings
from bee.db import Database, Login
from bee.health import answers
from bee.ports import free_port
from bee.processes import has_ended
from bee.settings import Settings
from tests.api.conftest import PASSWORD
from tests.cluster import administering
from tests.commands import database_url
from tests.conftest import ROOT

HOST = "127.0.0.1"
SOON_S = 30.0


@dataclass(frozen=True, slots=True)
class Api:
    """``bee api`` of a test, its words going to a file."""

    process: subprocess.Popen[bytes]
    url: str
    anon_key: str
    output: Path

    def sign_up(self, email: str) -> dict[str, str]:
        """Sign somebody up and return what their requests carry."""
        answer = httpx.post(
            f"{self.url}/auth/v1/signup",
            json={"email": email, "password": PASSWORD},
            headers={"apikey": self.anon_key},
            timeout=SOON_S,
        )
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def workers(self) -> list[psutil.Process]:
        """Return the processes that serve, where there are several."""
        children = psutil.Process(self.process.pid).children()
        living = (child for child in children if not has_ended(child))
        return [child for child in living if "spawn_main" in " ".join(child.cmdline())]

    def ended_within(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


@contextmanager
def bee_api(database: Database, home: Path, *, port: int = 0, workers: int = 1) -> Iterator[Api]:
    """Run ``bee api`` over the test's database until the block ends."""
    port = port or free_port(HOST, 0)
    settings = Settings(home=home, api_port=port)
    variables = {
        "DATABASE_URL": database_url(database),
        "BEE_HOME": str(home),
        "BEE_API_PORT": str(port),
        "BEE_API_WORKERS": str(workers),
    }
    output = home / f"api-{time.monotonic_ns()}.log"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "bee", "api"],
            cwd=ROOT,
            env=os.environ | variables,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    api = Api(process, f"http://{HOST}:{port}", client_settings(settings)["ANON_KEY"], output)
    try:
        await_true(lambda: process.poll() is not None or answers(f"{api.url}/health"))
        assert process.poll() is None, output.read_text(encoding="utf-8")
        yield api
    finally:
        children = psutil.Process(process.pid).children() if process.poll() is None else []
        process.send_signal(signal.SIGKILL)
        process.wait()
        for child in children:
            child.kill()


@contextmanager
def in_the_way(database: Database) -> Iterator[None]:
    """Let whoever adds an event wait before the end of its transaction, for as long as the block lasts."""
    with database.writing(Login.OWNER) as session:
        session.driver.execute("lock table score_dues in exclusive mode")
        yield


def waiting(database: Database) -> int:
    """Return how many statements wait for a lock."""
    name = dict(database.address.base)["dbname"]
    with administering(database.address) as connection:
        found = connection.execute(
            "select pid from pg_stat_activity where datname = %s and wait_event_type = 'Lock'", [name]
        )
        return len(found.fetchall())


def await_true(holds: Callable[[], bool], seconds: float = SOON_S) -> None:
    """Wait until something holds; that it never does is the test's failure."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def connected(port: int) -> socket.socket:
    """Return a connection on which bytes are sent as they are."""
    return socket.create_connection((HOST, port), timeout=SOON_S)
