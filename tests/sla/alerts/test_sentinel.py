"""The threads that watch and tell: none waits for another, and what fails once is done the next time."""

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import trustme

from bee.db import Database, Login
from bee.sla.alerts.carry import Ways
from bee.sla.alerts.mail import mailbox
from bee.sla.alerts.sentinel import Sentinel
from bee.sla.alerts.told import Channel
from bee.sla.alerts.watch import Watch
from bee.sla.alerts.webhook import hook
from tests.cluster import away
from tests.factories import execute
from tests.sla.alerts.ground import rows, set_alight
from tests.sla.alerts.receivers import client_tls, hook_server, silent_server

DEADLINE_S = 120.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def wait_until(happened: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def sentinel(database: Database, ways: Ways) -> Sentinel:
    spread = random.Random(1)  # noqa: S311  # no secret
    return Sentinel(database, Watch("w1", ways.channels), ways, spread)


def test_what_fires_is_seen_and_told_and_the_watchdog_hears_of_every_minute(database: Database) -> None:
    set_alight(database, is_watched=False)
    authority = trustme.CA()
    with hook_server() as watchdog, hook_server(authority=authority) as server:
        ways = Ways(hook=hook(server.url, SECRET, tls=client_tls(authority)), watchdog=watchdog.url)
        with sentinel(database, ways).running(every_s=0.05):
            wait_until(lambda: server.posts, "nothing was told")
            wait_until(lambda: watchdog.posts, "the watchdog heard nothing")
    assert len(server.posts) == 1
    passes = rows(database, "minute", "alert_passes")
    assert len(watchdog.posts) == len(passes)


def test_a_watchdog_that_fails_keeps_nobody_from_watching(database: Database) -> None:
    with hook_server("500") as watchdog:
        with sentinel(database, Ways(watchdog=watchdog.url)).running(every_s=0.05):
            wait_until(lambda: rows(database, "minute", "alert_passes"), "nobody watched")


def test_minutes_that_can_not_be_added_up_keep_nobody_from_watching(database: Database) -> None:
    """And the watchdog is not told that all is well."""
    with database.writing(Login.OWNER) as session:
        execute(session, "revoke delete on stale_minutes from bee_worker")
    with hook_server() as watchdog:
        watching = sentinel(database, Ways(watchdog=watchdog.url))
        watching.look()
        assert len(rows(database, "minute", "alert_passes")) == 1
        assert watchdog.posts == []


def test_a_receiver_that_stalls_keeps_nobody_from_watching(database: Database) -> None:
    set_alight(database, is_watched=False)
    Watch("w0", frozenset({Channel.WEBHOOK})).look(database, now=datetime.now(UTC))
    authority = trustme.CA()
    with hook_server("hang", authority=authority) as server:
        ways = Ways(hook=hook(server.url, SECRET, tls=client_tls(authority)))
        with sentinel(database, ways).running(every_s=0.05):
            wait_until(lambda: server.posts, "nothing was told")
            with database.writing(Login.OWNER) as session:
                execute(session, "delete from alert_passes")
            wait_until(lambda: rows(database, "minute", "alert_passes"), "nobody watched")
            assert len(server.posts) == 1
            server.is_over.set()


def test_a_mail_server_that_stalls_keeps_no_webhook_waiting(database: Database) -> None:
    set_alight(database)
    authority = trustme.CA()
    tls = client_tls(authority)
    with ExitStack() as silent, hook_server(authority=authority) as server:
        port = silent.enter_context(silent_server())
        # The time in which it has to answer is longer than the test's own.
        box = replace(
            mailbox(f"smtp://localhost:{port}", "bee@example.org", tls=tls), timeout_s=2 * DEADLINE_S
        )
        ways = Ways(box, "team@example.org", hook(server.url, SECRET, tls=tls))
        with sentinel(database, ways).running(every_s=0.05):
            wait_until(lambda: server.posts, "nothing was told")
            silent.close()


def test_a_database_that_goes_away_is_waited_for(database: Database) -> None:
    with sentinel(database, Ways()).running(every_s=0.05):
        with away(database):
            time.sleep(0.3)
        wait_until(lambda: rows(database, "minute", "alert_passes"), "nobody watched")
