"""Keeping what a process measures: counted in memory, added up in the database every few seconds.

Whoever is killed loses what came since the last addition. While the database is away counts wait, and beyond what
there is room for their minutes are marked as incomplete. The same addition is never made twice, however often it is
tried, since each bears its number.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from bee.db import Database, Login, WriteSession
from bee.errors import BeeError, Unavailable
from bee.sla.listing import Bad, Listed, Listing, as_bad, as_unlisted
from bee.sla.minutes import Area, Count, Key, Status, as_rows, as_totals, minute_of, moment_of
from bee.sla.objectives import objectives
from bee.sla.request import Request
from bee.sla.spending import Spending

FLUSH_S: Final = 5.0
# About three hours of a busy process, a few MiB.
MOST_ROWS: Final = 20_000
LIMITER: Final = "(limiter)"

log = logging.getLogger("bee.sla")


@dataclass(frozen=True, slots=True)
class _Batch:
    """What is added up in one transaction; its number tells a repeat."""

    number: int
    counts: Mapping[Key, Count]
    listed: Listed
    gaps: Mapping[UUID, tuple[int, int]]


class Recorder:
    """Counts the requests of one process; safe to share between threads.

    ``passed_uncounted``: how many requests the limiters of this process have let in because they failed.
    """

    def __init__(
        self,
        database: Database,
        *,
        release: str,
        clock: Callable[[], float] = time.time,
        most_rows: int = MOST_ROWS,
        passed_uncounted: Callable[[], int] = lambda: 0,
    ) -> None:
        self.id = uuid4()
        self._database = database
        self._release = release
        self._clock = clock
        self._most_rows = most_rows
        self._passed_uncounted = passed_uncounted
        self._uncounted = 0
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._counts: dict[Key, Count] = {}
        self._spending = Spending(objectives())
        self._listing = Listing()
        self._lost: Counter[int] = Counter()
        self._batch: _Batch | None = None
        self._batches = 0

    def record(self, request: Request) -> None:
        """Count a request that ended now. Never waits for the database, never raises."""
        now = self._clock()
        minute = minute_of(now)
        spent = self._spending.of(request)
        key = Key(minute, request.route, request.area, request.status, request.prompt, request.model)
        with self._lock:
            count = self._counts.get(key)
            if count is None:
                if len(self._counts) >= self._most_rows:
                    self._lost[minute] += 1
                    return
                count = self._counts[key] = Count()
            count.add(request.seconds, request.first_byte_s)
            if spent:
                self._listing.add(Bad(now, request, spent))

    def flush(self) -> None:
        """Add up what was counted. Raises :class:`Unavailable` where that can't be, and nothing is forgotten."""
        with self._flushing:
            self._note_uncounted()
            while (batch := self._next_batch()) is not None:
                try:
                    with self._database.writing(Login.SYSTEM) as session:
                        _add(session, batch, recorder=self.id, release=self._release)
                except Unavailable:
                    raise
                except BeeError as error:
                    # What the database will never take must not keep the rest from it.
                    log.exception("counts of requests were refused: %s", error.code)
                    self._lose(batch)
                self._batch = None

    @contextmanager
    def running(self, *, every_s: float = FLUSH_S) -> Iterator[None]:
        """Add up every few seconds while the block runs, and once more at its end."""
        ended = threading.Event()

        def run() -> None:
            while not ended.wait(every_s):
                self._try_to_flush()

        thread = threading.Thread(target=run, name="recorder of requests", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self._try_to_flush()

    def _try_to_flush(self) -> None:
        try:
            self.flush()
        except BeeError as error:
            log.warning("counts of requests wait: %s", error.code)
        except Exception:
            # The thread goes on: a fault here must not end the measuring of everything after it.
            log.exception("counts of requests wait")

    def _next_batch(self) -> _Batch | None:
        """Return what is to be added up: the batch that failed before, or everything since; None for nothing."""
        if self._batch is None:
            with self._lock:
                counts, self._counts = self._counts, {}
                lost, self._lost = self._lost, Counter()
                listed = self._listing.take()
            if counts or lost:
                self._batches += 1
                gaps = {uuid4(): gap for gap in lost.items()}
                self._batch = _Batch(self._batches, counts, listed, gaps)
        return self._batch

    def _lose(self, batch: _Batch) -> None:
        with self._lock:
            for key, count in batch.counts.items():
                self._lost[key.minute] += count.n

    def _note_uncounted(self) -> None:
        """Count what the limiters let in because they failed, beside the requests themselves."""
        now = self._passed_uncounted()
        more, self._uncounted = now - self._uncounted, now
        if more > 0:
            key = Key(minute_of(self._clock()), LIMITER, Area.API, Status.UNCOUNTED)
            with self._lock:
                self._counts.setdefault(key, Count()).n += more


def _add(session: WriteSession, batch: _Batch, *, recorder: UUID, release: str) -> None:
    session.run(
        "sla/add_minutes",
        recorder=recorder,
        release=release,
        flush=batch.number,
        rows=as_rows(batch.counts, release=release),
        totals=as_totals(batch.counts, release=release),
        bad=as_bad(batch.listed),
        unlisted=as_unlisted(batch.listed),
    )
    for gap, (minute, requests) in batch.gaps.items():
        session.run("sla/add_gap", id=gap, minute=moment_of(minute), requests=requests)
