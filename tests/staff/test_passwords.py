"""Passwords and limits: the pure part of signing in."""

import pytest

from bee.errors import Invalid
from bee.staff.limits import MOST_PER_ACCOUNT, MOST_PER_ADDRESS, WINDOW_S, Tries, wait_s
from bee.staff.passwords import hash_password, is_password

GOOD = "correct horse battery"


def test_a_password_is_known_by_its_hash_only() -> None:
    hashed = hash_password(GOOD)
    assert GOOD not in hashed
    assert is_password(GOOD, hashed)
    assert not is_password(GOOD + "!", hashed)
    assert not is_password("", hashed)
    assert not is_password(GOOD, None)


@pytest.mark.parametrize(
    "password", ["", "short", "nine char", "x" * 73, "ü" * 37, "aaaaaaaaaaaaaaa", "with a \0 inside it"]
)
def test_a_password_that_can_not_be_taken_is_refused(password: str) -> None:
    with pytest.raises(Invalid):
        hash_password(password)


def test_what_bcrypt_would_cut_off_is_no_match() -> None:
    longest = "abcdefgh" * 9
    assert not is_password(longest + "x", hash_password(longest))


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (Tries(0, 0, 0, 0), None),
        (Tries(MOST_PER_ACCOUNT - 1, 10, 0, 0), None),
        (Tries(MOST_PER_ACCOUNT, 100, 0, 0), WINDOW_S - 100),
        (Tries(0, 0, MOST_PER_ADDRESS, 60), WINDOW_S - 60),
        (Tries(MOST_PER_ACCOUNT, 800, MOST_PER_ADDRESS, 60), WINDOW_S - 60),
        (Tries(MOST_PER_ACCOUNT, WINDOW_S, 0, 0), 1),
    ],
)
def test_how_long_to_wait(tries: Tries, expected: int | None) -> None:
    assert wait_s(tries) == expected
