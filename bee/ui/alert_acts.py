"""What people do on the page of the alerts: each act one call and one transaction, by who is there then."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from bee.access import StaffRole
from bee.sla.alerts import actions
from bee.sla.alerts.queries import AlertCard
from bee.sla.alerts.rota import Shift, Turn, add_turns, remove_shift
from bee.sla.alerts.rule import Escalation, Rule
from bee.sla.alerts.trial import save_tried
from bee.ui.acts import act

MAY_ACT: Final = StaffRole.ONCALL


def acknowledge(card: AlertCard, until: datetime) -> None:
    """Say that whoever acts sees to it."""
    act(MAY_ACT, lambda session, actor: actions.acknowledge(
        session, card.id, seen=card.revision, until=until, actor=actor
    ))  # fmt: skip


def snooze(card: AlertCard, until: datetime) -> None:
    """Let an alert wait."""
    act(MAY_ACT, lambda session, actor: actions.snooze(
        session, card.id, seen=card.revision, until=until, actor=actor
    ))  # fmt: skip


def escalate(card: AlertCard) -> None:
    """Have the next step told."""
    act(MAY_ACT, lambda session, actor: actions.escalate(session, card.id, seen=card.revision, actor=actor))


def close(card: AlertCard) -> None:
    """End an alert that is quiet."""
    act(MAY_ACT, lambda session, actor: actions.close(session, card.id, seen=card.revision, actor=actor))


def judge(card: AlertCard, *, is_actionable: bool) -> None:
    """Say whether there was anything to do."""
    act(MAY_ACT, lambda session, actor: actions.judge(
        session, card.id, seen=card.revision, is_actionable=is_actionable, actor=actor
    ))  # fmt: skip


def note(card: AlertCard, text: str) -> None:
    """Write something down."""
    act(MAY_ACT, lambda session, actor: actions.note(
        session, card.id, seen=card.revision, text=text, actor=actor
    ))  # fmt: skip


def save_rule(body: Rule | Escalation, *, is_on: bool, seen: int | None, message: str, now: datetime) -> int:
    """Try a rule on the past and store it, which holds at once; return its version."""
    return act(MAY_ACT, lambda session, actor: save_tried(
        session, body, is_on=is_on, seen=seen, message=message, actor=actor, now=now
    ))  # fmt: skip


def put_on_call(level: int, found: Sequence[Turn]) -> None:
    """Put people on call."""
    act(MAY_ACT, lambda session, actor: add_turns(session, level, found, actor=actor))


def take_back(shift: Shift, now: datetime) -> None:
    """Take a shift back."""
    act(MAY_ACT, lambda session, actor: remove_shift(session, shift, now=now, actor=actor))
