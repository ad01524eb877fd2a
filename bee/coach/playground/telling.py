"""Listening to a coroutine from where there is no event loop: it runs in a thread with a loop of its own."""

import asyncio
import queue
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

Told = TypeVar("Told")
Work = Callable[[Callable[[Told], None]], Coroutine[Any, Any, None]]


def told_by(work: "Work[Told]") -> Iterator[Told]:
    """Run ``work`` and yield what it tells, as it does. Raises what it raises.

    Whoever stops listening cancels it, and goes on once it has ended.
    """
    told: queue.SimpleQueue[Told | _End] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    task = loop.create_task(work(told.put))
    with ThreadPoolExecutor(1, "telling") as thread:
        ended = thread.submit(_run, loop, task)
        ended.add_done_callback(lambda _: told.put(_End()))
        try:
            while not isinstance(each := told.get(), _End):
                yield each
        finally:
            # A loop that has ended is closed, and takes no more calls.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)
    ended.result()


class _End:
    """Nothing more is told."""


def _run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    try:
        loop.run_until_complete(task)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
