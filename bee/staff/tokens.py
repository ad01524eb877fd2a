"""Opaque tokens: whoever holds one is let in; the database holds only its digest."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """Return 32 random bytes as text that fits a cookie and an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_digest(token: str) -> bytes:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).digest()
