"""A worker that is killed: nothing is lost, and each step is told once."""

import time

import pytest
import trustme

from bee.db import Database, Login
from bee.sla.alerts.carry import Ways, carry
from bee.sla.alerts.mail import mailbox
from bee.sla.alerts.webhook import hook
from tests.cluster import administering
from tests.factories import execute
from tests.sla.alerts.ground import SPREAD, burn, calm, look, only_rules, rows
from tests.sla.alerts.looking import start_looking
from tests.sla.alerts.receivers import Mails, client_tls, hook_server, mail_server

DEADLINE_S = 120.0
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BLOCKED = "select count(*) from pg_stat_activity where datname = %s and wait_event_type = 'Lock'"


@pytest.fixture
def burning(database: Database) -> Database:
    only_rules(database, "availability_burns")
    calm(database)
    burn(database, [(0, 10)] * 60)
    return database


def deliver_all(database: Database) -> tuple[int, int]:
    """Hand over everything and return how many mails and posts came."""
    authority, mails = trustme.CA(), Mails()
    tls = client_tls(authority)
    with mail_server(mails, authority=authority) as url, hook_server(authority=authority) as server:
        ways = Ways(
            mailbox(url, "bee@example.org", tls=tls), "team@example.org", hook(server.url, SECRET, tls=tls)
        )
        while carry(database, ways, spread=SPREAD):
            pass
        return len(mails.mails), len(server.posts)


@pytest.mark.slow
def test_what_was_found_before_the_kill_is_sent_once_a_step(burning: Database) -> None:
    process = start_looking(burning.address, 9)
    assert process.stdout is not None
    assert process.stdout.readline() == "2\n"
    process.kill()
    process.communicate()
    # The next worker watches the same minute, and the next ones, before anything was sent.
    for minute in (9, 10, 11):
        look(burning, minute, worker="w2")
    assert deliver_all(burning) == (1, 1)
    # And the second step.
    look(burning, 19, worker="w2")
    assert deliver_all(burning) == (1, 1)


@pytest.mark.slow
def test_who_is_killed_in_the_middle_of_watching_leaves_the_minute_to_the_next(burning: Database) -> None:
    name = dict(burning.address.base)["dbname"]
    with burning.writing(Login.OWNER) as holder, administering(burning.address) as server:
        execute(holder, "lock table outbox in share mode")
        process = start_looking(burning.address, 9)
        deadline = time.monotonic() + DEADLINE_S
        while server.execute(BLOCKED, [name]).fetchone() == (0,):
            assert time.monotonic() < deadline, "nobody came as far as the outbox"
            time.sleep(0.05)
        process.kill()
        process.communicate()
    assert rows(burning, "id") == []
    deadline = time.monotonic() + DEADLINE_S
    while look(burning, 9, worker="w2") is None:
        # The server has yet to notice that whoever held the watch is gone.
        assert time.monotonic() < deadline, "the dead worker's watch is never given back"
        time.sleep(0.05)
    assert deliver_all(burning) == (1, 1)
