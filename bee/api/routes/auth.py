"""``/auth/v1``: members sign up and in, as Supabase's clients do it. Only where BEE signs members in itself.

What proves a caller here is the password or the refresh token; the clients send along whatever old access token
they have, so nothing but ``/user`` and ``/logout`` looks at it.
"""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel
from starlette.requests import Request

from bee.accounts import accounts, sessions
from bee.accounts.accounts import Changes
from bee.accounts.keyring import Keyring
from bee.accounts.rows import Opened
from bee.accounts.sessions import Scope
from bee.accounts.tokens import access_token
from bee.api.gatehouse import client_of, find_caller, require_api_key
from bee.api.house import House, house_of
from bee.api.wire import AUTH_SETTINGS, AuthSettings, PublicKeys, Session, User, session_of, user_of
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
def sign_up(request: Request, body: Credentials, keys: Keys) -> Session:
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
    return _session(house, keys, opened)


@keyed.post("/token")
def token(
    request: Request,
    body: TokenRequest,
    keys: Keys,
    grant_type: Annotated[Literal["password", "refresh_token"], Query()],
) -> Session:
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
    return _session(house, keys, opened)


@keyed.get("/user")
def get_user(request: Request, who: SignedIn) -> User:
    """Return the account behind a token whose session is open."""
    user_id, session_id = who
    found = accounts.find_user(house_of(request).database, user_id=user_id, session_id=session_id)
    return user_of(found)


@keyed.put("/user")
def change_user(request: Request, body: UserChanges, who: SignedIn) -> User:
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
    return user_of(changed)


@keyed.post("/logout", status_code=204)
def log_out(request: Request, who: SignedIn, scope: Scope = Scope.GLOBAL) -> Response:
    """End the session, all of the account's, or all others."""
    user_id, session_id = who
    sessions.sign_out(house_of(request).database, user_id=user_id, session_id=session_id, scope=scope)
    return Response(status_code=204)


@keyed.post("/recover", status_code=422)
@keyed.post("/otp", status_code=422)
@keyed.post("/resend", status_code=422)
def send_mail() -> None:
    """Say that this server sends no mail, rather than pretend."""
    raise Invalid(
        "email_provider_disabled", "This server sends no e-mail; ask your provider for a new password."
    )


@keyed.get("/settings")
def settings() -> AuthSettings:
    """Return what can be done here, as tools ask it."""
    return AUTH_SETTINGS


@router.get("/.well-known/jwks.json")
def jwks(keys: Keys, response: Response) -> PublicKeys:
    """Return the public keys, those that will sign soon included."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_REMEMBERED_S}"
    return PublicKeys.model_validate(keys.public_jwks())


router.include_router(keyed)


def _session(house: House, keys: Keyring, opened: Opened) -> Session:
    kid, key = keys.signing()
    signed, expires_at = access_token(
        opened.account, opened.session_id, kid=kid, key=key, issuer=house.issuer, now=house.clock()
    )
    return session_of(opened, signed, expires_at)
