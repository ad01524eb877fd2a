"""What was seen and could not be told yet: a file a round, whole or not there, so that a kill loses none."""

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from bee.sla.probes.ticks import ROUND, Round

# A week of minutes; of more, the oldest go.
MOST_ROUNDS: Final = 10_080
UNFINISHED: Final = ".unfinished"

log = logging.getLogger("bee.sla")


@dataclass(frozen=True, slots=True)
class Kept:
    """A round and where it lies."""

    path: Path
    round: Round


@dataclass(frozen=True, slots=True)
class Spool:
    """Rounds of one prober, target and probe in a folder; processes may share it."""

    folder: Path
    most_rounds: int = MOST_ROUNDS

    def keep(self, seen: Round) -> Kept:
        """Keep a round until it is dropped; there is one a tick. Raises :class:`OSError`."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{seen.scheduled_at:%Y%m%dT%H%M%SZ}.json"
        unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
        unfinished.write_bytes(ROUND.dump_json(seen))
        unfinished.replace(path)
        self._forget_oldest()
        return Kept(path, seen)

    def waiting(self, most: int) -> list[Kept]:
        """Return the oldest rounds, in order; a file that is none is removed."""
        found: list[Kept] = []
        for path in self._paths():
            if len(found) == most:
                break
            with suppress(FileNotFoundError):
                found.extend(_read(path))
        return found

    def count(self) -> int:
        """Return how many wait."""
        return len(self._paths())

    def drop(self, kept: Sequence[Kept]) -> None:
        """Forget rounds that were told."""
        for each in kept:
            each.path.unlink(missing_ok=True)

    def _forget_oldest(self) -> None:
        paths = self._paths()
        gone = paths[: max(0, len(paths) - self.most_rounds)]
        for path in gone:
            path.unlink(missing_ok=True)
        if gone:
            log.warning("%d rounds of a probe were lost: there is room for %d", len(gone), self.most_rounds)

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("*.json"))


def _read(path: Path) -> Iterator[Kept]:
    try:
        yield Kept(path, ROUND.validate_json(path.read_bytes()))
    except ValidationError:
        log.exception("a round of a probe can't be read and is lost")
        path.unlink(missing_ok=True)
