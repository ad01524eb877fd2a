"""Alerts as people look at them: what is open, what became of it, how messages fared, whether somebody watches."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bee.csv_text import csv_text
from bee.db import ReadSession
from bee.sla.alerts.words import evidence_words, headline


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An alert, with the names of whoever did something to it."""

    id: int
    rule: str
    version: int
    subject: str
    severity: str
    opened_at: datetime
    fired_at: datetime
    quiet_since: datetime | None
    times: int
    evidence: Mapping[str, Any]
    round: int
    steps_told: int
    acknowledged_by: UUID | None
    acknowledged_name: str | None
    acknowledged_until: datetime | None
    snoozed_name: str | None
    snoozed_until: datetime | None
    is_actionable: bool | None
    closed_name: str | None
    closed_at: datetime | None
    revision: int

    @property
    def headline(self) -> str:
        """What it is about, in one line."""
        return headline(self.rule, self.subject, self.evidence)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.closed_at is None

    @property
    def fires(self) -> bool:
        """Whether it fired in the last minute that was watched."""
        return self.is_open and self.quiet_since is None


@dataclass(frozen=True, slots=True)
class AlertAct:
    """What became of an alert or was done about it; ``done_by`` is None for what the worker saw."""

    kind: str
    done_at: datetime
    done_by: UUID | None
    done_name: str | None
    until: datetime | None
    is_actionable: bool | None
    note: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message of an alert. ``receiver``: a name, the team, or nobody in particular; step 0 is that it is over."""

    round: int
    step: int
    channel: str
    receiver: str
    queued_at: datetime
    given_up_at: datetime | None
    delivered_at: datetime | None
    attempts: int
    last_error: str | None


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a way out fared over the last 30 days. ``given_up``: messages that were never taken."""

    channel: str
    waiting: int
    failing_since: datetime | None
    last_error: str | None
    next_try_at: datetime | None
    delivered_at: datetime | None
    given_up: int


@dataclass(frozen=True, slots=True)
class WatchState:
    """Which minute was watched last, and how much fired in it; None where none ever was."""

    minute: datetime | None
    firing: int | None


def alerts(
    session: ReadSession, *, since: datetime, most: int, until: datetime | None = None
) -> list[AlertCard]:
    """Return what is open and what ended since, the most urgent first; of what opened before ``until``."""
    return session.all(AlertCard, "sla/alert_list", alert=None, since=since, until=until, most=most)


def find_alert(session: ReadSession, alert: int) -> AlertCard | None:
    """Return an alert as it is now."""
    return session.find(AlertCard, "sla/alert_list", alert=alert, since=None, until=None, most=1)


def alert_acts(session: ReadSession, alert: int) -> list[AlertAct]:
    """Return what became of an alert, newest first."""
    return session.all(AlertAct, "sla/alert_acts", alert=alert)


def alert_deliveries(session: ReadSession, alert: int) -> list[Delivery]:
    """Return what was told of an alert, newest first."""
    return session.all(Delivery, "sla/alert_deliveries", alert=alert)


def channel_states(session: ReadSession, *, now: datetime) -> list[ChannelState]:
    """Return how each way out that was used fares, by name."""
    return session.all(ChannelState, "sla/alert_channels", now=now)


def watch_state(session: ReadSession) -> WatchState:
    """Return when somebody watched last."""
    return session.get(WatchState, "sla/watch_state")


def alerts_csv(rows: Iterable[AlertCard]) -> str:
    """Return alerts as a file, a row each, in their order."""
    header = (
        "alert", "severity", "rule", "subject", "headline", "opened_at", "fired_at", "times", "acknowledged_by",
        "acknowledged_until", "snoozed_until", "closed_at", "closed_by", "was_actionable", "evidence",
    )  # fmt: skip
    return csv_text(header, (_cells(row) for row in rows))


def _cells(row: AlertCard) -> tuple[str | int | None, ...]:
    judged = None if row.is_actionable is None else "yes" if row.is_actionable else "no"
    closed = row.closed_name or ("itself" if row.closed_at else None)
    return (
        row.id, row.severity, row.rule, row.subject, row.headline, _at(row.opened_at), _at(row.fired_at), row.times,
        row.acknowledged_name, _at(row.acknowledged_until), _at(row.snoozed_until), _at(row.closed_at), closed,
        judged, " ".join(evidence_words(row.evidence)),
    )  # fmt: skip


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
