"""The keys that sign members' access tokens: kept in the database, sealed, published before they sign.

The newest key whose time has come signs. A new one waits ``PUBLISHED_BEFORE`` so that whoever remembers the public
keys has seen it; an old one stays public until the last token that it signed is over.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from jwt.algorithms import ECAlgorithm

from bee.audit import Actor, record
from bee.db import ReadSession, WriteSession
from bee.errors import Unavailable
from bee.secret import derived, installation_secret
from bee.settings import Settings

ALGORITHM: Final = "ES256"
PUBLISHED_BEFORE: Final = timedelta(minutes=20)
# Longer than an access token lives, and than public keys are remembered.
KEPT_AFTER: Final = timedelta(hours=2)
ROTATED_AFTER: Final = timedelta(days=90)


@dataclass(frozen=True)
class SigningKey:
    """A key as it is stored: the private half sealed, the public one as a JWK."""

    kid: UUID
    sealed_pem: str
    public_jwk: dict[str, Any]
    signs_from: datetime

    @cached_property
    def public(self) -> Any:
        """The public half, to verify with."""
        return jwt.PyJWK(self.public_jwk).key

    def private(self, sealing: str) -> ec.EllipticCurvePrivateKey:
        """Return the private half. ``sealing``: what it was sealed with. Raises :class:`Unavailable`."""
        try:
            key = load_pem_private_key(self.sealed_pem.encode(), sealing.encode())
        except ValueError as error:
            raise Unavailable(
                "signing_key_sealed", "The signing key was sealed with another BEE_LOGIN_SECRET."
            ) from error
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key


def sealing_of(settings: Settings) -> str:
    """Return what the private halves of an installation are sealed with."""
    return derived(installation_secret(settings), "signing-keys")


def live_keys(session: ReadSession, *, now: datetime) -> list[SigningKey]:
    """Return the keys that are public now, newest first."""
    return session.all(SigningKey, "accounts/live_keys", ended_before=now - KEPT_AFTER)


def signing_key(keys: list[SigningKey], *, now: datetime) -> SigningKey | None:
    """Return the newest key whose time has come (pure)."""
    return next((key for key in keys if key.signs_from <= now), None)


def ensure_key(session: WriteSession, *, sealing: str, now: datetime) -> None:
    """Make the first key, once, however many processes start at once."""
    session.run("accounts/lock_keys")
    if signing_key(live_keys(session, now=now), now=now) is None:
        _add_key(session, sealing=sealing, signs_from=now)


def rotate_keys(session: WriteSession, *, sealing: str, now: datetime) -> UUID:
    """Make a new key, which signs from ``PUBLISHED_BEFORE`` on, and return its name."""
    session.run("accounts/lock_keys")
    return _add_key(session, sealing=sealing, signs_from=now + PUBLISHED_BEFORE)


def is_rotation_due(session: ReadSession, *, now: datetime) -> bool:
    """Whether the newest key has signed for ``ROTATED_AFTER``; never while there is none."""
    keys = live_keys(session, now=now)
    return bool(keys) and keys[0].signs_from <= now - ROTATED_AFTER


def _add_key(session: WriteSession, *, sealing: str, signs_from: datetime) -> UUID:
    private, kid = ec.generate_private_key(ec.SECP256R1()), uuid4()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(sealing.encode()))
    public = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    described = {"kid": str(kid), "alg": ALGORITHM, "use": "sig", "key_ops": ["verify"]}
    session.run(
        "accounts/add_key",
        kid=kid,
        sealed_pem=pem.decode(),
        public_jwk=json.dumps(public | described),
        signs_from=signs_from,
    )
    record(
        session, actor=Actor.system(), action="signing_key.added", subject_kind="signing_key", subject_id=kid
    )
    return kid
