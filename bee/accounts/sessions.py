"""Signing in, refreshing and signing out. The words of the errors are the app's: it looks for them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from bee.accounts.refresh import Turn, decode_refresh_token, encode_refresh_token, what_turn
from bee.accounts.rows import Account, Opened, RefreshableSession
from bee.attempts import Limits, count_success, count_try
from bee.audit import Actor, record
from bee.db import Database, Login, WriteSession
from bee.errors import BeeError, Forbidden, Invalid, TooMany
from bee.passwords import is_password

LIMITS: Final = Limits(per_account=10, per_address=100)
KEY_BYTES: Final = 32
NOT_FOUND: Final = "Invalid Refresh Token: Refresh Token Not Found"
ALREADY_USED: Final = "Invalid Refresh Token: Already Used"


class Scope(StrEnum):
    """Which sessions a sign-out ends."""

    LOCAL = "local"
    GLOBAL = "global"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from: the address that tries are counted against, and what the program calls itself."""

    address: str
    user_agent: str


def sign_in(database: Database, *, email: str, password: str, client: Client, now: datetime) -> Opened:
    """Open a session for an address and password.

    Raises :class:`TooMany`, or :class:`Invalid` in the same words and the same time for an unknown address and a
    wrong password.
    """
    name = normal_email(email)
    count_member_try(database, name, client)
    with database.reading(Login.SYSTEM) as reader:
        account = reader.find(Account, "accounts/account_by_email", email=name)
    known = is_password(password, account.password_hash if account else None)
    if account is None or not known:
        raise Invalid("invalid_credentials", "Invalid login credentials")
    if account.is_banned:
        raise Invalid("user_banned", "User is banned")
    with database.writing(Login.SYSTEM) as session:
        count_success(session, account=_counted(name), address=client.address)
        session.run("accounts/touch_account", id=account.id, now=now)
        return open_session(session, account.id, client=client, now=now)


def refresh(database: Database, token: str, *, now: datetime) -> Opened:
    """Swap a refresh token, or give the current one again to a client that lost the answer.

    Raises :class:`Invalid` for a token that is none, is unknown or was used before; reuse ends the session.
    """
    sent = decode_refresh_token(token)
    if sent is None:
        raise Invalid("validation_failed", "Refresh token is not valid")
    refusal: BeeError | None = None
    with database.writing(Login.SYSTEM) as session:
        found = session.find(RefreshableSession, "accounts/session_to_refresh", id=sent.session_id)
        if found is None or not sent.is_proved(found.refresh_key):
            raise Invalid("refresh_token_not_found", NOT_FOUND)
        account = get_account(session, found.user_id)
        turn = what_turn(sent.turn, found.turn, refreshed_at=found.refreshed_at, now=now)
        if account.is_banned or turn is Turn.REUSED:
            session.run("accounts/end_session", id=found.id)
            reason = "user_banned" if account.is_banned else "refresh_token_already_used"
            refusal = Invalid(reason, "User is banned" if account.is_banned else ALREADY_USED)
            _record_end(session, found.user_id, reason)
        elif turn is Turn.UNKNOWN:
            refusal = Invalid("refresh_token_not_found", NOT_FOUND)
        elif turn is Turn.SWAP:
            session.run("accounts/move_on", id=found.id, now=now)
    # Raised here, so that the end of the session is kept.
    if refusal is not None:
        raise refusal
    current = found.turn + (turn is Turn.SWAP)
    return Opened(account, found.id, encode_refresh_token(found.id, current, found.refresh_key))


def sign_out(database: Database, *, user_id: UUID, session_id: UUID, scope: Scope) -> None:
    """End sessions of an account; ending one that is over is no error."""
    with database.writing(Login.SYSTEM) as session:
        match scope:
            case Scope.LOCAL:
                session.run("accounts/end_session", id=session_id)
            case Scope.GLOBAL:
                session.run("accounts/end_sessions", user_id=user_id, except_id=None)
            case Scope.OTHERS:
                session.run("accounts/end_sessions", user_id=user_id, except_id=session_id)


def get_account(session: WriteSession, user_id: UUID) -> Account:
    """Return an account. Raises :class:`Forbidden` when there is none any more."""
    account = session.find(Account, "accounts/account", id=user_id)
    if account is None:
        raise Forbidden("user_not_found", "User from sub claim in JWT does not exist")
    return account


def open_session(session: WriteSession, user_id: UUID, *, client: Client, now: datetime) -> Opened:
    """Open a session for somebody who has proved who they are."""
    session_id, key = uuid4(), secrets.token_bytes(KEY_BYTES)
    session.run(
        "accounts/add_session",
        id=session_id,
        user_id=user_id,
        refresh_key=key,
        now=now,
        user_agent=client.user_agent[:400],
        address=client.address,
    )
    return Opened(get_account(session, user_id), session_id, encode_refresh_token(session_id, 0, key))


def count_member_try(database: Database, email: str, client: Client) -> None:
    """Count a try of a member's account. Raises :class:`TooMany` in the words that the clients know."""
    with _in_their_words():
        count_try(database, Login.SYSTEM, account=_counted(email), address=client.address, limits=LIMITS)


def normal_email(email: str) -> str:
    """Return an address as it is stored and looked up."""
    return email.replace("\0", "").strip().lower()[:320]


def _counted(email: str) -> str:
    # Somebody on the staff may be a member with the same address.
    return f"member {email}"


@contextmanager
def _in_their_words() -> Iterator[None]:
    try:
        yield
    except TooMany as error:
        raise TooMany(
            "over_request_rate_limit", "Request rate limit reached", retry_after_s=error.retry_after_s
        ) from error


def _record_end(session: WriteSession, user_id: UUID, reason: str) -> None:
    record(
        session,
        actor=Actor.system(),
        action="member_session.ended",
        subject_kind="member",
        subject_id=user_id,
        reason=reason,
    )
