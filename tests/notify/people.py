"""Moments, rules and recipients for the pure tests: each function makes one, with believable defaults."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from bee.notify.decide import Decision, Draws, Recipient, Send, Stops, decide
from bee.notify.moments import DAY, Day, Moment
from bee.notify.quiet import QuietHours
from bee.notify.rule import Budget, Rule, parse_body, shipped_bodies

MIA = UUID(int=1)
PUSH = UUID(int=9)
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
D0 = date(2026, 3, 2)
BUDGET = Budget(name="budget", kind="budget", most_per_week=7, quiet_from=time(22), quiet_until=time(8))
LUCK = Draws(holdout=0.5, variant=0.0, spread=0.5)


def shipped(name: str, **changes: object) -> Rule:
    """Return a rule that comes with the program, changed."""
    rule = shipped_bodies()[name]
    assert isinstance(rule, Rule)
    return rule.model_copy(update=changes)


def days(spoken: str, *, final: float = 30, stale: tuple[int, ...] = ()) -> list[Day]:
    """Return complete days, newest first: R, S and N are the states, ``stale`` the days back that are no news."""
    states = {"R": "Rising", "S": "Steady", "N": "NeedsCare"}
    return [
        Day(D0 - back * DAY, final, states[letter], "v1", back not in stale)
        for back, letter in enumerate(spoken)
    ]


def finals(*values: float) -> list[Day]:
    """Return complete days with these scores, newest first."""
    return [Day(D0 - back * DAY, value, "Steady", "v1", True) for back, value in enumerate(values)]


def moment(rule: Rule | None = None, **changes: Any) -> Moment:
    """Return a moment of a rule for Mia."""
    rule = rule or shipped("needs_care")
    return replace(Moment(rule, MIA, D0.isoformat(), D0, days("N")[0]), **changes)


def recipient(**changes: Any) -> Recipient:
    """Return Mia, to whom nothing was sent and whom everything may reach."""
    mia = Recipient(MIA, "UTC", True, frozenset(), None, 1, None, ())
    return replace(mia, **changes)


def send(hours_ago: float, notification_type: str = "coach_intervention") -> Send:
    """Return something sent so long before noon."""
    return Send(notification_type, NOON - timedelta(hours=hours_ago))


def decided(
    *,
    rule: Rule | None = None,
    to: Recipient | None = None,
    budget: Budget | None = BUDGET,
    stops: Stops = Stops(),  # frozen
    now: datetime = NOON,
    draws: Draws = LUCK,
) -> Decision:
    """Return what becomes of a moment of a rule for somebody."""
    return decide(
        moment(rule),
        to or recipient(),
        budget=budget,
        stops=stops,
        now=now,
        draws=draws,
        notification_id=PUSH,
    )


def quiet(starts: str, ends: str) -> QuietHours:
    """Return quiet hours between two times of day."""
    return QuietHours(time.fromisoformat(starts), time.fromisoformat(ends))


def body(**changes: object) -> Rule:
    """Return a small rule of its own."""
    import json

    spec = {
        "name": "small",
        "kind": "rule",
        "type": "support",
        "priority": "normal",
        "condition": {"kind": "streak", "state": "NeedsCare", "days": 3},
        "variants": [{"name": "one", "title": "Hello", "body": "There"}],
        "cooldown_h": 24,
        "most_per_day": 1,
        "valid_h": 24,
    }
    rule = parse_body(json.dumps(spec | changes))
    assert isinstance(rule, Rule)
    return rule
