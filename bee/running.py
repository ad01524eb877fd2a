"""What runs on this machine for one ``BEE_HOME``: written down by ``bee up``, read by the next one."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from bee.processes import has_ended

STATE_FILE = "up.json"
LOCK_FILE = "up.lock"
# Clocks and the kernel's ticks round a process's start differently.
START_TOLERANCE_S = 2.0


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process that can't be mistaken for a later one with the same number."""

    name: str
    pid: int
    started_at: float

    @classmethod
    def of(cls, name: str, pid: int) -> "ProcessMark":
        """Return the mark of a process that runs."""
        return cls(name, pid, psutil.Process(pid).create_time())

    def find(self) -> psutil.Process | None:
        """Return the process if it still runs."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < START_TOLERANCE_S
            return process if same and not has_ended(process) else None
        except psutil.NoSuchProcess:
            return None


@dataclass(frozen=True, slots=True)
class Running:
    """The supervisor, its children and where they are reached."""

    supervisor: ProcessMark
    children: tuple[ProcessMark, ...]
    dashboard: str
    api: str


def write_running(home: Path, running: Running) -> None:
    """Write down what runs, whole or not at all."""
    unfinished = home / f"{STATE_FILE}.part"
    unfinished.write_text(json.dumps(asdict(running), indent=2), encoding="utf-8")
    unfinished.replace(home / STATE_FILE)


def read_running(home: Path) -> Running | None:
    """Return what was written down last; it may have been killed since."""
    try:
        found: dict[str, Any] = json.loads((home / STATE_FILE).read_text(encoding="utf-8"))
        return Running(
            ProcessMark(**found["supervisor"]),
            tuple(ProcessMark(**child) for child in found["children"]),
            found["dashboard"],
            found["api"],
        )
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def forget_running(home: Path) -> None:
    """Remove what was written down."""
    (home / STATE_FILE).unlink(missing_ok=True)
