"""The synthetic member, as whom probes go: in no figure, met by no rule, and with a secret of its own."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from bee.accounts.passwords import hash_password
from bee.db import Database, Login, WriteSession
from bee.errors import Conflict
from bee.passwords import is_password
from bee.secret import derived

# No address that anybody could sign up with.
EMAIL: Final = "probe@bee"
NAME: Final = "Probe"
ZONE: Final = "UTC"


@dataclass(frozen=True, slots=True)
class ProbeMember:
    """The member, and the hash that their password has."""

    id: UUID
    password_hash: str


def probe_password(key: str) -> str:
    """Return the member's password, which follows from the probers' key and is stored nowhere."""
    return derived(key, "probe-member")


def ensure_probe_member(database: Database, key: str, *, now: datetime) -> UUID:
    """Return the synthetic member, made where there is none, with the password that the key gives."""
    password = probe_password(key)
    with database.writing(Login.SYSTEM) as session:
        session.run("sla/lock_probe_member")
        found = session.find(ProbeMember, "sla/probe_member", email=EMAIL)
        if found is None:
            return _make(session, password, now)
        if not is_password(password, found.password_hash):
            session.run("sla/set_probe_password", id=found.id, password_hash=hash_password(password), now=now)
        return found.id


def adopt(session: WriteSession, member: UUID, *, now: datetime) -> None:
    """Have whoever signed in elsewhere there as a member whom nobody counts.

    Raises :class:`Conflict` for a member who counts: they must not vanish from figures.
    """
    session.run("sla/add_probe_member", id=member, time_zone=ZONE, joined_on=now.astimezone(UTC).date())
    if not session.scalar("sla/is_synthetic", id=member):
        raise Conflict(
            "member_counts", "That is a member who counts in figures; a prober needs one of its own."
        )


def forget_journeys(session: WriteSession, *, kept_days: int, now: datetime) -> int:
    """Forget what synthetic members left behind that long ago, and return how many rows; for the owner alone."""
    before = now - timedelta(days=kept_days)
    return (
        session.run("sla/forget_probe_events", before=before)
        + session.run("sla/forget_probe_scores", before=before)
        + session.run("sla/forget_probe_messages", before=before)
        + session.run("sla/forget_probe_pushes", before=before)
    )


def _make(session: WriteSession, password: str, now: datetime) -> UUID:
    member_id = uuid4()
    session.run("sla/add_probe_member", id=member_id, time_zone=ZONE, joined_on=now.astimezone(UTC).date())
    session.run(
        "accounts/add_account",
        id=member_id,
        email=EMAIL,
        password_hash=hash_password(password),
        user_metadata="{}",
        now=now,
    )
    session.run("accounts/add_person", id=member_id, email=EMAIL, full_name=NAME)
    return member_id
