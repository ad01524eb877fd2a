"""Sending what was decided, a chunk at a time: claimed, checked again, written as attempts, posted, settled.

The attempts are committed before the first post, so that whoever dies in the middle leaves a trace of everything
that may be on its way. Several workers may send; none takes what another one has.
"""

import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from bee.db import Database, Login, WriteSession
from bee.errors import BeeError
from bee.notify.courier import RECORDER, Answer, Courier, Device, Outcome, Platform
from bee.notify.decide import Send, Stops
from bee.notify.evaluation import recipients_of
from bee.notify.payload import Payload
from bee.notify.registry import active_rules, thrown_switches
from bee.notify.rule import Rule, parse_body
from bee.notify.settlement import (
    Attempt,
    Settled,
    concluded,
    later,
    next_number,
    open_devices,
    pauses,
    recheck,
)
from bee.outbox.queue import retry_pause_s

CHUNK: Final = 100
# How many chunks a worker sends before it sees to something else.
CHUNKS_A_TURN: Final = 20
THREADS: Final = 32
# Far longer than a chunk takes where every post waits for its timeout.
LEASE_S: Final = 180
SWITCH_LOOK_S: Final = 0.5
STOPPED_PAUSE_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A decision to send that this worker has. ``body``: the rule's version that it came from, if there is one."""

    notification_id: UUID
    user_id: UUID
    notification_type: str
    rule: str
    rule_version: int
    priority: str
    title: str
    message: str
    action: dict[str, Any]
    expires_at: datetime
    is_broken_silence: bool
    is_demo: bool
    body: str | None
    tries: int

    def rule_body(self) -> Rule | None:
        """Return the rule that decided it."""
        body = parse_body(self.body) if self.body is not None else None
        return body if isinstance(body, Rule) else None

    def payload(self, now: datetime) -> Payload:
        """Return what its devices get."""
        return Payload(
            self.notification_id,
            self.notification_type,
            self.title,
            self.message,
            {name: str(value) for name, value in self.action.items()},
            f"{self.rule}-{self.rule_version}",
            self.priority == "high",
            max(0, int((self.expires_at - now).total_seconds())),
        )


@dataclass(frozen=True, slots=True)
class Post:
    """One post that is about to go out."""

    attempt_id: int
    delivery: Delivery
    device: Device


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What was done: deliveries looked at, and the answers by kind."""

    deliveries: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)

    def plus(self, deliveries: int, answers: Sequence[Answer]) -> "DispatchReport":
        """Return it with another chunk."""
        counts = Counter(self.answers) + Counter(answer.outcome.value for answer in answers)
        return DispatchReport(self.deliveries + deliveries, dict(sorted(counts.items())))


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """Sends by one courier, in one worker's name."""

    database: Database
    courier: Courier
    worker: str
    clock: Callable[[], datetime]
    chance: random.Random
    login: Login = Login.WORKER

    def send_due(self, *, chunks: int = CHUNKS_A_TURN) -> DispatchReport:
        """Send what is due, at most so many chunks of it."""
        report = DispatchReport()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="push") as threads:
            for _ in range(chunks):
                claimed, answers = self._send_chunk(threads)
                if claimed == 0:
                    break
                report = report.plus(claimed, answers)
        return report

    def validate_due(self) -> DispatchReport:
        """Have the service check one chunk of what is due, and deliver nothing; no row changes."""
        now = self.clock()
        pairs: list[tuple[Delivery, Device]] = []
        deliveries: list[Delivery] = []
        with suppress(_Undone), self.database.writing(self.login) as session:
            deliveries = self._claim(session, now)
            members = [delivery.user_id for delivery in deliveries]
            devices = session.all(Device, "notify/devices", members=members)
            pairs = [
                (delivery, device)
                for delivery in deliveries
                for device in devices
                if device.user_id == delivery.user_id
            ]
            raise _Undone
        answers = [
            self._courier_of(delivery).post(device, delivery.payload(now), validate_only=True)
            for delivery, device in pairs
        ]
        return DispatchReport().plus(len(deliveries), answers)

    def _send_chunk(self, threads: ThreadPoolExecutor) -> tuple[int, list[Answer]]:
        now = self.clock()
        with self.database.writing(self.login) as session:
            deliveries = self._claim(session, now)
            posts = self._prepare(session, deliveries, now) if deliveries else []
        if not posts:
            return len(deliveries), []
        switch = _Switch(self.database, self.login)
        answers = dict(
            zip(
                (post.attempt_id for post in posts),
                threads.map(lambda post: self._post(post, switch, now), posts),
                strict=True,
            )
        )
        with self.database.writing(self.login) as session:
            self._settle(session, posts, answers, now)
        return len(deliveries), list(answers.values())

    def _claim(self, session: WriteSession, now: datetime) -> list[Delivery]:
        stops = thrown_switches(session)
        if stops.everything or stops.rules is None:
            return []
        return session.all(
            Delivery,
            "notify/claim_deliveries",
            now=now,
            lease_s=LEASE_S,
            stopped=sorted(stops.rules),
            most=CHUNK,
            worker=self.worker,
        )

    def _prepare(self, session: WriteSession, deliveries: Sequence[Delivery], now: datetime) -> list[Post]:
        """Settle what does not go out now, and write an attempt for every post that does."""
        ids = [delivery.notification_id for delivery in deliveries]
        session.run("notify/close_lost_attempts", notifications=ids, now=now)
        attempts = _attempts(session, ids)
        members = [delivery.user_id for delivery in deliveries]
        recipients, _ = recipients_of(session, members, now=now, but=ids, only_gone=True)
        budget = active_rules(session).budget
        devices = defaultdict(list)
        for device in session.all(Device, "notify/devices", members=members):
            devices[device.user_id].append(device)
        closed = self._closed_platforms(session, now)
        settled: list[Settled] = []
        posts: list[tuple[Delivery, Device, int]] = []
        for delivery in deliveries:
            tried = attempts[delivery.notification_id]
            recipient = recipients.get(delivery.user_id)
            held = recheck(
                delivery.notification_id,
                rule=delivery.rule_body(),
                recipient=recipient,
                budget=budget,
                expires_at=delivery.expires_at,
                is_broken_silence=delivery.is_broken_silence,
                was_posted=bool(tried),
                now=now,
            )
            to_reach = {device.token_id: device for device in devices[delivery.user_id]}
            waiting = open_devices(to_reach, tried)
            ready = [token for token in waiting if not {"all", to_reach[token].platform} & closed.keys()]
            if held is not None:
                settled.append(held)
            elif not waiting:
                settled.append(concluded(delivery.notification_id, tried))
            elif not ready:
                opens = min(closed.values()) + timedelta(seconds=10 * self.chance.random())
                settled.append(later(delivery.notification_id, opens, delivery.expires_at, tried))
            else:
                posts += [(delivery, to_reach[token], next_number(token, tried)) for token in ready]
                assert recipient is not None
                recipients[delivery.user_id] = recipient.after(Send(delivery.notification_type, now))
        self._write_settled(session, settled, now)
        return self._write_attempts(session, posts, now)

    def _closed_platforms(self, session: WriteSession, now: datetime) -> dict[Platform, datetime]:
        rows = session.all(_OpenBreaker, "notify/open_breakers", project=self.courier.project, now=now)
        return {row.platform: row.open_until for row in rows}

    def _write_attempts(
        self, session: WriteSession, posts: Sequence[tuple[Delivery, Device, int]], now: datetime
    ) -> list[Post]:
        rows = [
            {
                "notification_id": delivery.notification_id,
                "token_id": device.token_id,
                "number": number,
                "platform": device.platform,
                "via": self._courier_of(delivery).via,
                "project": self._courier_of(delivery).project,
                "collapse_key": delivery.payload(now).collapse_key,
            }
            for delivery, device, number in posts
        ]
        if not rows:
            return []
        found = session.all(
            _AttemptId,
            "notify/add_attempts",
            posts=json.dumps(rows, default=str),
            worker=self.worker,
            now=now,
        )
        numbers = {(row.notification_id, row.token_id): row.attempt_id for row in found}
        return [
            Post(numbers[delivery.notification_id, device.token_id], delivery, device)
            for delivery, device, _ in posts
        ]

    def _courier_of(self, delivery: Delivery) -> Courier:
        """Return who posts it: what is for members who are made up never leaves the house."""
        return RECORDER if delivery.is_demo else self.courier

    def _post(self, post: Post, switch: "_Switch", now: datetime) -> Answer:
        if not switch.lets_go(post):
            return Answer(Outcome.NOT_POSTED)
        answer = self._courier_of(post.delivery).post(post.device, post.delivery.payload(now))
        switch.heed(answer)
        return answer

    def _settle(
        self, session: WriteSession, posts: Sequence[Post], answers: Mapping[int, Answer], now: datetime
    ) -> None:
        """Keep the answers and what follows from them."""
        done = self.clock()
        rows = [
            {
                "attempt_id": number,
                "outcome": answer.outcome,
                "error": answer.error,
                "message_id": answer.message_id,
            }
            for number, answer in answers.items()
        ]
        session.run("notify/add_outcomes", answers=json.dumps(rows), now=done)
        self._give_up_addresses(session, posts, answers, now, done)
        arrived = [
            post.delivery.notification_id
            for post in posts
            if answers[post.attempt_id].outcome in (Outcome.ACCEPTED, Outcome.AMBIGUOUS)
        ]
        session.run("notify/mark_sent", notifications=arrived, now=now)
        for pause, because in pauses(answers):
            session.run(
                "notify/open_breaker",
                project=self.courier.project,
                platform=pause.platform,
                now=done,
                open_until=done + timedelta(seconds=pause.seconds),
                because=because,
            )
        self._write_settled(session, self._ends(session, posts, answers, done), done)

    def _give_up_addresses(
        self,
        session: WriteSession,
        posts: Sequence[Post],
        answers: Mapping[int, Answer],
        posted_at: datetime,
        now: datetime,
    ) -> None:
        gone = {
            post.device.token_id: answers[post.attempt_id].outcome.value
            for post in posts
            if answers[post.attempt_id].outcome in (Outcome.DEAD_ADDRESS, Outcome.WRONG_PROJECT)
        }
        if gone:
            session.run(
                "notify/deactivate_tokens",
                tokens=list(gone),
                reasons=list(gone.values()),
                posted_at=posted_at,
                now=now,
            )

    def _ends(
        self, session: WriteSession, posts: Sequence[Post], answers: Mapping[int, Answer], now: datetime
    ) -> list[Settled]:
        deliveries = {post.delivery.notification_id: post.delivery for post in posts}
        attempts = _attempts(session, list(deliveries))
        tokens = defaultdict(list)
        pause_s: dict[UUID, float] = defaultdict(float)
        for post in posts:
            answer, number = answers[post.attempt_id], post.delivery.notification_id
            tokens[number].append(post.device.token_id)
            told_s = answer.pause.seconds if answer.pause else 0.0
            stopped_s = STOPPED_PAUSE_S if answer.outcome is Outcome.NOT_POSTED else 0.0
            pause_s[number] = max(pause_s[number], told_s, stopped_s)
        settled = []
        for number, delivery in deliveries.items():
            if open_devices(tokens[number], attempts[number]):
                wait_s = pause_s[number] + retry_pause_s(delivery.tries - 1, self.chance.random())
                again_at = now + timedelta(seconds=wait_s)
                settled.append(later(number, again_at, delivery.expires_at, attempts[number]))
            else:
                settled.append(concluded(number, attempts[number]))
        return settled

    def _write_settled(self, session: WriteSession, settled: Sequence[Settled], now: datetime) -> None:
        rows = [
            {
                "notification_id": each.notification_id,
                "available_at": each.available_at,
                "outcome": each.end,
                "reason": each.reason,
            }
            for each in settled
        ]
        if rows:
            session.run(
                "notify/settle_deliveries",
                settled=json.dumps(rows, default=str),
                worker=self.worker,
                now=now,
            )


class _Undone(Exception):
    """Takes a transaction back that was only to look."""


@dataclass(frozen=True, slots=True)
class _OpenBreaker:
    platform: Platform
    open_until: datetime


@dataclass(frozen=True, slots=True)
class _AttemptId:
    attempt_id: int
    notification_id: UUID
    token_id: UUID


class _Switch:
    """What stops the posts of a chunk under way: the kill switch, looked at again and again, and breakers."""

    def __init__(self, database: Database, login: Login) -> None:
        self._database = database
        self._login = login
        self._lock = threading.Lock()
        self._looked_at = time.monotonic()
        self._stops = Stops()
        self._closed: set[Platform] = set()

    def lets_go(self, post: Post) -> bool:
        """Whether a post may go out; where the switch can't be read it may not."""
        with self._lock:
            if time.monotonic() - self._looked_at > SWITCH_LOOK_S:
                self._stops = self._look()
                self._looked_at = time.monotonic()
            stopped = self._stops.hold(post.delivery.rule)
            return stopped is False and not {"all", post.device.platform} & self._closed

    def heed(self, answer: Answer) -> None:
        """Post no more to where an answer says to pause."""
        if answer.pause is not None:
            with self._lock:
                self._closed.add(answer.pause.platform)

    def _look(self) -> Stops:
        try:
            with self._database.reading(self._login) as session:
                return thrown_switches(session)
        except BeeError:
            return Stops(rules=None)


def _attempts(session: WriteSession, notifications: Sequence[UUID]) -> dict[UUID, list[Attempt]]:
    """Return the attempts at each notification, in order."""
    found = defaultdict(list)
    for attempt in session.all(Attempt, "notify/attempts", notifications=list(notifications)):
        found[attempt.notification_id].append(attempt)
    return found
