"""Whether a token is what it says: signature, algorithm, audience, issuer, expiry."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import jwt

from bee.accounts.keyring import Keyring
from bee.accounts.tokens import AUDIENCE
from bee.api.caller import Role
from bee.errors import Unauthenticated, Unavailable

ASYMMETRIC: Final = ("ES256", "RS256")
SYMMETRIC: Final = "HS256"
JWKS_TIMEOUT_S: Final = 5
JWKS_REMEMBERED_S: Final = 600
LONGEST_TOKEN: Final = 8192
# What clocks of different machines may differ by.
LEEWAY_S: Final = 5

# A phone sends the same token for an hour.
TOKENS_REMEMBERED: Final = 2048

FindKey = Callable[[str], Any | None]


@lru_cache(maxsize=TOKENS_REMEMBERED)
def claimed(token: str) -> tuple[object, str, object]:
    """Return the algorithm, the name of the key and the role that a token claims. Raises :class:`jwt.PyJWTError`.

    Nothing of it is true because it is said here.
    """
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    return header.get("alg"), str(header.get("kid")), claims.get("role")


class Accepted:
    """Tokens that held, each with the key that had signed it; safe to share between threads.

    Of a token that held only one thing changes by itself: that it is over. Which keys count is asked each time.
    """

    def __init__(self) -> None:
        self._tokens: dict[str, tuple[Any, dict[str, Any]]] = {}

    def find(self, token: str, key: Any) -> dict[str, Any] | None:
        """Return the claims of a token that held, by the same key, and is not over."""
        signed_by, claims = self._tokens.get(token, (None, {}))
        is_over = int(claims.get("exp", 0)) <= time.time() - LEEWAY_S
        return claims if claims and not is_over and signed_by == key else None

    def keep(self, token: str, key: Any, claims: dict[str, Any]) -> None:
        """Remember a token that holds."""
        if len(self._tokens) >= TOKENS_REMEMBERED:
            self._tokens.clear()
        self._tokens[token] = (key, claims)


@dataclass(frozen=True, slots=True, repr=False)
class Verifier:
    """What tokens are held against.

    ``find_key``: the public key of a name, for tokens of members. ``issuer``: who has to have signed them.
    ``secret``: for HS256, None where none is taken. ``secret_roles``: the roles that the secret may give: where we
    sign members in ourselves, those of the two API keys only.
    """

    find_key: FindKey | None
    issuer: str | None
    secret: str | None
    secret_roles: frozenset[str]
    accepted: Accepted = field(default_factory=Accepted)

    def verify(self, token: str) -> Mapping[str, Any]:
        """Return the claims of a token. Raises :class:`Unauthenticated`, the reason in its code.

        Raises :class:`Unavailable` when the keys of another issuer can't be had.
        """
        if len(token) > LONGEST_TOKEN:
            raise Unauthenticated("bad_jwt", "The token is too long to be one.")
        try:
            algorithm, kid, role = claimed(token)
            if algorithm == SYMMETRIC and self.secret is not None:
                claims = self._decode(token, self.secret, SYMMETRIC, role)
                if claims.get("role") not in self.secret_roles:
                    raise Unauthenticated("bad_jwt", "The token's key may not give its role.")
                return claims
            if algorithm in ASYMMETRIC and self.find_key is not None:
                key = self.find_key(kid)
                if key is not None:
                    return self._decode(token, key, algorithm, role)
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("token_expired", "JWT expired") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise Unauthenticated("bad_jwt", "The token is not valid.") from error
        raise Unauthenticated("bad_jwt", "The token was signed by nobody whom this server knows.")

    def _decode(self, token: str, key: Any, algorithm: str, role: object) -> dict[str, Any]:
        claims = self.accepted.find(token, key)
        if claims is None:
            claims = self._decode_anew(token, key, algorithm, role)
            self.accepted.keep(token, key, claims)
        return claims

    def _decode_anew(self, token: str, key: Any, algorithm: str, role: object) -> dict[str, Any]:
        """Check a token against one key. The two API keys are for nobody, so they have no audience."""
        if algorithm == SYMMETRIC and role in (Role.ANON, Role.SERVICE):
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                leeway=LEEWAY_S,
                options={"require": ["exp", "role"], "verify_aud": False},
            )
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=AUDIENCE,
            issuer=self.issuer,
            leeway=LEEWAY_S,
            options={"require": ["exp", "role", "sub", "aud", "iss"]},
        )


def local_verifier(keyring: Keyring, *, issuer: str, secret: str) -> Verifier:
    """Return the verifier of tokens that we sign ourselves, and of our two API keys."""
    return Verifier(keyring.public_key, issuer, secret, frozenset({Role.ANON, Role.SERVICE}))


def remote_verifier(*, project_url: str | None, secret: str | None) -> Verifier:
    """Return the verifier of a Supabase project's tokens: by its public keys, and by its secret if there is one."""
    auth = f"{project_url.rstrip('/')}/auth/v1" if project_url else None
    return Verifier(_remote_keys(auth) if auth else None, auth, secret, frozenset(Role))


def _remote_keys(auth: str) -> FindKey:
    client = jwt.PyJWKClient(
        f"{auth}/.well-known/jwks.json", lifespan=JWKS_REMEMBERED_S, timeout=JWKS_TIMEOUT_S
    )

    def find(kid: str) -> Any | None:
        try:
            return client.get_signing_key(kid).key
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable(
                "issuer_unavailable", "The keys of the sign-in service can't be had."
            ) from error
        except jwt.PyJWKClientError:
            return None

    return find
