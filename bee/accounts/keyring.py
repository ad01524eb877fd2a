"""The signing keys as a process holds them: read once a minute, the private halves unsealed once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from bee.accounts.keys import SigningKey, ensure_key, live_keys, signing_key
from bee.db import Database, Login
from bee.errors import Unavailable

REMEMBERED_FOR: Final = timedelta(minutes=1)
# An unknown key is looked up again at most this often: anybody can make one up.
LOOKED_UP_EVERY: Final = timedelta(seconds=5)


class Keyring:
    """The keys of this installation; safe to share between threads."""

    def __init__(self, database: Database, *, sealing: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._sealing = sealing
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: list[SigningKey] = []
        self._read_at: datetime | None = None
        self._private: dict[UUID, ec.EllipticCurvePrivateKey] = {}

    def public_key(self, kid: str) -> Any | None:
        """Return the key to verify with, None where there is none of that name."""
        for remembered_for in (REMEMBERED_FOR, LOOKED_UP_EVERY):
            for key in self._known(remembered_for):
                if str(key.kid) == kid:
                    return key.public
        return None

    def public_jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public halves, as ``/.well-known/jwks.json`` has them."""
        if signing_key(self._known(REMEMBERED_FOR), now=self._clock()) is None:
            self.signing()
        return {"keys": [key.public_jwk for key in self._known(REMEMBERED_FOR)]}

    def signing(self) -> tuple[UUID, ec.EllipticCurvePrivateKey]:
        """Return the name and the private half of the key that signs now, made where there is none yet."""
        now = self._clock()
        key = signing_key(self._known(REMEMBERED_FOR), now=now)
        if key is None:
            with self._database.writing(Login.SYSTEM) as session:
                ensure_key(session, sealing=self._sealing, now=now)
            key = signing_key(self._known(timedelta(0)), now=now)
        if key is None:
            raise Unavailable("no_signing_key", "There is no key to sign with.")
        with self._lock:
            if key.kid not in self._private:
                self._private[key.kid] = key.private(self._sealing)
            return key.kid, self._private[key.kid]

    def _known(self, remembered_for: timedelta) -> list[SigningKey]:
        with self._lock:
            now = self._clock()
            if self._read_at is None or now - self._read_at >= remembered_for:
                with self._database.reading(Login.SYSTEM) as session:
                    self._keys = live_keys(session, now=now)
                self._read_at = now
            return self._keys
