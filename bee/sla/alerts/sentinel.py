"""The threads of a worker beside whatever job it is at: one watches, one tells by each way; none waits."""

import logging
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Final

from bee.db import Database, Login
from bee.db.migrations import require_release
from bee.errors import BeeError, Unavailable
from bee.sla.alerts.carry import Ways, carry
from bee.sla.alerts.told import Channel
from bee.sla.alerts.watch import Watch
from bee.sla.alerts.webhook import say_alive
from bee.sla.derivation import derive

EVERY_S: Final = 5.0

log = logging.getLogger("bee.alerts")


@dataclass(frozen=True, slots=True)
class Sentinel:
    """What watches and tells."""

    database: Database
    watch: Watch
    ways: Ways
    spread: random.Random
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def look(self) -> None:
        """Watch the minute that is over, unless that was done. Raises :class:`Unavailable` without a database."""
        require_release(self.database, Login.WORKER)
        if not self.watch.is_due(self.database, now=self.clock()):
            return
        is_added_up = self._add_up()
        seen = self.watch.look(self.database, now=self.clock())
        if seen is None:
            return
        if seen.firing:
            log.warning("%d things fire, %d messages are told", seen.firing, seen.told)
        if seen.unread:
            log.warning("%d rules can't be read by this release and watch nothing", seen.unread)
        # Whoever watches from outside is to call somebody where budgets are not seen to burn.
        if self.ways.watchdog and is_added_up:
            say_alive(self.ways.watchdog)

    def _add_up(self) -> bool:
        """Add up what a long job would keep the worker from; where that fails, what else there is is watched."""
        try:
            derive(self.database, now=self.clock())
        except Unavailable:
            raise
        except Exception:
            log.exception("the minutes could not be added up")
            return False
        return True

    def tell(self, *channels: Channel) -> None:
        """Hand over what is due by some ways. Raises :class:`Unavailable` without a database."""
        if taken := carry(self.database, self.ways, channels=channels, spread=self.spread, clock=self.clock):
            log.info("%d alert messages were taken", taken)

    @contextmanager
    def running(self, *, every_s: float = EVERY_S) -> Iterator[None]:
        """Watch and tell every few seconds while the block runs."""
        ended = threading.Event()
        with ExitStack() as threads:
            threads.enter_context(_repeating("watches", self.look, ended, every_s))
            for channel in Channel:
                tell = partial(self.tell, channel)
                threads.enter_context(_repeating(f"tells by {channel}", tell, ended, every_s))
            try:
                yield
            finally:
                ended.set()


@contextmanager
def _repeating(name: str, do: Callable[[], None], ended: threading.Event, every_s: float) -> Iterator[None]:
    def run() -> None:
        while True:
            try:
                do()
            except BeeError as error:
                log.warning("the thread that %s waits: %s", name, error.code)
            except Exception:
                # The thread goes on: a fault of one minute must not end the watching of all after it.
                log.exception("the thread that %s waits", name)
            if ended.wait(every_s):
                return

    thread = threading.Thread(target=run, name=f"thread that {name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
