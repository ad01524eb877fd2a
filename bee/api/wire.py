"""Accounts and sessions as Supabase's clients read them: every name is theirs."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from bee.accounts.rows import Account, Opened
from bee.accounts.tokens import AUDIENCE, LIFETIME

# Left out where it is not known: the clients tell that from null.
MaybeTime = Annotated[str | SkipJsonSchema[None], Field(exclude_if=lambda time: time is None)]


class Identity(BaseModel):
    """How somebody signs in; here always by e-mail and password."""

    identity_id: str
    id: str
    user_id: str
    identity_data: dict[str, Any]
    provider: str
    created_at: str
    updated_at: str
    email: str
    last_sign_in_at: MaybeTime = None


class User(BaseModel):
    """An account. Times are RFC 3339 in UTC; one that is not known is left out."""

    id: str
    aud: str
    role: str
    email: str
    phone: str
    email_confirmed_at: str
    confirmed_at: str
    app_metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    identities: list[Identity]
    created_at: str
    updated_at: str
    is_anonymous: bool
    last_sign_in_at: MaybeTime = None


class Session(BaseModel):
    """An open session. ``expires_in``: seconds from now; ``expires_at``: seconds of 1970."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int
    expires_at: int
    refresh_token: str
    user: User


class PublicKey(BaseModel):
    """The public half of a key that signs tokens, as a JWK."""

    kty: Literal["EC"]
    crv: str
    x: str
    y: str
    kid: str
    alg: str
    use: str
    key_ops: list[str]


class PublicKeys(BaseModel):
    """The public keys, those that will sign soon included."""

    keys: list[PublicKey]


class AuthSettings(BaseModel):
    """What can be done here, as tools ask it."""

    external: dict[str, bool]
    disable_signup: bool
    mailer_autoconfirm: bool
    phone_autoconfirm: bool
    sms_provider: str
    saml_enabled: bool


AUTH_SETTINGS = AuthSettings(
    external={"email": True, "phone": False, "anonymous_users": False},
    disable_signup=False,
    mailer_autoconfirm=True,
    phone_autoconfirm=False,
    sms_provider="",
    saml_enabled=False,
)


def session_of(opened: Opened, access_token: str, expires_at: datetime) -> Session:
    """Return a session with the token that was just signed for it."""
    return Session(
        access_token=access_token,
        token_type="bearer",  # noqa: S106  # a kind, not a secret
        expires_in=int(LIFETIME.total_seconds()),
        expires_at=int(expires_at.timestamp()),
        refresh_token=opened.refresh_token,
        user=user_of(opened.account),
    )


def user_of(account: Account) -> User:
    """Return an account."""
    user_id, created_at = str(account.id), _time(account.created_at)
    last_sign_in_at = None if account.last_sign_in_at is None else _time(account.last_sign_in_at)
    identity = Identity(
        identity_id=user_id,
        id=user_id,
        user_id=user_id,
        identity_data={"email": account.email, "email_verified": False, "sub": user_id},
        provider="email",
        created_at=created_at,
        updated_at=created_at,
        email=account.email,
        last_sign_in_at=last_sign_in_at,
    )
    return User(
        id=user_id,
        aud=AUDIENCE,
        role=AUDIENCE,
        email=account.email,
        phone="",
        email_confirmed_at=created_at,
        confirmed_at=created_at,
        app_metadata=account.app_metadata,
        user_metadata=account.user_metadata,
        identities=[identity],
        created_at=created_at,
        updated_at=_time(account.updated_at),
        is_anonymous=False,
        last_sign_in_at=last_sign_in_at,
    )


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
