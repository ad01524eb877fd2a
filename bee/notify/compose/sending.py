"""Sending campaigns gently: the worker decides about a few people at a time, each once, until all are decided.

A batch is a transaction: one that is killed leaves whole decisions only, and the next one goes on. What is to be
sent is queued beside what the rules decided, and goes the same way.
"""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final
from uuid import UUID, uuid4

from bee.db import Database, Login, WriteSession
from bee.errors import Conflict
from bee.notify.compose.campaign import ends_at, parse_campaign
from bee.notify.compose.decision import Luck, Person, Sending, judge, verdict_row
from bee.notify.evaluation import PassReport, only_pass, recipients_of
from bee.notify.registry import active_rules, thrown_switches

MINUTE: Final = timedelta(minutes=1)
# What may go out in a minute goes out in that many parts of it.
PARTS: Final = 10
# Of those who get nothing any more, since it was stopped or is too late.
MOST_CLOSED: Final = 500


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

    While everything is stopped nobody's turn comes, nor while the rules decide: both give from one budget.
    """
    with database.reading(login) as session:
        begun = session.all(Begun, "notify/campaigns_to_decide", since=now - MINUTE)
    if not begun:
        return 0
    try:
        with only_pass(database, login):
            return sum(_send_some(database, each, now, chance, login) for each in begun)
    except Conflict:
        return 0


def allowance(sending: Sending, decided_lately: int, now: datetime) -> int:
    """Return about how many people may be decided now."""
    if sending.is_stopped or now >= ends_at(sending.started_at, sending.campaign):
        return MOST_CLOSED
    per_minute = sending.campaign.per_minute
    return max(0, min(ceil(per_minute / PARTS), per_minute - decided_lately))


def _send_some(database: Database, begun: Begun, now: datetime, chance: random.Random, login: Login) -> int:
    sending = begun.sending()
    with database.writing(login) as session:
        stops = thrown_switches(session)
        if stops.everything and not sending.is_stopped:
            return 0
        most = allowance(sending, begun.decided_lately, now)
        people = session.all(
            _Next, "notify/campaign_people_next", campaign=begun.campaign, most=most, now=now
        )
        decided = _decide(session, sending, people, now, chance)
        session.run(
            "notify/mark_campaign_people",
            campaign=begun.campaign, members=[each.user_id for each in people], now=now,
        )  # fmt: skip
        if not sending.is_stopped:
            session.run(
                "notify/finish_campaign", campaign=begun.campaign, version=begun.version, digest=begun.digest
            )
    return decided


def _decide(
    session: WriteSession,
    sending: Sending,
    people: list[_Next],
    now: datetime,
    chance: random.Random,
) -> int:
    if not people:
        return 0
    recipients, newest = recipients_of(session, [each.user_id for each in people], now=now)
    budget, stops = active_rules(session).budget, thrown_switches(session)
    rows = []
    for each in people:
        person = Person(recipients.get(each.user_id), newest.get(each.user_id), each.has_left)
        notification_id = uuid4()
        verdict = judge(
            sending, person,
            budget=budget, stops=stops, now=now,
            luck=Luck(chance.random(), chance.random()), notification_id=notification_id,
        )  # fmt: skip
        rows.append(
            verdict_row(sending, person, each.user_id, verdict, now=now, notification_id=notification_id)
        )
    return session.get(
        PassReport, "notify/save_decisions", decisions=json.dumps(rows, default=str), now=now
    ).decided
