"""Refresh tokens (pure): which session and which turn of it, proved by a key that only the session's row holds.

The form is Supabase Auth's second one: ``base64url(0 ‖ session id ‖ uvarint turn ‖ 16 bytes of HMAC ‖ checksum)``.
"""

import base64
import binascii
import hashlib
import hmac
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

VERSION: Final = b"\0"
PROOF_BYTES: Final = 16
CHECKSUM_BYTES: Final = 4
LONGEST: Final = 200
# Within this time after a swap an older token is a client's late try, not a thief's.
GRACE: Final = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A token as it was sent; ``proof`` has still to be held against the session's key."""

    session_id: UUID
    turn: int
    proof: bytes

    def is_proved(self, key: bytes) -> bool:
        """Whether whoever made the token had the session's key."""
        return hmac.compare_digest(self.proof, _proof(_signed(self.session_id, self.turn), key))


class Turn(StrEnum):
    """What a token's turn means for its session."""

    SWAP = "swap"
    SAME = "same"
    REUSED = "reused"
    UNKNOWN = "unknown"


def encode_refresh_token(session_id: UUID, turn: int, key: bytes) -> str:
    """Return the token of a session's turn."""
    signed = _signed(session_id, turn)
    proved = signed + _proof(signed, key)
    return _to_text(proved + _checksum(proved))


def decode_refresh_token(text: str) -> RefreshToken | None:
    """Return what a token says; None for a text that is none, whatever it is."""
    if not text.isascii() or len(text) > LONGEST:
        return None
    try:
        sent = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if _to_text(sent) != text:  # The last letter has bits that mean nothing: one token, one text.
        return None
    proved, checksum = sent[:-CHECKSUM_BYTES], sent[-CHECKSUM_BYTES:]
    signed, proof = proved[:-PROOF_BYTES], proved[-PROOF_BYTES:]
    turn = _uvarint(signed[17:])
    if len(signed) < 18 or signed[:1] != VERSION or turn is None or checksum != _checksum(proved):
        return None
    return RefreshToken(UUID(bytes=signed[1:17]), turn, proof)


def what_turn(sent: int, current: int, *, refreshed_at: datetime, now: datetime) -> Turn:
    """Return what to do about a token of the turn ``sent`` when the session stands at ``current``.

    The current token is swapped for the next. Its direct predecessor gets the current one again: the client lost
    the answer, and the current one is unused, or the session would stand further. Anything older is reuse, unless
    it comes within ``GRACE`` of the last swap.
    """
    if sent > current:
        return Turn.UNKNOWN
    if sent == current:
        return Turn.SWAP
    if sent == current - 1 or now - refreshed_at <= GRACE:
        return Turn.SAME
    return Turn.REUSED


def _to_text(token: bytes) -> str:
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def _signed(session_id: UUID, turn: int) -> bytes:
    return VERSION + session_id.bytes + _to_uvarint(turn)


def _proof(signed: bytes, key: bytes) -> bytes:
    return hmac.new(key, signed, hashlib.sha256).digest()[:PROOF_BYTES]


def _checksum(proved: bytes) -> bytes:
    return zlib.crc32(proved).to_bytes(CHECKSUM_BYTES, "big")


def _to_uvarint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _uvarint(text: bytes) -> int | None:
    """Return the number that all of the bytes spell; None where they spell none below 2⁶³."""
    number = 0
    for place, byte in enumerate(text):
        number |= (byte & 0x7F) << (7 * place)
        if not byte & 0x80:
            return number if place == len(text) - 1 and number < 1 << 63 else None
    return None
