"""The log: every decision, how far it got, and why it was not sent; the text apart, for those who may read it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.errors import NotFound

# An event of the member within so many hours of the sending counts as acting on it.
ACTED_WITHIN_H: Final = 24


class State(StrEnum):
    """What became of a decision. Recorded ones were kept instead of sent; unclear ones may have arrived."""

    SENT = "sent"
    UNCLEAR = "unclear"
    RECORDED = "recorded"
    WAITING = "waiting"
    FAILED = "failed"
    EXPIRED = "expired"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Which decisions; None is any. ``reason``: the last one given, a delivery's before that of its decision."""

    since: datetime
    segment: str = "all"
    member_id: UUID | None = None
    rule: str | None = None
    notification_type: str | None = None
    state: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One decision. ``guards``: what each guard answered; ``opened_at``: None where no receipt came."""

    id: UUID
    user_id: UUID
    number: int
    is_demo: bool
    decided_at: datetime
    rule: str
    rule_version: int
    notification_type: str
    trigger_date: date
    state: str
    reason: str
    decided_because: str
    guards: Mapping[str, str]
    draw: float | None
    probability: float | None
    definition: str | None
    final_score: float | None
    momentum_state: str | None
    variant: str | None
    not_before: datetime | None
    expires_at: datetime | None
    finished_at: datetime | None
    sent_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class LogText:
    """What a notification says."""

    title: str | None
    message: str | None


@dataclass(frozen=True, slots=True)
class LogCount:
    """How many decisions have a rule, type, state and reason, and how far they got."""

    rule: str
    notification_type: str
    state: str
    reason: str
    decided: int
    demo: int
    sent: int
    accepted: int
    opened: int


@dataclass(frozen=True, slots=True)
class ActedCount:
    """After how many of a rule, type, state and reason their member acted."""

    rule: str
    notification_type: str
    state: str
    reason: str
    acted: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far decisions got, each count being of all of them: nobody has to have opened what they acted after.

    ``sent``: handed to the push service, unclear answers included. ``acted``: None for a role that sees no events.
    """

    decided: int
    sent: int
    accepted: int
    opened: int
    acted: int | None
    recorded: int
    waiting: int
    demo: int


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of a period: what can be chosen from, and what a choice came to."""

    counts: list[LogCount]
    acted: list[ActedCount] | None

    def chosen(self, search: LogSearch) -> "Counted":
        """Return the counts of what is searched for."""
        return Counted(
            [row for row in self.counts if _is_chosen(row, search)],
            None if self.acted is None else [row for row in self.acted if _is_chosen(row, search)],
        )

    def funnel(self) -> Funnel:
        """Return how far all of it got."""
        return Funnel(
            decided=sum(row.decided for row in self.counts),
            sent=sum(row.sent for row in self.counts),
            accepted=sum(row.accepted for row in self.counts),
            opened=sum(row.opened for row in self.counts),
            acted=None if self.acted is None else sum(row.acted for row in self.acted),
            recorded=sum(row.decided for row in self.counts if row.state == State.RECORDED),
            waiting=sum(row.decided for row in self.counts if row.state == State.WAITING),
            demo=sum(row.demo for row in self.counts),
        )

    def not_sent(self) -> list[tuple[str, int]]:
        """Return why decisions did not go out, the most frequent reason first."""
        found: dict[str, int] = {}
        for row in self.counts:
            if row.state in {State.WITHHELD, State.FAILED, State.EXPIRED}:
                found[row.reason] = found.get(row.reason, 0) + row.decided
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def count_log(session: ReadSession, search: LogSearch, *, sees_events: bool) -> Counted:
    """Return the counts of a period, segment and member; its other choices come later."""
    asked = {"since": search.since, "segment": search.segment, "member_id": search.member_id}
    counts = session.all(LogCount, "notify/log_counts", **asked)
    if not sees_events:
        return Counted(counts, None)
    acted = session.all(ActedCount, "notify/log_acted_counts", within_h=ACTED_WITHIN_H, **asked)
    return Counted(counts, acted)


def log_rows(
    session: ReadSession, search: LogSearch, *, most: int, before: UUID | None = None
) -> list[LogRow]:
    """Return decisions, newest first, at most ``most``; those below the decision ``before``, if given."""
    asked = {field.name: getattr(search, field.name) for field in fields(LogSearch)}
    return session.all(LogRow, "notify/log_rows", before_id=before, most=most, **asked)


def acted_after(session: ReadSession, rows: Collection[LogRow]) -> frozenset[UUID]:
    """Return those decisions after whose sending the member acted. Not for on-call, who sees no events."""
    ids = [row.id for row in rows if row.sent_at is not None]
    if not ids:
        return frozenset()
    found = session.all(_ActedOn, "notify/log_acted", ids=ids, within_h=ACTED_WITHIN_H)
    return frozenset(row.id for row in found)


def get_log_text(session: ReadSession, notification_id: UUID) -> LogText:
    """Return what a notification says. Only for the roles coach and admin: the database refuses any other.

    Raises :class:`NotFound`, also for another coach's member.
    """
    found = session.find(LogText, "notify/log_text", id=notification_id)
    if found is None:
        raise NotFound("no_notification", "There is no such notification, or not of one of your members.")
    return found


def log_csv(rows: Iterable[LogRow], acted: Collection[UUID] | None) -> str:
    """Return decisions as a file, a row a decision, in their order. ``acted``: None leaves the column empty."""
    header = (
        "decided_at",
        "person",
        "is_demo",
        "rule",
        "rule_version",
        "type",
        "trigger_date",
        "became",
        "reason",
        "guards",
        "draw",
        "probability",
        "score",
        "state",
        "variant",
        "sent_at",
        "opened_at",
        f"acted_within_{ACTED_WITHIN_H}_h",
    )
    return csv_text(
        header,
        (
            (
                row.decided_at.isoformat(),
                f"P-{row.number}",
                _yes(row.is_demo),
                row.rule,
                row.rule_version,
                row.notification_type,
                row.trigger_date.isoformat(),
                row.state,
                row.reason,
                " ".join(f"{guard}={answer}" for guard, answer in sorted(row.guards.items())),
                row.draw,
                row.probability,
                row.final_score,
                row.momentum_state,
                row.variant,
                row.sent_at.isoformat() if row.sent_at else None,
                row.opened_at.isoformat() if row.opened_at else None,
                None if acted is None or row.sent_at is None else _yes(row.id in acted),
            )
            for row in rows
        ),
    )


@dataclass(frozen=True, slots=True)
class _ActedOn:
    id: UUID


def _is_chosen(row: LogCount | ActedCount, search: LogSearch) -> bool:
    return (
        search.rule in {None, row.rule}
        and search.notification_type in {None, row.notification_type}
        and search.state in {None, row.state}
        and search.reason in {None, row.reason}
    )


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
