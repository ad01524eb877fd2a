"""What an alert is, and what becomes of it from one minute to the next (pure).

An alert opens when its rule fires and stays one and the same as long as it comes and goes: it ends only when it
has not fired for the rule's ``quiet_min``, and what fires again within ``reopen_min`` of the end is that alert
once more. So a fault that flaps is one alert, told once. What becomes worse, what is reopened, and what is left
when an acknowledgement or a snooze runs out begins a new round of messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from bee.sla.alerts.rule import Step
from bee.sla.burn import Severity


class Act(StrEnum):
    """What the worker writes down of an alert."""

    OPENED = "opened"
    RAISED = "raised"
    CAME_BACK = "came_back"
    REOPENED = "reopened"
    EXPIRED = "expired"
    TOLD = "told"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Firing:
    """That a rule fires now. ``subject``: of what, where it may fire for several things."""

    rule: str
    subject: str
    severity: Severity
    evidence: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it is stored; ``id`` is None for one that is not stored yet."""

    id: int | None
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
    round_at: datetime
    steps_told: int
    steps_asked: int
    acknowledged_by: UUID | None
    acknowledged_until: datetime | None
    snoozed_by: UUID | None
    snoozed_until: datetime | None
    is_actionable: bool | None
    closed_by: UUID | None
    closed_at: datetime | None
    revision: int

    @property
    def cause(self) -> tuple[str, str]:
        """What at most one open alert is of."""
        return self.rule, self.subject

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.closed_at is None

    def is_held(self, now: datetime) -> bool:
        """Whether somebody sees to it, or wants to hear of it later."""
        return any(
            until is not None and until > now for until in (self.acknowledged_until, self.snoozed_until)
        )


class Watched(Protocol):
    """What of a rule decides how long an alert lasts."""

    @property
    def quiet_min(self) -> int:
        """After how many quiet minutes it ends."""

    @property
    def reopen_min(self) -> int:
        """Within how many minutes of its end it is the same one again."""


@dataclass(frozen=True, slots=True)
class Course:
    """What an alert is now, and what has to be written down of how it came to that."""

    alert: Alert
    acts: tuple[Act, ...]


def course(
    alert: Alert | None, firing: Firing | None, watched: Watched, *, version: int, now: datetime
) -> Course | None:
    """Return what becomes of a cause's newest alert at a minute in which it fires or not; None for nothing."""
    if firing is None:
        return None if alert is None or not alert.is_open else _quiet(alert, watched, now)
    if alert is None or (alert.closed_at and now - alert.closed_at > timedelta(minutes=watched.reopen_min)):
        return Course(_opened(firing, version, now), (Act.OPENED,))
    return _going_on(alert, firing, version, now)


def expire(alert: Alert, now: datetime) -> Course | None:
    """Return an open alert whose acknowledgement or snooze ran out; None where none did."""
    ran_out = [until for until in (alert.acknowledged_until, alert.snoozed_until) if until and until <= now]
    if not alert.is_open or not ran_out or alert.is_held(now):
        return None
    return Course(_next_round(alert, now), (Act.EXPIRED,))


def due_steps(alert: Alert, steps: tuple[Step, ...], now: datetime) -> tuple[Step, ...]:
    """Return the steps of the present round that are to be told now.

    Nothing is told of what is quiet, of what somebody sees to, or of what is snoozed, but for what people ask for.
    Who asks when all are told has the last one told again: nobody who calls for help is left without.
    """
    waited_s = (now - alert.round_at).total_seconds()
    by_time = sum(step.after_min * 60 <= waited_s for step in steps)
    is_silent = not alert.is_open or alert.quiet_since is not None or alert.is_held(now)
    due = max(0 if is_silent else by_time, alert.steps_asked if alert.is_open else 0)
    again = steps[-1:] * (due - max(len(steps), alert.steps_told))
    return (*steps[alert.steps_told : due], *again)


def _opened(firing: Firing, version: int, now: datetime) -> Alert:
    return Alert(
        id=None,
        rule=firing.rule,
        version=version,
        subject=firing.subject,
        severity=firing.severity,
        opened_at=now,
        fired_at=now,
        quiet_since=None,
        times=1,
        evidence=firing.evidence,
        round=1,
        round_at=now,
        steps_told=0,
        steps_asked=0,
        acknowledged_by=None,
        acknowledged_until=None,
        snoozed_by=None,
        snoozed_until=None,
        is_actionable=None,
        closed_by=None,
        closed_at=None,
        revision=1,
    )


def _quiet(alert: Alert, watched: Watched, now: datetime) -> Course | None:
    if alert.quiet_since is None:
        return Course(replace(alert, quiet_since=now), ())
    if now - alert.quiet_since < timedelta(minutes=watched.quiet_min):
        return None
    return Course(replace(alert, closed_at=now, revision=alert.revision + 1), (Act.ENDED,))


def _going_on(alert: Alert, firing: Firing, version: int, now: datetime) -> Course:
    acts: list[Act] = []
    worst = Severity.PAGE if Severity.PAGE in {alert.severity, firing.severity} else Severity.TICKET
    after = replace(
        alert, version=version, severity=worst, fired_at=now, evidence=firing.evidence, quiet_since=None
    )
    if not alert.is_open:
        after = _next_round(replace(after, closed_by=None, closed_at=None, times=alert.times + 1), now)
        acts.append(Act.REOPENED)
    elif alert.quiet_since is not None:
        after = replace(after, times=alert.times + 1)
        acts.append(Act.CAME_BACK)
    if worst != alert.severity:
        after = after if Act.REOPENED in acts else _next_round(after, now)
        acts.append(Act.RAISED)
    return Course(after, tuple(acts))


def _next_round(alert: Alert, now: datetime) -> Alert:
    return replace(
        alert,
        round=alert.round + 1,
        round_at=now,
        steps_told=0,
        steps_asked=0,
        acknowledged_by=None,
        acknowledged_until=None,
        snoozed_by=None,
        snoozed_until=None,
        revision=alert.revision + 1,
    )
