"""Signing keys: made once, sealed, published before they sign and after."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from bee.accounts.keyring import Keyring
from bee.accounts.keys import KEPT_AFTER, PUBLISHED_BEFORE, rotate_keys
from bee.db import Database, Login
from bee.errors import Unavailable
from tests.factories import execute

START = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEALING = "s" * 64


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def names(keyring: Keyring) -> list[str]:
    return [key["kid"] for key in keyring.public_jwks()["keys"]]


def test_processes_that_start_at_once_share_one_key(database: Database) -> None:
    found: list[object] = []
    keyrings = [Keyring(database, sealing=SEALING, clock=Clock()) for _ in range(4)]
    threads = [threading.Thread(target=lambda k=k: found.append(k.signing()[0])) for k in keyrings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_a_new_key_is_public_before_it_signs_and_the_old_one_while_its_tokens_live(
    database: Database,
) -> None:
    clock = Clock()
    keyring = Keyring(database, sealing=SEALING, clock=clock)
    old = keyring.signing()[0]
    with database.writing(Login.SYSTEM) as session:
        new = rotate_keys(session, sealing=SEALING, now=clock.now)
    clock.now += timedelta(minutes=2)
    assert keyring.signing()[0] == old
    assert names(keyring) == [str(new), str(old)]
    clock.now = START + PUBLISHED_BEFORE
    assert keyring.signing()[0] == new
    assert names(keyring) == [str(new), str(old)]
    clock.now += KEPT_AFTER
    assert names(keyring) == [str(new)]
    assert keyring.public_key(str(old)) is None


def test_a_known_key_is_not_looked_up_again_within_the_minute(database: Database) -> None:
    clock = Clock()
    keyring = Keyring(database, sealing=SEALING, clock=clock)
    kid = str(keyring.signing()[0])
    with database.writing(Login.OWNER) as session:
        execute(session, "delete from signing_keys")
    clock.now += timedelta(seconds=50)
    assert all(keyring.public_key(kid) is not None for _ in range(2))
    clock.now += timedelta(seconds=20)
    assert keyring.public_key(kid) is None


def test_the_private_half_is_public_to_nobody(database: Database) -> None:
    keyring = Keyring(database, sealing=SEALING, clock=Clock())
    keyring.signing()
    (key,) = keyring.public_jwks()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use", "key_ops"}


def test_a_key_that_another_secret_sealed_is_said_to_be(database: Database) -> None:
    Keyring(database, sealing=SEALING, clock=Clock()).signing()
    with pytest.raises(Unavailable, match="another BEE_LOGIN_SECRET"):
        Keyring(database, sealing="x" * 64, clock=Clock()).signing()
