"""Posting side by side, each post within its time: one that takes longer is waited for no more.

The timeouts of a client begin anew with every byte, its tries add up, and a name that is looked up has none. So who
waits for a post does so for ``POST_S`` in all, whatever holds it. The threads are of our own because an executor of
the standard library waits for every thread of its when the process ends.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from queue import SimpleQueue
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

THREADS: Final = 32
# More than a post takes that ends by the client's own timeouts, which tell better what became of it.
POST_S: Final = 25.0
# So long after a chunk was claimed none of its posts begins any more: all have ended far within the lease.
CHUNK_S: Final = 60.0

Result = TypeVar("Result")


class Late(Exception):
    """It has not ended in its time. ``has_begun``: whether anything can have come of it."""

    def __init__(self, *, has_begun: bool) -> None:
        super().__init__(f"has begun: {has_begun}")
        self.has_begun = has_begun


@dataclass(slots=True)
class Errand(Generic[Result]):
    """Something that one of the threads is to begin before a time."""

    act: Callable[[], Result]
    begins_until: float
    result: "Future[Result]"
    began_at: float | None = None

    def run(self) -> None:
        """Do it, unless it is too late to begin."""
        now = time.monotonic()
        if now >= self.begins_until:
            self.result.cancel()
        else:
            self.began_at = now
        if not self.result.set_running_or_notify_cancel():
            return
        try:
            self.result.set_result(self.act())
        except BaseException as error:  # noqa: BLE001  # raised again where the result is waited for
            self.result.set_exception(error)

    def wait_s(self, post_s: float) -> float:
        """Return how long to wait until there is something to see."""
        now = time.monotonic()
        if self.began_at is None:
            return max(0.0, min(post_s, self.begins_until - now))
        return max(0.0, self.began_at + post_s - now)


class Posters:
    """Threads that post; leaving the block lets those go that are done, and forgets those that never will be."""

    def __init__(self, *, most: int = THREADS, post_s: float = POST_S, chunk_s: float = CHUNK_S) -> None:
        self._most = most
        self._post_s = post_s
        self._chunk_s = chunk_s
        self._errands: SimpleQueue[Errand[object] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._stuck = 0

    def outcomes(self, acts: Sequence[Callable[[], Result]]) -> list[Result | Late]:
        """Do all of it and return what came of each, in order: the result, or that it was late.

        Raises what an act raised.
        """
        begins_until = time.monotonic() + self._chunk_s
        errands: list[Errand[Result]] = [self._ask(act, begins_until) for act in acts]
        outcomes: list[Result | Late] = []
        for errand in errands:
            outcome = self._outcome(errand)
            outcomes.append(outcome)  # a comprehension's types are guessed wrong
        return outcomes

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self._started):
            self._errands.put(None)

    def _ask(self, act: Callable[[], Result], begins_until: float) -> Errand[Result]:
        errand: Errand[Result] = Errand(act, begins_until, Future())
        self._errands.put(errand)  # type: ignore[arg-type]  # whose result is whose stays with the caller
        with self._lock:
            has_room = self._started - self._stuck < self._most
        if has_room:
            self._start()
        return errand

    def _start(self) -> None:
        with self._lock:
            self._started += 1
        threading.Thread(target=self._work, name="bee-post", daemon=True).start()

    def _work(self) -> None:
        while (errand := self._errands.get()) is not None:
            errand.run()

    def _outcome(self, errand: Errand[Result]) -> Result | Late:
        while True:
            try:
                return errand.result.result(errand.wait_s(self._post_s))
            except CancelledError:
                return Late(has_begun=False)
            except TimeoutError:
                if errand.result.done():
                    raise
            now = time.monotonic()
            if errand.began_at is None and now >= errand.begins_until:
                errand.result.cancel()
            if errand.began_at is not None and now >= errand.began_at + self._post_s:
                self._replace()
                return Late(has_begun=True)

    def _replace(self) -> None:
        """Have another thread do what one was to do that is stuck."""
        with self._lock:
            self._stuck += 1
        self._start()
