"""The outbox: with the act or not at all, at least once, later after a failure."""

import random

import pytest

from bee.db import Database, Login
from bee.errors import Unavailable
from bee.outbox import Message, deliver_due, put
from bee.outbox.queue import retry_pause_s
from tests.factories import execute

SPREAD = random.Random(1)  # noqa: S311  # spreading retries is no secret


def queue(database: Database, key: str = "k", topic: str = "mail") -> bool:
    with database.writing(Login.WORKER) as session:
        return put(session, topic, dedupe_key=key, payload={"to": key})


def test_a_key_is_queued_once(database: Database) -> None:
    assert queue(database)
    assert not queue(database)


def test_an_act_that_fails_sends_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing(Login.WORKER) as session:
        put(session, "mail", dedupe_key="k", payload={})
        raise ZeroDivisionError
    assert deliver_due(database, {"mail": lambda _message: None}, spread=SPREAD) == 0


def test_delivered_once_and_in_order(database: Database) -> None:
    for key in ("a", "b", "c"):
        queue(database, key)
    seen: list[str] = []
    assert deliver_due(database, {"mail": lambda m: seen.append(m.payload["to"])}, spread=SPREAD) == 3
    assert deliver_due(database, {"mail": lambda m: seen.append(m.payload["to"])}, spread=SPREAD) == 0
    assert seen == ["a", "b", "c"]


def test_a_topic_without_a_carrier_waits(database: Database) -> None:
    queue(database, topic="push")
    assert deliver_due(database, {"mail": lambda _message: None}, spread=SPREAD) == 0
    assert deliver_due(database, {"push": lambda _message: None}, spread=SPREAD) == 1


def test_a_failure_comes_back_later_with_its_reason(database: Database) -> None:
    queue(database)

    def fail(_message: Message) -> None:
        raise Unavailable("smtp", "The mail server is away.")

    assert deliver_due(database, {"mail": fail}, spread=SPREAD) == 0
    with database.writing(Login.OWNER) as session:
        row = execute(session, "select attempts, last_error, available_at > now() from outbox").one()
        execute(session, "update outbox set available_at = now()")
    assert list(row) == [1, "smtp: The mail server is away.", True]
    assert deliver_due(database, {"mail": lambda _message: None}, spread=SPREAD) == 1


@pytest.mark.parametrize(
    ("attempts", "draw", "pause"), [(0, 1.0, 5), (0, 0.0, 2.5), (3, 1.0, 40), (99, 1.0, 3600)]
)
def test_pauses_grow_and_are_spread(attempts: int, draw: float, pause: float) -> None:
    assert retry_pause_s(attempts, draw) == pause
