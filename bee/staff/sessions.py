"""Signing in and out, and who is behind a session's token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.access import StaffRole, Viewer
from bee.attempts import Limits, count_success, count_try
from bee.audit import Actor, record
from bee.db import Database, Login, WriteSession
from bee.errors import Unauthenticated
from bee.passwords import is_password
from bee.staff.tokens import new_token, token_digest

ABSOLUTE: Final = timedelta(hours=12)
IDLE: Final = timedelta(minutes=30)
# A session that is used is touched at most this often: reading a page is no write.
TOUCH_EVERY: Final = timedelta(minutes=1)
GATE: Final = "bee_gate"
LIMITS: Final = Limits(per_account=5, per_address=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was just opened. ``token`` goes into the cookie and nowhere else."""

    token: str
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Account:
    """What the gate knows about somebody on the staff."""

    id: UUID
    email: str
    full_name: str
    password_hash: str | None
    roles: list[str]
    is_active: bool
    is_demo: bool

    @property
    def viewer(self) -> Viewer:
        """The account as a viewer."""
        roles = frozenset(StaffRole(role) for role in self.roles)
        return Viewer(self.id, self.email, self.full_name, roles, self.is_demo)


def sign_in(
    database: Database, *, email: str, password: str, address: str, now: datetime, is_local: bool
) -> SignedIn:
    """Open a session for an e-mail address and password.

    Each try is counted and committed before the password is looked at, so that neither parallel tries nor a
    crash get round the limits. Raises :class:`TooMany`, or :class:`Unauthenticated` in the same words and the
    same time whether the name, the password or the account is at fault.
    """
    name = email.replace("\0", "").strip().lower()[:320]
    count_try(database, Login.DASHBOARD, role=GATE, account=name, address=address, limits=LIMITS)
    with database.reading(Login.DASHBOARD, role=GATE) as reader:
        account = reader.find(Account, "staff/account_by_email", email=name)
    known = is_password(password, account.password_hash if account else None)
    if account is None or not known or not account.is_active or (account.is_demo and not is_local):
        raise Unauthenticated("bad_credentials", "The e-mail address or the password is not right.")
    with database.writing(Login.DASHBOARD, role=GATE) as session:
        count_success(session, account=name, address=address)
        return SignedIn(open_session(session, account, address=address, now=now), account.viewer)


def open_session(session: WriteSession, account: Account, *, address: str, now: datetime) -> str:
    """Open a session for somebody who has proved who they are, and return its token."""
    token = new_token()
    session.run(
        "staff/add_session",
        token_sha256=token_digest(token),
        staff_id=account.id,
        now=now,
        expires_at=now + ABSOLUTE,
        address=address,
    )
    actor = Actor.staff(account.id)
    record(session, actor=actor, action="staff.signed_in", subject_kind="staff", subject_id=account.id)
    return token


def find_viewer(database: Database, token: str, *, now: datetime, touch: bool) -> Viewer | None:
    """Return who is behind a token, with the roles of this moment, or None when the session is over.

    ``touch``: whether a person did something, which keeps an idle session open; a timer does not.
    """
    digest = token_digest(token)
    with database.reading(Login.DASHBOARD, role=GATE) as reader:
        account = reader.find(
            Account, "staff/account_by_session", token_sha256=digest, now=now, idle_since=now - IDLE
        )
    if account is not None and touch:
        with database.writing(Login.DASHBOARD, role=GATE) as session:
            session.run("staff/touch_session", token_sha256=digest, now=now, before=now - TOUCH_EVERY)
    return account.viewer if account else None


def end_session(database: Database, token: str, *, now: datetime) -> None:
    """End a session because its owner signs out; ending it twice is no error."""
    with database.writing(Login.DASHBOARD, role=GATE) as session:
        session.run("staff/end_session", token_sha256=token_digest(token), now=now, because="signed_out")
