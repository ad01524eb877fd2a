"""Who is behind a session's token, remembered for a few seconds so that a rerun costs no query."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bee.access import Viewer
from bee.db import Database
from bee.staff import end_session, find_viewer

# A sign-out or a revoked role takes effect on open pages within this time.
REMEMBERED_FOR: Final = timedelta(seconds=4)
MOST_REMEMBERED: Final = 10_000


def utc_now() -> datetime:
    """Return this moment."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Remembered:
    viewer: Viewer | None
    at: datetime
    touched: bool


class Sessions:
    """The sessions of the staff as the gate and the pages see them; safe to share between threads.

    ``admits_demo``: whether demo accounts are let in, which they are on somebody's own machine only.
    """

    def __init__(
        self, database: Database, *, admits_demo: bool, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._database = database
        self._admits_demo = admits_demo
        self._clock = clock
        self._remembered: dict[str, _Remembered] = {}
        self._lock = threading.Lock()
        self._generation = 0

    def viewer(self, token: str | None, *, touch: bool) -> Viewer | None:
        """Return who is behind a token, None when its session is over or there is no token.

        ``touch``: whether a person did something, which keeps the session from ending for idleness.
        Raises :class:`bee.errors.Unavailable` when the database does not answer.
        """
        if not token:
            return None
        now = self._clock()
        known = self._remembered.get(token)
        if known is not None and now - known.at < REMEMBERED_FOR and (known.touched or not touch):
            return known.viewer
        generation = self._generation
        viewer = find_viewer(self._database, token, now=now, touch=touch)
        if viewer is not None and viewer.is_demo and not self._admits_demo:
            viewer = None
        with self._lock:
            # What was read before a sign-out must not be remembered after it.
            if generation == self._generation:
                if len(self._remembered) >= MOST_REMEMBERED:
                    self._remembered.clear()
                self._remembered[token] = _Remembered(viewer, now, touch)
        return viewer

    def end(self, token: str | None) -> None:
        """End the session of a token, at once for every page that is open with it."""
        if token:
            end_session(self._database, token, now=self._clock())
            self.forget()

    def forget(self) -> None:
        """Look everybody up again; called by whoever changed an account or a session."""
        with self._lock:
            self._generation += 1
            self._remembered.clear()
