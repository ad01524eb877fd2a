"""What a password of somebody on the staff has to be."""

from typing import Final

from bee import passwords
from bee.errors import Invalid

SHORTEST: Final = 10


def hash_password(password: str) -> str:
    """Return the hash of a new password. Raises :class:`Invalid` for one that can't be taken."""
    if len(password) < SHORTEST:
        raise Invalid("password_short", f"A password has at least {SHORTEST} characters.")
    if len(set(password)) < 4:
        raise Invalid("password_weak", "This password is too easy to guess; mix more characters.")
    return passwords.hash_password(password)
