"""The pass of the rules over everybody: find who is eligible, decide, keep every decision.

One pass at a time. It goes on in batches, each a transaction: one that is killed leaves whole decisions only, and
the next pass decides the rest, since a moment is decided once.
"""

import hashlib
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final
from uuid import UUID, uuid4

from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import Conflict
from bee.notify.addresses import EXPIRED_DAYS
from bee.notify.candidates import find_moments
from bee.notify.decide import (
    WEEK,
    Decision,
    Draws,
    Recipient,
    Send,
    Stops,
    decide,
    decision_row,
    is_due,
)
from bee.notify.moments import Day, Moment
from bee.notify.quiet import QuietHours
from bee.notify.registry import Ruleset, active_rules, thrown_switches

DECIDING_RUNS: Final = "deciding_runs"
BATCH_MEMBERS: Final = 500
PRIORITIES: Final = ("high", "normal", "low")
TASK_DUE: Final = {
    "urgent": timedelta(hours=1),
    "high": timedelta(hours=4),
    "normal": timedelta(hours=24),
    "low": timedelta(days=3),
}
# What is to be sent may have been decided some days before it is.
SENDS_SINCE: Final = 2 * WEEK


@dataclass(frozen=True, slots=True)
class PassReport:
    """What a pass came to: moments that were decided now, those of them to send, and tasks for coaches."""

    decided: int = 0
    to_send: int = 0
    tasks: int = 0

    def plus(self, other: "PassReport") -> "PassReport":
        """Return both together."""
        return PassReport(
            self.decided + other.decided, self.to_send + other.to_send, self.tasks + other.tasks
        )


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """A member as the database has them."""

    user_id: UUID
    time_zone: str
    push_consent: bool | None
    opted_out: list[str]
    quiet_from: time | None
    quiet_until: time | None
    addresses: int
    coach_id: UUID | None
    score_date: date | None
    final_score: float | None
    momentum_state: str | None
    definition: str | None

    @property
    def newest_day(self) -> Day | None:
        """The newest complete day."""
        if self.score_date is None:
            return None
        assert self.final_score is not None
        assert self.momentum_state is not None
        assert self.definition is not None
        return Day(self.score_date, self.final_score, self.momentum_state, self.definition, is_fresh=True)

    def recipient(self, sends: tuple[Send, ...]) -> Recipient:
        """Return what the guards ask about."""
        quiet = None
        if self.quiet_from is not None and self.quiet_until is not None:
            quiet = QuietHours(self.quiet_from, self.quiet_until)
        return Recipient(
            self.user_id,
            self.time_zone,
            self.push_consent,
            frozenset(self.opted_out),
            quiet,
            self.addresses,
            self.coach_id,
            sends,
        )


@dataclass(frozen=True, slots=True)
class SendRow:
    """Something that was, or is to be, sent."""

    user_id: UUID
    notification_type: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Known:
    rule: str
    user_id: UUID
    key: str


def evaluate(
    database: Database,
    *,
    now: datetime,
    chance: random.Random,
    login: Login = Login.WORKER,
    batch_members: int = BATCH_MEMBERS,
) -> PassReport:
    """Decide every moment that is eligible now and was not decided before.

    Raises :class:`Conflict` while another pass goes on.
    """
    with only_pass(database, login):
        with database.reading(login) as session:
            ruleset = active_rules(session)
            moments = _new_moments(session, ruleset, find_moments(session, ruleset.rules, now=now))
        audiences = audience_hashes(moments)
        report = PassReport()
        for batch in _batches(moments, batch_members):
            with database.writing(login) as session:
                report = report.plus(_decide_batch(session, batch, ruleset, audiences, now, chance))
        return report


def audience_hashes(moments: Sequence[Moment]) -> dict[str, str]:
    """Return for each rule the SHA-256 over the sorted ids of all whom it is eligible for in one pass."""
    members = defaultdict(set)
    for moment in moments:
        members[moment.rule.name].add(str(moment.user_id))
    return {
        rule: hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest() for rule, ids in members.items()
    }


def recipients_of(
    session: ReadSession,
    members: Sequence[UUID],
    *,
    now: datetime,
    but: Sequence[UUID] = (),
    only_gone: bool = False,
    but_rule: str = "",
) -> tuple[dict[UUID, Recipient], dict[UUID, Day | None]]:
    """Return what the guards ask about of members who are still there, and their newest complete days.

    ``but``: notifications that are not counted among what was sent, since they are asked about. ``only_gone``: nor
    is what is yet to be sent. ``but_rule``: nor is what that rule sent.
    """
    sends = defaultdict(list)
    for send in session.all(
        SendRow,
        "notify/sends",
        members=list(members),
        since=now - SENDS_SINCE,
        but=list(but),
        only_gone=only_gone,
        but_rule=but_rule,
    ):
        sends[send.user_id].append(Send(send.notification_type, send.at))
    rows = session.all(
        RecipientRow, "notify/recipients", members=list(members), now=now, expired_days=EXPIRED_DAYS
    )
    return (
        {row.user_id: row.recipient(tuple(sends[row.user_id])) for row in rows},
        {row.user_id: row.newest_day for row in rows},
    )


def decide_all(
    moments: Sequence[Moment],
    recipients: Mapping[UUID, Recipient],
    *,
    ruleset: Ruleset,
    stops: Stops,
    now: datetime,
    chance: random.Random,
) -> list[tuple[UUID, Decision]]:
    """Return the decisions about moments, each with its id: the most important first, so that it gets the budget.

    Who is gone meanwhile is left out; what is decided to be sent counts for what comes after.
    """
    decided = []
    known = dict(recipients)
    for moment in sorted(moments, key=_order):
        recipient = known.get(moment.user_id)
        if recipient is None or not is_due(moment, recipient, now):
            continue
        notification_id = uuid4()
        decision = decide(
            moment,
            recipient,
            budget=ruleset.budget,
            stops=stops,
            now=now,
            draws=Draws(chance.random(), chance.random(), chance.random()),
            notification_id=notification_id,
        )
        decided.append((notification_id, decision))
        if decision.is_send and decision.send_at is not None:
            known[moment.user_id] = recipient.after(Send(moment.rule.type, decision.send_at))
    return decided


def _order(moment: Moment) -> tuple[str, int, str, str]:
    return str(moment.user_id), PRIORITIES.index(moment.rule.priority), moment.rule.name, moment.key


def _new_moments(session: ReadSession, ruleset: Ruleset, moments: Sequence[Moment]) -> list[Moment]:
    """Leave out what was decided before, by an earlier version too: a changed rule does not repeat itself."""
    rows = session.all(
        _Known,
        "notify/known_moments",
        rules=[moment.rule.name for moment in moments],
        versions=[ruleset.versions[moment.rule.name] for moment in moments],
        users=[moment.user_id for moment in moments],
        keys=[moment.key for moment in moments],
        days=[moment.looks_from for moment in moments],
        silences=[moment.since for moment in moments],
    )
    known = {(row.rule, row.user_id, row.key) for row in rows}
    return [moment for moment in moments if (moment.rule.name, moment.user_id, moment.key) not in known]


def _batches(moments: Sequence[Moment], members: int) -> Iterator[list[Moment]]:
    """Cut moments into batches of so many members, all of a member's in one."""
    groups = [list(group) for _, group in groupby(sorted(moments, key=_order), key=lambda each: each.user_id)]
    for start in range(0, len(groups), members):
        yield [moment for group in groups[start : start + members] for moment in group]


def _decide_batch(
    session: WriteSession,
    moments: Sequence[Moment],
    ruleset: Ruleset,
    audiences: Mapping[str, str],
    now: datetime,
    chance: random.Random,
) -> PassReport:
    recipients, newest = recipients_of(session, sorted({moment.user_id for moment in moments}), now=now)
    scored = [moment if moment.day else replace(moment, day=newest.get(moment.user_id)) for moment in moments]
    decided = decide_all(
        scored, recipients, ruleset=ruleset, stops=thrown_switches(session), now=now, chance=chance
    )
    rows = [
        _row(decision, notification_id, recipients, ruleset, audiences, now)
        for notification_id, decision in decided
    ]
    return session.get(PassReport, "notify/save_decisions", decisions=json.dumps(rows, default=str), now=now)


def _row(
    decision: Decision,
    notification_id: UUID,
    recipients: Mapping[UUID, Recipient],
    ruleset: Ruleset,
    audiences: Mapping[str, str],
    now: datetime,
) -> dict[str, Any]:
    rule = decision.moment.rule
    return decision_row(decision, notification_id, recipients[decision.moment.user_id].coach_id) | {
        "rule_version": ruleset.versions[rule.name],
        "audience_hash": audiences[rule.name],
        "task_due_at": now + TASK_DUE[rule.task] if rule.task else None,
    }


@contextmanager
def only_pass(database: Database, login: Login) -> Iterator[None]:
    """Hold the lock of whoever decides: two would give the same budget away twice."""
    with database.keeping(login) as session:
        if not session.scalar("notify/take_decision_lock"):
            raise Conflict(DECIDING_RUNS, "Notifications are being decided by another process already.")
        try:
            yield
        finally:
            session.scalar("notify/release_decision_lock")
