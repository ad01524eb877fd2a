"""Who comes in: the key of the client, the token of the caller, and the transactions in which they are served."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import HTTPConnection, Request

from bee.accounts.sessions import Client
from bee.api.caller import Caller, Role, caller_of
from bee.api.house import House, house_of
from bee.api.limits import Area
from bee.api.measuring import asked_by
from bee.db import Identity, Login, ReadSession, WriteSession
from bee.db.session import Row
from bee.errors import Unauthenticated
from bee.proxies import client_address

BEARER: Final = "bearer "
# As long as Supabase lets a statement of each role run.
STATEMENT_TIMEOUTS: Final = {Role.ANON: "3s", Role.AUTHENTICATED: "8s", Role.SERVICE: "8s"}


def bearer_token(request: Request) -> str | None:
    """Return the token that a request brings, None where it brings none."""
    header = request.headers.get("authorization", "")
    return header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else None


def find_caller(request: Request) -> Caller:
    """Return who asks. Raises :class:`Unauthenticated` without a token or with one that does not hold."""
    house, token = house_of(request), bearer_token(request)
    if not token:
        raise Unauthenticated("no_authorization", "This endpoint requires a valid Bearer token")
    role = house.role_of_key(token)
    caller = caller_of({"role": role}) if role else caller_of(house.verifier.verify(token))
    asked_by(request.scope, caller.user_id)
    return caller


def require_api_key(request: Request) -> Role:
    """Return the role of the client's key. Raises :class:`Unauthenticated` without one that is ours."""
    key = request.headers.get("apikey")
    if not key:
        raise Unauthenticated("no_api_key", "No API key found in request")
    return role_of_api_key(house_of(request), key)


def role_of_api_key(house: House, key: str) -> Role:
    """Return the role that a client's key gives. Raises :class:`Unauthenticated` for one that is not ours."""
    return house.role_of_key(key) or _role_of_signed_key(house, key)


def client_of(request: HTTPConnection) -> Client:
    """Return where a request comes from."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    address = client_address(peer, forwarded, house_of(request).settings.trusted_proxies)
    return Client(address, request.headers.get("user-agent", ""))


@contextmanager
def reading_as(house: House, caller: Caller) -> Iterator[ReadSession]:
    """Open a read-only transaction as the caller: row-level security decides what it sees."""
    with house.database.reading(Login.API, role=caller.role, settings=_acting(caller)) as session:
        yield session


@contextmanager
def writing_as(house: House, caller: Caller) -> Iterator[WriteSession]:
    """Open a transaction as the caller: row-level security and grants decide what it may do."""
    with house.database.writing(Login.API, role=caller.role, settings=_acting(caller)) as session:
        yield session


def find_as(house: House, caller: Caller, row: type[Row], name: str, /, **parameters: object) -> Row | None:
    """Return the only row of one query as the caller, or None, in a single round trip."""
    identity = Identity(Login.API, caller.role, tuple(_acting(caller).items()))
    return house.database.find(identity, row, name, **parameters)


def _acting(caller: Caller) -> dict[str, str]:
    return {"request.jwt.claims": caller.claims, "statement_timeout": STATEMENT_TIMEOUTS[caller.role]}


def _role_of_signed_key(house: House, key: str) -> Role:
    """Return the role of a key that another installation's secret has signed, as Supabase's older ones are."""
    try:
        caller = caller_of(house.verifier.verify(key))
    except Unauthenticated as error:
        raise Unauthenticated("invalid_api_key", "Invalid API key") from error
    if caller.role is Role.AUTHENTICATED:
        raise Unauthenticated("invalid_api_key", "Invalid API key")
    return caller.role


def counted(request: Request, caller: Caller, area: Area) -> Caller:
    """Return who asks, a member's request counted; the service is not limited. Raises :class:`TooMany`."""
    if caller.user_id is not None:
        house_of(request).limiters[area].accept(caller.user_id)
    return caller


def limited_member(request: Request) -> Caller:
    """Return the member who asks, one request counted. Raises :class:`Unauthenticated` and :class:`TooMany`."""
    caller = find_caller(request)
    house_of(request).limiters[Area.V1].accept(caller.member_id)
    return caller


def limited_caller(request: Request) -> Caller:
    """Return a member, the request counted, or the service, which is not limited. Raises as above."""
    caller = find_caller(request)
    if caller.role is not Role.SERVICE:
        house_of(request).limiters[Area.V1].accept(caller.member_id)
    return caller


ApiKey = Annotated[Role, Depends(require_api_key)]
Member = Annotated[Caller, Depends(limited_member)]
MemberOrService = Annotated[Caller, Depends(limited_caller)]
