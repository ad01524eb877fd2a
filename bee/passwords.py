"""Hashes of passwords: bcrypt's, with what bcrypt would silently cut off refused."""

from typing import Final

import bcrypt

from bee.errors import Invalid

COST: Final = 12
LONGEST_BYTES: Final = 72
# The hash of a password that nobody has: an unknown name costs the same time as a known one.
NOBODY: Final = bcrypt.hashpw(b"nobody has this password", bcrypt.gensalt(COST))


def hash_password(password: str) -> str:
    """Return the bcrypt hash of a new password. Raises :class:`Invalid` for one that bcrypt can't take."""
    if len(password.encode()) > LONGEST_BYTES:
        raise Invalid("password_long", f"A password has at most {LONGEST_BYTES} bytes.")
    if "\0" in password:
        raise Invalid("password_weak", "This password holds a character that can't be typed.")
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(COST)).decode()


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether a password is the one of a hash; without a hash it takes the same time and is not."""
    given = password.encode(errors="surrogatepass")
    checked = given if len(given) <= LONGEST_BYTES and b"\0" not in given else b""
    matches = bcrypt.checkpw(checked, NOBODY if password_hash is None else password_hash.encode())
    return matches and password_hash is not None and checked == given
