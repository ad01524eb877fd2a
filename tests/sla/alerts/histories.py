"""Minutes as tests need them: what an objective came to, and alerts in the middle of their course."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from bee.sla.alerts.alert import Alert, Course, Firing, course
from bee.sla.alerts.rule import AgeRule, BurnRule, Signal, shipped_bodies
from bee.sla.burn import Severity
from bee.sla.counts import MinuteCount

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = AgeRule(name="push_waits", kind="age", signal=Signal.PUSH, severity=Severity.PAGE, most_min=15)


def shipped_burn(name: str) -> BurnRule:
    """Return a rule that comes with the program."""
    found = shipped_bodies()[name]
    assert isinstance(found, BurnRule)
    return found


def minutes(objective: str, since: datetime, counts: Iterable[tuple[int, int]]) -> list[MinuteCount]:
    """Return minutes one after the other, each with its good and bad events; those without any are left out."""
    return [
        MinuteCount(since + place * MINUTE, objective, good, bad)
        for place, (good, bad) in enumerate(counts)
        if good + bad
    ]


def firing(severity: Severity = Severity.PAGE, subject: str = "") -> Firing:
    return Firing("push_waits", subject, severity, {"age_min": 20})


def lived(
    fires: Iterable[bool], *, since: datetime = NOON, severity: Callable[[int], Severity] | None = None
) -> Alert:
    """Return an alert after some minutes in which its rule fired or not."""
    alert: Alert | None = None
    for place, fired in enumerate(fires):
        found = firing(severity(place) if severity else Severity.PAGE) if fired else None
        step = course(alert, found, RULE, version=1, now=since + place * MINUTE)
        alert = step.alert if step else alert
    assert alert is not None
    return alert


def after(alert: Alert, *, fires: bool, minutes_later: float) -> Course | None:
    """Return what becomes of an alert some minutes after it fired last."""
    now = alert.fired_at + minutes_later * MINUTE
    return course(alert, firing() if fires else None, RULE, version=1, now=now)
