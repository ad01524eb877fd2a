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
from tests.factories import execute, make_staff

PASSWORD = "correct horse battery staple"
HASH = hash_password(PASSWORD)
# So many that somebody among them may need a call on any day.
MEMBERS = 240


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


def demo_coach(database: Database, name: str = "Cora Demo") -> Person:
    """Sign in one of the coaches whom demo members are assigned to."""
    with database.writing(Login.OWNER) as session:
        row = execute(
            session,
            "update staff set password_hash = :hash where full_name = :name returning id, email",
            hash=HASH,
            name=name,
        ).one()
    return Person(row.id, row.email, enter(database, row.email))


def member_numbers(database: Database, coach: Person | None = None) -> list[int]:
    """Return the numbers of the members, or of those of one coach, in order."""
    with database.reading(Login.OWNER) as session:
        rows = execute(
            session,
            """
            select number
            from members
            where cast(:coach as uuid) is null or coach_id = cast(:coach as uuid)
            order by number
            """,
            coach=str(coach.id) if coach else None,
        )
        return [row.number for row in rows]


def enter(database: Database, email: str) -> str:
    """Sign somebody in and return the session's token."""
    return sign_in(
        database, email=email, password=PASSWORD, address="192.0.2.1", now=now(), is_local=True
    ).token
