"""What tests of the dashboard share: demo members who are scored, people on the staff, sessions for them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from bee.access import StaffRole
from bee.db import Database, Login
from bee.db.address import ServerAddress
from bee.members.demo import fill_demo
from bee.momentum.scoring import score
from bee.settings import Environment
from bee.staff import sign_in
from bee.staff.passwords import hash_password
from tests.cluster import named
from tests.factories import make_staff

PASSWORD = "correct horse battery staple"
HASH = hash_password(PASSWORD)
MEMBERS = 60


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the staff who can sign in."""

    id: UUID
    email: str
    token: str


def now() -> datetime:
    """Return this moment: the pages open on the newest complete day, and that is what they are shown."""
    return datetime.now(UTC)


@contextmanager
def seeded(template: ServerAddress, copies: Callable[[], str]) -> Iterator[Database]:
    """Open a database with scored demo members."""
    database = Database(named(template, copies()))
    try:
        fill_demo(database, environment=Environment.LOCAL, now=now(), members=MEMBERS)
        score(database, now=now())
        yield database
    finally:
        database.dispose()


def add_person(
    database: Database, *roles: StaffRole, email: str | None = None, name: str = "Ana Ortiz"
) -> Person:
    """Add somebody with these roles, signed in."""
    email = email or f"{'-'.join(roles) or 'nobody'}-{now():%H%M%S%f}@example.org"
    with database.writing(Login.OWNER) as session:
        staff_id = make_staff(session, email=email, full_name=name, roles=tuple(roles), password_hash=HASH)
    return Person(staff_id, email, enter(database, email))


def enter(database: Database, email: str) -> str:
    """Sign somebody in and return the session's token."""
    return sign_in(
        database, email=email, password=PASSWORD, address="192.0.2.1", now=now(), is_local=True
    ).token
