"""One-time links: an invitation, or a way back for somebody who forgot the password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from bee.access import Viewer
from bee.audit import Actor, record
from bee.db import Database, Login, WriteSession
from bee.errors import Invalid, NotFound, Unauthenticated
from bee.passwords import is_password
from bee.staff.passwords import hash_password
from bee.staff.sessions import GATE, Account
from bee.staff.tokens import new_token, token_digest

LIFETIMES: Final = {"invitation": timedelta(hours=72), "reset": timedelta(hours=1)}


@dataclass(frozen=True, slots=True)
class Link:
    """A link that can still be used."""

    staff_id: UUID
    email: str
    full_name: str
    purpose: str


def add_link(session: WriteSession, *, staff_id: UUID, purpose: str, by: UUID | None, now: datetime) -> str:
    """Make a link and return its token; earlier links of the same person end."""
    token = new_token()
    session.run("staff/void_links", staff_id=staff_id, now=now)
    session.run(
        "staff/add_link",
        token_sha256=token_digest(token),
        staff_id=staff_id,
        purpose=purpose,
        created_by=by,
        expires_at=now + LIFETIMES[purpose],
    )
    return token


def find_link(database: Database, token: str, *, now: datetime) -> Link:
    """Return what a link is for. Raises :class:`NotFound` when it was used, is over, or never was."""
    with database.reading(Login.DASHBOARD, role=GATE) as session:
        link = session.find(Link, "staff/link", token_sha256=token_digest(token), now=now)
    if link is None:
        raise NotFound("link_over", "This link was used already or is over. Ask for a new one.")
    return link


def accept_link(database: Database, token: str, *, password: str, now: datetime) -> Viewer:
    """Set the password that a link lets its holder choose; the link and all open sessions end.

    Raises :class:`NotFound` for a link that can't be used and :class:`Invalid` for a password that can't be.
    """
    link = find_link(database, token, now=now)
    password_hash = hash_password(password)
    with database.writing(Login.DASHBOARD, role=GATE) as session:
        if session.run("staff/use_link", token_sha256=token_digest(token), now=now) != 1:
            raise NotFound("link_over", "This link was used already or is over. Ask for a new one.")
        _set_password(session, link.staff_id, password_hash, keep=None, now=now)
        account = session.get(Account, "staff/account", staff_id=link.staff_id)
    return account.viewer


def change_password(
    database: Database, viewer: Viewer, *, old: str, new: str, token: str, now: datetime
) -> None:
    """Change one's own password; every other session of the same person ends, the one of ``token`` stays.

    Raises :class:`Unauthenticated` when ``old`` is not the password.
    """
    with database.reading(Login.DASHBOARD, role=GATE) as reader:
        account = reader.get(Account, "staff/account", staff_id=viewer.staff_id)
    if not is_password(old, account.password_hash):
        raise Unauthenticated("bad_password", "The present password is not right.")
    if old == new:
        raise Invalid("same_password", "The new password is the present one.")
    password_hash = hash_password(new)
    with database.writing(Login.DASHBOARD, role=GATE) as session:
        _set_password(session, viewer.staff_id, password_hash, keep=token_digest(token), now=now)


def _set_password(
    session: WriteSession, staff_id: UUID, password_hash: str, *, keep: bytes | None, now: datetime
) -> None:
    session.run("staff/set_password", staff_id=staff_id, password_hash=password_hash)
    session.run("staff/end_sessions", staff_id=staff_id, keep=keep, now=now, because="password_changed")
    actor = Actor.staff(staff_id)
    record(session, actor=actor, action="staff.password_changed", subject_kind="staff", subject_id=staff_id)
