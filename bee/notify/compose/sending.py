"""Sending campaigns gently: the worker decides about a few people at a time, each once, until all are decided.

A batch is a transaction: one that is killed leaves whole decisions only, and the next one goes on. What is to be
sent is queued beside what the rules decided, and goes the same way.
"""

import json
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, Final
from uuid import UUID, uuid4

from bee.db import Database, Login, ReadSession, WriteSession
from bee.errors import BeeError, Conflict, Unavailable
from bee.notify.compose.campaign import parse_campaign
from bee.notify.compose.decision import Luck, Person, Sending, judge, verdict_row
from bee.notify.evaluation import DECIDING_RUNS, PassReport, only_pass, recipients_of
from bee.notify.registry import active_rules, thrown_switches

MINUTE: Final = timedelta(minutes=1)
# What may go out in a minute goes out in that many parts of it.
PARTS: Final = 10
# Of those who get nothing any more, since it was stopped or is too late.
MOST_CLOSED: Final = 500
# Of those looked at some have quiet hours: they wait undecided, so that the guards are asked when they may hear.
LOOKED_AT: Final = 10

log = logging.getLogger("bee.notify")


@dataclass(frozen=True, slots=True)
class Begun:
    """A campaign with people who are not decided about. ``decided_lately``: in the last minute."""

    campaign: int
    rule: str
    version: int
    body: str
    audience_hash: str
    digest: str
    started_at: datetime
    is_stopped: bool
    decided_lately: int

    def sending(self) -> Sending:
        """Return what decides about its people."""
        return Sending(
            self.rule, self.version, parse_campaign(self.body), self.audience_hash, self.started_at,
            self.is_stopped,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Next:
    user_id: UUID
    has_left: bool


def send_campaigns(
    database: Database, *, now: datetime, chance: random.Random, login: Login = Login.WORKER
) -> int:
    """Decide about those whose turn it is, and return how many they were.

    While everything is stopped nobody's turn comes, nor while the rules decide: both give from one budget. A
    campaign at which something is wrong keeps no other from being sent.
    """
    if not _begun(database, now, login):
        return 0
    try:
        with only_pass(database, login):
            # Once more: until now another worker may have decided.
            begun = _begun(database, now, login)
            return sum(_send_or_log(database, each, now, chance, login) for each in begun)
    except Conflict as busy:
        if busy.code != DECIDING_RUNS:
            raise
        return 0


def allowance(sending: Sending, decided_lately: int, now: datetime) -> int:
    """Return about how many people may be decided now."""
    if sending.is_over(now):
        return MOST_CLOSED
    per_minute = sending.campaign.per_minute
    return max(0, min(ceil(per_minute / PARTS), per_minute - decided_lately))


def _begun(database: Database, now: datetime, login: Login) -> list[Begun]:
    with database.reading(login) as session:
        return session.all(Begun, "notify/campaigns_to_decide", since=now - MINUTE)


def _send_or_log(database: Database, begun: Begun, now: datetime, chance: random.Random, login: Login) -> int:
    try:
        return _send_some(database, begun, now, chance, login)
    except Unavailable:
        raise
    except BeeError as fault:
        log.warning("campaign %d is not sent: %s", begun.campaign, fault.code)
        return 0


def _send_some(database: Database, begun: Begun, now: datetime, chance: random.Random, login: Login) -> int:
    sending = begun.sending()
    is_over = sending.is_over(now)
    most = allowance(sending, begun.decided_lately, now)
    with database.writing(login) as session:
        if not is_over and thrown_switches(session).everything:
            return 0
        people = session.all(
            _Next, "notify/campaign_people_next",
            campaign=begun.campaign, most=LOOKED_AT * most, everybody=is_over, now=now,
        )  # fmt: skip
        rows, waits = _decide(session, sending, people, most, now, chance)
        decided = _keep(session, begun, rows, waits, now)
        if not sending.is_stopped:
            session.run(
                "notify/finish_campaign", campaign=begun.campaign, version=begun.version, digest=begun.digest
            )
    return decided


def _decide(
    session: ReadSession,
    sending: Sending,
    people: Sequence[_Next],
    most: int,
    now: datetime,
    chance: random.Random,
) -> tuple[list[dict[str, Any]], dict[UUID, datetime]]:
    """Return the rows of the first ``most`` whose hour it is, and until when those before them have quiet hours."""
    recipients, newest = recipients_of(session, [each.user_id for each in people], now=now)
    budget, stops = active_rules(session).budget, thrown_switches(session)
    rows: list[dict[str, Any]] = []
    waits: dict[UUID, datetime] = {}
    for each in people:
        if len(rows) == most:
            break
        person = Person(recipients.get(each.user_id), newest.get(each.user_id), each.has_left)
        notification_id = uuid4()
        verdict = judge(
            sending, person,
            budget=budget, stops=stops, now=now,
            luck=Luck(chance.random(), chance.random()), notification_id=notification_id,
        )  # fmt: skip
        if verdict.send_at is not None and verdict.send_at > now:
            waits[each.user_id] = verdict.send_at
        else:
            rows.append(
                verdict_row(sending, person, each.user_id, verdict, now=now, notification_id=notification_id)
            )
    return rows, waits


def _keep(
    session: WriteSession,
    begun: Begun,
    rows: Sequence[Mapping[str, Any]],
    waits: Mapping[UUID, datetime],
    now: datetime,
) -> int:
    """Write what was decided, and when the others may be asked again; return how many were decided."""
    if waits:
        session.run(
            "notify/let_campaign_people_wait",
            campaign=begun.campaign, members=list(waits), until=list(waits.values()),
        )  # fmt: skip
    if not rows:
        return 0
    session.run(
        "notify/mark_campaign_people",
        campaign=begun.campaign, members=[row["user_id"] for row in rows], now=now,
    )  # fmt: skip
    return session.get(
        PassReport, "notify/save_decisions", decisions=json.dumps(rows, default=str), now=now
    ).decided
