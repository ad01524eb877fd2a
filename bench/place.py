"""Where benches run: a server and databases of their own, and a process of its own for what is measured."""

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

import psycopg

from bee.db.address import ServerAddress
from bee.db.embedded import discard_server, ensure_server
from bee.db.logins import Login
from bee.flows import bring_up_to_date

Result = TypeVar("Result")
Given = ParamSpec("Given")


@dataclass(frozen=True, slots=True)
class Alone(Generic[Result]):
    """What a process of its own came to, with its highest memory."""

    result: Result
    peak_bytes: int

    @property
    def peak_mib(self) -> float:
        """The highest memory, in MiB."""
        return self.peak_bytes / (1 << 20)


def alone(
    function: Callable[Given, Result], /, *arguments: Given.args, **named: Given.kwargs
) -> Alone[Result]:
    """Call a function of a module in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        result, peak_bytes = pool.submit(_measured, partial(function, *arguments, **named)).result()
    return Alone(result, peak_bytes)


def _measured(function: Callable[[], Result]) -> tuple[Result, int]:
    result = function()
    # Not getrusage: what it calls the peak includes the parent's memory at the time of the fork.
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return result, int(line.split()[1]) * 1024
    raise RuntimeError("this system does not say how much memory a process took")


@contextmanager
def server(home: Path) -> Iterator[ServerAddress]:
    """Run an embedded server of the benches' own."""
    try:
        yield ensure_server(home)
    finally:
        discard_server(home)


@contextmanager
def new_database(address: ServerAddress, name: str) -> Iterator[ServerAddress]:
    """Make a migrated database, everything else on disk already; drop it in the end."""
    place = ServerAddress(
        tuple((key, name if key == "dbname" else value) for key, value in address.base),
        address.owner,
        address.login_secret,
    )
    with owner(address) as connection:
        connection.execute(f"create database {name}".encode())
        bring_up_to_date(place)
        settle(place)
        try:
            yield place
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


@contextmanager
def owner(address: ServerAddress) -> Iterator[psycopg.Connection]:
    """Connect as whoever runs the server; each statement is a transaction."""
    with psycopg.connect(**address.parameters(Login.OWNER), autocommit=True) as connection:
        yield connection


def settle(address: ServerAddress) -> None:
    """Have everything on disk, so that a measurement does not pay for what came before it."""
    with owner(address) as connection:
        connection.execute("checkpoint")
