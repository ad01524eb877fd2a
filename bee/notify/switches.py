"""The kill switch as people see it: everything's and each rule's, what waits behind it, who threw it and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession


@dataclass(frozen=True, slots=True)
class Switch:
    """A switch as it stands; without a rule it is everything's.

    ``is_active``: whether a version of the rule decides at all. ``waiting``: notifications that are decided and not
    out yet. ``changed_by`` is None for the command line, ``changed_at`` where nobody ever touched it.
    """

    rule: str | None
    is_active: bool
    is_stopped: bool
    changed_at: datetime | None
    reason: str | None
    changed_by: UUID | None
    changed_by_name: str | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Throw:
    """That somebody threw a switch, or put it back."""

    id: int
    rule: str | None
    is_stopped: bool
    changed_at: datetime
    changed_by: UUID | None
    changed_by_name: str | None
    reason: str


def switches(session: ReadSession) -> list[Switch]:
    """Return every switch, everything's first, then those of the rules by name."""
    return session.all(Switch, "notify/log_switches")


def throws(session: ReadSession, *, most: int, before: int | None = None) -> list[Throw]:
    """Return what was done to the switches, newest first, at most ``most``; those below ``before``, if given."""
    return session.all(Throw, "notify/log_stops", most=most, before_id=before)


def last_post_at(session: ReadSession) -> datetime | None:
    """Return when something was last posted to a device, or recorded instead of it. Not for coaches."""
    found = session.scalar("notify/log_last_post")
    assert found is None or isinstance(found, datetime)
    return found


def throws_csv(rows: Iterable[Throw]) -> str:
    """Return what was done to the switches as a file, a row each, in their order."""
    return csv_text(
        ("changed_at", "rule", "is_stopped", "who", "reason"),
        (
            (
                row.changed_at.isoformat(),
                row.rule or "all",
                "yes" if row.is_stopped else "no",
                who_words(row),
                row.reason,
            )
            for row in rows
        ),
    )


def who_words(row: Switch | Throw) -> str:
    """Return who it was, by name."""
    if row.changed_at is None:
        return "–"
    return (row.changed_by_name or "Somebody no longer known") if row.changed_by else "The command line"
