"""Workers that are killed in the middle, and answers that get lost: nothing is lost, nothing shows twice."""

import time
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest

from bee.db import Database, Login, WriteSession
from tests.factories import execute
from tests.notify.fcm_server import FcmServer, fcm_server
from tests.notify.ground import make_due, make_reachable
from tests.notify.sending import start_sending

ANSWERED = 500
UNANSWERED = 60
LOSSES = ("once_drop_before", "once_drop_after", "once_error_after", "once_unavailable")
DEADLINE_S = 120.0


def make_waiting(session: WriteSession, address: str, *, due_in: timedelta) -> None:
    """Add a member with one device and something to send; needs ``Login.OWNER``."""
    member = make_reachable(session, devices=())
    execute(
        session,
        """
        with choice as (
            insert into notification_preferences (user_id, quiet_from, quiet_until) values (:member, '0:00', '0:00')
        )

        insert into user_fcm_tokens (user_id, fcm_token, platform) values (:member, :address, 'android')
        """,
        member=member,
        address=address,
    )
    now = datetime.now(UTC) + due_in
    make_due(session, member, now=now, expires_at=now + timedelta(hours=40))


def wait_for_posts(service: FcmServer, posts: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while len(service.bodies) < posts:
        assert time.monotonic() < deadline, f"{len(service.bodies)} posts came"
        time.sleep(0.005)


@pytest.mark.slow
def test_killed_workers_and_lost_answers_lose_nothing_and_show_nothing_twice(database: Database) -> None:
    addresses = [f"fine-{number}" for number in range(ANSWERED)]
    # Later than the kills: who is hit by two of these in a row gets no third try, and the row says so.
    later = [f"{loss}-{number}" for number, loss in zip(range(UNANSWERED), cycle(LOSSES), strict=False)]
    with database.writing(Login.OWNER) as session:
        for address in addresses:
            make_waiting(session, address, due_in=timedelta())
        for address in later:
            make_waiting(session, address, due_in=timedelta(hours=12))
    with fcm_server(pause_s=0.05) as service:
        for kill, posts in enumerate((30, 330)):
            worker = start_sending(
                database.address, service.address, name=f"killed {kill}", ahead_s=3600 * kill
            )
            wait_for_posts(service, posts)
            worker.kill()
            worker.communicate()
        workers = [
            start_sending(database.address, service.address, name=f"w{number}", ahead_s=7200)
            for number in range(2)
        ]
        for worker in workers:
            worker.communicate(timeout=DEADLINE_S)
            assert worker.returncode == 0
    assert {address: len(keys) for address, keys in service.shown.items()} == dict.fromkeys(
        [*addresses, *later], 1
    )
    assert max(service.posts.values()) == 2
    with database.reading(Login.OWNER) as session:
        ends = execute(
            session, "select outcome, count(*) from notification_deliveries group by outcome"
        ).all()
        (killed,) = execute(
            session,
            "select count(*) from notification_outcomes where error = 'its worker never told the answer'",
        ).one()
        doubled = execute(
            session,
            "select count(*) from notification_attempts left join notification_outcomes on id = attempt_id"
            " where outcome is null or number > 2",
        ).scalar()
    assert [tuple(row) for row in ends] == [("accepted", ANSWERED + UNANSWERED)]
    assert 1 <= killed <= 200, "two chunks were under way"
    assert doubled == 0
