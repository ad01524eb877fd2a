"""Whom a step tells, and in which words (pure). No message holds anything of a member or a colleague."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from bee.sla.alerts.alert import Alert
from bee.sla.alerts.rule import Step
from bee.sla.alerts.words import evidence_words, headline

TEAM: Final = "team"
OVER: Final = 0


class Channel(StrEnum):
    """The ways out."""

    MAIL = "mail"
    WEBHOOK = "webhook"

    @property
    def topic(self) -> str:
        """What its messages are called in the outbox."""
        return f"alert.{self}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a message is for: by mail somebody's staff id or the team's address, by webhook whoever listens."""

    channel: Channel
    name: str = ""


def receivers(
    steps: Iterable[Step], on_call: Mapping[int, UUID], channels: frozenset[Channel]
) -> list[Receiver]:
    """Return whom some steps tell, each once. ``on_call``: who holds which level, where not the team does."""
    wanted = [receiver for step in steps for receiver in _of(step, on_call)]
    return [each for each in dict.fromkeys(wanted) if each.channel in channels]


def _of(step: Step, on_call: Mapping[int, UUID]) -> Iterator[Receiver]:
    for level in step.levels:
        yield Receiver(Channel.MAIL, str(on_call[level]) if level in on_call else TEAM)
    if step.team:
        yield Receiver(Channel.MAIL, TEAM)
    if step.webhook:
        yield Receiver(Channel.WEBHOOK)


def message(
    alert: Alert, step: int, receiver: Receiver, *, now: datetime, public_url: str | None
) -> dict[str, object]:
    """Return what leaves the house: a step of a round, counted from 1, or :data:`OVER`."""
    is_over = step == OVER
    return {
        "type": "alert.ended" if is_over else "alert.fires",
        "timestamp": now.isoformat(),
        "receiver": receiver.name,
        "data": {
            "alert": alert.id,
            "rule": alert.rule,
            "subject": alert.subject,
            "severity": alert.severity,
            "headline": headline(alert.rule, alert.subject, alert.evidence),
            "facts": evidence_words(alert.evidence),
            "evidence": dict(alert.evidence),
            "opened_at": alert.opened_at.isoformat(),
            "ended_at": alert.closed_at.isoformat() if alert.closed_at else None,
            "round": alert.round,
            "step": step,
            "url": f"{public_url.rstrip('/')}/alerts?alert={alert.id}" if public_url else None,
        },
    }
