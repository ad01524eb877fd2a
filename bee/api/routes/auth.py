"""``/auth/v1``: members sign up and in, as Supabase's clients do it. Only where BEE signs members in itself.

What proves a caller here is the password or the refresh token; the clients send along whatever old access token
they have, so nothing but ``/user`` and ``/logout`` looks at it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse

from bee.accounts import accounts, sessions
from bee.accounts.accounts import Changes
from bee.accounts.keyring import Keyring
from bee.accounts.rows import Account, Opened
from bee.accounts.sessions import Scope
from bee.accounts.tokens import AUDIENCE, LIFETIME, access_token
from bee.api.gatehouse import client_of, find_caller, require_api_key
from bee.api.house import House, house_of
from bee.errors import Forbidden, Invalid, NotFound

JWKS_REMEMBERED_S: Final = 600


class Credentials(BaseModel):
    """An address and a password; clients send more, which is left alone."""

    email: str = ""
    password: str = ""
    data: dict[str, Any] | None = None


class TokenRequest(BaseModel):
    """What proves somebody: an address and a password, or a refresh token."""

    email: str = ""
    password: str = ""
    refresh_token: str = ""


class UserChanges(BaseModel):
    """What a member changes of the own account; a key of ``data`` that is null is removed."""

    email: str | None = None
    password: str | None = None
    data: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None


def keys_to_sign_with(request: Request) -> Keyring:
    """Return the keys. Raises :class:`NotFound` where a Supabase project signs members in."""
    house = house_of(request)
    if house.keyring is None:
        raise NotFound("not_found", "This server signs nobody in; it verifies another issuer's tokens.")
    return house.keyring


def signed_in(request: Request) -> tuple[UUID, UUID]:
    """Return the member and the session of a token. Raises :class:`Forbidden` for a token of neither."""
    caller = find_caller(request)
    if caller.user_id is None or caller.session_id is None:
        raise Forbidden("bad_jwt", "invalid claim: missing sub claim")
    return caller.user_id, caller.session_id


Keys = Annotated[Keyring, Depends(keys_to_sign_with)]
SignedIn = Annotated[tuple[UUID, UUID], Depends(signed_in)]
router = APIRouter(prefix="/auth/v1", tags=["auth"])
keyed = APIRouter(dependencies=[Depends(require_api_key), Depends(keys_to_sign_with)])


@keyed.post("/signup")
def sign_up(request: Request, body: Credentials, keys: Keys) -> JSONResponse:
    """Make an account and open a session."""
    house = house_of(request)
    if not body.email:
        raise Invalid("anonymous_provider_disabled", "Anonymous sign-ins are disabled")
    opened = accounts.sign_up(
        house.database,
        email=body.email,
        password=body.password,
        data=body.data or {},
        client=client_of(request),
        now=house.clock(),
    )
    return _session_answer(house, keys, opened)


@keyed.post("/token")
def token(
    request: Request,
    body: TokenRequest,
    keys: Keys,
    grant_type: Annotated[Literal["password", "refresh_token"], Query()],
) -> JSONResponse:
    """Open a session with a password, or go on with one by its refresh token."""
    house = house_of(request)
    match grant_type:
        case "password":
            opened = sessions.sign_in(
                house.database,
                email=body.email,
                password=body.password,
                client=client_of(request),
                now=house.clock(),
            )
        case "refresh_token":
            opened = sessions.refresh(house.database, body.refresh_token, now=house.clock())
    return _session_answer(house, keys, opened)


@keyed.get("/user")
def get_user(request: Request, who: SignedIn) -> JSONResponse:
    """Return the account behind a token whose session is open."""
    user_id, session_id = who
    found = accounts.find_user(house_of(request).database, user_id=user_id, session_id=session_id)
    return JSONResponse(user_json(found))


@keyed.put("/user")
def change_user(request: Request, body: UserChanges, who: SignedIn) -> JSONResponse:
    """Change the account; what the app keeps about the person is merged."""
    house, (user_id, session_id) = house_of(request), who
    if body.app_metadata is not None:
        raise Forbidden("not_admin", "Updating app_metadata requires admin privileges")
    changed = accounts.change_user(
        house.database,
        user_id=user_id,
        session_id=session_id,
        changes=Changes(email=body.email, password=body.password, data=body.data or {}),
        now=house.clock(),
    )
    return JSONResponse(user_json(changed))


@keyed.post("/logout", status_code=204)
def log_out(request: Request, who: SignedIn, scope: Scope = Scope.GLOBAL) -> Response:
    """End the session, all of the account's, or all others."""
    user_id, session_id = who
    sessions.sign_out(house_of(request).database, user_id=user_id, session_id=session_id, scope=scope)
    return Response(status_code=204)


@keyed.post("/recover")
@keyed.post("/otp")
@keyed.post("/resend")
def send_mail() -> None:
    """Say that this server sends no mail, rather than pretend."""
    raise Invalid(
        "email_provider_disabled", "This server sends no e-mail; ask your provider for a new password."
    )


@keyed.get("/settings")
def settings() -> JSONResponse:
    """Return what can be done here, as tools ask it."""
    return JSONResponse(
        {
            "external": {"email": True, "phone": False, "anonymous_users": False},
            "disable_signup": False,
            "mailer_autoconfirm": True,
            "phone_autoconfirm": False,
            "sms_provider": "",
            "saml_enabled": False,
        }
    )


@router.get("/.well-known/jwks.json")
def jwks(keys: Keys) -> JSONResponse:
    """Return the public keys, those that will sign soon included."""
    return JSONResponse(keys.public_jwks(), headers={"Cache-Control": f"public, max-age={JWKS_REMEMBERED_S}"})


router.include_router(keyed)


def _session_answer(house: House, keys: Keyring, opened: Opened) -> JSONResponse:
    kid, key = keys.signing()
    signed, expires_at = access_token(
        opened.account, opened.session_id, kid=kid, key=key, issuer=house.issuer, now=house.clock()
    )
    return JSONResponse(
        {
            "access_token": signed,
            "token_type": "bearer",
            "expires_in": int(LIFETIME.total_seconds()),
            "expires_at": int(expires_at.timestamp()),
            "refresh_token": opened.refresh_token,
            "user": user_json(opened.account),
        }
    )


def user_json(account: Account) -> dict[str, Any]:
    """Return an account as the clients read it; a time that is not known is left out."""
    user_id, created_at = str(account.id), _time(account.created_at)
    times = {} if account.last_sign_in_at is None else {"last_sign_in_at": _time(account.last_sign_in_at)}
    identity = {
        "identity_id": user_id,
        "id": user_id,
        "user_id": user_id,
        "identity_data": {"email": account.email, "email_verified": False, "sub": user_id},
        "provider": "email",
        "created_at": created_at,
        "updated_at": created_at,
        "email": account.email,
    }
    return times | {
        "id": user_id,
        "aud": AUDIENCE,
        "role": AUDIENCE,
        "email": account.email,
        "phone": "",
        "email_confirmed_at": created_at,
        "confirmed_at": created_at,
        "app_metadata": account.app_metadata,
        "user_metadata": account.user_metadata,
        "identities": [identity | times],
        "created_at": created_at,
        "updated_at": _time(account.updated_at),
        "is_anonymous": False,
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
