"""Access tokens of members and the two keys of the API: claims as Supabase's clients expect them."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from bee.accounts.keys import ALGORITHM
from bee.accounts.rows import Account
from bee.secret import derived, installation_secret
from bee.settings import Settings

LIFETIME: Final = timedelta(hours=1)
AUDIENCE: Final = "authenticated"
API_KEY_ISSUER: Final = "supabase"
API_KEYS_SINCE: Final = datetime(2026, 1, 1, tzinfo=UTC)
API_KEYS_UNTIL: Final = datetime(2036, 1, 1, tzinfo=UTC)


def access_token(
    account: Account,
    session_id: UUID,
    *,
    kid: UUID,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    now: datetime,
) -> tuple[str, datetime]:
    """Return a member's token, signed with the ``key`` of the name ``kid``, and when it is over."""
    expires_at = now.replace(microsecond=0) + LIFETIME
    claims: dict[str, Any] = {
        "iss": issuer,
        "sub": str(account.id),
        "aud": AUDIENCE,
        "exp": int(expires_at.timestamp()),
        "iat": int(now.timestamp()),
        "email": account.email,
        "phone": "",
        "app_metadata": account.app_metadata,
        "user_metadata": account.user_metadata,
        "role": "authenticated",
        "aal": "aal1",
        "amr": [{"method": "password", "timestamp": int(now.timestamp())}],
        "session_id": str(session_id),
        "is_anonymous": False,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": str(kid)}), expires_at


def api_key_secret(settings: Settings) -> str:
    """Return what signs the two keys of this installation."""
    return derived(installation_secret(settings), "jwt-secret")


def api_key(role: str, *, secret: str) -> str:
    """Return the key of a role (anon, service_role), always the same for the same secret."""
    claims = {
        "iss": API_KEY_ISSUER,
        "role": role,
        "iat": int(API_KEYS_SINCE.timestamp()),
        "exp": int(API_KEYS_UNTIL.timestamp()),
    }
    return jwt.encode(claims, secret, algorithm="HS256")
