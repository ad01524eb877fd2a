"""What the service stands on, as it is now: the database, the providers, the queues, the disk, who was heard of."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from bee.db import ReadSession

# Answers that say that a device is gone, and those that say that the push service has had enough of us.
DEAD: Final = ("dead_address", "wrong_project")
QUOTA: Final = ("throttled",)
ACCEPTED: Final = ("accepted",)
# Kept by the recorder that stands in for the push service, and posted to nobody.
RECORDED: Final = ("recorded",)


@dataclass(frozen=True, slots=True)
class Activity:
    """How a login uses its connections. ``busy`` and ``longest_s`` are None where the server doesn't say."""

    login: str
    connections: int
    busy: int | None
    longest_s: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Size:
    """How large the database is and how many connections its server has room for."""

    size_bytes: int
    most_connections: int


@dataclass(frozen=True, slots=True)
class JobQueue:
    """Jobs of a kind: how many are due, how many of those run, since when the oldest is; failed in the last day."""

    kind: str
    waiting: int
    running: int
    due_since: datetime | None
    failed: int


@dataclass(frozen=True, slots=True)
class MessageQueue:
    """Messages of a topic that are due to leave the house."""

    topic: str
    waiting: int
    due_since: datetime
    most_attempts: int


@dataclass(frozen=True, slots=True)
class PushOutcome:
    """How many posts of the last day had an outcome."""

    outcome: str
    posts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A provider of models, or a platform of the push service, that is left alone for a while."""

    kind: str
    name: str
    open_until: datetime
    because: str


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """How often a provider was asked for members in the last day, and how often it answered.

    ``unused``: of its answers, those that were refused, cut short or not passed by the checks.
    """

    provider: str
    calls: int
    answered: int
    unused: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """When a worker, a prober or a release that measures was last heard of."""

    kind: str
    name: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Everything that the service stands on."""

    activity: Sequence[Activity]
    size: Size
    jobs: Sequence[JobQueue]
    messages: Sequence[MessageQueue]
    pushes: Sequence[PushOutcome]
    pauses: Sequence[Pause]
    models: Sequence[ModelCalls]
    heard: Sequence[Heard]

    @property
    def connections(self) -> int:
        """How many connections the program has."""
        return sum(row.connections for row in self.activity)

    @property
    def longest_s(self) -> float | None:
        """For how long the longest transaction has lasted; None where the server doesn't say."""
        if any(row.longest_s is None for row in self.activity):
            return None
        return max((row.longest_s or 0 for row in self.activity), default=0)

    def posts(self, outcomes: Sequence[str]) -> int:
        """Return how many posts of the last day had one of some outcomes."""
        return sum(row.posts for row in self.pushes if row.outcome in outcomes)

    def paused(self, kind: str) -> list[Pause]:
        """Return what of a kind is left alone now."""
        return [row for row in self.pauses if row.kind == kind]

    @property
    def oldest_due(self) -> datetime | None:
        """Since when the oldest job or message that has not begun is due."""
        due = [row.due_since for row in self.jobs if row.due_since and row.waiting > row.running]
        return min([*due, *(row.due_since for row in self.messages)], default=None)


def dependencies(session: ReadSession, *, now: datetime) -> Dependencies:
    """Return how everything is now."""
    return Dependencies(
        session.all(Activity, "sla/database_activity"),
        session.get(Size, "sla/database_size"),
        session.all(JobQueue, "sla/waiting_jobs", now=now),
        session.all(MessageQueue, "sla/waiting_messages", now=now),
        session.all(PushOutcome, "sla/push_outcomes", now=now),
        session.all(Pause, "sla/open_pauses", now=now),
        session.all(ModelCalls, "sla/model_calls", now=now),
        session.all(Heard, "sla/last_heard", now=now),
    )


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the disk on which this process keeps its files."""

    free: int
    total: int


def disk_of(folder: Path) -> Disk | None:
    """Return the disk of a folder, or of the nearest one above it that there is; None where it can't be asked."""
    place = next((each for each in (folder, *folder.parents) if each.exists()), None)
    try:
        usage = shutil.disk_usage(place) if place else None
    except OSError:
        return None
    return Disk(usage.free, usage.total) if usage else None
