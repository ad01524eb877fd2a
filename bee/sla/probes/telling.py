"""Telling what was seen: the API, by whoever looks from elsewhere; the database, by the worker."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Self

from bee.db import Database, Login
from bee.errors import BeeError, Invalid, Unavailable
from bee.settings import Settings
from bee.sla.probes.asking import Asker, Failed
from bee.sla.probes.key import probe_key
from bee.sla.probes.member import ensure_probe_member
from bee.sla.probes.notes import claim, note
from bee.sla.probes.ticks import ROUNDS, Probe, Round

PATH: Final = "/v1/probe-rounds"
# That what is sent is at fault; anything else may be otherwise the next time.
REFUSALS: Final = (400, 413, 415, 422)

log = logging.getLogger("bee.sla")


@dataclass(frozen=True, slots=True)
class ToApi:
    """Tells the API that was looked at."""

    asker: Asker
    timeout_s: float

    def tell(self, rounds: Sequence[Round]) -> None:
        """Tell rounds. Raises :class:`Invalid` where they are refused, :class:`Unavailable` otherwise."""
        body = {"rounds": ROUNDS.dump_python(list(rounds), mode="json")}
        try:
            answer = self.asker.ask("POST", PATH, timeout_s=self.timeout_s, body=body)
        except Failed as error:
            raise Unavailable("not_told", f"The API does not take what was seen: {error.reason}.") from error
        if answer.status in REFUSALS:
            raise Invalid("refused", f"The API refuses what was seen: HTTP {answer.status}.")
        if answer.status in {401, 403}:
            raise Unavailable("key_refused", "The API does not know this key: see `bee keys probe` there.")
        if answer.status != 200:
            raise Unavailable("not_told", f"The API does not take what was seen: HTTP {answer.status}.")


@dataclass(slots=True)
class ToDatabase:
    """The worker's: it writes by itself, and agrees with other workers on who looks."""

    settings: Settings
    _database: Database | None = field(default=None)
    _is_member_there: bool = field(default=False)

    def tell(self, rounds: Sequence[Round]) -> None:
        """Write rounds. Raises :class:`Unavailable` while the database is away."""
        with self._connected().writing(Login.WORKER) as session:
            note(session, rounds, kept_days=self.settings.probe_retention_days)

    def claim(self, *, target: str, probe: Probe, tick: datetime, every_s: int) -> bool:
        """Take a tick. While the database is away everybody looks, and what is told first stays."""
        try:
            with self._connected().writing(Login.WORKER) as session:
                return claim(
                    session,
                    target=target,
                    probe=probe,
                    tick=tick,
                    every_s=every_s,
                    release=self.settings.release,
                )
        except BeeError:
            return True

    def ensure_member(self) -> None:
        """Have the synthetic member there; where that can't be, the journey says how far it gets without."""
        if self._is_member_there:
            return
        try:
            ensure_probe_member(self._connected(), probe_key(self.settings), now=datetime.now(UTC))
        except BeeError as error:
            log.warning("the synthetic member can't be made: %s", error.code)
        else:
            self._is_member_there = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._database is not None:
            self._database.dispose()

    def _connected(self) -> Database:
        if self._database is None:
            self._database = Database.connect(self.settings)
        return self._database
