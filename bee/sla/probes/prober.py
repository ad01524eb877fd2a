"""A prober: at each tick it looks, keeps what it saw, and tells it, now or when that is possible again."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bee.errors import BeeError, Invalid
from bee.sla.probes.spool import Spool
from bee.sla.probes.ticks import (
    MOST_EVERY_S,
    MOST_WAITING,
    NotRun,
    Probe,
    Round,
    Seen,
    due_tick,
    tick_of,
)

ROUNDS_AT_ONCE: Final = 100
# As often as the clock is looked at: it may be set while we wait.
PAUSE_S: Final = 1.0
# Two tries and the telling have to be over before the next tick.
SHARES: Final = 3
# Whoever is looking when the end comes is not waited for: the tick is missed.
LEAVES_WITHIN_S: Final = 2.0

Look = Callable[[], tuple[Seen, ...]]
Tell = Callable[[Sequence[Round]], None]

log = logging.getLogger("bee.sla")


@dataclass(slots=True)
class Prober:
    """One probe of one target. ``claim``: whether a tick is this prober's to look at.

    ``tell`` raises :class:`Invalid` for what will never be taken, another :class:`BeeError` where it can't be now.
    """

    probe: Probe
    target: str
    name: str
    every_s: int
    release: str
    look: Look
    tell: Tell
    spool: Spool
    claim: Callable[[datetime], bool] = lambda _tick: True
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _last: datetime | None = field(default=None)

    def skip_present(self) -> None:
        """Begin with the next tick: what starts together with this is not there yet."""
        self._last = tick_of(self.clock(), self.every_s)

    def turn(self) -> Round | None:
        """Look if a tick is due, and return what was seen."""
        tick = due_tick(self.clock(), self._last, self.every_s)
        if tick is None:
            return None
        self._last = tick
        return self.look_at(tick) if self.claim(tick) else None

    def look_at(self, tick: datetime) -> Round:
        """Look, keep what was seen, tell everything that waits."""
        seen = self._look(tick)
        self._log(seen)
        try:
            self.spool.keep(seen)
        except OSError as error:
            log.error("what a probe saw can't be kept (%s); it is told now or lost", error.strerror)  # noqa: TRY400
            self._tell_or_wait([seen])
        else:
            self._tell_waiting(until=tick + timedelta(seconds=self.every_s / 2))
        return seen

    def _look(self, tick: datetime) -> Round:
        late_s = min(max((self.clock() - tick).total_seconds(), 0), MOST_EVERY_S)
        waiting = min(self.spool.count(), MOST_WAITING)
        seen: tuple[Seen, ...] = ()
        not_run = ""
        try:
            seen = self.look()
        except NotRun as error:
            not_run = error.reason
        return Round(
            self.probe,
            self.target,
            self.name,
            tick,
            self.every_s,
            self.release,
            seen,
            not_run,
            late_s,
            waiting,
        )

    def _tell_waiting(self, *, until: datetime) -> None:
        """Tell what waits, oldest first; what there is no time for before the next tick is told after it."""
        while waiting := self.spool.waiting(ROUNDS_AT_ONCE):
            if not self._tell_or_wait([kept.round for kept in waiting]):
                return
            self.spool.drop(waiting)
            if self.clock() >= until:
                return

    def run(self, stopped: threading.Event, seen: Callable[[Round], None]) -> None:
        """Look at every tick until told to stop; ``seen`` gets each round."""
        while not stopped.is_set():
            try:
                if (found := self.turn()) is not None:
                    seen(found)
            except Exception:
                # It goes on: a fault here must not end the looking.
                log.exception("a probe failed to look")
            stopped.wait(min(PAUSE_S, self.every_s / 8))

    def _tell_or_wait(self, rounds: Sequence[Round]) -> bool:
        try:
            self._tell(rounds)
        except BeeError as error:
            log.warning("what a probe saw waits to be told: %s", error.code)
            return False
        return True

    def _tell(self, rounds: Sequence[Round]) -> None:
        """Tell rounds; where one among them will never be taken, it is lost and the others are told."""
        try:
            self.tell(rounds)
        except Invalid as error:
            if len(rounds) > 1:
                for each in rounds:
                    self._tell([each])
                return
            log.error("what a probe saw was refused: %s", error.message)  # noqa: TRY400

    def _log(self, found: Round) -> None:
        if found.not_run:
            log.warning("probe of %s: the %s was not run (%s)", self.target, found.probe, found.not_run)
        for step in found.seen:
            if not step.ok:
                log.warning("probe of %s: %s failed twice (%s)", self.target, step.step, step.reason)


def check_pace(every_s: int, timeout_s: float) -> None:
    """Raise :class:`Invalid` where two tries and the telling may not be over before the next tick."""
    if not 0 < timeout_s * SHARES <= every_s:
        raise Invalid(
            "bad_pace",
            f"A timeout of {timeout_s:g} s does not fit a probe every {every_s} s:"
            f" at most {every_s / SHARES:g} s, for two tries and the telling.",
        )


@contextmanager
def running(probers: Sequence[Prober], seen: Callable[[Round], None] = lambda _round: None) -> Iterator[None]:
    """Run probers beside the block, each in a thread of its own, from the next tick on.

    ``seen`` gets each round.
    """
    stopped = threading.Event()
    threads = [
        threading.Thread(target=prober.run, args=(stopped, seen), name=f"probe {prober.probe}", daemon=True)
        for prober in probers
    ]
    for prober, thread in zip(probers, threads, strict=True):
        prober.skip_present()
        thread.start()
    try:
        yield
    finally:
        stopped.set()
        for thread in threads:
            thread.join(LEAVES_WITHIN_S)
