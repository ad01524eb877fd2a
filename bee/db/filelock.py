"""A lock that ends with whoever holds it, kill -9 included."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bee.errors import Unavailable

PAUSE_S = 0.05


@contextmanager
def file_lock(path: Path, whose: str, *, wait_s: float = 180.0) -> Iterator[None]:
    """Hold the lock of a file for the block.

    ``whose``: who may hold it, for the error of having waited in vain.
    Raises :class:`Unavailable` after ``wait_s`` seconds.
    """
    # Never inherited (os.open sets close-on-exec), so a server that is started here doesn't keep it.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, path, whose, time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, whose: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unavailable("locked", f"{path} is held by {whose}; try again.") from None
            time.sleep(PAUSE_S)
        else:
            return
