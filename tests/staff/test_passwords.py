"""What a password of the staff has to be."""

import pytest

from bee.errors import Invalid
from bee.passwords import is_password
from bee.staff.passwords import hash_password

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
