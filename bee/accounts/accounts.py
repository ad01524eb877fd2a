"""Signing up, and what members change of their accounts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from bee.accounts.passwords import hash_password
from bee.accounts.rows import Account, Opened
from bee.accounts.sessions import (
    Client,
    Scope,
    count_member_try,
    get_account,
    normal_email,
    open_session,
    sign_out,
)
from bee.attempts import count_success
from bee.audit import Actor, record
from bee.db import Database, Login, WriteSession
from bee.errors import Conflict, Forbidden, Invalid
from bee.passwords import is_password
from bee.zones import ZONES

EMAIL: Final = re.compile(r"[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+")
DEFAULT_ZONE: Final = "UTC"
LONGEST_NAME: Final = 200
MOST_METADATA_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Changes:
    """What a member wants changed; None leaves it. A key of ``data`` that is None is removed."""

    email: str | None = None
    password: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def sign_up(
    database: Database, *, email: str, password: str, data: Mapping[str, Any], client: Client, now: datetime
) -> Opened:
    """Make an account and the member behind it, and open a session.

    ``data``: what the app keeps about the person; ``time_zone`` and ``full_name`` in it are the member's. Raises
    :class:`Conflict` for an address that has an account, :class:`Invalid` and :class:`TooMany`.
    """
    address = _email(email)
    _refuse_large(data)
    count_member_try(database, address, client)
    password_hash = hash_password(password)
    zone = _zone(data) or DEFAULT_ZONE
    member_id = uuid4()
    try:
        with database.writing(Login.SYSTEM) as session:
            session.run(
                "accounts/add_member",
                id=member_id,
                time_zone=zone,
                joined_on=now.astimezone(ZoneInfo(zone)).date(),
            )
            session.run(
                "accounts/add_account",
                id=member_id,
                email=address,
                password_hash=password_hash,
                user_metadata=_json(data),
                now=now,
            )
            session.run("accounts/add_person", id=member_id, email=address, full_name=_name(data))
            record(
                session,
                actor=Actor.member(member_id),
                action="member.signed_up",
                subject_kind="member",
                subject_id=member_id,
            )
            count_success(session, account=f"member {address}", address=client.address)
            return open_session(session, member_id, client=client, now=now)
    except Conflict as error:
        if error.code != "account_exists":
            raise
        raise Conflict("user_already_exists", "User already registered") from error


def find_user(database: Database, *, user_id: UUID, session_id: UUID) -> Account:
    """Return whose session it is. Raises :class:`Forbidden` when the session is over."""
    with database.reading(Login.SYSTEM) as session:
        if not session.scalar("accounts/has_session", id=session_id, user_id=user_id):
            raise Forbidden("session_not_found", "Session from session_id claim in JWT does not exist")
        account = session.find(Account, "accounts/account", id=user_id)
    if account is None:
        raise Forbidden("user_not_found", "User from sub claim in JWT does not exist")
    return account


def change_user(
    database: Database, *, user_id: UUID, session_id: UUID, changes: Changes, now: datetime
) -> Account:
    """Change an account; a new password ends its other sessions. Returns the account as it is then."""
    account = find_user(database, user_id=user_id, session_id=session_id)
    email = None if changes.email is None else _email(changes.email)
    _refuse_large(changes.data)
    password_hash = _new_hash(account, changes.password)
    try:
        with database.writing(Login.SYSTEM) as session:
            _change(session, account.id, email, password_hash, changes.data, now)
            changed = get_account(session, account.id)
            session.run(
                "accounts/change_person",
                id=account.id,
                email=changed.email,
                full_name=_name(changed.user_metadata),
            )
    except Conflict as error:
        if error.code != "account_exists":
            raise
        message = "A user with this email address has already been registered"
        raise Conflict("email_exists", message) from error
    if password_hash is not None:
        sign_out(database, user_id=account.id, session_id=session_id, scope=Scope.OTHERS)
    return changed


def _change(
    session: WriteSession,
    user_id: UUID,
    email: str | None,
    password_hash: str | None,
    data: Mapping[str, Any],
    now: datetime,
) -> None:
    session.run(
        "accounts/change_account",
        id=user_id,
        email=email,
        password_hash=password_hash,
        user_metadata=_json(data),
        gone=[name for name, value in data.items() if value is None],
        now=now,
    )
    zone = _zone(data)
    if zone is not None:
        session.run("accounts/set_zone", id=user_id, time_zone=zone)
    record(
        session,
        actor=Actor.member(user_id),
        action="member.account_changed",
        subject_kind="member",
        subject_id=user_id,
        after={"email": email is not None, "password": password_hash is not None, "data": sorted(data)},
    )


def _new_hash(account: Account, password: str | None) -> str | None:
    if password is None:
        return None
    if is_password(password, account.password_hash):
        raise Invalid("same_password", "New password should be different from the old password.")
    return hash_password(password)


def _email(email: str) -> str:
    address = normal_email(email)
    if not email.strip().isprintable() or not EMAIL.fullmatch(address):
        raise Invalid("validation_failed", "Unable to validate email address: invalid format")
    return address


def _zone(data: Mapping[str, Any]) -> str | None:
    zone = data.get("time_zone")
    return zone if isinstance(zone, str) and zone in ZONES else None


def _name(data: Mapping[str, Any]) -> str | None:
    name = data.get("full_name")
    return name.replace("\0", "").strip()[:LONGEST_NAME] or None if isinstance(name, str) else None


def _refuse_large(data: Mapping[str, Any]) -> None:
    if len(_json(data)) > MOST_METADATA_BYTES:
        raise Invalid("validation_failed", f"Metadata holds at most {MOST_METADATA_BYTES} bytes")


def _json(data: Mapping[str, Any]) -> str:
    # PostgreSQL keeps no NUL in text, and no half of a surrogate pair.
    text = json.dumps(data)
    if "\\u0000" in text or re.search(r"\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])", text):
        raise Invalid("validation_failed", "Metadata holds a character that can't be kept")
    return text
