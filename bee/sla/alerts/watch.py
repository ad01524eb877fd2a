"""Watching: once a minute what fires, what becomes of it and who has to be told, in one transaction.

Whoever is told has a message in the outbox when the transaction is over, or nothing happened at all: a worker that
is killed between the two loses nothing, and the next one does not tell a step again. Of several workers one watches
a minute. It looks some seconds after the minute is over, when what was measured in it has been added up.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bee.db import Database, Login, WriteSession
from bee.outbox import put
from bee.sla.alerts.ageing import Age, ageing
from bee.sla.alerts.alert import Act, Alert, Course, Firing, course, due_steps, expire
from bee.sla.alerts.burning import burning
from bee.sla.alerts.registry import Ruleset, rule_versions, ruleset_of
from bee.sla.alerts.rota import on_call
from bee.sla.alerts.rule import AgeRule, BurnRule, Rule
from bee.sla.alerts.told import OVER, Channel, Receiver, message, receivers
from bee.sla.alerts.words import messages_words
from bee.sla.burn import Counts, Severity, windows_of
from bee.sla.counts import window_counts
from bee.sla.derivation import minute_at
from bee.sla.objectives import get_objective

SETTLES_S: Final = 15
# What is younger is on its way.
KEPT_FROM_S: Final = 60
TOLD_WITHIN: Final = timedelta(days=1)
LONGEST_REOPENING: Final = timedelta(minutes=10_080)
Windows = Mapping[str, Mapping[int, Counts]]


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen in a minute. ``told``: messages that are on their way; ``unread``: rules that watch nothing."""

    minute: datetime
    firing: int
    told: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class _ToldBefore:
    """Somebody who was told of an alert."""

    channel: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What a look needs: who looks, which ways out there are, and the dashboard's address for messages."""

    worker: str
    channels: frozenset[Channel]
    public_url: str | None = None

    def is_due(self, database: Database, *, now: datetime) -> bool:
        """Whether nobody has watched the minute that is over."""
        with database.reading(Login.WORKER) as session:
            return not session.scalar("sla/is_watched", minute=minute_over(now))

    def look(self, database: Database, *, now: datetime) -> Look | None:
        """Watch the minute that is over; None where that was done before, or is being done."""
        minute = minute_over(now)
        with database.writing(Login.WORKER) as session:
            if not session.scalar("sla/take_watch", minute=minute):
                return None
            rules = ruleset_of(rule_versions(session))
            ages = session.all(Age, "sla/alert_signals", minute=minute, now=now)
            fired = firings(rules.rules, _windows(session, rules.rules, minute), ages, moment=minute)
            session.run(
                "sla/add_alert_pass",
                minute=minute,
                worker=self.worker,
                rules=len(rules.rules),
                firing=len(fired),
            )
            kept = [asdict(age) for age in ages if age.age_s >= KEPT_FROM_S]
            session.run("sla/add_alert_signals", minute=minute, ages=json.dumps(kept))
            told = sum(
                self._follow(session, step, rules, now) for step in _courses(session, rules, fired, now)
            )
        return Look(minute, len(fired), told, len(rules.unreadable))

    def _follow(self, session: WriteSession, step: Course, rules: Ruleset, now: datetime) -> int:
        """Store what became of an alert, and tell whoever has to know; return how many messages that took."""
        before = step.alert.steps_told
        due = due_steps(step.alert, rules.escalation.steps(Severity(step.alert.severity)), now)
        alert = _stored(session, replace(step.alert, steps_told=before + len(due)))
        for act in step.acts:
            _note(session, alert, act, now)
        told = 0
        for number, each in enumerate(due, start=before + 1):
            people = {level.level: level.staff_id for level in on_call(session, now)}
            told_now = self._tell(session, alert, number, receivers([each], people, self.channels), now)
            _note(session, alert, Act.TOLD, now, f"Step {number}: {messages_words(told_now)}")
            told += told_now
        if not alert.is_open:
            told += self._tell(session, alert, OVER, _told_before(session, alert), now)
        return told

    def _tell(
        self, session: WriteSession, alert: Alert, step: int, found: Iterable[Receiver], now: datetime
    ) -> int:
        """Put a message for each receiver into the outbox, and return how many there are that were not there."""
        told = 0
        for receiver in found:
            key = session.scalar(
                "sla/add_alert_message",
                alert=alert.id,
                round=alert.round,
                step=step,
                channel=receiver.channel,
                receiver=receiver.name,
                queued_at=now,
            )
            said = message(alert, step, receiver, now=now, public_url=self.public_url)
            told += key is not None and put(session, receiver.channel.topic, dedupe_key=key, payload=said)
        return told


def minute_over(now: datetime) -> datetime:
    """Return the end of the last minute whose requests have been added up."""
    return minute_at(now - timedelta(seconds=SETTLES_S))


def firings(
    rules: Iterable[Rule], windows: Windows, ages: Iterable[Age], *, moment: datetime
) -> list[Firing]:
    """Return everything that fires at a moment, a cause once."""
    found: list[Firing] = []
    for rule in rules:
        match rule:
            case AgeRule():
                found += ageing(rule, ages)
            case BurnRule():
                counted = windows.get(rule.objective, {})
                burnt = burning(rule, counted, get_objective(rule.objective), moment=moment)
                found += [burnt] if burnt else []
    return found


def _windows(session: WriteSession, rules: Iterable[Rule], minute: datetime) -> Windows:
    pairs = [pair for rule in rules if isinstance(rule, BurnRule) for pair in rule.pairs]
    return window_counts(session, until=minute, windows=windows_of(pairs)) if pairs else {}


def _courses(
    session: WriteSession, rules: Ruleset, fired: Iterable[Firing], now: datetime
) -> Iterator[Course]:
    """Yield what becomes of each cause that fires or of which there is an alert."""
    known = session.all(Alert, "sla/alerts_to_watch", ended_since=now - LONGEST_REOPENING)
    newest = {alert.cause: alert for alert in known}
    firing = {(each.rule, each.subject): each for each in fired}
    by_name = {rule.name: rule for rule in rules.rules}
    for cause in dict.fromkeys([*newest, *firing]):
        alert, rule = newest.get(cause), by_name.get(cause[0])
        if alert is None and rule is None:
            continue
        ran_out = expire(alert, now) if alert else None
        before = ran_out.alert if ran_out else alert
        version = rules.versions.get(cause[0], before.version if before else 1)
        # Of what can't be seen nobody says that it is over.
        is_seen = cause[0] not in rules.unreadable
        step = (
            course(before, firing.get(cause), rule or _Gone(), version=version, now=now) if is_seen else None
        )
        acts = (*(ran_out.acts if ran_out else ()), *(step.acts if step else ()))
        after = step.alert if step else before
        if after is not None and (after.is_open or acts or _was_just_closed(after, now)):
            yield Course(after, acts)


def _was_just_closed(alert: Alert, now: datetime) -> bool:
    """Return whether a person closed an alert of late: whoever was told of it has to hear that it is over."""
    return alert.closed_by is not None and alert.closed_at is not None and now - alert.closed_at < TOLD_WITHIN


@dataclass(frozen=True, slots=True)
class _Gone:
    """How long an alert lasts whose rule watches no more: it ends at once when its time of quiet is over."""

    quiet_min: int = 1
    reopen_min: int = 0


def _stored(session: WriteSession, alert: Alert) -> Alert:
    values = asdict(alert) | {"evidence": json.dumps(alert.evidence)}
    if alert.id is not None:
        session.run("sla/change_alert", **values)
        return alert
    number = session.scalar("sla/open_alert", **values)
    opened = replace(alert, id=number)
    session.run("sla/change_alert", **(values | {"id": number}))
    return opened


def _note(session: WriteSession, alert: Alert, act: Act, now: datetime, note: str = "") -> None:
    session.run("sla/note_alert_act", alert=alert.id, kind=act, done_at=now, note=note)


def _told_before(session: WriteSession, alert: Alert) -> list[Receiver]:
    rows = session.all(_ToldBefore, "sla/alert_receivers", alert=alert.id)
    return [Receiver(Channel(row.channel), row.receiver) for row in rows]
