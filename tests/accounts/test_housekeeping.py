"""What the worker does for accounts."""

from datetime import UTC, datetime, timedelta

from bee.accounts.housekeeping import tidy_accounts
from bee.accounts.keyring import Keyring
from bee.accounts.keys import ROTATED_AFTER, live_keys
from bee.db import Database, Login

SEALING = "s" * 64
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def tidy(database: Database, now: datetime) -> int:
    with database.writing(Login.WORKER) as session:
        return tidy_accounts(session, sealing=SEALING, now=now)


def test_a_key_is_rotated_in_time_and_only_then(database: Database) -> None:
    assert tidy(database, NOW) == 0
    first = Keyring(database, sealing=SEALING, clock=lambda: NOW).signing()[0]
    assert tidy(database, NOW + ROTATED_AFTER - timedelta(seconds=1)) == 0
    assert tidy(database, NOW + ROTATED_AFTER) == 1
    assert tidy(database, NOW + ROTATED_AFTER) == 0
    with database.reading(Login.WORKER) as session:
        keys = live_keys(session, now=NOW + ROTATED_AFTER)
    assert [key.kid for key in keys][1:] == [first]
