"""Whether a moment becomes a notification (pure): every guard answers, one no holds it back, no answer is a no.

The guards, in the order in which they name the reason: the kill switch, the member's consent, the type that they
opted out of, an address to send to, quiet hours, the type's cooldown and daily maximum, the weekly maximum over
everything, the size. Where all of them let it pass and the rule holds somebody out, a draw decides.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from bee.notify.moments import Moment
from bee.notify.payload import MOST_BYTES, Payload, Text, render
from bee.notify.quiet import QuietHours, local_day, quiet_until
from bee.notify.rule import Budget, NewMember

WEEK = timedelta(days=7)
# After quiet hours not everybody hears at once.
SPREAD = timedelta(minutes=15)
PASSED = "passed"
Reason = NewType("Reason", str)


class Limits(Protocol):
    """What holds for everything of one type, as a rule or a campaign says it."""

    @property
    def type(self) -> str:
        """The type, of which members may opt out."""

    @property
    def cooldown_h(self) -> int:
        """How many hours lie between two of the type."""

    @property
    def most_per_day(self) -> int:
        """How many of the type a member gets on a local day."""


class Guard(StrEnum):
    """What can hold a notification back, in the order in which it names the reason."""

    STOPPED = "stopped"
    CONSENT = "consent"
    OPT_OUT = "opt_out"
    ADDRESS = "address"
    QUIET = "quiet"
    COOLDOWN = "cooldown"
    DAILY = "daily"
    WEEKLY = "weekly"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Send:
    """Something that was, or will be, sent to a member."""

    notification_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of a member at the moment of a decision; None is what could not be found out."""

    user_id: UUID
    time_zone: str | None
    push_consent: bool | None
    opted_out: frozenset[str] | None
    quiet: QuietHours | None
    addresses: int | None
    coach_id: UUID | None
    sends: tuple[Send, ...] | None

    def after(self, send: Send) -> "Recipient":
        """Return the member once something more was sent."""
        return replace(self, sends=(*(self.sends or ()), send))


@dataclass(frozen=True, slots=True)
class Stops:
    """What the kill switch says. ``rules``: those that are stopped one by one; None where nobody knows."""

    everything: bool = False
    rules: frozenset[str] | None = frozenset()

    def hold(self, rule: str) -> bool | None:
        """Whether a rule is stopped; None where nobody knows."""
        return None if self.rules is None else self.everything or rule in self.rules


@dataclass(frozen=True, slots=True)
class Draws:
    """Chance, each in 0–1: whether somebody is held out, which variant, how long after quiet hours."""

    holdout: float
    variant: float
    spread: float


@dataclass(frozen=True, slots=True)
class Answers:
    """What the guards said. ``held``: the reason of the first that holds back; ``send_at`` is past quiet hours."""

    guards: Mapping[str, str]
    held: str | None
    send_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decision:
    """A row of the ledger. ``send_at`` and ``expires_at``: when it may go out; None where a guard holds it back.

    What is held out at random has them too: it is compared with what went out from that moment on.
    """

    moment: Moment
    is_send: bool
    reason: str
    guards: Mapping[str, str]
    text: Text
    draw: float | None = None
    probability: float | None = None
    send_at: datetime | None = None
    expires_at: datetime | None = None


def decide(
    moment: Moment,
    recipient: Recipient,
    *,
    budget: Budget | None,
    stops: Stops,
    now: datetime,
    draws: Draws,
    notification_id: UUID,
) -> Decision:
    """Return what becomes of a moment. ``budget``: None, where none is in force, holds everything back."""
    rule = moment.rule
    variant = rule.variants[min(int(draws.variant * len(rule.variants)), len(rule.variants) - 1)]
    text = render(variant, moment)
    expires_at = now + timedelta(hours=rule.valid_h)
    payload = Payload(
        notification_id, rule.type, text.title, text.body, dict(rule.action), rule.name, False, 0
    )
    answers = ask_guards(
        rule.name, rule, payload, recipient,
        budget=budget, stops=stops, now=now, expires_at=expires_at, spread=draws.spread,
    )  # fmt: skip
    guards, send_at = answers.guards, answers.send_at
    if answers.held is not None or send_at is None:
        return Decision(moment, False, answers.held or "quiet_unknown", guards, text)
    probability = 1 - rule.holdout
    draw = draws.holdout if rule.holdout else None
    if draw is not None and draw >= probability:
        return Decision(moment, False, "holdout", guards, text, draw, probability, send_at, expires_at)
    reason = "deferred" if send_at > now else "eligible"
    return Decision(moment, True, reason, guards, text, draw, probability, send_at, expires_at)


def ask_guards(
    name: str,
    limits: Limits,
    payload: Payload,
    recipient: Recipient,
    *,
    budget: Budget | None,
    stops: Stops,
    now: datetime,
    expires_at: datetime,
    spread: float,
) -> Answers:
    """Return what every guard says to something of a rule or campaign ``name`` that is to be sent now."""
    send_at = _after_quiet(recipient, budget, now, spread)
    opted_out = recipient.opted_out
    answers = {
        Guard.STOPPED: _refused(stops.hold(name)),
        Guard.CONSENT: _passed(recipient.push_consent),
        Guard.OPT_OUT: _refused(None if opted_out is None else limits.type in opted_out),
        Guard.ADDRESS: _passed(None if recipient.addresses is None else recipient.addresses > 0),
        Guard.QUIET: _quiet_answer(now, send_at, expires_at),
        **_budget_answers(limits, recipient, budget, send_at),
        Guard.SIZE: _passed(payload.size_bytes <= MOST_BYTES),
    }
    guards = {guard.value: answers[guard] for guard in Guard}
    held = next((f"{name}_{told}" for name, told in guards.items() if told in {"refused", "unknown"}), None)
    return Answers(guards, held, send_at)


def is_due(moment: Moment, recipient: Recipient, now: datetime) -> bool:
    """Whether a moment that looks at what was sent before is one; fails closed where that is not known."""
    condition = moment.rule.condition
    if not isinstance(condition, NewMember):
        return True
    earliest = now - timedelta(hours=condition.unsent_h)
    return recipient.sends is not None and all(send.at <= earliest for send in recipient.sends)


def budget_refusal(
    limits: Limits,
    recipient: Recipient,
    budget: Budget | None,
    at: datetime,
) -> dict[Guard, str]:
    """Return what the cooldown, the daily and the weekly maximum say to something sent ``at``."""
    if recipient.sends is None or recipient.time_zone is None or budget is None:
        return dict.fromkeys((Guard.COOLDOWN, Guard.DAILY, Guard.WEEKLY), "unknown")
    zone = ZoneInfo(recipient.time_zone)
    alike = [send.at for send in recipient.sends if send.notification_type == limits.type]
    today = sum(local_day(sent, zone) == local_day(at, zone) for sent in alike)
    return {
        Guard.COOLDOWN: _refused(any(abs(at - sent) < timedelta(hours=limits.cooldown_h) for sent in alike)),
        Guard.DAILY: _passed(today < limits.most_per_day),
        Guard.WEEKLY: _passed(
            _fits_into_week([send.at for send in recipient.sends], at, budget.most_per_week)
        ),
    }


def quiet_hours_of(recipient: Recipient, budget: Budget) -> QuietHours:
    """Return the member's own quiet hours, or everybody's."""
    return recipient.quiet or QuietHours(budget.quiet_from, budget.quiet_until)


def _after_quiet(
    recipient: Recipient, budget: Budget | None, now: datetime, spread: float
) -> datetime | None:
    """Return when it may be sent: now, or a little after quiet hours; None where nobody knows."""
    if recipient.time_zone is None or budget is None:
        return None
    hours = quiet_hours_of(recipient, budget)
    zone = ZoneInfo(recipient.time_zone)
    ends = quiet_until(now, zone, hours)
    if ends is None:
        return now
    later = ends + spread * SPREAD
    # Where hardly any hour is not quiet, a little after its end is too late.
    return ends if quiet_until(later, zone, hours) else later


def _quiet_answer(now: datetime, send_at: datetime | None, expires_at: datetime) -> str:
    if send_at is None:
        return "unknown"
    if send_at == now:
        return PASSED
    return "deferred" if send_at < expires_at else "refused"


def _budget_answers(
    limits: Limits, recipient: Recipient, budget: Budget | None, send_at: datetime | None
) -> dict[Guard, str]:
    if send_at is None:
        return dict.fromkeys((Guard.COOLDOWN, Guard.DAILY, Guard.WEEKLY), "unknown")
    return budget_refusal(limits, recipient, budget, send_at)


def _fits_into_week(sends: Sequence[datetime], at: datetime, most: int) -> bool:
    """Whether no seven days that hold ``at`` would hold more than ``most``, those yet to be sent included."""
    moments = sorted([*(sent for sent in sends if abs(sent - at) < WEEK), at])
    return all(
        sum(first <= moment < first + WEEK for moment in moments) <= most for first in moments if first <= at
    )


def _passed(yes: bool | None) -> str:
    return "unknown" if yes is None else PASSED if yes else "refused"


def _refused(yes: bool | None) -> str:
    return _passed(None if yes is None else not yes)


def decision_row(decision: Decision, notification_id: UUID, coach_id: UUID | None) -> dict[str, Any]:
    """Return a decision as the ledger takes it."""
    moment, rule = decision.moment, decision.moment.rule
    return {
        "id": notification_id,
        "user_id": moment.user_id,
        "notification_type": rule.type,
        "rule": rule.name,
        "moment": moment.key,
        "trigger_date": moment.trigger_date,
        "decision": "send" if decision.is_send else "withhold",
        "reason": decision.reason,
        "guards": dict(decision.guards),
        "draw": decision.draw,
        "probability": decision.probability,
        "definition": moment.day.definition if moment.day else None,
        "final_score": moment.day.final if moment.day else None,
        "momentum_state": moment.day.state if moment.day else None,
        "priority": rule.priority,
        "not_before": decision.send_at,
        "expires_at": decision.expires_at,
        "silent_since": moment.since,
        "variant": decision.text.variant,
        "title": decision.text.title,
        "message": decision.text.body,
        "action": dict(rule.action),
        "task": rule.task,
        "coach_id": coach_id,
    }
