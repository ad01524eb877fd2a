"""Sending notifications against a bare pool of requests, the memory for ten times as many, and killed workers.

The push service is the tests' own, in a process of its own, and takes 50 ms for an answer.
"""

import multiprocessing
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import requests

from bee.db import Database
from bee.db.address import ServerAddress
from bee.notify.courier import RECORDER
from bee.notify.dispatch import Dispatcher
from bee.notify.fcm import opened
from bee.notify.posting import THREADS
from bench.ground import Ground
from bench.place import alone, new_database, owner, settle
from tests.notify.anonymous import Anonymous
from tests.notify.fcm_server import PATH, PROJECT, FcmServer, fcm_server
from tests.notify.sending import start_sending

TITLE = "Sending against a bare pool of requests (at least 0.7), ten times as many, and with killed workers"
COLUMNS = ("messages", "pool /s", "sent /s", "ratio", "peak MiB", "lost", "twice")
ANSWER_S = 0.05
MOST_MESSAGES = 10_000
QUEUED = 10
FEW_MESSAGES = 2_000

FILL = """
    with people as (
        insert into members (external_id, time_zone, joined_on, consents)
        select 'bench-' || number, 'UTC', '2026-01-01', '{"push": true}'
        from generate_series(1, %(members)s) as number
        returning id
    ),

    choices as (
        insert into notification_preferences (user_id, quiet_from, quiet_until)
        select id, '0:00', '0:00' from people
    ),

    devices as (
        insert into user_fcm_tokens (user_id, fcm_token, platform) select id, 'fine-' || id, 'android' from people
    ),

    decided as (
        insert into momentum_notifications (
            user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, not_before,
            expires_at, title, message
        )
        select
            id, 'coach_intervention', 'needs_care', 1, 'bench', '2026-03-02', 'send', 'eligible', now(),
            now() + interval '40 hours', 'Your coach is here for you', 'Write a line, and your coach answers.'
        from people
        returning id, user_id
    )

    insert into notification_deliveries (notification_id, user_id, available_at)
    select id, user_id, now() from decided
"""


def measure(ground: Ground) -> tuple[str, ...]:
    """Measure the sending of as many messages as the members of the data warrant, at most ten thousand."""
    with owner(ground.imported()) as connection:
        row = connection.execute("select count(*) from members").fetchone()
    assert row is not None
    messages = min(MOST_MESSAGES, 25 * row[0])
    pool, sent = _rates(ground, messages)
    lost, twice = _kill(ground, messages)
    return (
        f"{messages:,}",
        f"{pool:.0f}",
        f"{sent:.0f}",
        f"{sent / pool:.2f}",
        f"{_peak_mib(ground, QUEUED * messages):.0f}",
        str(lost),
        str(twice),
    )


def _rates(ground: Ground, messages: int) -> tuple[float, float]:
    """Return how many messages a second a bare pool posts, and how many are sent, the best of the rounds."""
    pool, sent = [], []
    for number in range(ground.rounds):
        with _waiting(ground, f"bench_sent_{number}", messages) as address, _service() as (url, talk):
            sent.append(messages / alone(_send, address, url).result)
            talk.send("sample")
            pool.append(messages / alone(_post, url, talk.recv(), messages).result)
    return max(pool), max(sent)


def _send(address: ServerAddress, url: str) -> float:
    with Database(address) as database, opened(Anonymous(), PROJECT, address=url) as courier:
        chance = random.Random(7)  # noqa: S311  # no secret
        dispatcher = Dispatcher(database, courier, "bench", lambda: datetime.now(UTC), chance)
        begun = time.perf_counter()
        while dispatcher.send_due().deliveries:
            pass
        return time.perf_counter() - begun


def _post(url: str, body: Any, messages: int) -> float:
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(THREADS, THREADS))

    def post(_number: int) -> None:
        session.post(url + PATH, json=body, timeout=10).raise_for_status()

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(post, range(messages)))
    return time.perf_counter() - begun


def _peak_mib(ground: Ground, messages: int) -> float:
    with _waiting(ground, "bench_queue", messages) as address:
        return alone(_record, address).peak_mib


def _record(address: ServerAddress) -> None:
    with Database(address) as database:
        chance = random.Random(7)  # noqa: S311  # no secret
        dispatcher = Dispatcher(database, RECORDER, "bench", lambda: datetime.now(UTC), chance)
        while dispatcher.send_due().deliveries:
            pass


def _kill(ground: Ground, messages: int) -> tuple[int, int]:
    """Kill two workers in the middle, and return how many messages never showed and how many showed twice."""
    with _waiting(ground, "bench_killed", messages) as address, _service() as (url, talk):
        # Who is hit twice in a row gets no third try: with few messages there would be no other.
        kills = (messages // 4, messages * 3 // 4) if messages >= FEW_MESSAGES else (messages // 4,)
        for kill, posts in enumerate(kills):
            worker = start_sending(address, url, name=f"killed {kill}", ahead_s=3600 * kill)
            while _asked(talk, "posts") < posts:
                time.sleep(0.01)
            worker.kill()
            worker.communicate()
        last = start_sending(address, url, name="last", ahead_s=7200)
        last.communicate()
        return messages - _asked(talk, "devices"), _asked(talk, "shown") - _asked(talk, "devices")


@contextmanager
def _waiting(ground: Ground, name: str, messages: int) -> Iterator[ServerAddress]:
    with new_database(ground.server, name) as address:
        with owner(address) as connection:
            connection.execute(FILL, {"members": messages})
            connection.execute("vacuum analyze")
        settle(address)
        yield address


@contextmanager
def _service() -> Iterator[tuple[str, "Connection[str, Any]"]]:
    """Run the push service in a process of its own, and ask it what it got."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,))
    process.start()
    try:
        yield here.recv(), here
    finally:
        here.send("stop")
        process.join()


def _serve(talk: "Connection[Any, str]") -> None:
    with fcm_server(pause_s=ANSWER_S) as server:
        talk.send(server.address)
        while (asked := talk.recv()) != "stop":
            talk.send(_told(server, asked))


def _told(server: FcmServer, asked: str) -> Any:
    match asked:
        case "sample":
            return server.bodies[0]
        case "posts":
            return len(server.bodies)
        case "devices":
            return len(server.shown)
    return sum(len(keys) for keys in server.shown.values())


def _asked(talk: "Connection[str, Any]", what: str) -> int:
    talk.send(what)
    told = talk.recv()
    assert isinstance(told, int)
    return told
