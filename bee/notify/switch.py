"""What stops the posts of a chunk that is under way."""

import threading
import time
from typing import Final

from bee.db import Database, Login
from bee.errors import BeeError
from bee.notify.chunk import Post
from bee.notify.courier import Answer, Platform
from bee.notify.decide import Stops
from bee.notify.registry import thrown_switches

SWITCH_LOOK_S: Final = 0.5


class Switch:
    """What stops the posts of a chunk under way: the kill switch, looked at again and again, and breakers."""

    def __init__(self, database: Database, login: Login) -> None:
        self._database = database
        self._login = login
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self._stops = Stops()
        self._closed: set[Platform] = set()

    def lets_go(self, post: Post) -> bool:
        """Whether a post may go out; where the switch can't be read it may not."""
        with self._lock:
            if time.monotonic() - self._looked_at > SWITCH_LOOK_S:
                self._stops = self.look()
                self._looked_at = time.monotonic()
            stopped = self._stops.hold(post.delivery.rule)
            return stopped is False and not {"all", post.device.platform} & self._closed

    def heed(self, answer: Answer) -> None:
        """Post no more to where an answer says to pause."""
        if answer.pause is not None:
            with self._lock:
                self._closed.add(answer.pause.platform)

    def look(self) -> Stops:
        """Return what the kill switch says now."""
        try:
            with self._database.reading(self._login) as session:
                return thrown_switches(session)
        except BeeError:
            return Stops(rules=None)
