"""Sockets over the application, and what they hear."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient, WebSocketTestSession

from bee.db import Database, Login
from tests.api.conftest import Keys, Member
from tests.factories import execute

# Longer than anything takes on a busy machine; nothing waits for it that goes well.
WITHIN_S = 20
SCORES = {"event": "*", "schema": "public", "table": "daily_engagement_scores"}
NOTIFICATIONS = {"event": "*", "schema": "public", "table": "momentum_notifications"}


@dataclass(slots=True)
class Line:
    """A client's socket. ``heard``: what arrived and was not asked for yet."""

    session: WebSocketTestSession
    version: str = "1.0.0"
    heard: list[dict[str, Any]] = field(default_factory=list)
    refs: Iterator[int] = field(default_factory=lambda: count(1))

    def say(self, topic: str, event: str, payload: Any = None) -> str:
        """Send a message and return its ref."""
        ref = str(next(self.refs))
        payload = {} if payload is None else payload
        if self.version == "2.0.0":
            self.session.send_text(json.dumps([ref, ref, topic, event, payload]))
        else:
            message = {"topic": topic, "event": event, "payload": payload, "ref": ref}
            self.session.send_text(json.dumps(message))
        return ref

    def next(self) -> dict[str, Any]:
        """Wait for the next message."""
        told = json.loads(_within(self.session.receive_text))
        if self.version == "2.0.0":
            told = dict(zip(("join_ref", "ref", "topic", "event", "payload"), told, strict=True))
        found: dict[str, Any] = told
        return found

    def until(self, event: str, *, ref: str | None = None) -> dict[str, Any]:
        """Wait for a message of a kind and return its payload; others that come before are kept."""
        for message in self.heard:
            if message["event"] == event and ref in (None, message["ref"]):
                self.heard.remove(message)
                found: dict[str, Any] = message["payload"]
                return found
        while True:
            message = self.next()
            if message["event"] == event and ref in (None, message["ref"]):
                payload: dict[str, Any] = message["payload"]
                return payload
            self.heard.append(message)

    def ask(self, topic: str, event: str, payload: Any = None) -> dict[str, Any]:
        """Send a message and wait for its reply."""
        return self.until("phx_reply", ref=self.say(topic, event, payload))

    def join(self, topic: str, token: str | None, *wishes: dict[str, Any], **config: Any) -> dict[str, Any]:
        """Join a topic and return the reply."""
        payload = {"config": {"postgres_changes": list(wishes)} | config, "access_token": token}
        return self.ask(f"realtime:{topic}", "phx_join", payload)

    def closed(self) -> int:
        """Wait until the server ends the socket and return its code."""
        while True:
            message = _within(self.session.receive)
            if message["type"] == "websocket.close":
                code: int = message["code"]
                return code

    def has_heard_nothing_more(self) -> bool:
        """Whether nothing came but what was asked for: a heartbeat's reply is the next message."""
        ref = self.say("phoenix", "heartbeat")
        message = self.next()
        return not self.heard and (message["event"], message["ref"]) == ("phx_reply", ref)


Connect = Callable[..., AbstractContextManager[Line]]


@pytest.fixture
def connect(client: TestClient, keys: Keys) -> Connect:
    return connecting(client, keys)


def connecting(client: TestClient, keys: Keys) -> Connect:
    """Return what opens sockets over a client."""

    @contextmanager
    def connect(*, version: str = "1.0.0", key: str = keys.anon) -> Iterator[Line]:
        with client.websocket_connect(f"/realtime/v1/websocket?apikey={key}&vsn={version}") as session:
            yield Line(session, version)

    return connect


def _within(call: Callable[[], Any]) -> Any:
    """Return what a call returns; one that never does fails the test instead of hanging it."""
    answers: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()

    def run() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:  # noqa: BLE001  # raised again where it was asked for
            answers.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    found, error = answers.get(timeout=WITHIN_S)
    if error:
        raise error
    return found


def token_of(member: Member) -> str:
    token: str = member.session["access_token"]
    return token


def do(client: TestClient, member: Member, event_type: str = "journal_entry") -> None:
    """Let a member do something, which changes the score of today."""
    body = {"id": str(uuid4()), "event_type": event_type}
    answer = client.post("/v1/events", json=body, headers=member.headers)
    assert answer.status_code == 200, answer.text


def notify(database: Database, member: Member, *, bulk: bool = False) -> str:
    """Decide on a notification, not sent yet, and return its id."""
    notification_id = str(uuid4())
    with database.writing(Login.OWNER, settings={"bee.bulk_load": "on" if bulk else "off"}) as session:
        execute(
            session,
            """
            insert into momentum_notifications
                (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, title,
                 message, sent_at)
            values (cast(:id as uuid), :user_id, 'celebration', 'rising', 1, cast(:id as text), '2026-11-23',
                 'send', 'due', 'Well done', 'Three days Rising.', case when :bulk then now() end)
            """,
            id=notification_id,
            user_id=member.id,
            bulk=bulk,
        )
    return notification_id


def send(database: Database, notification_id: str) -> None:
    """Say that a notification was sent."""
    with database.writing(Login.OWNER) as session:
        execute(
            session,
            "update momentum_notifications set sent_at = now() where id = cast(:id as uuid)",
            id=notification_id,
        )
