"""Work one step ahead: what comes next is computed while the database takes what is there."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class _Made(Generic[Item]):
    item: Item


@dataclass(frozen=True, slots=True)
class _Ended:
    error: BaseException | None


@contextmanager
def ahead(items: Iterable[Item], *, depth: int = 1) -> Iterator[Iterator[Item]]:
    """Give ``items``, up to ``depth`` of them computed ahead in a thread. Its error is raised where they are
    taken.

    On leaving the block the thread has ended, so that nothing it works on is used any more.
    """
    waiting: queue.Queue[_Made[Item] | _Ended] = queue.Queue(maxsize=depth)
    stopped = threading.Event()
    thread = threading.Thread(target=_produce, args=(items, waiting, stopped), name="ahead", daemon=True)
    thread.start()
    try:
        yield _taken(waiting)
    finally:
        stopped.set()
        thread.join()


def _produce(
    items: Iterable[Item], waiting: "queue.Queue[_Made[Item] | _Ended]", stopped: threading.Event
) -> None:
    error: BaseException | None = None
    try:
        for item in items:
            if not _put(waiting, _Made(item), stopped):
                return
    except BaseException as caught:  # noqa: BLE001  # handed to the consumer, who raises it
        error = caught
    _put(waiting, _Ended(error), stopped)


def _taken(waiting: "queue.Queue[_Made[Item] | _Ended]") -> Iterator[Item]:
    while True:
        match waiting.get():
            case _Made(item):
                yield item
            case _Ended(error):
                if error is not None:
                    raise error
                return


def _put(
    waiting: "queue.Queue[_Made[Item] | _Ended]", what: _Made[Item] | _Ended, stopped: threading.Event
) -> bool:
    """Put unless the consumer has stopped; say whether it was taken."""
    while not stopped.is_set():
        try:
            waiting.put(what, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
