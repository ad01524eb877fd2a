"""Processes: whether they are over, and how they are ended."""

import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

import psutil

PAUSE_S = 0.05


def end_processes(processes: Sequence[psutil.Process], *, patience_s: float) -> None:
    """Ask processes to stop and kill those that have not after ``patience_s``."""
    for order in (psutil.Process.terminate, psutil.Process.kill):
        for process in (p for p in processes if not has_ended(p)):
            # It may end by itself at any moment.
            with suppress(psutil.NoSuchProcess):
                order(process)
        if _all_end(processes, patience_s):
            return


def _all_end(processes: Sequence[psutil.Process], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not all(has_ended(process) for process in processes):
        if time.monotonic() >= deadline:
            return False
        time.sleep(PAUSE_S)
    return True


def has_ended(process: psutil.Process) -> bool:
    """Return whether a process is over; one that nobody has asked the exit code of still has its number."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def told_to_stop() -> threading.Event:
    """Return what is set once this process is told to stop, so that what it is at is finished first."""
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return stopped
