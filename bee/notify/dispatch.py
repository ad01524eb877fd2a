"""Sending what was decided, a chunk at a time: claimed, checked again, written as attempts, posted, settled.

The attempts are committed before the first post, so that whoever dies in the middle leaves a trace of everything
that may be on its way. Several workers may send; none takes what another one has.
"""

import json
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from uuid import UUID

from bee.db import Database, Login, WriteSession
from bee.notify.addresses import EXPIRED_DAYS, STALE_DAYS
from bee.notify.chunk import Delivery, Draft, Facts, Post
from bee.notify.compose.campaign import is_campaign
from bee.notify.courier import RECORDER, Answer, Courier, Device, Outcome, Pause, Platform
from bee.notify.evaluation import recipients_of
from bee.notify.posting import Late, Posters
from bee.notify.registry import active_rules, thrown_switches
from bee.notify.settlement import (
    Attempt,
    Settled,
    concluded,
    later,
    open_devices,
    pauses,
)
from bee.notify.switch import Switch
from bee.outbox.queue import retry_pause_s

CHUNK: Final = 100
# How many chunks a worker sends before it sees to something else.
CHUNKS_A_TURN: Final = 20
# While one chunk is claimed or settled, others are posted.
LANES: Final = 3
# Far longer than a chunk takes where no post is answered: see ``posting``.
LEASE_S: Final = 180
TOKEN_PAUSE_S: Final = 30.0
# What is said of a post that is waited for no more, and of access to the service that was not to be had.
LATE: Final = Answer(Outcome.AMBIGUOUS, "no answer in time")
NO_ACCESS: Final = Answer(Outcome.UNREACHABLE, "no access in time", pause=Pause("all", TOKEN_PAUSE_S))
STOPPED_PAUSE_S: Final = 2.0
BREAKER_SPREAD_S: Final = 10.0

log = logging.getLogger("bee.notify")


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
    posters: Callable[[], Posters] = Posters

    def send_due(self, *, chunks: int = CHUNKS_A_TURN) -> DispatchReport:
        """Send what is due, at most so many chunks of it."""
        shares = [len(range(lane, chunks, LANES)) for lane in range(min(LANES, chunks))]
        report = DispatchReport()
        with self.posters() as posters, ThreadPoolExecutor(LANES) as lanes:
            for sent in lanes.map(lambda share: self._send_chunks(posters, share), shares):
                for claimed, answers in sent:
                    report = report.plus(claimed, answers)
        return report

    def _send_chunks(self, posters: Posters, chunks: int) -> list[tuple[int, list[Answer]]]:
        sent: list[tuple[int, list[Answer]]] = []
        while len(sent) < chunks and (chunk := self._send_chunk(posters))[0]:
            sent.append(chunk)
        return sent

    def validate_due(self) -> DispatchReport:
        """Have the service check one chunk of what is due, and deliver nothing; no row changes."""
        now = self.clock()
        pairs: list[tuple[Delivery, Device]] = []
        deliveries: list[Delivery] = []
        with suppress(_Undone), self.database.writing(self.login) as session:
            deliveries = self._claim(session, now)
            members = [delivery.user_id for delivery in deliveries]
            devices = _devices(session, members, now)
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

    def _send_chunk(self, posters: Posters) -> tuple[int, list[Answer]]:
        now = self.clock()
        with self.database.writing(self.login) as session:
            deliveries = self._claim(session, now)
            posts = self._prepare(session, deliveries, now) if deliveries else []
        if not posts:
            return len(deliveries), []
        answers = self._answers(posters, posts, now)
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
        facts = self._facts(session, deliveries, now)
        settled: list[Settled] = []
        drafts: list[Draft] = []
        for delivery in deliveries:
            held = facts.held(delivery, now)
            found = [] if held else facts.drafts(delivery)
            if found:
                facts.count(delivery, now)
                drafts += found
            else:
                settled.append(held or self._nothing_to_post(facts, delivery))
        self._write_settled(session, settled, now)
        return self._write_attempts(session, drafts, now)

    def _facts(self, session: WriteSession, deliveries: Sequence[Delivery], now: datetime) -> Facts:
        ids = [delivery.notification_id for delivery in deliveries]
        members = [delivery.user_id for delivery in deliveries]
        session.run("notify/close_lost_attempts", notifications=ids, now=now)
        recipients, _ = recipients_of(session, members, now=now, but=ids, only_gone=True)
        devices = defaultdict(list)
        for device in _devices(session, members, now):
            devices[device.user_id].append(device)
        return Facts(
            recipients,
            active_rules(session).budget,
            devices,
            _attempts(session, ids),
            self._closed_platforms(session, now),
            _stopped_campaigns(session, deliveries),
        )

    def _nothing_to_post(self, facts: Facts, delivery: Delivery) -> Settled:
        """Return the end of a delivery that has no device left, or waits for a breaker to close again."""
        tried = facts.attempts[delivery.notification_id]
        if not facts.waiting(delivery):
            return concluded(delivery.notification_id, tried)
        closes_at = min(facts.closed.values()) + timedelta(seconds=BREAKER_SPREAD_S * self.chance.random())
        return later(delivery.notification_id, closes_at, delivery.expires_at, tried)

    def _closed_platforms(self, session: WriteSession, now: datetime) -> dict[Platform, datetime]:
        rows = session.all(_OpenBreaker, "notify/open_breakers", project=self.courier.project, now=now)
        return {row.platform: row.open_until for row in rows}

    def _write_attempts(self, session: WriteSession, drafts: Sequence[Draft], now: datetime) -> list[Post]:
        rows = [
            {
                "notification_id": draft.delivery.notification_id,
                "token_id": draft.device.token_id,
                "number": draft.number,
                "platform": draft.device.platform,
                "via": self._courier_of(draft.delivery).via,
                "project": self._courier_of(draft.delivery).project,
                "collapse_key": draft.delivery.payload(now).collapse_key,
            }
            for draft in drafts
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
            Post(numbers[draft.delivery.notification_id, draft.device.token_id], draft.delivery, draft.device)
            for draft in drafts
        ]

    def _courier_of(self, delivery: Delivery) -> Courier:
        """Return who posts it: what is for members who are made up never leaves the house."""
        return RECORDER if delivery.is_demo else self.courier

    def _answers(self, posters: Posters, posts: Sequence[Post], now: datetime) -> dict[int, Answer]:
        """Post what is to be posted, and return what each post came to, by its attempt."""
        switch = Switch(self.database, self.login)
        refused = self._refused(posters, posts)
        told = posters.outcomes([partial(self._post, post, switch, refused, now) for post in posts])
        return {post.attempt_id: _answer(outcome) for post, outcome in zip(posts, told, strict=True)}

    def _refused(self, posters: Posters, posts: Sequence[Post]) -> Answer | None:
        """Return what keeps the courier from posting at all; found out before, so that no post is in doubt."""
        if all(post.delivery.is_demo for post in posts):
            return None
        (found,) = posters.outcomes([self.courier.make_ready])
        return NO_ACCESS if isinstance(found, Late) else found

    def _post(self, post: Post, switch: Switch, refused: Answer | None, now: datetime) -> Answer:
        courier = self._courier_of(post.delivery)
        if refused is not None and courier is self.courier:
            return refused
        if not switch.lets_go(post):
            return Answer(Outcome.NOT_POSTED)
        answer = courier.post(post.device, post.delivery.payload(now))
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
            log.warning("no posts to %s for %.0f s: %s", pause.platform, pause.seconds, because)
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
        if foreign := list(gone.values()).count(Outcome.WRONG_PROJECT.value):
            log.error("%d addresses belong to another project than %s", foreign, self.courier.project)
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
        devices = defaultdict(list)
        members = [delivery.user_id for delivery in deliveries.values()]
        for device in _devices(session, members, now):
            devices[device.user_id].append(device.token_id)
        pause_s: dict[UUID, float] = defaultdict(float)
        for post in posts:
            answer, number = answers[post.attempt_id], post.delivery.notification_id
            told_s = answer.pause.seconds if answer.pause else 0.0
            stopped_s = STOPPED_PAUSE_S if answer.outcome is Outcome.NOT_POSTED else 0.0
            pause_s[number] = max(pause_s[number], told_s, stopped_s)
        settled = []
        for number, delivery in deliveries.items():
            if open_devices(devices[delivery.user_id], attempts[number]):
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
                "is_quiet": each.is_quiet,
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


def _answer(outcome: Answer | Late) -> Answer:
    """Return the answer to a post: one that ran out of its time may have been delivered, if it began at all."""
    if isinstance(outcome, Answer):
        return outcome
    return LATE if outcome.has_begun else Answer(Outcome.NOT_POSTED)


class _Undone(Exception):
    """Takes a transaction back that was only to look."""


@dataclass(frozen=True, slots=True)
class _OpenBreaker:
    platform: Platform
    open_until: datetime


@dataclass(frozen=True, slots=True)
class _Stopped:
    rule: str


@dataclass(frozen=True, slots=True)
class _AttemptId:
    attempt_id: int
    notification_id: UUID
    token_id: UUID


def _devices(session: WriteSession, members: Sequence[UUID], now: datetime) -> list[Device]:
    """Return the devices of members that are posted to now."""
    return session.all(
        Device,
        "notify/devices",
        members=list(members),
        now=now,
        stale_days=STALE_DAYS,
        expired_days=EXPIRED_DAYS,
    )


def _stopped_campaigns(session: WriteSession, deliveries: Sequence[Delivery]) -> frozenset[str]:
    rules = sorted({delivery.rule for delivery in deliveries if is_campaign(delivery.rule)})
    found = session.all(_Stopped, "notify/stopped_campaigns", rules=rules) if rules else []
    return frozenset(row.rule for row in found)


def _attempts(session: WriteSession, notifications: Sequence[UUID]) -> dict[UUID, list[Attempt]]:
    """Return the attempts at each notification, in order."""
    found = defaultdict(list)
    for attempt in session.all(Attempt, "notify/attempts", notifications=list(notifications)):
        found[attempt.notification_id].append(attempt)
    return found
